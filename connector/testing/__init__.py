"""The conformance suite for adapters; imported by tests only."""
