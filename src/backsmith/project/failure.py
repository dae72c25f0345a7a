"""What goes wrong around a project: the machine or the request, not the blueprint."""


class Failure(Exception):  # noqa: N818 - it is told to people, and is no error of ours
    """Something on this machine does not work. `hint` says what to do next; `output` is the end of what the failed
    command printed."""

    def __init__(self, message: str, hint: str, output: str = "") -> None:
        super().__init__(message)
        self.message, self.hint, self.output = message, hint, output
        self.add_note(f"{hint}\n{output}")


class Refused(Failure):
    """What was asked for cannot be done: something is not there, or is there already."""


def tail(output: str, lines: int = 25) -> str:
    """The last lines of an output, where the reason usually stands."""
    return "\n".join(output.rstrip().splitlines()[-lines:])
