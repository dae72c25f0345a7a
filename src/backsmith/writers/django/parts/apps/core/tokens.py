"""Signed tokens: the only place that knows PyJWT. One algorithm, every claim required, the type checked."""

import hmac
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

import jwt
from django.utils.timezone import now

from apps.core.errors import FieldError, Unauthorized
from config.environment import settings

ALGORITHM, REQUIRED = "HS256", ["exp", "iat", "sub", "aud", "iss", "jti", "sid"]
SECRET, ISSUER = settings.secret_key.get_secret_value().encode(), settings.public_url

_jwt = jwt.PyJWT(options={"require": REQUIRED, "enforce_minimum_key_length": True})


def issue(kind: str, subject: object, lifetime: timedelta, **claims: Any) -> str:
    """A token of this kind for an account: `at+jwt` for access (RFC 9068), `rt+jwt` to refresh."""
    standard = {"iss": ISSUER, "aud": ISSUER, "sub": str(subject), "iat": now(), "exp": now() + lifetime}
    return _jwt.encode({"jti": secret(), **standard, **claims}, SECRET, ALGORITHM, headers={"typ": kind})


def read(kind: str, token: str) -> dict[str, Any]:
    """The claims of a token of this kind. Raises Unauthorized for any other, forged or expired one."""
    try:
        found = _jwt.decode_complete(token, SECRET, [ALGORITHM], audience=ISSUER, issuer=ISSUER)
    except jwt.PyJWTError:
        raise refused() from None
    if found["header"].get("typ") != kind or not isinstance(found["payload"]["sid"], int):
        raise refused()
    return dict(found["payload"])


def refused(detail: str = "The credentials are not valid, or no longer.") -> Unauthorized:
    """The answer to all that is not good, whatever is wrong with it."""
    return Unauthorized(detail, [FieldError("", "credentials", detail)])


def secret() -> str:
    """A random secret of 256 bits."""
    return token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a secret: it is random, so that a plain hash cannot be reversed."""
    return sha256(token.encode()).hexdigest()


def seal(purpose: str, value: object) -> str:
    """A code for this value that only this application can make."""
    return hmac.new(SECRET, f"{purpose}:{value}".encode(), sha256).hexdigest()
