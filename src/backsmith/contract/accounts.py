"""The endpoints that every backend has: signing in, the own account, keys, and health; and the schemas of these."""

from collections.abc import Iterator
from dataclasses import dataclass

from backsmith.contract.endpoints import problems, tenant_header
from backsmith.contract.model import (
    FORM,
    JSON,
    Answer,
    Body,
    Endpoint,
    Filter,
    Kind,
    Parameter,
    Place,
    Property,
    Schema,
)
from backsmith.contract.parameters import filters, header, item_parameters, key_of, list_parameters
from backsmith.contract.rules import rule
from backsmith.design.expressions import Anyone, Expr, Role, SignedIn
from backsmith.design.model import Access, Design, Entity, Field, Given, Register
from backsmith.design.types import BigInt, Bool, DateTime, Email, Enum, Json, Text, Type, Values

_ANYONE, _SIGNED_IN, _ADMIN = Anyone(), SignedIn(), Role(name="admin")
_SENT = (400, 413, 415, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One endpoint under `/auth`, in short. `refused`: the statuses of its problems."""

    operation: str
    method: str = "POST"
    path: str
    by: Expr
    status: int
    answer: str | None = None
    page: bool = False
    body: str | None = None
    media: str = JSON
    body_required: bool = True
    refused: tuple[int, ...]
    parameters: tuple[Parameter, ...] = ()
    filters: tuple[Filter, ...] = ()


def sign_in(design: Design) -> Iterator[Endpoint]:
    """What stands under `/auth`."""
    for row in (*_opening(design), *_sessions(), *_account(design), *_keys(design)):
        yield Endpoint(
            operation=row.operation,
            method=row.method,
            path=f"/api/{design.api.version}/auth/{row.path}",
            kind=Kind.AUTH,
            rule=rule(design, None, row.by),
            parameters=(*row.parameters, *tenant_header(design)),
            filters=row.filters,
            body=Body(schema=row.body, media=row.media, required=row.body_required) if row.body else None,
            answers=(
                Answer(status=row.status, schema=row.answer, page=row.page, media=(JSON,) if row.answer else ()),
                *problems(*row.refused),
            ),
        )


def health(design: Design) -> Iterator[Endpoint]:
    """What machines ask: outside of the version's prefix, and free of rate limits."""
    for operation, path, media, refused in (
        ("live", "/health/live", JSON, ()),
        ("ready", "/health/ready", JSON, (503,)),
        ("metrics", "/metrics", "text/plain", ()),
    ):
        yield Endpoint(
            operation=operation,
            method="GET",
            path=path,
            kind=Kind.HEALTH,
            rule=rule(design, None, _ANYONE),
            answers=(Answer(status=200, media=(media,)), *problems(*refused)),
            documented=operation != "metrics",
        )


def _opening(design: Design) -> Iterator[Row]:
    """How an account comes to be, and how its address is proven. A change of address needs proof in every backend."""
    register, sent = design.auth.register, (*_SENT, 429)
    if register is Register.OPEN:
        yield Row(operation="register", path="register", by=_ANYONE, status=202, body="Register", refused=sent)
    if register is Register.INVITE:
        yield Row(operation="register", path="register", by=_ANYONE, status=202, body="RegisterInvited", refused=sent)
        yield Row(
            operation="invite",
            path="invitations",
            by=_ADMIN,
            status=202,
            body="InvitationCreate",
            refused=(*sent, 401, 403),
        )
    yield Row(operation="verify_email", path="email/verify", by=_ANYONE, status=204, body="Verify", refused=sent)


def _sessions() -> Iterator[Row]:
    cookies = Parameter(name="cookies", place=Place.QUERY, type=Bool(), default="false")
    yield Row(
        operation="token",
        path="token",
        by=_ANYONE,
        status=200,
        answer="Tokens",
        body="Credentials",
        media=FORM,
        refused=(401, 403, 422, 429),
        parameters=(cookies,),
    )
    yield Row(
        operation="refresh",
        path="refresh",
        by=_ANYONE,
        status=200,
        answer="Tokens",
        body="Refresh",
        body_required=False,
        refused=(401, 403, 422, 429),
    )
    yield Row(operation="logout", path="logout", by=_SIGNED_IN, status=204, refused=(401, 403))


def _account(design: Design) -> Iterator[Row]:
    """The own account. 403: a key may not manage the account that it belongs to."""
    shown, proven = item_parameters(design, design.entity("User")), (400, 401, 403, 415, 422, 429)
    yield Row(
        operation="get_me",
        method="GET",
        path="me",
        by=_SIGNED_IN,
        status=200,
        answer="UserRead",
        refused=(401, 422),
        parameters=(*shown, header("If-None-Match", Text())),
    )
    yield Row(
        operation="update_me",
        method="PATCH",
        path="me",
        by=_SIGNED_IN,
        status=200,
        answer="UserRead",
        body="MeUpdate",
        refused=(*_SENT, 401, 409, 412),
        parameters=(header("If-Match", Text()),),
    )
    for operation, path, body, status, by, refused in (
        ("change_email", "email/change", "EmailChange", 202, _SIGNED_IN, proven),
        ("change_password", "password/change", "PasswordChange", 204, _SIGNED_IN, proven),
        ("forgot_password", "password/forgot", "Forgot", 202, _ANYONE, (*_SENT, 429)),
        ("reset_password", "password/reset", "Reset", 204, _ANYONE, (*_SENT, 429)),
    ):
        yield Row(operation=operation, path=path, by=by, status=status, body=body, refused=refused)


API_KEY = Entity(
    name="ApiKey",
    plural="keys",
    fields=(
        Field(name="id", type=BigInt()),
        Field(name="name", type=Text(length=100)),
        Field(name="roles", type=Values(item=Text())),
        Field(name="created_at", type=DateTime()),
    ),
    access=Access(read=_SIGNED_IN, create=_SIGNED_IN, update=_SIGNED_IN, delete=_SIGNED_IN),
)
"""What `/auth/keys` shows, which is listed like any other rows."""


def _keys(design: Design) -> Iterator[Row]:
    yield Row(
        operation="list_keys",
        method="GET",
        path="keys",
        by=_SIGNED_IN,
        status=200,
        answer="KeyRead",
        page=True,
        refused=(401, 403, 422),
        parameters=list_parameters(design, API_KEY),
        filters=filters(design, API_KEY),
    )
    yield Row(
        operation="create_key",
        path="keys",
        by=_SIGNED_IN,
        status=201,
        answer="KeyMade",
        body="KeyCreate",
        refused=(*_SENT, 401, 403),
    )
    key = Parameter(name="id", place=Place.PATH, type=BigInt(), required=True)
    yield Row(
        operation="delete_key",
        method="DELETE",
        path="keys/{id}",
        by=_SIGNED_IN,
        status=204,
        refused=(401, 403, 404),
        parameters=(key,),
    )


# Schemas


def account_schemas(design: Design) -> Iterator[Schema]:
    """The bodies and answers of these, and those that all endpoints share."""
    roles, register = Values(item=Enum(words=design.auth.roles)), design.auth.register
    yield _schema("ProblemDocument", type=Text(), title=Text(), status=BigInt(), detail=Text(), errors=Json())
    if any(entity.history for entity in design.entities):
        user = key_of(design.entity("User"))
        yield _schema("HistoryRead", id=BigInt(), at=DateTime(), user=user, action=Text(), changes=Json())
    yield _schema(
        "Tokens",
        token_type=Text(),
        expires_in=BigInt(),
        access_token__=Text(),
        refresh_token__=Text(),
        csrf_token__=Text(),
    )
    yield _schema("Credentials", username=Text(), password=Text())
    yield _schema("Refresh", refresh_token=Text())
    yield _schema("Verify", token=Text())
    yield _schema("Forgot", email=Email())
    yield _schema("Reset", token=Text(), password=Text())
    yield _schema("EmailChange", email=Email(), password=Text())
    yield _schema("PasswordChange", current=Text(), password=Text())
    key: dict[str, Type] = {"name": Text(), "roles": roles, "created_at": DateTime()}
    yield _schema("KeyCreate", name=Text(), roles__=roles)
    yield _schema("KeyRead", id=BigInt(), **key)
    yield _schema("KeyMade", id=BigInt(), **key, key=Text())
    if register is not Register.CLOSED:
        yield _registration(design.entity("User"), invited=register is Register.INVITE)
    if register is Register.INVITE:
        yield _schema("InvitationCreate", email=Email(), roles=roles)


def _registration(user: Entity, *, invited: bool) -> Schema:
    """What makes an account: with the fields that the design adds to it."""
    common = _schema("Register", email=Email(), name=Text(length=120), password=Text())
    own = tuple(
        Property(
            name=field.name,
            type=field.type,
            required=not field.optional and field.default is None,
            nullable=field.optional,
        )
        for field in user.fields
        if field.given in (Given.CLIENT, Given.ONCE)
    )
    invitation = (Property(name="invitation", type=Text()),) if invited else ()
    name = "RegisterInvited" if invited else "Register"
    return Schema(name=name, properties=(*common.properties, *own, *invitation))


def _schema(name: str, /, **properties: Type) -> Schema:
    """A schema of these keys; `__` at the end of a name says that the key may be missing."""
    return Schema(
        name=name,
        properties=tuple(
            Property(name=key.removesuffix("__"), type=type_, required=not key.endswith("__"))
            for key, type_ in properties.items()
        ),
    )
