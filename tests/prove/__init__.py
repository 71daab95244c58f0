"""The proof: every suite in a short and a full form, told in one table."""
