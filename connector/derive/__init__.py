"""What the hub computes from both sides: pure functions, dates in, dates out."""
