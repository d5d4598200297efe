"""Many orders at once."""
