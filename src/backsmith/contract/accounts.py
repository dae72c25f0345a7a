"""The endpoints that every backend has: signing in, accounts, and health."""

from collections.abc import Iterator

from backsmith.contract.endpoints import problems
from backsmith.contract.model import FORM, Answer, Body, Endpoint, Kind, Parameter, Property, Rule, Schema
from backsmith.contract.parameters import page_parameters
from backsmith.contract.rules import rule
from backsmith.design.expressions import Anyone, Role, SignedIn
from backsmith.design.model import Design, Register
from backsmith.design.types import BigInt, DateTime, Email, Enum, Json, Text, Type, Values

ANYONE, SIGNED_IN, ADMINS = Anyone(), SignedIn(), Role(name="admin")


def sign_in(design: Design) -> Iterator[Endpoint]:
    """What stands under `/auth`."""
    yield from _opening(design)
    yield from _sessions(design)
    yield from _own_account(design)
    yield from _keys(design)


def health(design: Design) -> Iterator[Endpoint]:
    """What machines ask: outside of the version's prefix, and free of rate limits."""
    anyone = rule(design, None, ANYONE)
    for operation, path, statuses in (("live", "/health/live", ()), ("ready", "/health/ready", (503,))):
        answers = (Answer(status=200, schema="Health"), *problems(*statuses))
        yield _endpoint(operation, "GET", path, anyone, answers, kind=Kind.HEALTH)
    yield _endpoint(
        "metrics", "GET", "/metrics", anyone, (Answer(status=200, media=("text/plain",)),), kind=Kind.HEALTH
    )


def account_schemas(design: Design) -> Iterator[Schema]:
    """The bodies and answers of these, and those that all endpoints share."""
    roles = Values(item=Enum(words=design.auth.roles))
    yield _schema(
        "Problem", ("type", Text()), ("title", Text()), ("status", BigInt()), ("detail", Text()), ("errors", Json())
    )
    yield _schema("Health", ("status", Text()))
    yield _schema(
        "Tokens", ("access_token", Text()), ("refresh_token", Text()), ("token_type", Text()), ("expires_in", BigInt())
    )
    yield _schema("Credentials", ("username", Email()), ("password", Text()))
    yield _schema("Refresh", ("refresh_token", Text()))
    yield _schema("Forgot", ("email", Email()))
    yield _schema("Reset", ("token", Text()), ("password", Text()))
    yield _schema("PasswordChange", ("current", Text()), ("password", Text()))
    yield _schema("Verify", ("token", Text()))
    if design.auth.register is not Register.CLOSED:
        invited = (("invitation", Text()),) if design.auth.register is Register.INVITE else ()
        yield _schema("Register", ("email", Email()), ("name", Text()), ("password", Text()), *invited)
    if design.auth.register is Register.INVITE:
        yield _schema("InvitationCreate", ("email", Email()), ("roles", roles))
    yield _schema("KeyCreate", ("name", Text()), ("roles", roles), optional=("roles",))
    yield _schema("KeyRead", ("id", BigInt()), ("name", Text()), ("roles", roles), ("created_at", DateTime()))
    yield _schema("Event", ("at", DateTime()), ("by", Json()), ("action", Text()), ("changes", Json()))


def _opening(design: Design) -> Iterator[Endpoint]:
    anyone = rule(design, None, ANYONE)
    accepted = Answer(status=202, media=())
    if design.auth.register is not Register.CLOSED:
        yield _post(design, "register", "register", anyone, Body(schema="Register"), accepted)
    if design.auth.register is Register.INVITE:
        admins = rule(design, None, ADMINS)
        yield _post(design, "invite", "invitations", admins, Body(schema="InvitationCreate"), accepted)
    if design.auth.register is not Register.CLOSED or design.auth.verify:
        yield _post(design, "verify_email", "email/verify", anyone, Body(schema="Verify"), Answer(status=204, media=()))


def _sessions(design: Design) -> Iterator[Endpoint]:
    anyone, tokens = rule(design, None, ANYONE), Answer(status=200, schema="Tokens")
    yield _post(design, "token", "token", anyone, Body(schema="Credentials", media=FORM), tokens)
    yield _post(design, "refresh", "refresh", anyone, Body(schema="Refresh", required=False), tokens)
    yield _post(design, "logout", "logout", rule(design, None, SIGNED_IN), None, Answer(status=204, media=()))


def _own_account(design: Design) -> Iterator[Endpoint]:
    anyone, own = rule(design, None, ANYONE), rule(design, None, SIGNED_IN)
    done, shown = Answer(status=204, media=()), Answer(status=200, schema="UserRead")
    me = f"/api/{design.api.version}/auth/me"
    yield _endpoint("get_me", "GET", me, own, (shown, *problems(401, 429)))
    yield _endpoint(
        "update_me", "PATCH", me, own, (shown, *problems(400, 401, 413, 415, 422, 429)), Body(schema="MeUpdate")
    )
    yield _post(
        design, "forgot_password", "password/forgot", anyone, Body(schema="Forgot"), Answer(status=202, media=())
    )
    yield _post(design, "reset_password", "password/reset", anyone, Body(schema="Reset"), done)
    yield _post(design, "change_password", "password/change", own, Body(schema="PasswordChange"), done)


def _keys(design: Design) -> Iterator[Endpoint]:
    own, keys = rule(design, None, SIGNED_IN), f"/api/{design.api.version}/auth/keys"
    key = Answer(status=200, schema="KeyRead", page=True)
    yield _endpoint("list_keys", "GET", keys, own, (key, *problems(401, 422, 429)), parameters=page_parameters())
    yield _post(design, "create_key", "keys", own, Body(schema="KeyCreate"), Answer(status=201, schema="KeyRead"))
    yield _endpoint(
        "delete_key", "DELETE", f"{keys}/{{id}}", own, (Answer(status=204, media=()), *problems(401, 404, 429))
    )


def _post(design: Design, operation: str, path: str, allowed: Rule, body: Body | None, success: Answer) -> Endpoint:
    refused = (400, 401, 413, 415, 422, 429) if body else (401, 429)
    full = f"/api/{design.api.version}/auth/{path}"
    return _endpoint(operation, "POST", full, allowed, (success, *problems(*refused)), body)


def _endpoint(
    operation: str,
    method: str,
    path: str,
    allowed: Rule,
    answers: tuple[Answer, ...],
    body: Body | None = None,
    *,
    kind: Kind = Kind.AUTH,
    parameters: tuple[Parameter, ...] = (),
) -> Endpoint:
    return Endpoint(
        operation=operation,
        method=method,
        path=path,
        kind=kind,
        rule=allowed,
        parameters=parameters,
        body=body,
        answers=answers,
    )


def _schema(name: str, *properties: tuple[str, Type], optional: tuple[str, ...] = ()) -> Schema:
    return Schema(
        name=name,
        properties=tuple(Property(name=key, type=type_, required=key not in optional) for key, type_ in properties),
    )
