"""In which order tables are made and filled: each behind those that it refers to."""

from backsmith.design import types
from backsmith.design.model import Design, Entity, Field


def ordered(design: Design) -> tuple[Entity, ...]:
    """The entities, each behind those that it refers to; of a cycle, first the one whose references in it may wait."""
    return _sorted(design)[0]


def late(design: Design) -> frozenset[tuple[str, str]]:
    """The references, as entity and field, that lead to a table which is made later: those that close a cycle."""
    return _sorted(design)[1]


def _sorted(design: Design) -> tuple[tuple[Entity, ...], frozenset[tuple[str, str]]]:
    waiting = [entity for entity in design.entities if entity.source is None]
    done: list[Entity] = []
    cut: set[tuple[str, str]] = set()
    while waiting:
        found = next((entity for entity in waiting if not _missing(entity, done)), None)
        if found is None:
            found = next(entity for entity in waiting if all(field.optional for field in _missing(entity, done)))
            cut.update((found.name, field.name) for field in _missing(found, done))
        waiting.remove(found)
        done.append(found)
    return tuple(done), frozenset(cut)


def _missing(entity: Entity, done: list[Entity]) -> list[Field]:
    """The references to tables that are not made yet."""
    there = {entity.name, *(other.name for other in done)}
    return [field for field in entity.fields if isinstance(field.type, types.Ref) and field.type.target not in there]
