"""Reads a blueprint, `backend.yaml`, into a design: everything at once, and every mistake with its place."""

from dataclasses import replace

from backsmith.design.invariants import invariants
from backsmith.design.model import Design, Entity, Ids
from backsmith.design.naming import snake
from backsmith.design.types import Parts
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.report import Report, in_order
from backsmith.readers.blueprint.builtin import ACCOUNT_FIELDS, accounts, memberships, with_givers, with_wholes
from backsmith.readers.blueprint.entities import EntityDraft, built_in, draft_entity, finish_entity
from backsmith.readers.blueprint.keys import known_keys, mapping
from backsmith.readers.blueprint.nodes import Mapping
from backsmith.readers.blueprint.planned import read_planned
from backsmith.readers.blueprint.sections import read_api, read_auth, read_database, read_framework, read_name
from backsmith.readers.blueprint.shared import read_types
from backsmith.readers.blueprint.yaml import decode, read_yaml
from backsmith.readers.result import ReadResult

KEYS = (
    "backend",
    "framework",
    "database",
    "auth",
    "types",
    "entities",
    "imports",
    "models",
    "tasks",
    "realtime",
    "api",
)


def read_blueprint(text: str | bytes, source: str = "backend.yaml") -> ReadResult:
    """The design that a blueprint describes, or None, with everything that was found in it."""
    report = Report()
    decoded = decode(text, source, report) if isinstance(text, bytes) else text
    root = read_yaml(decoded, source, report) if decoded is not None else None
    if root is None or not isinstance(root, Mapping):
        if not report.found:
            report.error(
                "missing-key",
                "this is no blueprint",
                Origin(source=source),
                "begin with `backend: NAME` and `entities:`",
            )
        return ReadResult(design=None, diagnostics=in_order(report.found))
    design = _design(root, source, report)
    report.extend(invariants(design))
    return ReadResult(design=None if report.failed else design, diagnostics=in_order(report.found))


def _design(root: Mapping, source: str, report: Report) -> Design:
    known_keys(root, KEYS, "a blueprint", report)
    auth, (api, api_places) = read_auth(root.get("auth"), report), read_api(root.get("api"), report)
    written = mapping(root.get("entities"), "entities", report, "write `entities: {Product: {fields: {...}}}`")
    if written is None or not written.entries:
        report.error(
            "missing-key",
            "a blueprint has entities",
            written.origin if written else Origin(source=source),
            "write `entities:`",
        )
    declared = frozenset(key.text for key, _ in written or ()) | {"User"}
    shared = read_types(root.get("types"), declared, report)
    limits = built_in(written)
    drafts = [draft_entity(key, node, shared.names, api, limits, report) for key, node in written or ()]
    _clashes_with_built_in(drafts, report)
    places = auth.places | api_places
    skeleton = Design(
        name=read_name(root, source, report),
        framework=read_framework(root.get("framework"), places, report),
        database=read_database(root.get("database"), places, report),
        auth=auth.auth,
        api=api,
        enums=shared.enums,
        embedded=shared.embedded,
        places=places,
        entities=_skeletons(drafts, auth.auth.roles, api.ids),
        origin=Origin(source=source),
    )
    finished = {draft.entity.name: finish_entity(draft, skeleton, shared.names, places, report) for draft in drafts}
    entities = tuple(with_givers(finished.get(entity.name, entity)) for entity in skeleton.entities)
    design = replace(skeleton, entities=entities)
    return replace(design, planned=read_planned(root, design, report))


def _clashes_with_built_in(drafts: list[EntityDraft], report: Report) -> None:
    """Fields that no blueprint writes: those of every account, and a part's reference to its whole."""
    made = {"User": dict.fromkeys(ACCOUNT_FIELDS, "every account has it")}
    for draft in drafts:
        for field in draft.entity.fields:
            if isinstance(field.type, Parts):
                reason = f"it leads to the {draft.entity.name} that this is a part of"
                made.setdefault(field.type.target, {})[snake(draft.entity.name)] = reason
    for draft in drafts:
        for field in draft.entity.fields:
            reason = made.get(draft.entity.name, {}).get(field.name, "")
            if reason:
                message = f"{draft.entity.name} has `{field.name}` already: {reason}"
                report.error("built-in-field", message, field.origin, "leave it out")


def _skeletons(drafts: list[EntityDraft], roles: tuple[str, ...], ids: Ids) -> tuple[Entity, ...]:
    """Every entity with its fields, the built-in ones first."""
    written = {draft.entity.name: draft.entity for draft in drafts}
    account = accounts(roles, ids, written.pop("User", None))
    tenant = next((entity for entity in written.values() if entity.tenant), None)
    if tenant is None:
        return with_wholes((account, *written.values()))
    membership = memberships(tenant, roles, ids, written.pop("Membership", None))
    return with_wholes((account, membership, *written.values()))
