"""Words and numbers: text to exact quantities and back to safe text."""
