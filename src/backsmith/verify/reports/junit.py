"""A verdict for CI: one test case a rule, in the XML that CI servers read."""

import re
from xml.sax.saxutils import escape, quoteattr

from backsmith.verify.model import Failure, Report
from backsmith.verify.reports.summary import Found, shown, summary

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 does not have, escaped or not."""


def junit(report: Report) -> str:
    """The report as a test suite. A rule that was not asked is skipped."""
    found = list(summary(report))
    failed = sum(each.verdict == "failed" for each in found)
    skipped = sum(each.verdict in ("untested", "not asked") for each in found)
    suite = (
        f'<testsuite name={_attribute(f"backsmith verify {report.backend}")} tests="{len(found)}" '
        f'failures="{failed}" errors="0" skipped="{skipped}" time="{report.seconds:.3f}">'
    )
    cases = "\n".join(_case(each, report.target) for each in found)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{suite}\n{cases}\n</testsuite>\n</testsuites>\n'


def _case(found: Found, target: str) -> str:
    lines = [f'<testcase classname="backsmith.verify" name={_attribute(found.rule)} assertions="{found.held}">']
    if found.failures:
        first = found.failures[0]
        text = "\n\n".join(_told(each, target) for each in found.failures)
        lines.append(f"<failure message={_attribute(f'{first.about}: {first.message}')}>{_text(text)}</failure>")
    elif found.verdict == "untested":
        reasons = "; ".join(f"{each.about}: {each.reason}" for each in found.untested)
        lines.append(f"<skipped message={_attribute(reasons)}/>")
    elif found.verdict == "not asked":
        lines.append('<skipped message="not asked"/>')
    return "\n".join([*lines, "</testcase>"])


def _told(failure: Failure, target: str) -> str:
    lines = [f"{failure.about}: {failure.message}"]
    for exchange in failure.exchanges:
        lines.append(exchange.curl(target))
        answer = exchange.answer
        lines.append(exchange.error if answer is None else f"{answer.status} {shown(answer.body)}")
    return "\n".join(lines)


def _text(text: str) -> str:
    return escape(FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))


def _attribute(text: str) -> str:
    return quoteattr(FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))
