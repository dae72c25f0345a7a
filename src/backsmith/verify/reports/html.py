"""A verdict for people: one page that loads nothing and runs nothing but its own filter."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backsmith.verify.model import Exchange, Report
from backsmith.verify.reports.summary import Found, shown, summary

HERE = Path(__file__).parent
VERDICTS = ("failed", "untested", "held", "not asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the template prints. `script`: its own filter, which the page's policy allows by its hash alone."""

    report: Report
    rules: tuple[Found, ...]
    script: str

    @property
    def policy(self) -> str:
        """What a browser may do with the page."""
        digest = b64encode(sha256(self.script.encode()).digest()).decode()
        return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many rules ended in which way."""
        return [(verdict, sum(each.verdict == verdict for each in self.rules)) for verdict in VERDICTS]

    @property
    def sorted(self) -> list[Found]:
        """The rules, the failed ones first."""
        return sorted(self.rules, key=lambda each: VERDICTS.index(each.verdict))

    def curl(self, exchange: Exchange) -> str:
        """A command that sends the request again."""
        return exchange.curl(self.report.target)

    def body(self, body: bytes) -> str:
        """A body as text."""
        return shown(body)


def html(report: Report) -> str:
    """The report as a page. Whatever a server has answered stays text in it."""
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    script = (HERE / "page.js").read_text()
    return environment.get_template("page.html").render(
        page=Page(report=report, rules=tuple(summary(report)), script=script)
    )
