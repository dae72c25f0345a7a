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
    framework: Framework
    first: tuple[str, ...] = ()
    equivalent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes mutations that have all but their text in common. files: where texts are looked for, if none are named."""

    framework: Framework
    files: str
    project: str
    kind: str
    first: tuple[str, ...]
    postgresql: bool

    def __call__(self, says: str, old: str, new: str, files: str = "", equivalent: str = "") -> Mutation:
        return Mutation(
            framework=self.framework,
            kind=self.kind,
            says=says,
            project=self.project,
            old=old,
            new=new,
            files=files or self.files,
            postgresql=self.postgresql,
            first=self.first,
            equivalent=equivalent,
        )
