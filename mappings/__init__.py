"""The mappings, value maps, cases and hints that come with the product: data, no code."""
