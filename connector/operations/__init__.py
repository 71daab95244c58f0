"""What people ask of the product, one topic a module. `connector.app` is their face."""
