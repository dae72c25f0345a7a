"""backsmith is a compiler for backends."""

__version__ = "0.1.0"
