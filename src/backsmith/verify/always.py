"""What holds for every answer, whatever was asked: judged once, here, for all of them."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from backsmith.verify.model import Answer, Exchange

if TYPE_CHECKING:
    from backsmith.verify.court import Court

PROBLEM = "application/problem+json"
SECURITY = ("x-content-type-options", "x-frame-options", "referrer-policy", "content-security-policy", "cache-control")
MEMBERS = {"type", "title", "status", "detail", "errors"}
INTERNAL = re.compile(
    r"Traceback|sqlalchemy|psycopg|asyncpg|sqlite3|\.py\b|SELECT .* FROM|INSERT INTO|stack", re.IGNORECASE
)
LONG = 8
"""From how many characters on a value that was sent is recognised in an answer."""


def judge(court: "Court", exchange: Exchange) -> None:
    """Judge one exchange."""
    about = subject(exchange)
    answer = exchange.answer
    if answer is None:
        court.expect(False, "answers", about, f"there was no answer ({exchange.error})", exchange)
        return
    court.expect(answer.status < 500 or answer.status in (501, 503), "no-5xx", about, f"{answer.status}", exchange)
    for name in SECURITY:
        court.expect(answer.header(name) is not None, "security-headers", name, f"no {name}", exchange)
    court.expect(answer.header("x-request-id") is not None, "request-id", about, "no X-Request-Id", exchange)
    if answer.status >= 400 and exchange.request.method != "HEAD":
        _problem(court, exchange, answer, about)


def subject(exchange: Exchange) -> str:
    """The method and the path, with ids taken out."""
    path = exchange.request.path.partition("?")[0]
    steps = ["{id}" if re.fullmatch(r"\d+|[0-9a-f-]{36}", step) else step[:40] for step in path.split("/")]
    return f"{exchange.request.method} {'/'.join(steps)}"[:120]


def _problem(court: "Court", exchange: Exchange, answer: Answer, about: str) -> None:
    media = (answer.header("content-type") or "").partition(";")[0]
    court.expect(media == PROBLEM, "problem-documents", about, f"{answer.status} as {media or 'nothing'}", exchange)
    try:
        document = json.loads(answer.body)
    except ValueError:
        court.expect(False, "problem-documents", about, "the problem is no JSON", exchange)
        return
    right = isinstance(document, dict) and document.keys() >= MEMBERS and document["status"] == answer.status
    right = right and all(isinstance(e, dict) and e.keys() == {"field", "code", "message"} for e in document["errors"])
    court.expect(
        right, "problem-documents", about, "the problem lacks what RFC 9457 and the contract ask for", exchange
    )
    text = answer.body.decode(errors="replace")
    court.expect(not INTERNAL.search(text), "no-internals", about, "the answer tells how the server is made", exchange)
    echoed = next((value for value in sent_values(exchange) if value in text), None)
    court.expect(echoed is None, "no-echo", about, "the answer repeats what was sent", exchange)


def sent_values(exchange: Exchange) -> Iterator[str]:
    """The longer strings of a JSON body and of the query string."""
    with suppress(ValueError, RecursionError):
        yield from _strings(json.loads(exchange.request.body))


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str() if len(value) >= LONG and not value.isidentifier():
            yield value
        case list():
            for item in value[:50]:
                yield from _strings(item)
        case dict():
            for item in value.values():
                yield from _strings(item)
