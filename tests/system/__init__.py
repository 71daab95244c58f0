"""The product whole: both simulated systems over real HTTP, the façade and the command line."""
