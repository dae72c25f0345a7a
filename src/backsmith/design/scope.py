"""What names mean at one place of a design: the fields, words and roles that an expression may use there."""

from dataclasses import dataclass
from enum import Enum as PythonEnum

from backsmith.design.expressions import Function
from backsmith.design.model import Design, Entity, Field, Given, Ids
from backsmith.design.naming import IMPLICIT_FIELDS, LANGUAGE_WORDS
from backsmith.design.types import BigInt, DateTime, Int, Inverse, Many, Null, Parts, Ref, Type, Uuid

AGGREGATES = ("sum", "count", "avg", "min", "max", "any", "all")
FUNCTIONS = tuple(Function)


class Use(PythonEnum):
    """What an expression is for: how a message calls it, and which words it may use beside fields."""

    RULE = ("a rule", frozenset({"user", "owner", "anyone", "signed_in", "now", "today", "roles"}))
    COMPUTED = ("a computed field", frozenset({"now", "today"}))
    VALUE = ("a stored value", frozenset({"user", "now", "today"}))
    CHECK = ("a check", frozenset[str]())
    EFFECT = ("an effect", frozenset({"user", "now", "today", "input"}))
    CONDITION = ("a condition", frozenset({"now", "today"}))

    @property
    def called(self) -> str:
        """How a message calls it."""
        return self.value[0]

    @property
    def words(self) -> frozenset[str]:
        """The words that it may use; `roles` stands for the names of all roles."""
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The row that an expression is about, and what surrounds it.

    Inside an aggregate, and in an effect over many rows, `entity` is that of the rows, `outer` the entity where paths
    are written from, and `prefix` the steps from there to the rows.
    """

    design: Design
    entity: Entity
    use: Use
    input: tuple[Field, ...] = ()
    outer: Entity | None = None
    prefix: tuple[str, ...] = ()

    @property
    def start(self) -> Entity:
        """The entity that paths are written from."""
        return self.outer or self.entity

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that the expression may name."""
        return self.design.auth.roles if "roles" in self.use.words else ()

    def names(self) -> list[str]:
        """Everything that a name may be here, for hints."""
        words = [word for word in LANGUAGE_WORDS if word in self.use.words]
        return [*field_names(self.start), *words, *self.roles]


def find_entity(design: Design, name: str) -> Entity | None:
    """The entity of this name, if there is one."""
    return next((entity for entity in design.entities if entity.name == name), None)


def find_field(entity: Entity, name: str) -> Field | None:
    """The field of this name, one that the application makes (`id`, `created_at`, ...) among them."""
    found = next((field for field in entity.fields if field.name == name), None)
    if found or name not in IMPLICIT_FIELDS or (name == "deleted_at" and not entity.soft_delete):
        return found
    return Field(name=name, type=implicit_type(entity, name), optional=name == "deleted_at", given=Given.SERVER)


def implicit_type(entity: Entity, name: str) -> Type:
    """The type of a field that the application makes."""
    if name == "id":
        return Uuid() if entity.ids is Ids.UUID7 else BigInt()
    return Int() if name == "version" else DateTime()


def field_names(entity: Entity) -> list[str]:
    """The names of the fields that may be written in expressions."""
    made = [name for name in IMPLICIT_FIELDS if name != "deleted_at" or entity.soft_delete]
    return [*(field.name for field in entity.fields), *made]


def is_broken(entity: Entity) -> bool:
    """Whether some of the entity's fields could not be read, so that an unknown name may be one of them."""
    return any(field.name == "*" for field in entity.fields)


def target_of(kind: Type) -> str | None:
    """The entity that a field of this type leads to; None where it leads to none, or to several."""
    match kind:
        case Ref(targets=(target,)):
            return target
        case Many(target=target) | Parts(target=target) | Inverse(target=target):
            return target
    return None


def leads_to_many(kind: Type) -> bool:
    """Whether a step of this type leads to many rows."""
    return isinstance(kind, (Many, Parts, Inverse))


BROKEN = Null()
"""The type of a field that could not be read: what uses it is not looked at, so that one mistake is told once."""
