"""What always holds of rows: `unique`, `index`, `checks`, `no_overlap`; and what lists are sorted by."""

from dataclasses import dataclass

from backsmith.design.check import Use, condition
from backsmith.design.expressions import Expr, Path
from backsmith.design.model import Check, Design, Entity, Index, NoOverlap, Unique
from backsmith.design.rewrite import rewrite
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report
from backsmith.readers.blueprint.keys import known_keys, text, texts
from backsmith.readers.blueprint.nodes import Mapping, Node, Scalar, Sequence

Places = dict[str, Origin]
"""Where single words stand, by a dotted name: filled on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Names of fields, and a condition."""

    names: tuple[str, ...]
    where: Expr | None
    origin: Origin


def read_unique(
    node: Node | None, design: Design, entity: Entity, places: Places, report: Report
) -> tuple[Unique, ...]:
    """`unique: [[order, product], {fields: [room, day], where: status != 'cancelled'}]`."""
    groups = _groups(node, "unique", design, entity, places, report)
    return tuple(Unique(fields=group.names, where=group.where, origin=group.origin) for group in groups)


def read_indexes(
    node: Node | None, design: Design, entity: Entity, places: Places, report: Report
) -> tuple[Index, ...]:
    """`index: [[customer, -created_at]]`."""
    groups = _groups(node, "index", design, entity, places, report)
    return tuple(Index(fields=group.names, where=group.where, origin=group.origin) for group in groups)


def read_no_overlap(
    node: Node | None, design: Design, entity: Entity, places: Places, report: Report
) -> tuple[NoOverlap, ...]:
    """`no_overlap: [[room, starts_at, ends_at]]`: the last two are the span."""
    found: list[NoOverlap] = []
    for group in _groups(node, "no_overlap", design, entity, places, report):
        if len(group.names) < 2:
            hint = "write `[[room, starts_at, ends_at]]`"
            report.error("wrong-shape", "an overlap needs a start and an end", group.origin, hint)
            continue
        *fields, start, end = group.names
        found.append(NoOverlap(fields=tuple(fields), start=start, end=end, where=group.where, origin=group.origin))
    return tuple(found)


def _groups(
    node: Node | None, what: str, design: Design, entity: Entity, places: Places, report: Report
) -> list[Group]:
    if node is None or (isinstance(node, Scalar) and node.empty):
        return []
    if not isinstance(node, Sequence):
        report.error("wrong-shape", f"{what} is a list of lists", node.origin, f"write `{what}: [[order, product]]`")
        return []
    found: list[Group] = []
    for item in node.items:
        names, where = _names_and_where(item, what, design, entity, report)
        if names:
            places |= {f"{entity.name}.{what}.{len(found)}.{name.text}": name.origin for name in names}
            found.append(Group(names=tuple(name.text for name in names), where=where, origin=names[0].origin))
    return found


def _names_and_where(
    node: Node, what: str, design: Design, entity: Entity, report: Report
) -> tuple[list[Passage], Expr | None]:
    if not isinstance(node, Mapping):
        return texts(node, what, report), None
    known_keys(node, ("fields", "where"), what, report)
    if node.get("fields") is None:
        hint = "write `{fields: [room, day], where: ...}`"
        report.error("missing-key", f"{what} does not say which fields", node.origin, hint)
        return [], None
    written = text(node.get("where"), "`where`", report)
    where = _condition(written, design, entity, report) if written is not None else None
    return texts(node.get("fields"), what, report), where


def read_checks(node: Node | None, design: Design, entity: Entity, report: Report) -> tuple[Check, ...]:
    """`checks: [ends_at > starts_at]`, or with names: `checks: {ends_after_start: ends_at > starts_at}`."""
    if isinstance(node, Mapping):
        named = [(key.text, text(value, f"the check `{key.text}`", report), key.origin) for key, value in node]
    else:
        named = [("", passage, passage.origin) for passage in texts(node, "checks", report)]
    found: list[Check] = []
    for name, passage, origin in named:
        if passage is not None and (expr := _condition(passage, design, entity, report)) is not None:
            name = name or _unused(_named_after(expr), [check.name for check in found])
            found.append(Check(name=name, condition=expr, text=" ".join(passage.text.split()), origin=origin))
    return tuple(found)


def _condition(passage: Passage, design: Design, entity: Entity, report: Report) -> Expr | None:
    read = condition(passage, design, entity.name, Use.CHECK)
    report.extend(read.diagnostics)
    return read.value


def _named_after(expr: Expr) -> str:
    """The fields that a check is about, joined: `starts_at_ends_at`."""
    names: dict[str, None] = {}

    def gather(node: Expr) -> Expr:
        if isinstance(node, Path):
            names[node.steps[0]] = None
        return node

    rewrite(expr, gather)
    return "_".join(names)[:40] or "check"


def _unused(name: str, taken: list[str]) -> str:
    number, found = 2, name
    while found in taken:
        number, found = number + 1, f"{name}_{number}"
    return found


def read_order(names: list[str]) -> tuple[str, ...]:
    """What a list is sorted by; the id is added at the end, in the direction of what stands before it."""
    if not names:
        return ("-id",)
    if any(name.removeprefix("-") == "id" for name in names):
        return tuple(names)
    return (*names, "-id" if names[-1].startswith("-") else "id")
