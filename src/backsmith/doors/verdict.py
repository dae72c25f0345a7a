"""A verdict on the terminal: a table that grows while a server is judged, then what was found."""

from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from backsmith.verify.model import Exchange, Failure, Report, Step
from backsmith.verify.reports.summary import Found, shown, summary

CUT = 400
"""How many characters of an answer the terminal shows."""


class Steps:
    """Tells the checks: on a terminal as a table with the one that runs, elsewhere a line for each that has ended."""

    def __init__(self, to: Console, checks: list[str]) -> None:
        self.console, self.checks = to, checks
        self.steps: dict[str, Step] = {}
        self.live = Live(self._table(), console=to, refresh_per_second=8) if to.is_terminal else None

    def __enter__(self) -> "Steps":
        if self.live is not None:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live is not None:
            self.live.stop()

    def tell(self, step: Step) -> None:
        """Show how far it is."""
        self.steps[step.check] = step
        if self.live is not None:
            self.live.update(self._table())
        elif step.ended:
            word = "FAILED" if step.failed else "held"
            counts = f"{step.held} held, {step.failed} failed, {step.requests} requests, {step.seconds:.1f} s"
            self.console.print(f"{word:<6} {step.check}: {counts}")

    def _table(self) -> Group:
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("check")
        for name in ("held", "failed", "requests", "seconds"):
            table.add_column(name, justify="right")
        for check in self.checks:
            step = self.steps.get(check)
            if step is None:
                table.add_row(Text(check, "dim"))
            elif not step.ended:
                table.add_row(Spinner("dots", Text(check, "bold")))
            else:
                style = "bold red" if step.failed else "green"
                failed = Text(str(step.failed), "bold red" if step.failed else "dim")
                counts = (str(step.held), failed, str(step.requests), f"{step.seconds:.1f}")
                table.add_row(Text(check, style), *counts)
        done = sum(step.ended for step in self.steps.values())
        return Group(table, Text(f"{done} of {len(self.checks)} checks", "dim"))


def tell_report(report: Report, to: Console) -> None:
    """Print each rule that does not hold with what shows it, what could not be judged, and how much was found."""
    found = list(summary(report))
    for each in found:
        if each.failures:
            _tell_rule(each, report, to)
    for each in found:
        for untested in each.untested:
            to.print(Text.assemble(("untested", "yellow"), f" {each.rule}: {untested.about}: {untested.reason}"))
    failed = [each for each in found if each.failures]
    held = sum(each.held for each in found)
    rules = sum(each.verdict == "held" for each in found)
    count = "1 rule is" if len(failed) == 1 else f"{len(failed)} rules are"
    verdict = f"{count} broken" if failed else "every rule that was asked holds"
    to.print(Text(_line(f"{report.backend}: {verdict}"), "bold red" if failed else "bold green"))
    facts = f"{rules} rules hold, {len(failed)} do not; {held} times held, {sum(each.failed for each in failed)} failed"
    to.print(Text(f"{facts}; {report.requests} requests, {report.seconds:.1f} s, seed {report.seed}", "dim"))


def _tell_rule(found: Found, report: Report, to: Console) -> None:
    to.print(Text.assemble(("FAILED", "bold red"), " ", (found.rule, "bold"), f"  {found.says}"))
    for failure in found.failures:
        _tell_failure(failure, report, to)
    if found.more:
        to.print(Text(f"  and {found.more} more of the same", "dim"))


def _tell_failure(failure: Failure, report: Report, to: Console) -> None:
    to.print(Text(_line(f"  {failure.about}: {failure.message}")))
    for exchange in failure.exchanges:
        _tell_exchange(exchange, report, to)


def _tell_exchange(exchange: Exchange, report: Report, to: Console) -> None:
    request = exchange.request
    to.print(Text(_line(f"    {request.method} {request.path[:CUT]}  as {request.who}"), "cyan"))
    answer = exchange.answer
    if answer is None:
        to.print(Text(f"    no answer: {exchange.error}", "yellow"))
    else:
        to.print(Text(f"    {answer.status} {_line(shown(answer.body))[:CUT]}"))
    to.print(Text(f"    {_line(exchange.curl(report.target))}", "dim"))


def _line(text: str) -> str:
    """One line that a terminal shows as it is: control characters are escaped."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
