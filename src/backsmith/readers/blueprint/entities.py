"""Entities, read twice: first their fields, so that every name is known; then everything that is said about these."""

from dataclasses import dataclass, replace

from backsmith.design.model import Api, Design, Entity, Field, Ids
from backsmith.design.naming import plural, snake
from backsmith.design.scope import BROKEN
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.report import Report, listing
from backsmith.readers.blueprint.access import ADMIN_ALONE, read_access
from backsmith.readers.blueprint.constraints import (
    Places,
    read_checks,
    read_indexes,
    read_no_overlap,
    read_order,
    read_unique,
)
from backsmith.readers.blueprint.effects import read_on
from backsmith.readers.blueprint.fields import Draft, finish, read_field
from backsmith.readers.blueprint.keys import flag, known_keys, mapping, text, texts, word
from backsmith.readers.blueprint.kinds import Names
from backsmith.readers.blueprint.moves import read_actions, read_moves
from backsmith.readers.blueprint.nodes import Mapping, Node, Scalar

KEYS = (
    "fields",
    "access",
    "moves",
    "actions",
    "on",
    "unique",
    "index",
    "checks",
    "no_overlap",
    "order",
    "sortable",
    "tenant",
    "history",
    "soft_delete",
    "ids",
    "plural",
    "source",
    "was",
    "doc",
)

ACCOUNT_KEYS = ("fields", "access", "unique", "index", "checks", "order", "sortable", "doc")
"""What may be said of the built-in `User`."""

MEMBERSHIP_KEYS = ("access", "doc")
"""What may be said of the built-in `Membership`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityDraft:
    """An entity whose fields have types but no expressions yet, and its text."""

    entity: Entity
    fields: tuple[Draft, ...]
    node: Mapping
    places: dict[str, Origin]


def built_in(entities: Mapping | None) -> dict[str, tuple[str, ...]]:
    """The built-in entities and the keys that they may have; there are memberships where there are tenants."""
    bodies = [node for _, node in entities or () if isinstance(node, Mapping)]
    tenants = any(isinstance(flag, Scalar) and flag.text == "true" for flag in (body.get("tenant") for body in bodies))
    return {"User": ACCOUNT_KEYS, **({"Membership": MEMBERSHIP_KEYS} if tenants else {})}


def draft_entity(
    key: Scalar, node: Node, names: Names, api: Api, limits: dict[str, tuple[str, ...]], report: Report
) -> EntityDraft:
    """The first reading: names, types, flags."""
    written = mapping(node, f"the entity `{key.text}`", report, "write `fields: {...}`")
    body = _known(key, written or Mapping(entries=(), origin=key.origin), limits.get(key.text, KEYS), report)
    drafts = tuple(_fields(key, body, names, report))
    ids = word(body.get("ids"), tuple(Ids), "`ids`", report)
    written_plural = text(body.get("plural"), "`plural`", report)
    order, sortable = (texts(body.get(name), name, report) for name in ("order", "sortable"))
    was, doc, source = (text(body.get(name), f"`{name}`", report) for name in ("was", "doc", "source"))
    entity = Entity(
        name=key.text,
        fields=tuple(draft.field for draft in drafts),
        access=ADMIN_ALONE,
        plural=written_plural.text if written_plural else plural(snake(key.text)),
        ids=Ids(ids) if ids else api.ids,
        order=read_order([name.text for name in order]),
        sortable=tuple(name.text for name in sortable),
        tenant=flag(body.get("tenant"), "`tenant`", report),
        history=flag(body.get("history"), "`history`", report),
        soft_delete=flag(body.get("soft_delete"), "`soft_delete`", report),
        source=source.text if source else None,
        was=was.text if was else None,
        doc=doc.text if doc else None,
        origin=key.origin,
    )
    places = {
        **{f"{key.text}.{each.text}": each.origin for each, _ in body},
        **{f"{key.text}.order.{name.text}": name.origin for name in order},
        **{f"{key.text}.sortable.{name.text}": name.origin for name in sortable},
        **{f"{key.text}.{draft.field.name}.{part}": at for draft in drafts for part, at in draft.places.items()},
    }
    return EntityDraft(entity=entity, fields=drafts, node=body, places=places)


def _known(key: Scalar, body: Mapping, allowed: tuple[str, ...], report: Report) -> Mapping:
    """The body without what means nothing here."""
    known_keys(body, KEYS, f"the entity `{key.text}`", report)
    for each, _ in body:
        if each.text in KEYS and each.text not in allowed:
            message = f"`{key.text}` is built in, and has no `{each.text}` of its own"
            report.error("not-on-built-in", message, each.origin, f"it may have {listing(allowed, 'and')}")
    return replace(body, entries=tuple(entry for entry in body if entry[0].text in allowed))


def _fields(key: Scalar, body: Mapping, names: Names, report: Report) -> list[Draft]:
    node = body.get("fields")
    fields = mapping(node, "fields", report, "write `name: str(80)`")
    if fields is None:
        if key.text in ("User", "Membership") and node is None:
            return []
        if node is None or (isinstance(node, Scalar) and node.empty):
            report.error(
                "missing-key", f"the entity `{key.text}` has no fields", key.origin, "write `fields: {name: str(80)}`"
            )
        return [Draft(field=Field(name="*", type=BROKEN))]
    return [read_field(each, value, names, report) for each, value in fields]


def finish_entity(draft: EntityDraft, design: Design, names: Names, places: Places, report: Report) -> Entity:
    """The second reading: expressions, rules, moves, constraints. Where single words stand joins `places`."""
    places |= draft.places
    entity, node = design.entity(draft.entity.name), draft.node
    written = {each.field.name: each for each in draft.fields}
    fields = tuple(_finished(field, written.get(field.name), design, entity, report) for field in entity.fields)
    return replace(
        entity,
        fields=fields,
        access=read_access(node.get("access"), design, entity, places, report),
        moves=read_moves(node.get("moves"), design, entity, names, report),
        actions=read_actions(node.get("actions"), design, entity, names, report),
        effects=read_on(node.get("on"), design, entity.name, report),
        unique=read_unique(node.get("unique"), design, entity, places, report),
        indexes=read_indexes(node.get("index"), design, entity, places, report),
        checks=read_checks(node.get("checks"), design, entity, report),
        no_overlap=read_no_overlap(node.get("no_overlap"), design, entity, places, report),
    )


def _finished(field: Field, draft: Draft | None, design: Design, entity: Entity, report: Report) -> Field:
    """The field with its expressions; one that was made, not written, has none."""
    if draft is None or draft.field.origin is not field.origin:
        return field
    return finish(replace(draft, field=field), design, entity.name, report)
