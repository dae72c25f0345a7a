"""Sign-in by cookies, for browsers. A change needs the session's CSRF token in a header, which no other site knows."""

import hmac
from collections.abc import Mapping

from fastapi import Request, Response

from app.config import settings
from app.core import tokens
from app.core.errors import Forbidden

PREFIX = "__Host-" if settings.production else ""
"""Such a cookie comes over TLS from this very host. Browsers refuse it over plain http, where development runs."""

ACCESS, REFRESH, CSRF = f"{PREFIX}access", f"{PREFIX}refresh", f"{PREFIX}csrf"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf(session: int | None) -> str:
    """The token that requests of this session carry in `X-CSRF-Token`."""
    return tokens.seal("csrf", session)


def check_csrf(request: Request, session: int | None) -> None:
    """Raises Forbidden for a change that this session's own pages did not send."""
    sent = request.headers.get("x-csrf-token", "")
    if request.method not in SAFE and not hmac.compare_digest(sent.encode(), csrf(session).encode()):
        raise Forbidden("change anything by cookie without its X-CSRF-Token")


def check_origin(request: Request) -> None:
    """Raises Forbidden where another site asks for cookies: nobody may be signed in to somebody else's account."""
    if request.headers.get("sec-fetch-site", "none") == "cross-site":
        raise Forbidden("sign people in from another site")


def store(response: Response, values: Mapping[str, tuple[str, int]]) -> None:
    """Send these cookies: value and lifetime in seconds by name. Scripts see the CSRF token alone."""
    for name, (value, lifetime) in values.items():
        response.set_cookie(
            name, value, lifetime, path="/", secure=settings.production, httponly=name != CSRF, samesite="lax"
        )


def clear(response: Response) -> None:
    """Take all of them back."""
    store(response, dict.fromkeys((ACCESS, REFRESH, CSRF), ("", 0)))
