"""Against systems that we did not write: left out of CI, and run by commands of their own."""
