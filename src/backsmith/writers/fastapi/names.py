"""What the things of a design are called in a written project."""

from backsmith.design import naming
from backsmith.design.model import Entity, Field
from backsmith.design.types import Many, Ref
from backsmith.writers.fastapi.code import Code, name


def module(entity: Entity | str) -> str:
    """The module of an entity in every folder, and the name of a variable that holds a row of it: `order_line`."""
    return naming.snake(entity if isinstance(entity, str) else entity.name)


def model(entity: Entity | str) -> Code:
    """The class of an entity's table."""
    class_ = entity if isinstance(entity, str) else entity.name
    return name(f"app.models.{module(class_)}", class_)


def column(field: Field) -> str:
    """The column and attribute of a stored field."""
    return f"{field.name}_id" if isinstance(field.type, Ref) else field.name


def pairs(entity: Entity, field: Field) -> Code:
    """The table of a many-to-many field."""
    return name(f"app.models.{module(entity)}", f"{module(entity)}_{field.name}")


def pair_columns(entity: Entity, field: Field) -> tuple[str, str]:
    """Its columns: the row that has the field, and the row that it leads to."""
    assert isinstance(field.type, Many)
    here, there = f"{module(entity)}_id", f"{module(field.type.target)}_id"
    return here, f"other_{there}" if here == there else there


def phrase(entity: Entity | str) -> str:
    """The kind of thing in words: `order line`."""
    return module(entity).replace("_", " ")


def phrases(entity: Entity) -> str:
    """Many of them: `order lines`."""
    return entity.plural.replace("_", " ")


def path(entity: Entity) -> str:
    """The path of its endpoints: `/order-lines`."""
    return "/" + entity.plural.replace("_", "-")
