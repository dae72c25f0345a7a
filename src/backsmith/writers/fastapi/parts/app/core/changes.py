"""Writing: one transaction a request, which holds its row, tests the rule in every statement and answers from within.

The dependencies run before the body is validated, so that 401, 404, 403 and 412 come before 409 and 422.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, Protocol

from fastapi import Depends, Header, Request, Response
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    False_,
    Select,
    Table,
    True_,
    bindparam,
    delete,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from app.core import effects as effect_
from app.core.authentication import CurrentCaller
from app.core.caller import NOW, Caller, Key, Roles
from app.core.constraints import in_use, told
from app.core.database import SQLITE, Base, transaction
from app.core.effects import ROW, Effect
from app.core.errors import Conflict, FieldError, Forbidden, NotFound, PreconditionFailed, Problem, Unauthorized
from app.core.forms import Form, Rule, bound, changed, raised
from app.core.idempotency import Claim, claimed
from app.core.parts import Node, Plan, changes
from app.core.schemas import Body, Id, UuidId
from app.core.views import View, etag

VERSION: BindParameter[int] = bindparam("row__version")


class Watcher(Protocol):
    """Who wants to know what a change changes: `before` anything happens to these rows, and `after` all has."""

    async def before(self, change: "Change", model: type[Any], ids: Sequence[Key]) -> None: ...

    async def after(self, change: "Change") -> None: ...


WATCHERS: list[Watcher] = []


@dataclass(slots=True)
class Change:
    """One writing request: its transaction, its caller, and the row that it is about."""

    db: AsyncConnection
    caller: Caller
    view: View
    rule: Rule
    verb: str
    claim: Claim | None = None
    row: Mapping[str, Any] = field(default_factory=dict)
    """The row as it was; empty for a new one."""
    place: str = ""
    """The path of the request."""
    id: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    """What every statement is bound to."""
    before: dict[type[Any], dict[Key, Any]] = field(default_factory=lambda: defaultdict(dict))
    """What watchers remember."""

    async def insert(self, form: Form, body: Body) -> None:
        """Make the row of a body, with its parts and links, and test the rule on it.

        Raises Invalid where the body refers to what the caller cannot read, Conflict where it breaks a constraint,
        Forbidden where the caller may not make it.
        """
        node = Node(form, body)
        plan = Plan(self.db, self.caller, self.values)
        await plan.check(node)
        self.id = (await plan.write(form, [node]))[id(node)]
        self.values["row__id"] = self.id
        await self._require(form, body.model_fields_set)

    async def update(self, form: Form, body: Body) -> None:
        """Change the row, its parts and its links as a body says. Raises as `insert`."""
        node = Node(form, body, row=self.row, whole=body.replaces)
        await self._may_write(form, body.model_fields_set)
        plan = Plan(self.db, self.caller, self.values)
        await plan.check(node)
        values, default = changes(form, body, body.replaces, self.row)
        statement = changed(form, frozenset(values), default)
        with told():
            await self._changing(_scoped(statement, *self._who), bound({**self.row, **values}))
        await plan.write_inner(form, [node], {id(node): self.id})
        await self._require(form, body.model_fields_set)

    async def delete(self) -> None:
        """Delete the row with its parts, or put it out of sight. Raises Conflict where others still refer to it."""
        if self.view.live is not None and await self.db.scalar(_referred(self.view.model), self.values):
            raise in_use()
        with told(deleting=True):
            await self._changing(_deletion(*self._who))

    async def restore(self) -> None:
        """Bring a deleted row back. Raises Conflict where it is not deleted, or another one has taken its place."""
        if self.row["deleted_at"] is None:
            raise Conflict("wrong_state", "deleted_at", "It is not deleted.")
        with told():
            await self._changing(_restoration(*self._who))

    async def move(self, state: InstrumentedAttribute[Any], source: tuple[str, ...], target: str) -> None:
        """Change a state. Raises Conflict where the row is in none of the source states."""
        problem = Conflict("wrong_state", state.key, f"To {self.verb}, this has to be {' or '.join(source)}.")
        with told(effect=state.key):
            await self._changing(_motion(*self._who, state, source, target), otherwise=problem)

    async def apply(self, effects: tuple[Effect, ...], **given: Any) -> None:
        """Make effects, with what was given in the body. Raises Conflict where one would break a bound."""
        values = self.values | {f"input__{name}": value for name, value in given.items()}
        if not SQLITE or WATCHERS:
            for model, statement in effect_.targets(effects):
                await self._watch(model, list((await self.db.execute(statement, values)).scalars()))
        for effect in effects:
            with told(effect=effect.path):
                await self.db.execute(effect_.applied(effect), values)
            if (wholes := effect_.whole_raised(effect)) is not None:
                await self.db.execute(wholes, values)

    @property
    def _who(self) -> tuple[View, Rule, Roles]:
        return self.view, self.rule, self.caller.roles

    async def created(self) -> Response:
        """The answer to a new row: 201 with its place."""
        return await self._answer(201, Location=f"{self.place}/{self.id}")

    async def done(self) -> Response:
        """The answer to a change: the row as it is now."""
        return await self._answer(200)

    async def gone(self) -> Response:
        """The answer to a deletion."""
        return await self._kept(Response(status_code=204))

    async def _answer(self, status: int, **headers: str) -> Response:
        body, version = await self.view.written(self.db, self.caller, self.id)
        return await self._kept(Response(body, status, {"ETag": etag(version), **headers}, "application/json"))

    async def _kept(self, response: Response) -> Response:
        for watcher in WATCHERS:
            await watcher.after(self)
        if self.claim is not None:
            await self.claim.store(self.db, response)
        return response

    async def hold(self, id: Key, if_match: str | None, *, deleting: bool, trash: bool) -> None:
        """Lock the row until the transaction ends. Raises Unauthorized, NotFound, Forbidden or PreconditionFailed."""
        roles = self.caller.roles
        if "signed_in" not in roles and _is_closed(*self._who):
            raise Unauthorized()
        self.id = self.values["row__id"] = id
        statement = _held(*self._who, deleting, trash)
        row = (await self.db.execute(statement, self.values)).mappings().one_or_none()
        if row is None:
            raise NotFound(self.view.name)
        if not row["rule__holds"]:
            raise Forbidden(f"{self.verb} this {self.view.name}")
        if if_match is not None and not _matches(if_match, row["version"]):
            raise PreconditionFailed()
        self.row = row
        self.values["row__version"] = row["version"]
        await self._watch(self.view.model, [id])

    async def _watch(self, model: type[Any], ids: Sequence[Key]) -> None:
        for watcher in WATCHERS:
            await watcher.before(self, model, ids)

    async def _changing(
        self, statement: Executable, values: Mapping[str, Any] = {}, otherwise: Problem | None = None
    ) -> None:
        """Run a statement that finds no row where the rule, the version or the state has failed meanwhile."""
        if (await self.db.execute(statement, {**self.values, **values})).rowcount == 0:
            raise otherwise or Forbidden(f"{self.verb} this {self.view.name}")

    async def _require(self, form: Form, names: set[str]) -> None:
        """The rule holds for the row as it has become. Raises Forbidden."""
        allowed = _allowed(*self._who)
        if allowed is not None and await self.db.scalar(allowed, self.values) is None:
            raise Forbidden(f"{self.verb} this {self.view.name}")
        await self._may_write(form, names)

    async def _may_write(self, form: Form, names: set[str]) -> None:
        """The rules of single fields that were sent. Raises Forbidden with their names."""
        if guarded := frozenset(form.guarded.keys() & names):
            rules = _field_rules(form, guarded, self.caller.roles)
            row = (await self.db.execute(rules, self.values)).mappings().one()
            refused = [FieldError(name, "forbidden", "You may not write this field.") for name in row if not row[name]]
            if refused:
                raise Forbidden(f"write {', '.join(error.field for error in refused)}", refused)


def creating(view: View, rule: Rule) -> Any:
    """The dependency of an endpoint that makes a row."""

    async def create(
        request: Request,
        caller: CurrentCaller,
        idempotency_key: Annotated[str | None, Header(description=SENT_AGAIN)] = None,
    ) -> AsyncIterator[Change]:
        if isinstance(rule(caller.roles), False_):
            raise Forbidden(f"make a {view.name}") if "signed_in" in caller.roles else Unauthorized()
        async with _begun(request, caller, view, rule, "make") as change:
            yield change

    return Depends(create, scope="function")


def changing(view: View, rule: Rule, verb: str) -> Any:
    """The dependency of an endpoint that changes a row."""
    return _holding(view, rule, verb)


def deleting(view: View, rule: Rule) -> Any:
    """The dependency of an endpoint that deletes a row."""
    return _holding(view, rule, "delete", deleting=True)


def restoring(view: View, rule: Rule) -> Any:
    """The dependency of an endpoint that brings a deleted row back."""
    return _holding(view, rule, "restore", trash=True)


def _holding(view: View, rule: Rule, verb: str, *, deleting: bool = False, trash: bool = False) -> Any:
    async def change(
        request: Request,
        caller: CurrentCaller,
        id: Id,
        if_match: Annotated[str | None, Header(description="The ETag that the row must still have.")] = None,
    ) -> AsyncIterator[Change]:
        async with _begun(request, caller, view, rule, verb) as change:
            await change.hold(id, if_match, deleting=deleting, trash=trash)
            yield change

    if view.model.id.type.python_type is not int:
        change.__annotations__["id"] = UuidId
    return Depends(change, scope="function")


SENT_AGAIN = "A name for this request: sent again with it, it is answered again and has one effect."


@asynccontextmanager
async def _begun(request: Request, caller: Caller, view: View, rule: Rule, verb: str) -> AsyncIterator[Change]:
    async with claimed(request, caller) as claim, transaction() as db:
        yield Change(db, caller, view, rule, verb, claim, place=request.scope["path"], values={**caller.bound})


def _matches(if_match: str, version: int) -> bool:
    """Whether an If-Match names this version (RFC 9110, 13.1.1)."""
    return if_match.strip() == "*" or etag(version) in [tag.strip() for tag in if_match.split(",")]


@lru_cache(1024)
def _is_closed(view: View, rule: Rule, roles: Roles) -> bool:
    """Whether these roles meet no row that they may change, whatever it holds."""
    return isinstance(view.read(roles, view.model), False_) or isinstance(rule(roles), False_)


def _live(view: View, *, trash: bool = False) -> ColumnElement[bool]:
    return true() if trash or view.live is None else view.live(view.model)


@lru_cache(1024)
def _held(view: View, rule: Rule, roles: Roles, deleting: bool, trash: bool) -> Select[Any]:
    """The row, locked: against new references too where it is to be deleted."""
    model = view.model
    return (
        select(*model.__table__.c, rule(roles).label("rule__holds"))
        .where(model.id == ROW, _live(view, trash=trash), view.read(roles, model))
        .with_for_update(of=model, key_share=not deleting)
    )


@lru_cache(1024)
def _scoped(statement: Any, view: View, rule: Rule, roles: Roles, trash: bool = False) -> Any:
    """A statement for the row that is held, as long as the caller may change it and nobody else has."""
    model = view.model
    return statement.where(
        model.id == ROW, model.version == VERSION, _live(view, trash=trash), view.read(roles, model), rule(roles)
    )


@lru_cache(1024)
def _deletion(view: View, rule: Rule, roles: Roles) -> Any:
    model = view.model
    return _scoped(delete(model) if view.live is None else raised(model).values(deleted_at=NOW), view, rule, roles)


@lru_cache(1024)
def _restoration(view: View, rule: Rule, roles: Roles) -> Any:
    return _scoped(raised(view.model).values(deleted_at=None), view, rule, roles, trash=True)


@lru_cache(1024)
def _motion(view: View, rule: Rule, roles: Roles, state: Any, source: tuple[str, ...], target: str) -> Any:
    return _scoped(raised(view.model).where(state.in_(source)).values({state.key: target}), view, rule, roles)


@lru_cache(1024)
def _allowed(view: View, rule: Rule, roles: Roles) -> Select[Any] | None:
    """Finds the row where the rule holds for it; None where it always does."""
    holds = rule(roles)
    return None if isinstance(holds, True_) else select(view.model.id).where(view.model.id == ROW, holds)


@lru_cache(1024)
def _field_rules(form: Form, names: frozenset[str], roles: Roles) -> Select[Any]:
    rules: list[ColumnElement[Any]] = [form.guarded[name](roles).label(name) for name in sorted(names)]
    return select(*rules).where(form.view.model.id == ROW)


@lru_cache(256)
def _referred(model: type[Any]) -> Select[Any]:
    """Whether any row that is not deleted refers to the row and forbids its deletion."""
    references = [
        exists().where(key.parent == ROW, *_kept_by(table))
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is model.__table__ and key.ondelete not in ("CASCADE", "SET NULL")
    ]
    return select(or_(false(), *references))


def _kept_by(table: Table) -> list[ColumnElement[bool]]:
    """The conditions for a row to be live: neither it is deleted, nor the whole that it is a part of."""
    conditions: list[ColumnElement[bool]] = [table.c.deleted_at.is_(None)] if "deleted_at" in table.c else []
    for key in table.foreign_keys:
        if key.parent.info.get("whole") and (beyond := _kept_by(key.column.table)):
            conditions.append(exists().where(key.column == key.parent, *beyond))
    return conditions
