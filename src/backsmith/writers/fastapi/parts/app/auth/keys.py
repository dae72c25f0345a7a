"""API keys: how programs call in the name of an account. A key is shown once, and stored as a hash."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy import bindparam, delete, insert

from app.auth.models import ApiKey
from app.core import caller, tokens
from app.core.authentication import CurrentAccount
from app.core.database import transaction
from app.core.errors import FieldError, Invalid, NotFound
from app.core.routes import JsonRoute, problems
from app.core.schemas import ABSENT, Answer, Body, Id, Page, Text
from app.core.views import View, encode
from app.models.user import Role
from app.schemas.user import Roles

router = APIRouter(prefix="/keys", route_class=JsonRoute)

MAKE = insert(ApiKey).returning(ApiKey.id, ApiKey.created_at)
REVOKE = delete(ApiKey).where(ApiKey.id == bindparam("key"), ApiKey.user_id == bindparam("user")).returning(ApiKey.id)


FIELDS = {"id": ApiKey.id, "name": ApiKey.name, "roles": ApiKey.roles, "created_at": ApiKey.created_at}
keys: View = View(ApiKey, name="key", fields=FIELDS, read=lambda roles, key: caller.is_caller(roles, key.user_id))


class KeyCreate(Body):
    """A key: its name, and which of the account's roles it has; all that it has now, if not told."""

    name: Annotated[Text, Field(min_length=1, max_length=100)]
    roles: Roles = ABSENT


class KeyRead(Answer):
    """A key, without what it is known by."""

    id: int
    name: str
    roles: list[Role]
    created_at: datetime


class KeyMade(KeyRead):
    """A new key. `key` is sent in `X-API-Key`, and never shown again."""

    key: str


@router.get("", response_model=Page[KeyRead], responses=problems(401, 403, 422), openapi_extra=keys.list_parameters)
async def list_keys(request: Request, account: CurrentAccount) -> Response:
    """The own keys."""
    return await keys.page(account, request)


@router.post("", status_code=201, response_model=KeyMade, responses=problems(400, 401, 403, 413, 415, 422))
async def create_key(body: KeyCreate, account: CurrentAccount) -> Response:
    """Make a key. It can do what its roles allow, for as long as the account has them."""
    held: list[str] = sorted(account.roles - {"signed_in"})
    if not set(held).issuperset(body.roles or ()):
        raise Invalid([FieldError("roles", "choice", "A key has only roles that its account has.")])
    secret = tokens.secret()
    shown = {"name": body.name, "roles": body.roles or held}
    async with transaction() as db:
        stored = {**shown, "user_id": account.id, "token_hash": tokens.digest(secret)}
        id, created_at = (await db.execute(MAKE, stored)).one()
    made = {"id": id, **shown, "created_at": created_at, "key": secret}
    return Response(encode(made), 201, media_type="application/json")


@router.delete("/{id}", status_code=204, response_class=Response, responses=problems(401, 403, 404))
async def delete_key(id: Id, account: CurrentAccount) -> None:
    """Revoke a key, at once."""
    async with transaction() as db:
        if await db.scalar(REVOKE, {"key": id, "user": account.id}) is None:
            raise NotFound("key")
