"""Hides a package that backsmith needs and written projects do not: structlog would load it into a server."""

raise ImportError("hidden from what is measured")
