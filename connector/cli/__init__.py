"""The command line: parse, call the façade, show. One file per topic."""
