"""What the things of a design are called in a written project."""

from backsmith.design.model import Entity, Field
from backsmith.design.types import Many, Ref
from backsmith.writers.python.code import Code, name
from backsmith.writers.python.names import module as module
from backsmith.writers.python.names import phrase as phrase
from backsmith.writers.python.names import phrases as phrases

RESERVED = frozenset(
    {
        *("select", "exists", "func", "true", "false", "literal", "cast", "null", "column", "text", "aliased"),
        *("and_", "or_", "not_", "type_coerce", "granted", "is_caller", "roles", "lower", "upper", "holds", "id"),
        *("widen", "rounded", "divided", "floating", "times", "between", "now", "today", "change", "body", "given"),
        *("policy", "service", "computed", "history", "trash", "loosening", "apply", "type", "int", "str", "bool"),
        *("caller", "request", "db", "router", "problems", "date", "time", "datetime", "timedelta", "read", "create"),
        *("update", "delete", "live", "narrow", "meet", "own", "float", "list", "dict", "frozenset"),
    }
)
"""Names that the code of every entity may use for something else."""


def variable(entity: Entity | str) -> str:
    """A variable that holds a row or its table: `order_line`."""
    found = module(entity)
    return f"{found}_" if found in RESERVED else found


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


def path(entity: Entity) -> str:
    """The path of its endpoints: `/order-lines`."""
    return "/" + entity.plural.replace("_", "-")
