"""How often somebody may ask: each account, else each client address, so many requests in any stretch of time."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil
from time import monotonic

from fastapi import Request
from starlette.types import Scope

from app.config import settings
from app.core.errors import TooMany

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
KNOWN = 100_000
"""How many callers are remembered; the oldest are forgotten first."""


def client_address(scope: Scope) -> str:
    """Where a request came from: `X-Forwarded-For` counts only as far as trusted proxies wrote it."""
    address: str = scope["client"][0] if scope.get("client") else ""
    if _trusted(address):
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        hops = forwarded.decode("latin-1").split(",")
        while _trusted(address) and hops and (ip := _ip(hops.pop().strip())):
            address = ip.compressed
    return address


def _trusted(address: str) -> bool:
    ip = _ip(address)
    return ip is not None and any(ip in network for network in settings.trusted_proxies)


def _ip(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def network(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that an IPv6 host may choose its addresses from."""
    ip = _ip(address)
    return str(IPv6Address(int(ip) >> 64 << 64)) if isinstance(ip, IPv6Address) and not ip.ipv4_mapped else address


@dataclass(slots=True)
class Window:
    """The requests of one caller in this stretch of time, and in the one before."""

    start: float
    count: int = 0
    before: int = 0


class Limiter:
    """At most `requests` in any `seconds`: of two windows, the earlier one fades out as the later one passes."""

    def __init__(self, requests: int, seconds: int) -> None:
        self.requests, self.seconds = requests, seconds
        self.windows: dict[str, Window] = {}

    def hit(self, key: str, now: float) -> tuple[int, float]:
        """Count a request: how many are left, and in how many seconds the next is allowed (0: this one is)."""
        window = self._window(key, now)
        passed = (now - window.start) / self.seconds
        left = self.requests - window.count - window.before * (1 - passed)
        if left >= 1:
            window.count += 1
            return int(left - 1), 0
        if window.count < self.requests:
            return 0, self.seconds * (1 - (self.requests - 1 - window.count) / window.before - passed)
        return 0, self.seconds * (2 - passed - (self.requests - 1) / window.count)

    def _window(self, key: str, now: float) -> Window:
        window = self.windows.get(key)
        if window is None or now - window.start >= 2 * self.seconds:
            self.windows.pop(key, None)
            window = self.windows[key] = Window(now)
            if len(self.windows) > KNOWN:
                del self.windows[next(iter(self.windows))]
        elif now - window.start >= self.seconds:
            window.start, window.count, window.before = window.start + self.seconds, 0, window.count
        return window


def read_rate(rate: str) -> Limiter | None:
    """The limiter for `100/minute`; None for `off`."""
    requests, _, period = rate.partition("/")
    return Limiter(int(requests), PERIODS[period]) if period else None


limiter = read_rate(settings.rate_limit)


def count(request: Request, account: object = None) -> None:
    """Count this request for its account, else for where it came from. Raises TooMany."""
    if limiter is None:
        return
    key = f"account:{account}" if account is not None else network(client_address(request.scope))
    left, wait = limiter.hit(key, monotonic())
    policy = f'"default";q={limiter.requests};w={limiter.seconds}'
    state = f'"default";r={left};t={ceil(wait) or limiter.seconds}'
    if wait:
        raise TooMany(ceil(wait), {"RateLimit-Policy": policy, "RateLimit": state})
    headers = [(b"ratelimit-policy", policy.encode()), (b"ratelimit", state.encode())]
    request.scope.get("answer_headers", []).extend(headers)


async def by_address(request: Request) -> None:
    """A dependency: counts for the client's address, whoever signs in. Raises TooMany."""
    count(request)
