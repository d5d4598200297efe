"""What measures: syringes and the marks they can be set to."""
