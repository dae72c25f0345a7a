"""What a design says of accounts, as every project in Python tells it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from backsmith.contract.model import Property
from backsmith.design import types
from backsmith.design.expressions import Role
from backsmith.design.facts import alternatives
from backsmith.design.model import Design, Entity, Field, Given, Register
from backsmith.samples.rows import Samples

OWN = ("id", "email", "name", "roles", "active", "created_at", "updated_at", "version")
"""Fields that every account has."""
GUARDED = ("email", "roles", "active")
"""What admins alone see of an account that is not their own, whatever its `access` opens."""
REGISTRATION = {Register.OPEN: "registration", Register.INVITE: "invitations"}
UNVERIFIED = "unverified"
CHOSEN = (*REGISTRATION.values(), UNVERIFIED)
"""Modules of which a project has at most one."""


def left_out(design: Design) -> frozenset[str]:
    """The modules about accounts that this project does not have."""
    tenants = frozenset({"tenants"}) if design.tenant is None else frozenset[str]()
    return (frozenset(CHOSEN) - {registration(design)}) | tenants


def registration(design: Design) -> str | None:
    """The module by which people get an account of their own, if they do."""
    auth = design.auth
    if auth.register is Register.OPEN and not auth.verify:
        return UNVERIFIED
    return REGISTRATION.get(auth.register)


def modules(design: Design) -> Iterator[str]:
    """The modules with endpoints under `/auth`."""
    yield from ("sessions", "account", "keys")
    found = registration(design)
    if found is not None:
        yield found


def extras(user: Entity) -> tuple[Field, ...]:
    """The fields that the design adds to accounts."""
    return tuple(field for field in user.fields if field.name not in OWN)


def added(user: Entity, properties: tuple[Property, ...]) -> tuple[Property, ...]:
    """Those of a body's properties that the design adds."""
    sent = {field.name for field in extras(user) if field.given is not Given.SERVER}
    return tuple(found for found in properties if found.name in sent and not found.read_only)


def roles_of(user: Entity) -> tuple[str, ...]:
    """The roles that an account may have."""
    roles = user.field("roles").type
    assert isinstance(roles, types.Values)
    assert isinstance(roles.item, types.Enum)
    return roles.item.words


def is_opened(user: Entity) -> bool:
    """Whether others than admins may read accounts."""
    return any(option != Role(name="admin") for option in alternatives(user.access.read))


def first_admin(design: Design, user: Entity) -> Mapping[str, Any]:
    """What the first admin says, as JSON: a name, and samples of what is required."""
    samples = Samples(design)
    needed = [field for field in extras(user) if _is_needed(field)]
    return {"name": "Admin"} | {field.name: _json(samples.three(user, field)[0]) for field in needed}


def _is_needed(field: Field) -> bool:
    return field.stored and field.given is not Given.SERVER and not field.optional and field.default is None


def _json(value: Any) -> Any:
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return f"PT{value.total_seconds():.0f}S"
        case Decimal() | UUID():
            return str(value)
        case _:
            return value
