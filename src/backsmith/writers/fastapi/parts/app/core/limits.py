"""How often somebody may ask: each account, else each client address, so many requests in any stretch of time."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

from fastapi import Request
from starlette.types import Scope

from app.config import settings
from app.core.errors import TooMany

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
KNOWN = 100_000  # how many callers are remembered; who has not asked for longest is forgotten first


def client_address(scope: Scope) -> str:
    """Where a request came from: the server has looked behind the proxies that are trusted."""
    return scope["client"][0] if scope.get("client") else ""


@lru_cache(4096)
def network(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that an IPv6 host may choose its addresses from."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(ip) >> 64 << 64)) if isinstance(ip, IPv6Address) and not ip.ipv4_mapped else address


class Limiter:
    """At most `requests` in any `seconds`: of two windows, the earlier one fades out as the later one passes."""

    def __init__(self, requests: int, seconds: int) -> None:
        self.requests, self.seconds = requests, seconds
        self.policy = b'"default";q=%d;w=%d' % (requests, seconds)
        self.windows: dict[str, tuple[float, int, int]] = {}  # its start, the requests in it, and in the one before

    def hit(self, key: str, now: float) -> tuple[int, float]:
        """Count a request: how many are left, and in how many seconds the next is allowed (0: this one is)."""
        start, count, before = self._window(self.windows.pop(key, (now, 0, 0)), now)
        passed = (now - start) / self.seconds
        left = self.requests - count - before * (1 - passed)
        self.windows[key] = start, count + (left >= 1), before
        if len(self.windows) > KNOWN:
            del self.windows[next(iter(self.windows))]
        if left >= 1:
            return int(left - 1), 0
        if count < self.requests:
            return 0, self.seconds * (1 - (self.requests - 1 - count) / before - passed)
        return 0, self.seconds * (2 - passed - (self.requests - 1) / count)

    def _window(self, last: tuple[float, int, int], now: float) -> tuple[float, int, int]:
        start, count, _ = last
        if now - start >= 2 * self.seconds:
            return now, 0, 0
        return (start + self.seconds, 0, count) if now - start >= self.seconds else last


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
    headers = [(b"ratelimit-policy", limiter.policy), (b"ratelimit", b'"default";r=%d;t=%d' % (left, ceil(wait) or limiter.seconds))]
    request.scope.get("answer_headers", []).extend(headers)
    if wait:
        raise TooMany(ceil(wait))


async def by_address(request: Request) -> None:
    """A dependency: counts for the client's address, whoever signs in. Raises TooMany."""
    count(request)
