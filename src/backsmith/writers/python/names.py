"""What the things of a design are called in a project of any framework."""

from backsmith.design import naming
from backsmith.design.model import Entity


def module(entity: Entity | str) -> str:
    """An entity in snake case, as modules are called, and variables that hold a row of it: `order_line`."""
    return naming.snake(entity if isinstance(entity, str) else entity.name)


def phrase(entity: Entity | str) -> str:
    """The kind of thing in words: `order line`."""
    return module(entity).replace("_", " ")


def phrases(entity: Entity) -> str:
    """Many of them: `order lines`."""
    return entity.plural.replace("_", " ")
