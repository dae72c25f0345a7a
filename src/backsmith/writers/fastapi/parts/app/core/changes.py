"""Writing: one transaction a request, which holds its row, tests the rule in every statement and answers from within.

The dependencies run before the body is validated, so that 401, 404, 403 and 412 come before 409 and 422.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from sqlalchemy import BindParameter, Executable, Select, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from app.core import database, idempotency
from app.core.authentication import CurrentCaller
from app.core.caller import Caller, Key, Roles, decided
from app.core.constraints import told
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed, Problem, Unauthorized
from app.core.forms import Form, Rule, Values, bound, changed, insertion, raised, tenant_of
from app.core.parts import Node, Plan
from app.core.plans import Shape, plan_of
from app.core.routes import within
from app.core.schemas import Body, Id
from app.core.statements import rows
from app.core.views import View, encode, etag

ROW: BindParameter[Any] = bindparam("row__id")  # the row that changes, in statements
VERSION: BindParameter[int] = bindparam("row__version")

BEFORE: list[Callable[["Change", Any, Sequence[Key]], Awaitable[None]]] = []
"""Whom a change tells which rows of which table it is about to change."""
AFTER: list[Callable[["Change"], Awaitable[None]]] = []  # whom it tells that all is changed


@dataclass(slots=True)
class Change:
    """One writing request: its transaction, its caller, and the row that it is about, as it was (empty for a new one).

    place: the path of the request; values: what statements are bound to; before: what is remembered of rows.
    """

    db: AsyncConnection
    caller: Caller
    view: View
    rule: Rule
    verb: str
    claim: idempotency.Claim | None
    place: str
    values: Values
    id: Any = None
    row: Mapping[str, Any] = field(default_factory=dict)
    alone: bool = False
    answer: tuple[bytes, int] | None = None
    before: dict[View, dict[Key, Any]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def who(self) -> tuple[View, Rule, Roles]:
        return self.view, self.rule, self.caller.roles

    @property
    def forbidden(self) -> Problem:
        return Forbidden(f"{self.verb} this {self.view.name}")

    async def hold(self, id: Key, if_match: str | None, *, trash: bool) -> None:
        """Lock the row until the transaction ends. Raises Unauthorized, NotFound, Forbidden or PreconditionFailed."""
        rules = self.view.read(self.caller.roles, self.view.model), self.rule(self.caller.roles)
        if self.caller.id is None and False in map(decided, rules):
            raise Unauthorized()
        self.id = self.values["row__id"] = id
        statement = _held(*self.who, self.verb == "delete", trash)
        found = await rows(self.db, statement, self.values)
        if not found:
            raise NotFound(self.view.name)
        self.row = row = dict(zip(statement.selected_columns.keys(), found[0], strict=True))
        if not row["rule__holds"]:
            raise self.forbidden
        # RFC 9110, 13.1.1
        if if_match not in (None, "*") and etag(row["version"]) not in map(str.strip, str(if_match).split(",")):
            raise PreconditionFailed()
        self.values["row__version"] = row["version"]
        await self.watch(self.view.model, [id])

    async def insert(self, form: Form, body: Body) -> None:
        """Make the row of a body, with its parts and links, and test the rule on it.

        Raises Invalid where the body refers to what the caller cannot read, Conflict where it breaks a constraint,
        Forbidden where the caller may not make it.
        """
        node = Node(form, body)
        if self.alone:
            await self._insert_alone(form, node)
            return
        await (await self._plan(node)).write(form, [node])
        self.id = self.values["row__id"] = node.id
        await self._require(form, body)

    async def update(self, form: Form, body: Body) -> None:
        """Change the row, its parts and its links as a body says. Raises as `insert`."""
        kept = await form.kept(self, body)
        node = Node(form, body, row=self.row, whole=body.replaces, kept=kept, id=self.id)
        plan = await self._plan(node)
        values = form.values(body, node.names)
        with told():
            statement = scoped(changed(form, frozenset(values), node.worked_out), *self.who)
            await self.run(statement, bound({**self.row, **values}))
        await plan.write_inner(form, [node])
        await self._require(form, body)

    async def delete(self) -> None:
        """Delete the row with its parts. Raises Conflict where others still refer to it."""
        with told(deleting=True):
            await self.run(_deletion(*self.who))

    async def move(self, state: InstrumentedAttribute[Any], source: tuple[str, ...], target: str) -> None:
        """Change a state. Raises Conflict where the row is in none of the source states."""
        problem = Conflict("wrong_state", state.key, f"To {self.verb}, this has to be {' or '.join(source)}.")
        with told(effect=state.key):
            await self.run(_motion(*self.who, state, source, target), otherwise=problem)

    async def run(self, statement: Executable, values: Values | None = None, otherwise: Problem | None = None) -> None:
        """Run a statement that finds no row where the rule, the version or the state has failed meanwhile."""
        if (await self.db.execute(statement, self.values | (values or {}))).rowcount == 0:
            raise otherwise or self.forbidden

    async def watch(self, model: Any, ids: Sequence[Key]) -> None:
        """Tell that these rows are about to change."""
        for tell in BEFORE:
            await tell(self, model, ids)

    async def created(self) -> Response:
        """The answer to a new row: 201 with its place."""
        return await self.done(201, Location=f"{self.place}/{self.id}")

    async def done(self, status: int = 200, **headers: str) -> Response:
        """The answer to a change: the row as it is now."""
        body, version = self.answer or await self.view.written(self.db, self.caller, self.id)
        return await self.keep(Response(body, status, {"ETag": etag(version), **headers}, "application/json"))

    async def gone(self) -> Response:
        """The answer to a deletion."""
        return await self.keep(Response(status_code=204))

    async def keep(self, response: Response) -> Response:
        """The response, which a request with the same key will get too."""
        for tell in AFTER:
            await tell(self)
        if self.claim is not None:
            await self.claim.store(self.db, response)
        return response

    async def _insert_alone(self, form: Form, node: Node) -> None:
        """Make the row by one statement, which is its own transaction and answers with it."""
        new = form.made(self.caller, form.values(node.body, node.names))
        plan = plan_of(Shape(self.view, self.caller.roles, one=True, whole=True))
        statement = insertion(form, frozenset(new), *plan.level.labelled)
        async with database.held(database.writes) as db:
            await Plan(db, self.caller, self.values).check(node, look=False)
            try:
                with told():
                    [row] = await rows(db, statement, self.values | bound(new))
            except Invalid:
                await Plan(db, self.caller, self.values).check(node)  # finds all the rows that are not there
                raise
            [item] = await plan.level.fetch(db, self.values, [row])
        self.id, self.answer = item.id, (encode(item), row[plan.version])

    async def _plan(self, node: Node) -> Plan:
        """What is to be written of a body, checked. Admins do not mix tenants either."""
        tenant = tenant_of(self.view.model)
        if tenant is not None and "admin" in self.caller.roles:
            self.values["row__tenant"] = self.row[tenant.key] if self.row else self.caller.tenant
        plan = Plan(self.db, self.caller, self.values)
        await plan.check(node)
        return plan

    async def _require(self, form: Form, body: Body) -> None:
        """The rule holds for the row as it has become. Raises Forbidden."""
        allowed = _allowed(*self.who)
        if allowed is not None and not await rows(self.db, allowed, self.values):
            raise self.forbidden
        await form.kept(self, body)


AGAIN = "A name for this request: sent again with it, it is answered again and has one effect."
Again = Annotated[str | None, Header(description=AGAIN)]
Tag = Annotated[str | None, Header(description="The ETag that the row must still have.")]


def creating(view: View, rule: Rule, verb: str = "create", alone: Form | None = None) -> Any:
    """The dependency of an endpoint that makes a row. alone: its form, where a service does nothing but `insert`, which
    is then one statement where that can be: there is no transaction, and `db` cannot be used.
    """

    async def create(request: Request, caller: CurrentCaller, idempotency_key: Again = None) -> Change:
        if decided(rule(caller.roles)) is False:
            raise Unauthorized() if caller.id is None else Forbidden(f"{verb} this {view.name}")
        if alone and not (idempotency_key or AFTER) and _is_decided(alone, rule, caller.roles):
            place, values = request.scope["path"], {**caller.bound}
            return Change(database.writes.connect(), caller, view, rule, verb, None, place, values, alone=True)
        return await within(request, _begun(request, caller, view, rule, verb))

    return Depends(create)


def changing(view: View, rule: Rule, verb: str = "change", *, trash: bool = False) -> Any:
    """The dependency of an endpoint that changes a row, or one that was deleted."""

    async def change(request: Request, caller: CurrentCaller, id: Id, if_match: Tag = None) -> Change:
        change = await within(request, _begun(request, caller, view, rule, verb))
        await change.hold(id, if_match, trash=trash)
        return change

    change.__annotations__["id"] = view.key
    return Depends(change)


deleting = partial(changing, verb="delete")  # the dependency of an endpoint that deletes a row


@asynccontextmanager
async def _begun(request: Request, caller: Caller, view: View, rule: Rule, verb: str) -> AsyncIterator[Change]:
    async with idempotency.claimed(request, caller) as claim, database.transaction() as db:
        yield Change(db, caller, view, rule, verb, claim, request.scope["path"], {**caller.bound})


@lru_cache(1024)
def _is_decided(form: Form, rule: Rule, roles: Roles) -> bool:
    """Whether these roles may make any row, and refer to any."""
    rules = [rule(roles), *(view.readable(roles, view.model) for view in form.references.values())]
    return all(map(decided, rules))


@lru_cache(1024)
def _held(view: View, rule: Rule, roles: Roles, deleting: bool, trash: bool) -> Select[Any]:
    """The row, locked: against new references too where it is to be deleted."""
    model, met = view.model, view.read if trash else view.readable
    columns = select(*model.__table__.c, rule(roles).label("rule__holds"))
    return columns.where(model.id == ROW, met(roles, model)).with_for_update(of=model, key_share=not deleting)


@lru_cache(1024)
def scoped(statement: Any, view: View, rule: Rule, roles: Roles, trash: bool = False) -> Any:
    """A statement for the row that is held, as long as the caller may change it and nobody else has."""
    model, met = view.model, view.read if trash else view.readable
    return statement.where(model.id == ROW, model.version == VERSION, met(roles, model), rule(roles))


@lru_cache(1024)
def _deletion(view: View, rule: Rule, roles: Roles) -> Any:
    return scoped(delete(view.model), view, rule, roles)


@lru_cache(1024)
def _motion(view: View, rule: Rule, roles: Roles, state: Any, source: tuple[str, ...], target: str) -> Any:
    return scoped(raised(view.model).where(state.in_(source)).values({state.key: target}), view, rule, roles)


@lru_cache(1024)
def _allowed(view: View, rule: Rule, roles: Roles) -> Select[Any] | None:
    """Finds the row where the rule holds for it; None where it always does."""
    holds = rule(roles)
    return None if decided(holds) else select(view.model.id).where(view.model.id == ROW, holds)
