"""A design told to people, as plain text: its entities, endpoints, who may do what, and what leads where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backsmith.contract.model import Contract, Endpoint, Grant, Kind, When
from backsmith.design.model import Design, Entity, Field, OnDelete, Register
from backsmith.design.naming import kebab, phrase
from backsmith.design.operations import named
from backsmith.design.text import text
from backsmith.writers.documents.relations import Link, Relation, entities, relations


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands below it."""

    title: str
    body: str


def explain(design: Design, contract: Contract) -> tuple[Section, ...]:
    """The sections about a design as it was written, and the contract of what it lowers to."""
    return (
        Section(title=design.name, body=_overview(design)),
        Section(title="Entities", body="\n".join(_entities(design))),
        Section(title="Endpoints", body="\n".join(_endpoints(contract))),
        Section(title="Who may do what", body="\n".join(_matrix(contract))),
        Section(title="Relations", body="\n".join(_relations(design))),
    )


def table(rows: Sequence[Sequence[str]], indent: str = "  ") -> Iterator[str]:
    """The rows with their cells below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _overview(design: Design) -> str:
    registers = {
        Register.OPEN: "anyone may register",
        Register.INVITE: "accounts are made by invitation",
        Register.CLOSED: "accounts are made by admins",
    }
    rate = f"\n  {design.api.rate.requests} requests in {design.api.rate.seconds} s" if design.api.rate else ""
    tenant = f"\n  every {phrase(design.tenant.name)} is a tenant" if design.tenant else ""
    roles = ", ".join(design.auth.roles)
    return (
        f"  {design.framework}, on {design.database} in production\n"
        f"  roles: {roles}; a new account is {design.auth.roles[0]}; {registers[design.auth.register]}{rate}{tenant}"
    )


# Entities


def _entities(design: Design) -> Iterator[str]:
    for entity in entities(design):
        yield f"{entity.name}  {'; '.join(_traits(entity))}".rstrip()
        yield from table([(field.name, _type(field), ", ".join(_notes(field))) for field in _own(entity)])
        yield from (f"  {line}" for line in _constraints(entity))
        yield ""


def _own(entity: Entity) -> tuple[Field, ...]:
    return tuple(field for field in entity.fields if field.name != entity.whole)


def _traits(entity: Entity) -> Iterator[str]:
    yield f"part of {phrase(entity.whole)}" if entity.whole else f"/{kebab(entity.plural)}"
    if entity.builtin:
        yield "built in"
    if entity.tenant:
        yield "the tenant"
    if entity.soft_delete:
        yield "deleted rows are kept"
    if entity.history:
        yield "changes are recorded"
    if entity.access.origin is None and not entity.whole and not entity.builtin:
        yield "no access is written: for admins alone"


def _type(field: Field) -> str:
    return named(field.type) + ("?" if field.optional else "")


def _notes(field: Field) -> Iterator[str]:
    for flag in ("owner", "unique", "index", "search", "private", "readonly", "fixed"):
        if getattr(field, flag):
            yield flag
    yield from (f"{bound.operator} {text(bound.value)}" for bound in field.bounds)
    if field.pattern is not None:
        yield f"~ /{field.pattern}/"
    for word, value in (("=", field.computed), ("set", field.set), ("default", field.default)):
        if value is not None:
            yield f"{word} {text(value)}"
    if field.on_delete is not OnDelete.RESTRICT:
        yield f"on delete {field.on_delete}"


def _constraints(entity: Entity) -> Iterator[str]:
    for unique in entity.unique:
        yield f"unique together: {', '.join(unique.fields)}" + (f" where {text(unique.where)}" if unique.where else "")
    for apart in entity.no_overlap:
        same = f" of the same {' and '.join(apart.fields)}" if apart.fields else ""
        where = f" where {text(apart.where)}" if apart.where else ""
        yield f"no two{same} overlap from {apart.start} to {apart.end}{where}"
    yield from (f"always: {text(check.condition)}" for check in entity.checks)
    for move in entity.moves:
        effects = "; ".join(effect.text for effect in move.effects)
        yield f"{move.name}: {' or '.join(move.source)} -> {move.target}" + (f", and {effects}" if effects else "")
    for name in ("create", "update", "delete"):
        if done := getattr(entity.effects, name):
            yield f"on {name}: {'; '.join(effect.text for effect in done)}"


# Endpoints


def _endpoints(contract: Contract) -> Iterator[str]:
    yield from table([(each.method, each.path, each.operation, _who(each)) for each in contract.endpoints])


def _who(endpoint: Endpoint) -> str:
    if endpoint.kind is Kind.HEALTH:
        return "anyone"
    rule = endpoint.rule
    return rule.text + (f", within the {phrase(rule.within)}" if rule.within else "")


# The access matrix


def _matrix(contract: Contract) -> Iterator[str]:
    notes: list[str] = []
    rows: list[tuple[str, ...]] = [("", "", *contract.callers)]
    for entity in dict.fromkeys(endpoint.entity for endpoint in contract.endpoints if endpoint.entity):
        for number, (action, endpoint) in enumerate(_actions(contract, entity)):
            cells = (_cell(grant, notes) for grant in endpoint.rule.grants)
            rows.append((entity if number == 0 else "", action, *cells))
    yield from table(rows)
    yield ""
    yield "  yes: every row   own: their own rows   if: where the condition holds   -: never"
    yield from (f"  if {number}: {note}" for number, note in enumerate(notes, start=1))


def _actions(contract: Contract, entity: str) -> Iterator[tuple[str, Endpoint]]:
    """One endpoint for each thing that a rule is about."""
    seen: set[str] = set()
    for endpoint in contract.of(entity):
        if endpoint.action not in seen:
            seen.add(endpoint.action)
            yield endpoint.action, endpoint


def _cell(grant: Grant, notes: list[str]) -> str:
    if grant.when is When.SOME:
        if grant.condition not in notes:
            notes.append(grant.condition)
        return f"if {notes.index(grant.condition) + 1}"
    return {When.ALWAYS: "yes", When.OWN: "own", When.NEVER: "-"}[grant.when]


# Relations

_ARROWS = {Link.ONE: "──▶", Link.MANY: "◀─▶", Link.PART: "◆─▶"}


def _relations(design: Design) -> Iterator[str]:
    drawn = relations(design)
    for entity in entities(design):
        own = [each for each in drawn if each.source == entity.name]
        if own:
            yield f"  {entity.name}"
            width = max(len(each.field) for each in own)
            for number, each in enumerate(own, start=1):
                yield f"  {'└' if number == len(own) else '├'}─ {each.field.ljust(width)} {_leads(each)}"
    yield ""
    yield "  ──▶ one   ◀─▶ many to many   ◆─▶ parts, which live and die with it"


def _leads(relation: Relation) -> str:
    words = [word for word, holds in (("optional", relation.optional), ("owner", relation.owner)) if holds]
    return f"{_ARROWS[relation.link]} {relation.target}" + (f"  ({', '.join(words)})" if words else "")
