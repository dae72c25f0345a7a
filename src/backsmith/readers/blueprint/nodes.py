"""A YAML file as a tree of texts that know their places. What YAML makes of `no`, `1e3` and dates does not matter."""

from collections.abc import Iterator
from dataclasses import dataclass

from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.passage import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value, as text."""

    passage: Passage
    quoted: bool = False

    @property
    def text(self) -> str:
        """The value."""
        return self.passage.text

    @property
    def origin(self) -> Origin:
        """Where it stands."""
        return self.passage.origin

    @property
    def empty(self) -> bool:
        """Whether nothing was written."""
        return not self.quoted and self.text in ("", "~", "null")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Keys and values, in the order of writing; no key twice."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    origin: Origin

    def __iter__(self) -> Iterator[tuple[Scalar, "Node"]]:
        return iter(self.entries)

    def get(self, name: str) -> "Node | None":
        """The value of a key."""
        return next((value for key, value in self.entries if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """The key itself, for its place."""
        return next((key for key, _ in self.entries if key.text == name), None)


Node = Scalar | Sequence | Mapping
