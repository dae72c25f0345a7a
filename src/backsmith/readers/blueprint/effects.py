"""What happens beside a change: `do` of a move, `on` of an entity."""

from backsmith.design.check import effect
from backsmith.design.model import Design, Effect, Effects, Field
from backsmith.diagnostics.report import Report
from backsmith.readers.blueprint.keys import known_keys, mapping, texts
from backsmith.readers.blueprint.nodes import Node


def read_effects(
    node: Node | None, design: Design, entity: str, input: tuple[Field, ...], report: Report
) -> tuple[Effect, ...]:
    """A list of effects, or a single one."""
    found: list[Effect] = []
    for passage in texts(node, "effects", report):
        read = effect(passage, design, entity, input)
        report.extend(read.diagnostics)
        if read.value is not None:
            found.append(read.value)
    return tuple(found)


def read_on(node: Node | None, design: Design, entity: str, report: Report) -> Effects:
    """`on: {create: [...], update: [...], delete: [...]}`."""
    on = mapping(node, "on", report, "write `on: {create: [...]}`")
    if on is None:
        return Effects()
    known_keys(on, ("create", "update", "delete"), "on", report)
    create, update, delete = (
        read_effects(on.get(name), design, entity, (), report) for name in ("create", "update", "delete")
    )
    return Effects(create=create, update=update, delete=delete)
