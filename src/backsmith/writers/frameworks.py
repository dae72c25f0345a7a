"""The writer of each framework: what a design says decides which one writes it."""

from typing import Protocol

from backsmith.contract import Contract
from backsmith.design.model import Design, Framework
from backsmith.diagnostics.model import Diagnostic
from backsmith.writers.tree import FileTree


class Writer(Protocol):
    """What the module `writer` of each framework has."""

    def unsupported(self, design: Design, /) -> tuple[Diagnostic, ...]:
        """All that the design asks for and that cannot be written."""
        ...

    def write(self, design: Design, contract: Contract | None = None, /) -> FileTree:
        """The whole project of a lowered design."""
        ...


def unsupported(design: Design) -> tuple[Diagnostic, ...]:
    """All that the design asks for and that the writer of its framework cannot write."""
    return _writer(design.framework).unsupported(design)


def write(design: Design, contract: Contract | None = None) -> FileTree:
    """The whole project. The design is lowered, and uses nothing that is unsupported. Same design, same bytes."""
    return _writer(design.framework).write(design, contract)


def _writer(framework: Framework) -> Writer:
    """Imported when it writes: nobody needs both."""
    match framework:
        case Framework.FASTAPI:
            from backsmith.writers.fastapi import writer as fastapi

            return fastapi
        case Framework.DJANGO:
            from backsmith.writers.django import writer as django

            return django
