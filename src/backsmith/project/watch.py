"""How long work tells that it goes on, without printing anything itself."""

from typing import Protocol


class Watch(Protocol):
    """Whoever looks on: told when a step begins, and how it ended."""

    def begins(self, step: str) -> None:
        """The step, in the words of a person: `installing`."""

    def ends(self, step: str, seconds: float, *, good: bool) -> None:
        """How long it took, and whether it did what it should."""


class Nobody:
    """Looks away."""

    def begins(self, step: str) -> None:
        """Nothing."""

    def ends(self, step: str, seconds: float, *, good: bool) -> None:
        """Nothing."""
