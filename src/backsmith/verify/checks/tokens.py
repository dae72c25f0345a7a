"""Tokens that were not issued for this: each is 401, whatever is wrong with it, and also where anyone may read."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256, sha384, sha512
from time import time
from typing import Any

from backsmith.contract.model import Kind, When
from backsmith.verify.court import Account, Court, codes, status
from backsmith.verify.groups import together
from backsmith.verify.signing import Session, auth, bearer, decoded, encoded, exchanged, session
from backsmith.verify.world import World

RULE = "tokens"
HASHES = {"HS256": sha256, "HS384": sha384, "HS512": sha512, "RS256": sha256, "ES256": sha256, "PS256": sha256}
KEY = b"another key, which is as long as it should be"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """A token that is not good: what is wrong with it."""

    what: str
    token: str
    scheme: str = "Bearer"

    @property
    def who(self) -> Account:
        return Account(self.what, headers={"Authorization": f"{self.scheme} {self.token}".strip()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """A token that is good, taken apart."""

    header: dict[str, Any]
    claims: dict[str, Any]
    key: bytes = field(repr=False)

    def signed(self, *, without: str = "", header: dict[str, Any] | None = None, **claims: Any) -> str:
        """The same with other claims, signed as it should be."""
        found = {name: value for name, value in {**self.claims, **claims}.items() if name != without}
        return sign(header or self.header, found, self.key)


def sign(header: dict[str, Any], claims: Any, key: bytes) -> str:
    """A token of these, signed by HMAC with the hash of its algorithm."""
    text = encoded(header, claims)
    found = hmac.new(key, text.encode(), HASHES.get(str(header.get("alg")), sha256)).digest()
    return f"{text}.{urlsafe_b64encode(found).decode().rstrip('=')}"


async def tokens(court: Court, world: World) -> None:
    """Ask with every token that is not good."""
    own = await session(court, world.admin)
    try:
        header, claims = decoded(own.access)
    except ValueError:
        court.untested(RULE, "forged tokens", "access tokens are no JWTs")
        await _refused(court, world, list(_plainly_wrong(own)))
        return
    await _refused(court, world, [*_plainly_wrong(own), *_unsigned(own, header, claims)])
    await _as_refresh(court, own)
    if court.target.secret is None:
        court.untested(RULE, "forged claims", "the server's secret is not known")
        return
    genuine = Genuine(header=header, claims=claims, key=court.target.secret.encode())
    good = await court.ask(bearer(genuine.signed()), "GET", auth(court, "me"))
    if status(good) != 200:
        court.untested(RULE, "forged claims", "tokens are not signed by HMAC with the server's secret")
        return
    await _refused(court, world, list(_forged(genuine)))
    await _of_another(court, world, genuine)


def _plainly_wrong(own: Session) -> Iterator[Forgery]:
    """What is no token of this server at a glance."""
    head, _, tail = own.access.rpartition(".")
    for what, token in (
        ("no token", ""),
        ("a word", "nonsense"),
        ("dots", "a.b.c"),
        ("four parts", f"{own.access}.x"),
        ("a token that was cut", own.access[:-5]),
        ("a token without its signature", f"{head}."),
        ("a token whose signature was changed", f"{head}.{tail[:-8]}{'A' * 8}"),
        ("a refresh token", own.refresh),
        ("16,000 characters", "a" * 16_000),
    ):
        yield Forgery(what=what, token=token)
    yield Forgery(what="a token with another scheme", token=own.access, scheme="Basic")


def _unsigned(own: Session, header: dict[str, Any], claims: dict[str, Any]) -> Iterator[Forgery]:
    """What anybody could make who has seen a token."""
    signature = own.access.rpartition(".")[2]
    for name in ("none", "None", "NONE", "nOnE"):
        yield Forgery(what=f"the algorithm {name}", token=encoded({**header, "alg": name}, claims) + ".")
    changed = {**claims, "sub": str(claims.get("sub", "")) + "1"}
    yield Forgery(what="another account with the old signature", token=f"{encoded(header, changed)}.{signature}")
    yield Forgery(what="a token of another key", token=sign(header, claims, KEY))
    yield Forgery(what="a token of an empty key", token=sign({**header, "kid": "/dev/null"}, claims, b""))
    jwk = {"kty": "oct", "k": urlsafe_b64encode(KEY).decode().rstrip("=")}
    yield Forgery(what="a token that brings its key", token=sign({**header, "jwk": jwk}, claims, KEY))


def _forged(genuine: Genuine) -> Iterator[Forgery]:
    """What only somebody with the secret could make: claims that are not good."""
    now, claims, header = int(time()), genuine.claims, genuine.header
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("a token that is expired", {"exp": now - 60}),
        ("a token for another audience", {"aud": "https://elsewhere.example.com"}),
        ("a token of another issuer", {"iss": "https://elsewhere.example.com"}),
        ("a token from the future", {"iat": now + 3600}),
        ("a token of an account that is not there", {"sub": "999999999"}),
        ("a token whose account is no text", {"sub": 7}),
        ("a token that expires at no number", {"exp": "soon"}),
    ]
    if "sid" in claims:
        wrong += [("a token of no session", {"sid": 999_999_999}), ("a token whose session is no id", {"sid": "x"})]
    for what, changes in wrong:
        yield Forgery(what=what, token=genuine.signed(**changes))
    for name in claims:
        yield Forgery(what=f"a token without {name}", token=genuine.signed(without=name))
    for name in ("HS512", "HS384", "RS256", "ES256"):
        yield Forgery(what=f"a token of {name} with the secret", token=genuine.signed(header={**header, "alg": name}))
    if "typ" in header:
        bare = {name: value for name, value in header.items() if name != "typ"}
        yield Forgery(what="a token of no type", token=genuine.signed(header=bare))
    yield Forgery(what="a token whose claims are a list", token=sign(header, [1, 2], genuine.key))


async def _refused(court: Court, world: World, forgeries: list[Forgery]) -> None:
    """Every one of them is 401, alike, for what is one's own and for what anybody may read."""
    paths = [auth(court, "me"), *_open(world)][:2]
    for path in paths:
        answers = await together(court.ask(each.who, "GET", path) for each in forgeries)
        for forgery, answer in zip(forgeries, answers, strict=True):
            if court.expect_status(answer, 401, RULE, path, forgery.what):
                said = {code for _, code in codes(answer)}
                right = bool(said & {"credentials", "expired"})
                court.expect(right, RULE, path, f"{forgery.what}: the code is {sorted(said)}", answer)


def _open(world: World) -> list[str]:
    """The lists that strangers may read."""
    found = []
    for entity in world.entities():
        listing = world.endpoint(entity, Kind.LIST)
        if listing is not None and listing.rule.grant("nobody").when is not When.NEVER:
            found.append(listing.path)
    return found


async def _as_refresh(court: Court, own: Session) -> None:
    """What is not good for refreshing."""
    for what, token in (("an access token", own.access), ("a word", "nonsense"), ("nothing", "")):
        answer = await exchanged(court, token)
        court.expect_status(answer, 401, RULE, "refresh", what)


async def _of_another(court: Court, world: World, genuine: Genuine) -> None:
    """A session is that of its account: a token that names another is not good, even with the right signature."""
    other = next(iter(world.people.values()), None)
    if other is None:
        return
    token = genuine.signed(sub=str(other.id))
    answer = await court.ask(bearer(token), "GET", auth(court, "me"))
    court.expect_status(answer, 401, RULE, auth(court, "me"), "a token that names another account than its session")
