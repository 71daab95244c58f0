"""What the product costs beside a bare loop that makes the same remote calls."""
