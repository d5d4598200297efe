"""liquidose."""
