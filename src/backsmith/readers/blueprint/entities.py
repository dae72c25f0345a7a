"""Entities, read twice: first their fields, so that every name is known; then everything that is said about these."""

from dataclasses import dataclass, replace

from backsmith.design.model import Api, Design, Entity, Field, Ids
from backsmith.design.naming import plural, snake
from backsmith.design.scope import BROKEN
from backsmith.diagnostics.report import Report
from backsmith.readers.blueprint.access import ADMIN_ALONE, read_access
from backsmith.readers.blueprint.constraints import read_checks, read_indexes, read_no_overlap, read_order, read_unique
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityDraft:
    """An entity whose fields have types but no expressions yet, and its text."""

    entity: Entity
    fields: tuple[Draft, ...]
    node: Mapping


def draft_entity(key: Scalar, node: Node, names: Names, api: Api, report: Report) -> EntityDraft:
    """The first reading: names, types, flags."""
    body = mapping(node, f"the entity `{key.text}`", report, "write `fields: {...}`") or Mapping(
        entries=(), origin=key.origin
    )
    known_keys(body, KEYS, f"the entity `{key.text}`", report)
    drafts = tuple(_fields(key, body, names, report))
    ids = word(body.get("ids"), tuple(Ids), "`ids`", report)
    written_plural = text(body.get("plural"), "`plural`", report)
    was, doc, source = (text(body.get(name), f"`{name}`", report) for name in ("was", "doc", "source"))
    entity = Entity(
        name=key.text,
        fields=tuple(draft.field for draft in drafts),
        access=ADMIN_ALONE,
        plural=written_plural.text if written_plural else plural(snake(key.text)),
        ids=Ids(ids) if ids else api.ids,
        order=read_order(body.get("order"), report),
        sortable=tuple(passage.text for passage in texts(body.get("sortable"), "sortable", report)),
        tenant=flag(body.get("tenant"), "`tenant`", report),
        history=flag(body.get("history"), "`history`", report),
        soft_delete=flag(body.get("soft_delete"), "`soft_delete`", report),
        source=source.text if source else None,
        was=was.text if was else None,
        doc=doc.text if doc else None,
        origin=key.origin,
    )
    return EntityDraft(entity=entity, fields=drafts, node=body)


def _fields(key: Scalar, body: Mapping, names: Names, report: Report) -> list[Draft]:
    node = body.get("fields")
    fields = mapping(node, "fields", report, "write `name: str(80)`")
    if fields is None:
        if key.text == "User" and node is None:
            return []
        if node is None or (isinstance(node, Scalar) and node.empty):
            report.error(
                "missing-key", f"the entity `{key.text}` has no fields", key.origin, "write `fields: {name: str(80)}`"
            )
        return [Draft(field=Field(name="*", type=BROKEN))]
    return [read_field(each, value, names, report) for each, value in fields]


def finish_entity(draft: EntityDraft, design: Design, names: Names, report: Report) -> Entity:
    """The second reading: expressions, rules, moves, constraints."""
    entity, node = design.entity(draft.entity.name), draft.node
    written = {each.field.name: each for each in draft.fields}
    fields = tuple(
        _finished(field, written[field.name], design, entity, report) if field.name in written else field
        for field in entity.fields
    )
    return replace(
        entity,
        fields=fields,
        access=read_access(node.get("access"), design, entity, report),
        moves=read_moves(node.get("moves"), design, entity, names, report),
        actions=read_actions(node.get("actions"), design, entity, names, report),
        effects=read_on(node.get("on"), design, entity.name, report),
        unique=read_unique(node.get("unique"), design, entity, report),
        indexes=read_indexes(node.get("index"), design, entity, report),
        checks=read_checks(node.get("checks"), design, entity, report),
        no_overlap=read_no_overlap(node.get("no_overlap"), design, entity, report),
    )


def _finished(field: Field, draft: Draft, design: Design, entity: Entity, report: Report) -> Field:
    return finish(replace(draft, field=field), design, entity.name, report)
