"""The adapters that come with the product; each sees the contract only."""
