"""Sign-in by cookies, for browsers. A change needs the session's CSRF token in a header, which no other site knows."""

import hmac
from collections.abc import Mapping

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core import errors, tokens
from config.environment import settings

PREFIX = "__Host-" if settings.production else ""
"""Such a cookie comes over TLS from this very host. Browsers refuse it over plain http, where development runs."""
ACCESS, REFRESH, CSRF = f"{PREFIX}access", f"{PREFIX}refresh", f"{PREFIX}csrf"


def csrf(session: int) -> str:
    """The token that changes of this session carry in `X-CSRF-Token`."""
    return tokens.seal("csrf", session)


def check_csrf(request: Request, session: int) -> None:
    """Raises Forbidden for a change that this session's own pages did not send."""
    sent = request.headers.get("x-csrf-token", "").encode()
    if request.method not in ("GET", "HEAD", "OPTIONS") and not hmac.compare_digest(sent, csrf(session).encode()):
        raise errors.Forbidden("change anything by cookie without its X-CSRF-Token")


def store(response: HttpResponse, values: Mapping[str, tuple[str, int]]) -> None:
    """Send these cookies: value and lifetime in seconds by name. Scripts see the CSRF token alone."""
    for name, (value, age) in values.items():
        response.set_cookie(name, value, age, secure=settings.production, httponly=name != CSRF, samesite="Lax")
        response.cookies[name] |= {"samesite": "lax", "expires": ""}  # as the contract has it: Max-Age says enough
