"""An order as people and systems write it."""
