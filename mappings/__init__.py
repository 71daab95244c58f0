"""The mappings, value maps, cases, hints and rules that come with the product: data, no code."""
