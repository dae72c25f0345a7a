"""What all reports say: each rule with what was found about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from backsmith.verify.model import Failure, Report, Untested
from backsmith.verify.rules import RULES

LONGEST = 4000
"""How many characters of a body are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found about one rule. `more`: failures that are not listed, since many of the same are."""

    rule: str
    says: str
    held: int
    failures: tuple[Failure, ...]
    untested: tuple[Untested, ...]
    more: int

    @property
    def verdict(self) -> str:
        """`failed`, `held`, `untested`, or `not asked`, in this order."""
        if self.failures:
            return "failed"
        if self.held:
            return "held"
        return "untested" if self.untested else "not asked"

    @property
    def failed(self) -> int:
        """How often it was found not to hold."""
        return len(self.failures) + self.more


def summary(report: Report) -> Iterator[Found]:
    """Every rule, in the order of the manual."""
    for rule, says in RULES.items():
        yield Found(
            rule=rule,
            says=says,
            held=report.held.get(rule, 0),
            failures=tuple(each for each in report.failures if each.rule == rule),
            untested=tuple(each for each in report.untested if each.rule == rule),
            more=report.more.get(rule, 0),
        )


def shown(body: bytes) -> str:
    """A body as text: what is no UTF-8 is escaped, and what is long is cut."""
    text = body[: LONGEST * 4].decode(errors="backslashreplace")
    if len(text) > LONGEST or len(body) > LONGEST * 4:
        return f"{text[:LONGEST]} ... ({len(body)} bytes)"
    return text
