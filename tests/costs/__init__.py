"""What each adapter costs beside a bare loop that makes the same calls."""
