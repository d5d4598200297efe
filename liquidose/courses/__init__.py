"""The whole course, not one dose: steps, what they are measured as, and the guards over them."""
