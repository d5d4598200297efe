"""The version of liquidose."""

__version__ = "0.1.0"
