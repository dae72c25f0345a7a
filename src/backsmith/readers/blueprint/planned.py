"""What no writer can write yet: imports, models, tasks, realtime. Read and checked all the same."""

import re

from backsmith.design.check import Use, condition
from backsmith.design.model import Design, Entity, Planned
from backsmith.design.scope import find_entity, find_field, is_broken
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report, did_you_mean
from backsmith.readers.blueprint.access import read_rule
from backsmith.readers.blueprint.keys import known_keys, mapping, text, texts
from backsmith.readers.blueprint.nodes import Mapping, Node, Scalar

_EVERY = re.compile(r"[1-9][0-9]{0,4}(s|m|h|d)")
_EACH = re.compile(r"\s*(\w+)(\s+where\b)?")


def read_planned(root: Mapping, design: Design, report: Report) -> tuple[Planned, ...]:
    """Everything of this kind, in the order of the language."""
    return (
        *_imports(root.get("imports"), design, report),
        *_models(root.get("models"), design, report),
        *_tasks(root.get("tasks"), design, report),
        *_realtime(root.get("realtime"), design, report),
    )


def _entity(name: Passage | None, design: Design, report: Report) -> Entity | None:
    if name is None:
        return None
    found = find_entity(design, name.text)
    if found is None:
        known = [entity.name for entity in design.entities]
        report.error("unknown-entity", f"there is no entity `{name.text}`", name.origin, did_you_mean(name.text, known))
    return found


def _field(name: Passage | None, entity: Entity | None, report: Report) -> None:
    if name is None or entity is None or is_broken(entity) or find_field(entity, name.text):
        return
    known = [field.name for field in entity.fields]
    report.error(
        "unknown-name", f"{entity.name} has no field `{name.text}`", name.origin, did_you_mean(name.text, known)
    )


def _imports(node: Node | None, design: Design, report: Report) -> list[Planned]:
    found: list[Planned] = []
    for key, value in mapping(node, "imports", report) or ():
        body = mapping(value, f"the import `{key.text}`", report, "write `{into: Product, match: sku, columns: {...}}`")
        found.append(Planned(kind="imports", name=key.text, origin=key.origin))
        if body is None:
            continue
        known_keys(body, ("into", "match", "columns", "access"), f"the import `{key.text}`", report)
        entity = _entity(_needed(body, "into", key, report), design, report)
        for name in texts(body.get("match"), "`match`", report):
            _field(name, entity, report)
        for column, name_node in mapping(body.get("columns"), "columns", report) or ():
            _field(text(name_node, f"the column `{column.text}`", report), entity, report)
    return found


def _needed(body: Mapping, name: str, key: Scalar, report: Report) -> Passage | None:
    if body.get(name) is None:
        report.error("missing-key", f"`{key.text}` does not say `{name}`", key.origin, f"write `{name}: ...`")
    return text(body.get(name), f"`{name}`", report)


def _models(node: Node | None, design: Design, report: Report) -> list[Planned]:
    found: list[Planned] = []
    for key, value in mapping(node, "models", report) or ():
        body = mapping(value, f"the model `{key.text}`", report, "write `{file: churn.onnx, access: staff}`")
        found.append(Planned(kind="models", name=key.text, origin=key.origin))
        if body is not None:
            known_keys(body, ("file", "access", "features", "sha256"), f"the model `{key.text}`", report)
            _needed(body, "file", key, report)
            read_rule(body.get("access"), design, "User", "a rule", report)
    return found


def _tasks(node: Node | None, design: Design, report: Report) -> list[Planned]:
    found: list[Planned] = []
    for key, value in mapping(node, "tasks", report) or ():
        body = mapping(value, f"the task `{key.text}`", report, "write `{on: Order.pay}` or `{every: 10m}`")
        found.append(Planned(kind="tasks", name=key.text, origin=key.origin))
        if body is not None:
            _task(key, body, design, report)
    return found


def _task(key: Scalar, body: Mapping, design: Design, report: Report) -> None:
    known_keys(body, ("on", "every", "each", "move"), f"the task `{key.text}`", report)
    on, every = text(body.get("on"), "`on`", report), text(body.get("every"), "`every`", report)
    if on is None and every is None and not (body.get("on") or body.get("every")):
        report.error(
            "missing-key",
            f"the task `{key.text}` does not say when",
            key.origin,
            "write `on: Order.pay` or `every: 10m`",
        )
    if on is not None:
        _event(on, design, report)
    if every is not None and not _EVERY.fullmatch(every.text):
        report.error("wrong-shape", f"`{every.text}` is no length of time", every.origin, "write `10m`: s, m, h or d")
    each = text(body.get("each"), "`each`", report)
    entity = _each(each, design, report) if each is not None else None
    move = text(body.get("move"), "`move`", report)
    if move is not None and entity is not None:
        _move(move, entity, report)


def _event(on: Passage, design: Design, report: Report) -> None:
    name, _, event = on.text.partition(".")
    entity = _entity(on.part(0, len(name)), design, report)
    if entity is not None and event not in ("create", "update", "delete"):
        _move(on.part(len(name) + 1, len(on.text)) if event else on, entity, report)


def _move(name: Passage, entity: Entity, report: Report) -> None:
    known = [move.name for move in entity.moves]
    if name.text not in known:
        report.error(
            "unknown-move", f"{entity.name} has no move `{name.text}`", name.origin, did_you_mean(name.text, known)
        )


def _each(each: Passage, design: Design, report: Report) -> Entity | None:
    found = _EACH.match(each.text)
    entity = _entity(each.part(found.start(1), found.end(1)), design, report) if found else None
    if found is not None and entity is not None and found.group(2):
        read = condition(each.part(found.end(), len(each.text)), design, entity.name, Use.CONDITION)
        report.extend(read.diagnostics)
    return entity


def _realtime(node: Node | None, design: Design, report: Report) -> list[Planned]:
    names = texts(node, "realtime", report)
    for name in names:
        _entity(name, design, report)
    return [Planned(kind="realtime", name=name.text, origin=name.origin) for name in names]
