"""What one caller is shown of the rows that are known: which rows, which of their fields, and what stands there in
place of ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backsmith.contract import parameters
from backsmith.design import types
from backsmith.design.model import Entity, Field
from backsmith.verify.court import Account
from backsmith.verify.knowledge import Knowledge, Row
from backsmith.verify.momentary import is_momentary

ALWAYS_TOLD = ("id", "name")
"""What everybody is told of an account that they meet."""
MANAGED = ("email", "roles", "active")
"""What only admins are told of the accounts of others."""


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A value that may be there or not: no promise says which."""

    value: Any


ANYTHING = object()
"""A value that cannot be known."""


class Tree(dict[str, "Tree"]):
    """Links to follow, each with those to follow from there."""


def tree_of(paths: Iterable[str]) -> Tree:
    """`lines.product` as a tree."""
    tree = Tree()
    for path in paths:
        branch = tree
        for step in path.split("."):
            branch = branch.setdefault(step, Tree())
    return tree


class Sight:
    """What one caller sees. Methods raise UnknownWorthError where a rule looks at what no one is told."""

    def __init__(self, known: Knowledge, who: Account) -> None:
        self.known, self.who, self.design = known, who, known.design
        self.oracle = known.oracle(who)
        self.is_admin = "admin" in who.roles

    def meets(self, entity: Entity, row: Row) -> bool:
        """Whether a row that is expanded or filtered through is there for the caller. Every account is, by its name."""
        return entity.name == "User" or self.known.sees(self.who, entity, row)

    def rows(self, entity: Entity) -> list[Row]:
        """The rows that the caller may read."""
        return [row for row in self.known.rows[entity.name].values() if self.known.sees(self.who, entity, row)]

    def shows(self, entity: Entity, field: str, row: Row) -> bool | None:
        """Whether the caller may read a field of a row that they meet; None where either is right."""
        if self.is_admin:
            return True
        rule = next((found.read for found in entity.access.fields if found.field == field), None)
        if rule is not None and not self.oracle.holds(rule, row):
            return False
        return self._of_account(entity, field, row) if entity.name == "User" else True

    def _of_account(self, entity: Entity, field: str, row: Row) -> bool | None:
        if field in ALWAYS_TOLD:
            return True
        if row["id"] == self.who.id:
            return True if field not in MANAGED and self.known.sees(self.who, entity, row) else None
        return field not in MANAGED and self.known.sees(self.who, entity, row)

    def shown(self, entity: Entity, row: Row, expand: Tree | None = None, fields: Iterable[str] = ()) -> Any:
        """The row as the caller is told of it; `fields` names the only ones that are wanted."""
        if row.keys() == {"id"}:
            return ANYTHING
        told, tree, only = self.known.told[entity.name][row["id"]], expand or Tree(), frozenset(fields)
        found: dict[str, Any] = {}
        for field in parameters.shown(entity):
            wanted = not only or field.name in only or field.name in tree
            shows = wanted and self.shows(entity, field.name, row)
            if shows is False or (isinstance(field.type, types.ToMany) and field.name not in tree):
                continue
            value = self._value(field, row, told, tree)
            found[field.name] = value if shows else Perhaps(value)
        return found

    def _value(self, field: Field, row: Row, told: Mapping[str, Any], tree: Tree) -> Any:
        inner = tree.get(field.name)
        match field.type:
            case types.Ref() if inner is not None:
                beyond, target = row[field.name], self.design.entity(field.type.target)
                if beyond is None or (beyond.keys() > {"id"} and not self.meets(target, beyond)):
                    return None
                return self.shown(target, beyond, inner)
            case types.Many() | types.Parts() | types.Inverse():
                target = self.design.entity(field.type.target)
                return [self.shown(target, each, inner) for each in row[field.name] if self.meets(target, each)]
        return ANYTHING if field.computed is not None and is_momentary(field.computed) else told.get(field.name)


def difference(wanted: Any, found: Any, at: str = "") -> str | None:
    """The first difference between what should be told and what was; None where there is none.

    Lists of rows are compared by their ids, as their order is another matter.
    """
    match wanted:
        case Perhaps():
            return difference(wanted.value, found, at)
        case dict() if isinstance(found, dict):
            return _different_keys(wanted, found, at)
        case list() if isinstance(found, list) and any(isinstance(each, dict) and "id" in each for each in wanted):
            return _different_rows(wanted, found, at)
    if wanted is ANYTHING or (wanted == found and type(wanted) is type(found)):
        return None
    return f"{at or 'it'} is {found!r} in place of {wanted!r}"[:300]


def _different_keys(wanted: Mapping[str, Any], found: Mapping[str, Any], at: str) -> str | None:
    needed = {name for name, value in wanted.items() if not isinstance(value, Perhaps)}
    if needed - found.keys() or found.keys() - wanted.keys():
        missing, more = sorted(needed - found.keys()), sorted(found.keys() - wanted.keys())
        return f"{at or 'it'} lacks {missing} and shows {more}" if missing else f"{at or 'it'} shows {more}"
    inner = (difference(wanted[name], found[name], f"{at}.{name}".strip(".")) for name in found)
    return next((each for each in inner if each is not None), None)


def _different_rows(wanted: list[Any], found: list[Any], at: str) -> str | None:
    right = {str(each["id"]): each for each in wanted if isinstance(each, dict)}
    there = {str(each.get("id")): each for each in found if isinstance(each, dict)}
    if right.keys() != there.keys() or len(found) != len(there):
        return f"{at or 'it'} holds the ids {sorted(there)} in place of {sorted(right)}"
    inner = (difference(row, there[id], f"{at}.{id}".strip(".")) for id, row in right.items())
    return next((each for each in inner if each is not None), None)
