"""Shapes into files and terminals."""
