"""`Idempotency-Key` on POST: sent again, a request is answered again, and has one effect.

A key is claimed in a short transaction of its own. The answer is stored in the transaction of the effect, so that there
is never the one without the other; a claim whose process died is taken over when its lease has run out, and its first
holder can then store nothing any more.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import LargeBinary, Uuid, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from app.config import settings
from app.core import errors
from app.core.caller import Caller
from app.core.database import SQLITE, Base, now, transaction
from app.core.errors import Conflict, FieldError, Invalid, Problem
from app.core.routes import Answered
from app.core.types import Characters, Document, UtcDateTime

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=2 * settings.request_timeout)
"""How long a claim holds without an answer: longer than any request may take."""
LONGEST = 255
UNSTORED = {401, 408, 413, 429}
"""Besides 5xx: what another try may well answer otherwise."""


class IdempotencyKey(Base):
    """A claimed key, and the answer when there is one."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(Characters(64), primary_key=True)
    """A digest of the caller, the path and the key that was sent."""
    request: Mapped[str] = mapped_column(Characters(64))
    """A digest of the query and the body."""
    holder: Mapped[UUID] = mapped_column(Uuid)
    leased_until: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(Document)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


insert: Any = sqlite.insert if SQLITE else postgresql.insert
KEY, MOMENT = bindparam("claimed", type_=Characters()), bindparam("moment", type_=UtcDateTime)
SILENT = and_(IdempotencyKey.status.is_(None), IdempotencyKey.leased_until < MOMENT)
FORGET = delete(IdempotencyKey).where(or_(IdempotencyKey.expires_at < MOMENT, and_(IdempotencyKey.key == KEY, SILENT)))
CLAIM = insert(IdempotencyKey).on_conflict_do_nothing()
FIND = select(*IdempotencyKey.__table__.c).where(IdempotencyKey.key == KEY)
MINE = IdempotencyKey.key == KEY, IdempotencyKey.holder == bindparam("me"), IdempotencyKey.status.is_(None)
STORE, RELEASE = update(IdempotencyKey).where(*MINE), delete(IdempotencyKey).where(*MINE)


@dataclass(slots=True)
class Claim:
    """A key that this request holds."""

    key: str
    holder: UUID

    async def store(self, db: AsyncConnection, response: Response) -> None:
        """Keep the answer, in the transaction of its effect. Raises Conflict where the claim was taken over."""
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        values = {"status": response.status_code, "headers": headers, "body": bytes(response.body)}
        stored = await db.execute(STORE.values(values), {"claimed": self.key, "me": self.holder})
        if stored.rowcount == 0:
            raise _in_flight()

    async def release(self) -> None:
        async with transaction() as db:
            await db.execute(RELEASE, {"claimed": self.key, "me": self.holder})


@asynccontextmanager
async def claimed(request: Request, caller: Caller) -> AsyncIterator[Claim | None]:
    """The claim of a request that sends a key, for as long as it is worked on; a refusal is stored too.

    Raises Answered where there is an answer already, Conflict where the first request is still in flight, Invalid where
    the key was sent with another body.
    """
    sent = request.headers.get("idempotency-key")
    if sent is None or request.method != "POST":
        yield None
        return
    if not 0 < len(sent) <= LONGEST:
        raise Invalid([FieldError("Idempotency-Key", "too_long", f"A key has 1 to {LONGEST} characters.")])
    claim = await _claim(*await _digests(request, caller, sent))
    try:
        yield claim
    except Exception as error:
        await _refuse(claim, error)
        raise
    except BaseException:  # cancelled
        await claim.release()
        raise


async def _digests(request: Request, caller: Caller, key: str) -> tuple[str, str]:
    """What the key is claimed as, and what the request says."""
    who = str(caller.id) if caller.id is not None else f"stranger {request.client.host if request.client else ''}"
    parts = [who, str(caller.tenant), request.scope["path"], key]
    said = request.scope["query_string"] + b"\0" + await request.body()
    return sha256("\0".join(parts).encode()).hexdigest(), sha256(said).hexdigest()


async def _claim(key: str, said: str) -> Claim:
    claim, moment = Claim(key, uuid4()), now()
    values = {"key": key, "request": said, "holder": claim.holder}
    until = {"leased_until": moment + LEASE, "expires_at": moment + KEPT}
    async with transaction() as db:
        await db.execute(FORGET, {"claimed": key, "moment": moment})
        if (await db.execute(CLAIM, values | until)).rowcount == 1:
            return claim
        found = (await db.execute(FIND, {"claimed": key})).mappings().one_or_none()
    if found is None or (found["status"] is None and found["request"] == said):
        raise _in_flight()
    if found["request"] != said:
        raise Invalid([FieldError("Idempotency-Key", "key_reused", "This key was sent with another request.")])
    raise Answered(Response(found["body"], found["status"], {**found["headers"], "Idempotent-Replay": "true"}))


async def _refuse(claim: Claim, error: Exception) -> None:
    """Keep what the caller is told of an error; let the key go where another try may end otherwise."""
    if isinstance(error, RequestValidationError):
        error = errors.refusal(error)
    if not isinstance(error, Problem) or error.status >= 500 or error.status in UNSTORED:
        await claim.release()
    else:
        async with transaction() as db:
            await claim.store(db, errors.answer(error))


def _in_flight() -> Problem:
    problem = Conflict("in_flight", "Idempotency-Key", "The first request with this key is still being answered.")
    problem.headers = {"Retry-After": "1"}
    return problem
