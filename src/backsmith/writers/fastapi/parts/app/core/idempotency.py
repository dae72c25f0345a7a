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
from sqlalchemy import LargeBinary, Uuid, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from app.config import settings
from app.core import errors, routes
from app.core.caller import Caller
from app.core.database import SQLITE, Base, now, transaction
from app.core.errors import Conflict, FieldError, Invalid, Problem
from app.core.types import Characters, Document, UtcDateTime

LEASE, KEPT = timedelta(seconds=2 * settings.request_timeout), timedelta(hours=24)
"""How long a claim holds: without an answer longer than any request may take, and with one."""
LONGEST = 255
UNSTORED = {401, 408, 413, 429}  # besides 5xx: what another try may well answer otherwise


class IdempotencyKey(Base):
    """A claimed key, and the answer when there is one. `key` and `request` are digests of what was sent."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(Characters(64), primary_key=True)
    request: Mapped[str] = mapped_column(Characters(64))
    holder: Mapped[UUID] = mapped_column(Uuid)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(Document)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


insert: Any = sqlite.insert if SQLITE else postgresql.insert
CLAIM = insert(IdempotencyKey).on_conflict_do_nothing()
FORGET = delete(IdempotencyKey).where(IdempotencyKey.expires_at < bindparam("moment", type_=UtcDateTime))
FIND = select(*IdempotencyKey.__table__.c).where(IdempotencyKey.key == bindparam("claimed"))
MINE = IdempotencyKey.key == bindparam("claimed"), IdempotencyKey.holder == bindparam("me")
STORE = update(IdempotencyKey).where(*MINE, IdempotencyKey.status.is_(None))
RELEASE = delete(IdempotencyKey).where(*MINE)


@dataclass(slots=True)
class Claim:
    """A key that this request holds."""

    key: str
    holder: UUID

    async def store(self, db: AsyncConnection, response: Response) -> None:
        """Keep the answer, in the transaction of its effect. Raises Conflict where the claim was taken over."""
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        answer = {"status": response.status_code, "headers": headers, "body": bytes(response.body)}
        statement = STORE.values(expires_at=now() + KEPT, **answer)
        if (await db.execute(statement, {"claimed": self.key, "me": self.holder})).rowcount == 0:
            raise _in_flight()

    async def fail(self, error: BaseException) -> None:
        """Keep what the caller is told of an error; let the key go where another try may end otherwise."""
        if isinstance(error, RequestValidationError):
            error = errors.refusal(error)
        async with transaction() as db:
            if isinstance(error, Problem) and error.status < 500 and error.status not in UNSTORED:
                await self.store(db, errors.answer(error))
            else:
                await db.execute(RELEASE, {"claimed": self.key, "me": self.holder})


@asynccontextmanager
async def claimed(request: Request, caller: Caller) -> AsyncIterator[Claim | None]:
    """The claim of a request that sends a key, for as long as it is worked on; a refusal is stored too.

    Raises Answered where there is an answer already, Conflict where the first request is still in flight, Invalid where
    the key was sent with another body.
    """
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        yield None
        return
    if not 0 < len(key) <= LONGEST:
        raise Invalid([FieldError("Idempotency-Key", "too_long", f"A key has 1 to {LONGEST} characters.")])
    who = caller.id or f"stranger {request.client.host if request.client else ''}"
    owned = f"{who}\0{caller.tenant}\0{request.scope['path']}\0{key}"
    said = request.scope["query_string"] + b"\0" + await request.body()
    claim = await _claim(sha256(owned.encode()).hexdigest(), sha256(said).hexdigest())
    try:
        yield claim
    except BaseException as error:
        await claim.fail(error)
        raise


async def _claim(key: str, said: str) -> Claim:
    claim, moment = Claim(key, uuid4()), now()
    async with transaction() as db:
        await db.execute(FORGET, {"moment": moment})
        values = {"key": key, "request": said, "holder": claim.holder, "expires_at": moment + LEASE}
        if (await db.execute(CLAIM, values)).rowcount == 1:
            return claim
        found = (await db.execute(FIND, {"claimed": key})).mappings().first()
    if found is not None and found["request"] != said:
        raise Invalid([FieldError("Idempotency-Key", "key_reused", "This key was sent with another request.")])
    if found is None or found["status"] is None:
        raise _in_flight()
    raise routes.Answered(Response(found["body"], found["status"], {**found["headers"], "Idempotent-Replay": "true"}))


def _in_flight() -> Problem:
    problem = Conflict("in_flight", "Idempotency-Key", "The first request with this key is still being answered.")
    problem.headers = {"Retry-After": "1"}
    return problem
