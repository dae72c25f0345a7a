"""Signing in, as a judge does it: sessions of an account, and the answers of everything under `/auth`."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from backsmith.verify.court import STRANGER, Account, Court, document, status
from backsmith.verify.model import Exchange
from backsmith.verify.world import NotMadeError


def auth(court: Court, path: str) -> str:
    """The path of something under `/auth`."""
    return f"{court.contract.prefix}/auth/{path}"


def bearer(token: Any, name: str = "bearer") -> Account:
    """Somebody who sends this token."""
    return Account(name, headers={"Authorization": f"Bearer {token}"})


@dataclass(slots=True)
class Session:
    """One sign-in of an account."""

    court: Court
    access: str
    refresh: str

    @property
    def who(self) -> Account:
        """Who asks by its access token."""
        return bearer(self.access, "session")

    async def me(self) -> int:
        """The status of asking for the own account."""
        return status(await self.court.ask(self.who, "GET", auth(self.court, "me")))

    async def refreshed(self) -> Exchange:
        """The answer to its refresh token."""
        return await exchanged(self.court, self.refresh)


async def exchanged(court: Court, refresh: Any) -> Exchange:
    """The answer to a refresh token."""
    return await court.ask(STRANGER, "POST", auth(court, "refresh"), json_body={"refresh_token": refresh})


async def sign_in(court: Court, email: str, password: str, **how: Any) -> Exchange:
    """The answer to an address and a password."""
    return await court.ask(
        STRANGER, "POST", auth(court, "token"), form={"username": email, "password": password}, **how
    )


async def session(court: Court, account: Account) -> Session:
    """A new session of an account. Raises NotMadeError where it cannot sign in."""
    return opened(court, await sign_in(court, account.email, account.password))


def opened(court: Court, answer: Exchange) -> Session:
    """The session that an answer gives. Raises NotMadeError where it gives none."""
    found = document(answer)
    right = status(answer) == 200 and isinstance(found, dict) and {"access_token", "refresh_token"} <= found.keys()
    if not court.expect(right, "accounts", "token", f"signing in gave {status(answer)}", answer):
        raise NotMadeError
    return Session(court, found["access_token"], found["refresh_token"])


# Tokens, by hand: a judge has to make what libraries refuse to make


def decoded(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token. ValueError where it is none."""
    header, claims, _ = token.split(".")
    return json.loads(_plain(header)), json.loads(_plain(claims))


def encoded(header: dict[str, Any], claims: Any) -> str:
    """Header and claims as they are signed."""
    parts = (json.dumps(each, separators=(",", ":")).encode() for each in (header, claims))
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _plain(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
