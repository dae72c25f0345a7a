"""From Python's syntax tree to typed expressions."""

from backsmith.design.resolve.resolver import Resolver

__all__ = ["Resolver"]
