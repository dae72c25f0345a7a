"""The terminal: colour and movement where there is one, plain lines where there is none or NO_COLOR is set."""

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.status import Status
from rich.text import Text

from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.terminal import Part, segments, summary
from backsmith.project.failure import Failure

STYLES = {
    Part.PLACE: "bold",
    Part.ERROR: "bold red",
    Part.WARNING: "bold yellow",
    Part.NOTE: "bold cyan",
    Part.MESSAGE: "bold",
    Part.MARGIN: "blue",
    Part.SOURCE: "",
    Part.CARET: "bold red",
    Part.HINT: "green",
}


def console(*, stderr: bool = False) -> Console:
    """A terminal that changes nothing of what it is given but the colour."""
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def tell(found: Iterable[Diagnostic], sources: Mapping[str, str], to: Console) -> None:
    """Print diagnostics, and how many there are."""
    found = tuple(found)
    for diagnostic in found:
        line = Text()
        for part, text in segments(diagnostic, sources):
            line.append(text, STYLES[part])
        to.print(line)
    if found:
        to.print(summary(found), style="bold")


def tell_failure(failure: Failure, to: Console) -> None:
    """Print what does not work, what it said, and what to do next."""
    if failure.output:
        to.print(failure.output, style="dim")
    to.print(Text.assemble(("error", "bold red"), ": ", (failure.message, "bold")))
    to.print(Text.assemble(("  = ", "blue"), (failure.hint, "green")))


class Progress:
    """Tells the steps of long work: a line for each that has ended, and on a terminal a sign of life for the one that
    runs."""

    def __init__(self, to: Console) -> None:
        self.console = to
        self.running: Status | None = None

    def begins(self, step: str) -> None:
        """Show that the step runs."""
        if self.console.is_terminal:
            self.running = self.console.status(f"{step} ...")
            self.running.start()
        else:
            self.console.print(f"{step} ...")

    def ends(self, step: str, seconds: float, *, good: bool) -> None:
        """Show how it ended."""
        self.stop()
        word, style = ("done", "green") if good else ("FAILED", "bold red")
        self.console.print(Text.assemble((f"{word:<6}", style), f" {step}", (f"  {seconds:.1f} s", "dim")))

    def stop(self) -> None:
        """Show nothing any more."""
        if self.running is not None:
            self.running.stop()
            self.running = None
