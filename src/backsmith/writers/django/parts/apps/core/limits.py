"""How often somebody may ask: each account, else each client address, so many requests in any stretch of time."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from time import monotonic
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from apps.core.errors import TooMany
from config.environment import settings

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
KNOWN = 100_000  # how many callers are remembered; who has not asked for longest is forgotten first


def client_address(request: Request | HttpRequest) -> str:
    """Where a request came from: the server has looked behind the proxies that are trusted."""
    return str(request.META.get("REMOTE_ADDR", ""))


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
        self.policy = f'"default";q={requests};w={seconds}'
        self.windows: dict[str, tuple[float, int, int]] = {}  # its start, the requests in it, and in the one before
        self._lock = Lock()

    def hit(self, key: str, now: float) -> tuple[int, float]:
        """Count a request: how many are left, and in how many seconds the next is allowed (0: this one is)."""
        with self._lock:
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


def count(request: Request | HttpRequest, account: object = None) -> None:
    """Count this request for its account, else for where it came from. Raises TooMany."""
    if limiter is None:
        return
    key = f"account:{account}" if account is not None else network(client_address(request))
    left, wait = limiter.hit(key, monotonic())
    said = {"RateLimit-Policy": limiter.policy, "RateLimit": f'"default";r={left};t={ceil(wait) or limiter.seconds}'}
    asked: Any = getattr(request, "_request", request)  # Django's, within that of Django REST framework
    headers = dict(getattr(asked, "answer_headers", ()))
    for name, value in said.items():  # RFC 9110, 5.3: what is said twice is one list
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    asked.answer_headers = list(headers.items())
    if wait:
        raise TooMany(ceil(wait))
