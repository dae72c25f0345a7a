"""Where a server is judged: it is asked over HTTP, and what was found is remembered."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import monotonic, perf_counter
from typing import Any
from urllib.parse import urlencode

import httpx2

from backsmith.contract import Contract
from backsmith.design.model import Design
from backsmith.verify import always
from backsmith.verify.model import Answer, Exchange, Failure, Report, Request, Step, Untested
from backsmith.verify.rules import RULES

LISTED = 5
"""How many failures of one rule about one thing are shown."""
SEEN = 3
"""How many exchanges of one kind are remembered."""
DEADLINE = 40.0
"""Seconds that an answer may take: longer than any deadline of a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where a server's mail arrives. `take` waits for the next mail to an address and gives its text; None where none
    came in time."""

    take: Callable[[str, float], "Any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The server that is judged.

    admin: address and password of an account that may do everything. Of a server that was started to be judged, mail
    arrives in `mailbox` and tokens are signed with `secret`; `restart` starts it with other settings and gives its
    address.
    """

    url: str
    admin: tuple[str, str] | None
    mailbox: Mailbox | None = None
    secret: str | None = None
    transport: httpx2.AsyncBaseTransport | None = None
    """What carries requests, where that is not the network itself."""

    @property
    def owned(self) -> bool:
        """Whether the server was started to be judged."""
        return self.secret is not None


@dataclass(slots=True)
class Account:
    """Somebody who asks. `id` as JSON has it; `headers` sign requests. A stranger has neither."""

    name: str
    id: Any = None
    email: str = ""
    password: str = ""
    roles: frozenset[str] = frozenset()
    headers: dict[str, str] = field(default_factory=dict)
    tenant: Any = None
    """The id of the tenant that requests name."""

    def within(self, tenant: Any) -> "Account":
        """The same account, whose requests name this tenant (None: none)."""
        headers = {name: value for name, value in self.headers.items() if name != "X-Tenant"}
        if tenant is not None:
            headers["X-Tenant"] = str(tenant)
        return Account(self.name, self.id, self.email, self.password, self.roles, headers, tenant)


STRANGER = Account("stranger")


class Court:
    """One judgement. design: lowered, as the contract is made from it."""

    def __init__(
        self, design: Design, contract: Contract, target: Target, *, seed: int, tell: Callable[[Step], None]
    ) -> None:
        self.design, self.contract, self.target, self.seed, self.tell = design, contract, target, seed, tell
        self.random = random.Random(seed)
        self.held: Counter[str] = Counter()
        self.counted: Counter[tuple[str, str]] = Counter()
        self.failures: list[Failure] = []
        self.untold: list[Untested] = []
        self.requests = 0
        self.kinds: dict[tuple[str, str, int], list[Exchange]] = defaultdict(list)
        self.begun = monotonic()
        limits = httpx2.Limits(max_connections=64, max_keepalive_connections=32)
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))  # no request has a cookie that it is not given
        self.client = httpx2.AsyncClient(
            base_url=target.url, timeout=DEADLINE, limits=limits, cookies=jar, transport=target.transport
        )

    # Asking

    async def ask(
        self,
        who: Account,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | Sequence[tuple[str, Any]] = (),
        json_body: Any = ...,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        expected: bool = True,
    ) -> Exchange:
        """Send one request. `expected`: whether the answer is judged by what always holds, as nearly all are."""
        sent = dict(who.headers) | dict(headers or {})
        content = body or b""
        if json_body is not ...:
            content = json.dumps(json_body, ensure_ascii=False, default=str).encode()
            sent.setdefault("Content-Type", "application/json")
        if form is not None:
            content = urlencode(form).encode()
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        pairs = list(query.items()) if isinstance(query, Mapping) else list(query)
        full = f"{path}?{urlencode([(name, _word(value)) for name, value in pairs])}" if pairs else path
        request = Request(method=method, path=full, headers=tuple(sent.items()), body=content, who=who.name)
        exchange = await self._send(request)
        if expected:
            always.judge(self, exchange)
        if exchange.answer is not None:
            alike = self.kinds[request.method, always.subject(exchange), exchange.answer.status]
            if len(alike) < SEEN:
                alike.append(exchange)
        return exchange

    def seen(self) -> Iterator[Exchange]:
        """What was asked and answered so far: a few of each kind."""
        for exchanges in self.kinds.values():
            yield from exchanges

    async def _send(self, request: Request) -> Exchange:
        self.requests += 1
        begun = perf_counter()
        try:
            answer = await self.client.request(
                request.method, request.path, headers=list(request.headers), content=request.body or None
            )
        except httpx2.HTTPError as error:
            return Exchange(request=request, answer=None, error=type(error).__name__)
        found = Answer(
            status=answer.status_code,
            headers=tuple((name.lower(), value) for name, value in answer.headers.multi_items()),
            body=answer.content,
            seconds=perf_counter() - begun,
        )
        return Exchange(request=request, answer=found)

    # Judging

    def expect(self, holds: bool, rule: str, about: str, message: str, *exchanges: Exchange) -> bool:
        """Note whether a rule holds here. Gives what it was given."""
        if rule not in RULES:
            raise KeyError(rule)
        if holds:
            self.held[rule] += 1
        else:
            self.counted[rule, about] += 1
            if self.counted[rule, about] <= LISTED:
                self.failures.append(Failure(rule=rule, about=about, message=message, exchanges=exchanges))
        return holds

    def expect_status(self, exchange: Exchange, wanted: int | Sequence[int], rule: str, about: str, why: str) -> bool:
        """Note whether an answer has this status, or one of these."""
        allowed = (wanted,) if isinstance(wanted, int) else tuple(wanted)
        found = status(exchange)
        message = f"{why}: {found} in place of {' or '.join(map(str, allowed))}"
        return self.expect(found in allowed, rule, about, message, exchange)

    def untested(self, rule: str, about: str, reason: str) -> None:
        """Note what cannot be judged here."""
        if rule not in RULES:
            raise KeyError(rule)
        found = Untested(rule=rule, about=about, reason=reason)
        if found not in self.untold:
            self.untold.append(found)

    def report(self) -> Report:
        """What was found so far."""
        more: Counter[str] = Counter()
        for (rule, _), count in self.counted.items():
            more[rule] += max(count - LISTED, 0)
        return Report(
            target=self.target.url,
            backend=self.design.name,
            seed=self.seed,
            seconds=monotonic() - self.begun,
            requests=self.requests,
            held=dict(sorted(self.held.items())),
            failures=tuple(self.failures if self.target.owned else map(_withheld, self.failures)),
            untested=tuple(self.untold),
            more={rule: count for rule, count in more.items() if count},
        )


SECRETS = {"authorization", "cookie", "x-api-key", "x-csrf-token", "set-cookie"}
WITHHELD = "(withheld)"


def _withheld(failure: Failure) -> Failure:
    """A failure without tokens and passwords: of a server that others use, a report must not hold any."""
    return replace(failure, exchanges=tuple(map(_without_secrets, failure.exchanges)))


def _without_secrets(exchange: Exchange) -> Exchange:
    request, answer = exchange.request, exchange.answer
    secret = "/auth/" in request.path
    request = replace(request, headers=_covered(request.headers), body=WITHHELD.encode() if secret else request.body)
    if answer is not None:
        answer = replace(answer, headers=_covered(answer.headers), body=WITHHELD.encode() if secret else answer.body)
    return replace(exchange, request=request, answer=answer)


def _covered(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, WITHHELD if name.lower() in SECRETS else value) for name, value in headers)


def status(exchange: Exchange) -> int:
    """The status of an answer; 0 where there was none."""
    return exchange.answer.status if exchange.answer is not None else 0


def document(exchange: Exchange) -> Any:
    """The JSON of an answer; None where it is none. Numbers with a point or an exponent stay exact as text."""
    try:
        return json.loads(exchange.answer.body) if exchange.answer is not None else None
    except ValueError:
        return None


def codes(exchange: Exchange) -> set[tuple[str, str]]:
    """`(field, code)` of every error that a problem document names."""
    found = document(exchange)
    errors = found.get("errors") if isinstance(found, dict) else None
    return {(str(error.get("field")), str(error.get("code"))) for error in errors or () if isinstance(error, dict)}


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
