"""Reports are the committed ones, and whatever a server answers stays text in them.

`UPDATE=1 pytest tests/verify/test_reports.py` writes them anew; read the difference before committing it.
"""

import io
import json
import os
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from backsmith.doors.verdict import Steps, tell_report
from backsmith.verify import reports
from backsmith.verify.model import Answer, Exchange, Failure, Report, Request, Step, Untested

HERE = Path(__file__).with_name("reports")
HOSTILE = (
    "</pre></script><script>alert(1)</script><img src=x onerror=alert(2)>' \" & ]]> {{ 7 * 7 }} \x00\x1b[31m\ud800"
)


def exchange(
    body: bytes, *, path: str = "/api/v1/orders", answer: bytes | None = b"{}", who: str = "staff"
) -> Exchange:
    request = Request(method="POST", path=path, headers=(("Content-Type", "application/json"),), body=body, who=who)
    headers = (("content-type", "application/problem+json"),)
    found = None if answer is None else Answer(status=500, headers=headers, body=answer, seconds=0.01234)
    return Exchange(request=request, answer=found, error="" if answer is not None else "ReadError")


def report(*failures: Failure, name: str = "shop") -> Report:
    return Report(
        target="http://127.0.0.1:8000",
        backend=name,
        seed=7,
        seconds=12.3456,
        requests=321,
        held={"answers": 300, "no-5xx": 298, "put": 4},
        failures=failures,
        untested=(Untested(rule="enumeration-by-time", about="token", reason="this machine is too noisy"),),
        more={"no-5xx": 2},
    )


BROKEN = report(
    Failure(rule="no-5xx", about="POST /api/v1/orders", message="500", exchanges=(exchange(b'{"note": "it\'s"}'),)),
    Failure(rule="put", about="replace_order", message="note did not return to its default"),
    Failure(
        rule="answers",
        about="GET /api/v1/orders",
        message="there was no answer",
        exchanges=(exchange(b"", answer=None),),
    ),
)
FORMATS = {"report.json": reports.json, "report.xml": reports.junit, "report.html": reports.html}


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_is_the_committed_one(name: str) -> None:
    text, committed = FORMATS[name](BROKEN), HERE / name
    if os.environ.get("UPDATE"):
        committed.write_text(text, encoding="utf-8")
    assert text == committed.read_text("utf-8"), f"{name} is written otherwise (UPDATE=1)"


def hostile() -> Report:
    """A report in which everything that comes from a server, or from what it was sent, is hostile."""
    raw = HOSTILE.encode("utf-8", "surrogatepass")
    found = exchange(raw, path=f"/api/v1/{HOSTILE}", answer=raw, who=HOSTILE)
    return report(
        Failure(rule="no-echo", about=HOSTILE, message=HOSTILE, exchanges=(found,)), name="<script>x</script>"
    )


class Seen(HTMLParser):
    """The elements of a page, the text of its scripts, and the addresses that it names."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if self.tags and self.lasttag == "script" and "querySelector" in data:
            self.scripts.append(data)


def test_no_answer_becomes_a_part_of_the_page() -> None:
    page = reports.html(hostile())
    harmless, seen = Seen(), Seen()
    harmless.feed(reports.html(report(Failure(rule="no-echo", about="a", message="b", exchanges=(exchange(b"c"),)))))
    seen.feed(page)
    assert seen.tags == harmless.tags
    assert page.count("<script>") == 1
    assert "&lt;script&gt;alert(1)" in page
    assert "49" not in page  # no template is run
    names = {name for name, _ in seen.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"src", "href", "action", "srcset"}  # and nothing is loaded


def test_a_browser_runs_the_filter_alone() -> None:
    page = reports.html(BROKEN)
    (script,) = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = next(value for name, value in attributes(page) if name == "content" and "default-src" in (value or ""))
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    assert "url(" not in page
    assert "@import" not in page


def attributes(page: str) -> list[tuple[str, str | None]]:
    seen = Seen()
    seen.feed(page)
    return seen.attributes


def test_junit_is_xml_whatever_was_answered() -> None:
    suite = ElementTree.fromstring(reports.junit(hostile())).find("testsuite")
    assert suite is not None
    failed = [case for case in suite if case.find("failure") is not None]
    assert [case.get("name") for case in failed] == ["no-echo"]
    assert suite.get("failures") == "1"
    assert int(suite.get("tests", "0")) == len(suite)
    skipped = [case for case in suite if case.find("skipped") is not None]
    assert int(suite.get("skipped", "0")) == len(skipped)


def test_json_is_json_whatever_was_answered() -> None:
    document = json.loads(reports.json(hostile()).encode())
    (failure,) = document["failures"]
    assert "<script>alert(1)</script>" in failure["exchanges"][0]["answer"]["body"]
    assert document["good"] is False


def test_a_terminal_is_not_told_what_to_do() -> None:
    out = io.StringIO()
    tell_report(hostile(), Console(file=out, markup=False, emoji=False, highlight=False, soft_wrap=True, width=200))
    assert "\x1b" not in out.getvalue()
    assert "\x00" not in out.getvalue()
    assert "1 rule is broken" in out.getvalue()


def test_without_a_terminal_each_check_is_a_line() -> None:
    out = io.StringIO()
    with Steps(Console(file=out, width=200), ["access", "bodies"]) as steps:
        steps.tell(Step(check="access", ended=False))
        steps.tell(Step(check="access", ended=True, held=3, requests=2, seconds=0.5))
        steps.tell(Step(check="bodies", ended=True, held=3, failed=1, requests=2, seconds=0.5))
    assert out.getvalue().splitlines() == [
        "held   access: 3 held, 0 failed, 2 requests, 0.5 s",
        "FAILED bodies: 3 held, 1 failed, 2 requests, 0.5 s",
    ]


def test_on_a_terminal_there_is_a_table() -> None:
    out = io.StringIO()
    with Steps(Console(file=out, width=100, force_terminal=True), ["access", "bodies"]) as steps:
        steps.tell(Step(check="access", ended=True, held=3, requests=2, seconds=0.5))
        steps.tell(Step(check="bodies", ended=False))
    assert "1 of 2 checks" in out.getvalue()
