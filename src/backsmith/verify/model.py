"""What a verdict is made of: requests, answers, and what was found about each rule. Reports print these values."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was sent. `path` begins with `/` and holds the query string, as it went over the wire."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    who: str = "stranger"
    """Who asked, in words: `stranger`, `staff`, `customer (other)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. Names of headers are in lower case; `seconds` from the first byte sent to the last received."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    def header(self, name: str) -> str | None:
        """The first header of this name, in lower case; None where there is none."""
        return next((value for found, value in self.headers if found == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer; None, with the error's name, where the connection ended without one."""

    request: Request
    answer: Answer | None
    error: str = ""

    def curl(self, base: str) -> str:
        """A command that sends the request again. Bytes that a shell cannot hold are sent from a file of escapes."""
        parts = ["curl", "-isS", "-X", self.request.method]
        for name, value in self.request.headers:
            parts += ["-H", f"{name}: {value}"]
        line = shlex.join([*parts, base + quote(self.request.path, safe="/?&=%,:+-._~!$'()*;@[]", errors="replace")])
        body = self.request.body
        if not body:
            return line
        if len(body) > 4000:
            return f"{line} --data-binary @-  # {len(body)} bytes, which begin with {body[:40]!r}"
        try:
            text = body.decode("ascii")
        except UnicodeDecodeError:
            text = ""
        if text.isprintable() and text:
            return f"{line} --data-binary {shlex.quote(text)}"
        escaped = "".join(
            f"\\x{byte:02x}" if byte < 32 or byte > 126 or byte in b"\\%'" else chr(byte) for byte in body
        )
        return f"printf '{escaped}' | {line} --data-binary @-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A rule that does not hold. `about`: the operation, or what else it is about."""

    rule: str
    about: str
    message: str
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Untested:
    """What could not be judged, and why."""

    rule: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict. `held`: by rule, how often it was found to hold."""

    target: str
    backend: str
    seed: int
    seconds: float
    requests: int
    held: Mapping[str, int]
    failures: tuple[Failure, ...]
    untested: tuple[Untested, ...]
    more: Mapping[str, int] = field(default_factory=dict)
    """By rule, failures that are not listed since many of the same are."""

    @property
    def good(self) -> bool:
        """Whether every rule that was judged holds."""
        return not self.failures


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far a judgement is: one check, as it begins (`ended` is False) and as it ends, with what it found."""

    check: str
    ended: bool
    held: int = 0
    failed: int = 0
    requests: int = 0
    seconds: float = 0.0
