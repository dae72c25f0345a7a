"""What a mutation is, of whichever framework."""

from dataclasses import dataclass

from backsmith.design.model import Framework


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One change of one written application.

    first: the tests that run before all others; equivalent: why nobody can tell the difference, if nobody can.
    """

    kind: str
    says: str
    project: str
    old: str
    new: str
    files: str
    postgresql: bool = False
    framework: Framework = Framework.FASTAPI
    first: tuple[str, ...] = ()
    equivalent: str = ""
