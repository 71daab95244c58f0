"""Mappings as people read, test and try them."""
