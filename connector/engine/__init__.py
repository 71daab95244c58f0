"""The engine: pure functions decide, thin effects do."""
