"""Writing: one transaction a request, which holds its row, tests the rule in each statement and answers from within."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core import idempotency, plans
from apps.core.authentication import caller_of
from apps.core.caller import EVERY, Caller, Key, Rule, decided
from apps.core.constraints import told
from apps.core.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    Problem,
    Unauthorized,
)
from apps.core.forms import Form, tenant_of
from apps.core.parts import Node, Plan
from apps.core.rows import encode
from apps.core.serializers import Serializer
from apps.core.shown import Rows
from apps.core.sql import truth

T = TypeVar("T", bound=Serializer)

BEFORE: "list[Callable[[Change, type[models.Model], Sequence[Key]], None]]" = []
"""Whom a change tells which rows of which table it is about to change."""
AFTER: "list[Callable[[Change], None]]" = []  # whom it tells that all is changed


@dataclass(slots=True)
class Change:
    """One writing request: its caller, and the row that it is about, as it was (None for a new one)."""

    request: Request
    caller: Caller
    rows: Rows
    rule: Rule
    verb: str
    claim: idempotency.Claim | None = None
    id: Any = None
    row: Any = None
    before: dict[Any, Any] = field(default_factory=dict)

    @property
    def forbidden(self) -> Problem:
        return Forbidden(f"{self.verb} this {self.rows.name}")

    def body(self, kind: type[T]) -> T:
        """The body, valid. Raises BadJson, WrongMediaType or Invalid."""
        if not self.request.body:
            raise Invalid([FieldError("", "required", "Field required")])
        found = kind(data=self.request.data)
        found.checked()
        return found

    def hold(self, id: Key, *, trash: bool = False) -> None:
        """Lock the row until the transaction ends. Raises Unauthorized, NotFound, Forbidden or PreconditionFailed."""
        rules = self.rows.read(self.caller), self.rule(self.caller)
        if self.caller.id is None and False in map(decided, rules):
            raise Unauthorized()
        plan = plans.held(self.rows, self.caller, self.rule, trash=trash, deleting=self.verb == "delete")
        found = plan.read(self.caller, id)
        if found is None:
            raise NotFound(self.rows.name)
        self.row, holds = found
        self.id = self.row.pk
        if not holds:
            raise self.forbidden
        # RFC 9110, 13.1.1
        tag = self.request.headers.get("if-match")
        if tag not in (None, "*") and etag(self.row.version) not in map(str.strip, str(tag).split(",")):
            raise PreconditionFailed()
        self.watch(self.rows.model, [self.id])

    def _met(self, trash: bool) -> Q:
        return self.rows.read(self.caller) if trash else self.rows.readable(self.caller)

    def here(self, *, trash: bool = False) -> "QuerySet[Any]":
        """The row that is held, as long as the caller may change it and nobody else has."""
        rules = [each for each in (self._met(trash), self.rule(self.caller)) if each is not EVERY]
        found: QuerySet[Any] = self.rows.model.objects.filter(*rules, pk=self.id, version=self.row.version)
        return found

    def run(self, count: int, otherwise: Problem | None = None) -> None:
        """Raises where a statement found no row: the rule, the version or the state has failed meanwhile."""
        if count == 0:
            raise otherwise or self.forbidden

    def insert(self, form: Form, body: Serializer) -> None:
        """Make the row of a body, with its parts and links, and test the rule on it.

        Raises Invalid where the body refers to what the caller cannot read, Conflict where it breaks a constraint,
        Forbidden where the caller may not make it.
        """
        node = Node(form, body.validated_data, body.defaults)
        plan = self._plan(node)
        plan.write(form, [node])
        self.id = node.id
        self._require(form, body)

    def update(self, form: Form, body: Serializer) -> None:
        """Change the row, its parts and its links as a body says. Raises as `insert`."""
        kept = self._kept(form, body)
        whole = not body.changes
        node = Node(form, body.validated_data, body.defaults, row=self.row, whole=whole, kept=kept, id=self.id)
        plan = self._plan(node)
        with told():
            raised = {"version": F("version") + 1, "updated_at": self.caller.moment}
            self.run(self.here().update(**raised, **node.changed(self.caller)))
        plan.write_inner(form, [node])
        self._require(form, body)

    def move(self, state: str, source: tuple[str, ...], target: str) -> None:
        """Change a state. Raises Conflict where the row is in none of the source states."""
        problem = Conflict("wrong_state", state, f"To {self.verb}, this has to be {' or '.join(source)}.")
        raised = {"version": F("version") + 1, "updated_at": self.caller.moment, state: target}
        with told(effect=state):
            self.run(self.here().filter(**{f"{state}__in": source}).update(**raised), problem)

    def delete(self) -> None:
        """Delete the row with its parts. Raises Conflict where others still refer to it."""
        with told(deleting=True):
            self.run(self.here().delete()[0])

    def _plan(self, node: Node) -> Plan:
        """What is to be written of a body, checked. Admins do not mix tenants either."""
        tenant, within = tenant_of(self.rows.model), list[Any]()
        if tenant is not None and "admin" in self.caller.roles:
            within.append(self.caller.tenant if self.row is None else getattr(self.row, tenant))
        plan = Plan(self.caller, self.caller.moment, tuple(within))
        plan.check(node)
        return plan

    def _require(self, form: Form, body: Serializer) -> None:
        """The rule holds for the row as it has become. Raises Forbidden."""
        if decided(self.rule(self.caller)) is not True:
            plan = plans.holding(self.rows, self.caller, self.rule)
            if plan.first(**plans.who(self.caller), key=self.id) is None:
                raise self.forbidden
        self._kept(form, body)

    def _kept(self, form: Form, body: Serializer) -> frozenset[str]:
        """The fields that the caller may not write. Raises Forbidden where one of them was sent."""
        if not form.guarded:
            return frozenset()
        rules = {f"rule__{name}": truth(rule(self.caller)) for name, rule in form.guarded.items()}
        found = self.rows.model.objects.filter(pk=self.id).annotate(**rules).values(*rules).get()
        refused = frozenset(name for name in form.guarded if not found[f"rule__{name}"])
        if names := sorted(refused & body.validated_data.keys()):
            errors = [FieldError(name, "forbidden", "You may not write this field.") for name in names]
            raise Forbidden(f"write {', '.join(names)}", errors)
        return refused

    def watch(self, model: type[models.Model], ids: Sequence[Key]) -> None:
        """Tell that these rows are about to change."""
        for tell in BEFORE:
            tell(self, model, ids)

    def created(self) -> HttpResponse:
        """The answer to a new row: 201 with its place."""
        return self.done(201, Location=f"{self.request.path}/{self.id}")

    def done(self, status: int = 200, **headers: str) -> HttpResponse:
        """The answer to a change: the row with its parts as it is now, whatever the rule."""
        found = plans.whole(self.rows, self.caller).read(self.caller, self.id)
        assert found is not None
        item, version = found
        answer = HttpResponse(encode(item), "application/json", status, headers={"ETag": etag(version), **headers})
        return self.keep(answer)

    def gone(self) -> HttpResponse:
        """The answer to a deletion."""
        return self.keep(HttpResponse(status=204))

    def keep(self, response: HttpResponse) -> HttpResponse:
        """The response, which a request with the same key will get too."""
        if response.status_code == 204:
            del response.headers["Content-Type"]
        for tell in AFTER:
            tell(self)
        if self.claim is not None:
            self.claim.store(response)
        return response


def etag(version: int) -> str:
    """The strong ETag of a row."""
    return f'"{version}"'


@contextmanager
def creating(request: Request, rows: Rows, rule: Rule, verb: str = "create") -> Iterator[Change]:
    """What makes a row, in one transaction. Raises Unauthorized or Forbidden where no row of the caller's could be."""
    caller = caller_of(request)
    if decided(rule(caller)) is False:
        raise Unauthorized() if caller.id is None else Forbidden(f"{verb} this {rows.name}")
    with idempotency.claimed(request, caller) as claim, transaction.atomic():
        yield Change(request, caller, rows, rule, verb, claim)


@contextmanager
def changing(
    request: Request, rows: Rows, rule: Rule, id: str, verb: str = "change", *, trash: bool = False
) -> Iterator[Change]:
    """What changes a row, or one that was deleted, in one transaction that holds it."""
    caller = caller_of(request)
    with idempotency.claimed(request, caller) as claim, transaction.atomic():
        change = Change(request, caller, rows, rule, verb, claim)
        change.hold(rows.key(id), trash=trash)
        yield change
