"""Which tenant a request is about: the one that `X-Tenant` names, or the only one that the account belongs to."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Header, Request
from sqlalchemy import bindparam, select

from app.core.authentication import ENTER, OWN, Principal
from app.core.database import reader
from app.core.errors import NotFound, Unauthorized
from app.models.membership import Membership

TENANT = next(column for column in Membership.__table__.c if column.foreign_keys and column.name != "user_id")
MEMBERSHIPS = select(TENANT, Membership.roles).prefix_with(OWN).where(Membership.user_id == bindparam("user"))
ONLY = MEMBERSHIPS.limit(2)
NAMED = MEMBERSHIPS.where(bindparam("tenant", type_=TENANT.type) == TENANT)


async def header(
    x_tenant: Annotated[str | None, Header(description="The id of the tenant that this is about.")] = None,
) -> None:
    """Documents the header; `enter` reads it."""


async def enter(request: Request, caller: Principal) -> Principal:
    """The caller within the tenant, with their roles there. Raises NotFound where they are no member."""
    named = request.headers.get("x-tenant")
    if caller.id is None:
        if named is not None:
            raise Unauthorized()
        return caller
    tenant = None if named is None else _id(named)
    async with reader() as db:
        bound = {"user": caller.id, "tenant": tenant}
        found = (await db.execute(ONLY if tenant is None else NAMED, bound)).all()
    if tenant is not None and not found:
        if "admin" not in caller.roles:
            raise NotFound("tenant")
        return replace(caller, tenant=tenant)
    if len(found) != 1:
        return caller
    roles = frozenset(found[0][1])
    roles = roles if caller.scope is None else roles & caller.scope
    return replace(caller, tenant=found[0][0], roles=caller.roles | roles)


def _id(text: str) -> Any:
    """The id that a header names. Raises NotFound for what is none."""
    kind = TENANT.type.python_type
    try:
        found = kind(text)
    except ValueError:
        raise NotFound("tenant") from None
    if kind is int and not 0 < found < 2**63:
        raise NotFound("tenant")
    return found


ENTER.append(enter)
