"""Whether an answer shows what was sent: the same value, as its type is written."""

import math
from typing import Any

from backsmith.design import types
from backsmith.design.model import Design, Entity
from backsmith.verify.values import from_json


def agrees(design: Design, type_: types.Type, sent: Any, shown: Any) -> bool:
    """Whether what is shown is what was sent, written as its type is: decimals as strings, moments in UTC."""
    if sent is None or shown is None:
        return sent is shown
    if isinstance(type_, types.Embedded):
        inner = next(each for each in design.embedded if each.name == type_.name)
        kinds = {each.name: each.type for each in inner.fields}
        return isinstance(shown, dict) and all(
            name in shown and agrees(design, kinds[name], value, shown[name]) for name, value in sent.items()
        )
    if isinstance(type_, types.Json):
        return exactly(sent, shown)
    if isinstance(type_, types.Decimal) and not isinstance(shown, str):
        return False
    if isinstance(type_, types.DateTime) and not str(shown).endswith("Z"):
        return False
    try:
        left, right = from_json(type_, sent), from_json(type_, shown)
    except (ValueError, TypeError, ArithmeticError):
        return False
    if isinstance(type_, types.Email):
        return bool(str(left).lower() == right)
    if isinstance(type_, types.Float):
        return math.isclose(left, right, rel_tol=1e-12)
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def exactly(left: Any, right: Any) -> bool:
    """Whether two documents are the same; 1, 1.0 and true are not."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(exactly(value, right[name]) for name, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(exactly, left, right))
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def difference(design: Design, entity: Entity, body: dict[str, Any], row: dict[str, Any]) -> list[str]:
    """The fields of a body that an answer does not show as they were sent. Many-to-many is not shown."""
    wrong = []
    for name, sent in body.items():
        if name == "id":
            continue
        field = entity.field(name)
        if field.private or isinstance(field.type, types.Many):
            continue
        if isinstance(field.type, types.Parts):
            right = shows(design, design.entity(field.type.target), sent, row.get(name))
        else:
            right = name in row and agrees(design, field.type, sent, row[name])
        if not right:
            wrong.append(name)
    return wrong


def shows(design: Design, part: Entity, sent: list[Any], shown: Any) -> bool:
    """Whether for each part that was sent there is one that shows it, and no other."""
    if not isinstance(shown, list) or len(shown) != len(sent):
        return False
    left = list(shown)
    for body in sent:
        found = next((each for each in left if not difference(design, part, body, each)), None)
        if found is None:
            return False
        left.remove(found)
    return True
