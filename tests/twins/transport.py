"""Carries each request to two servers, one after the other, and notes where their answers differ.

What only one server can know is learned as it is told: tokens, keys, cursors and codes of the one stand for those of
the other in what is sent to it. Moments are not compared.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
WORD = re.compile(r"[A-Za-z0-9_.-]{16,}")
# A filter by a moment finds on each server what its own clock says.
QUOTED = re.compile(r"\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\d(?:\.\d+)?Z")
TOLD = (
    *("content-type", "etag", "location", "link", "allow", "www-authenticate", "idempotent-replay", "ratelimit-policy"),
    *("content-disposition", "cache-control", "x-content-type-options", "x-frame-options", "referrer-policy"),
    *("cross-origin-opener-policy", "cross-origin-resource-policy", "content-security-policy"),
    *("access-control-allow-origin", "access-control-allow-credentials", "vary", "set-cookie"),
)
"""The headers that are compared."""
APART = re.compile(r"/metrics|/admin")
"""What the two say in words of their own."""
PAGES = re.compile(r"/docs|/openapi\.json")
"""What is compared elsewhere, or comes from the framework: the text alone is no matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One request that the two answered otherwise."""

    request: str
    what: str
    one: str
    other: str


@dataclass
class Twins(httpx2.AsyncBaseTransport):
    """Two servers that should be one. words: what stands for what of the first in the second.

    fixed: the paths that end in a word where those of rows have an id, with their methods. Asked by another method, the
    word is an id to the one framework, which knows no such row, and to the other a path that has no such method.
    """

    one: str
    other: str
    fixed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Where their OpenAPI documents differ."""
    requests: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    inner: httpx2.AsyncHTTPTransport = field(default_factory=httpx2.AsyncHTTPTransport)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        async with self.turn:  # the same order of requests on both, so that ids are the same
            one = await self._sent(request, self.one, body, translate=False)
            other = await self._sent(request, self.other, body, translate=True)
            self.requests += 1
            if not self._is_apart(request):
                self._compare(request, body, one, other)
        headers = [pair for pair in one.headers.multi_items() if pair[0] not in ("content-length", "content-encoding")]
        return httpx2.Response(one.status_code, headers=headers, content=one.content)

    def _is_apart(self, request: httpx2.Request) -> bool:
        """Whether the two may answer as they like."""
        path, methods = request.url.path, self.fixed.get(request.url.path)
        return bool(
            APART.match(path)
            or QUOTED.search(str(request.url))
            or (methods is not None and request.method not in methods)
        )

    async def _sent(self, request: httpx2.Request, base: str, body: bytes, *, translate: bool) -> httpx2.Response:
        path = request.url.raw_path.decode("ascii")
        headers = [
            (name, value) for name, value in request.headers.multi_items() if name not in ("host", "content-length")
        ]
        if translate:
            path, body = self._translated(path), self._translated(body.decode("latin-1")).encode("latin-1")
            headers = [(name, self._translated(value)) for name, value in headers]
        host = base.partition("://")[2]
        sent = httpx2.Request(request.method, f"{base}{path}", headers=[("host", host), *headers], content=body or None)
        sent.extensions = request.extensions
        response = await self.inner.handle_async_request(sent)
        await response.aread()
        return response

    def _translated(self, text: str) -> str:
        for pattern in (WORD, MOMENT, QUOTED):
            text = pattern.sub(lambda found: self._word(found[0]), text)
        return text

    def _word(self, word: str) -> str:
        if word in self.words:
            return self.words[word]
        return next((word.replace(a, b) for a, b in self.words.items() if len(a) > 30 and a in word), word)

    def learn(self, one: str, other: str) -> None:
        """Learn the words of two texts that are otherwise alike."""
        for pattern in (WORD, MOMENT):
            left, right = (["".join(found) for found in pattern.findall(text)] for text in (one, other))
            if len(left) == len(right):
                self.words |= {a: b for a, b in zip(left, right, strict=True) if a != b}
                self.words |= {quote(a): quote(b) for a, b in zip(left, right, strict=True) if a != b}

    def _compare(self, request: httpx2.Request, body: bytes, one: httpx2.Response, other: httpx2.Response) -> None:
        paged = PAGES.match(request.url.path) and one.status_code == other.status_code == 200
        for what, left, right in self._pairs(one, other):
            if paged and what in ("body", "etag"):
                continue
            if left != right:
                asked = f"{request.method} {request.url.raw_path.decode()} {body[:300]!r}"
                self.differences.append(Difference(request=asked, what=what, one=left[:400], other=right[:400]))

    def _pairs(self, one: httpx2.Response, other: httpx2.Response) -> Iterator[tuple[str, str, str]]:
        yield "status", str(one.status_code), str(other.status_code)
        left, right = _text(one), _text(other)
        self.learn(left, right)
        yield "body", self._plain(left), MOMENT.sub("<moment>", right)
        for name in TOLD:
            if name in one.headers or name in other.headers:
                said, also = one.headers.get(name, "nothing"), other.headers.get(name, "nothing")
                self.learn(said, also)
                yield name, self._plain(_header(name, said)), _header(name, also)

    def _plain(self, text: str) -> str:
        """What the first says, in the words of the second."""
        return MOMENT.sub("<moment>", self._translated(text))


def _header(name: str, value: str) -> str:
    if name == "set-cookie":
        parts = re.split(r"[;,] ?(?=[A-Za-z_-]+[=;,]|$)", value)
        return "; ".join(sorted(re.sub(r"=[^;]{20,}", "=...", part.strip().lower()) for part in parts if "=" in part))
    return value


def _text(response: httpx2.Response) -> str:
    """The body, as it was sent."""
    return response.content.decode("utf-8", "replace")


def pretty(text: str) -> Any:
    """A body, to be shown."""
    try:
        return json.loads(text)
    except ValueError:
        return text
