"""How the command ends."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes: the same for every command."""

    DONE = 0
    MISTAKES = 1
    """The blueprint has mistakes."""
    USAGE = 2
    """The command was not understood, or was given something that is not there, or that is there already."""
    MACHINE = 3
    """Something on this machine does not work: installing, git, a port, a database."""
    GATE = 4
    """The project was written, and does not pass its gate."""
    CONTRACT = 5
    """A server does not do what its blueprint promises."""
    BUG = 70
    """backsmith itself is wrong (EX_SOFTWARE of sysexits.h)."""
    INTERRUPTED = 130
    """By Ctrl-C."""
