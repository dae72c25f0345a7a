"""Comparisons, and what is among what."""

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from backsmith.design import expressions as e
from backsmith.design.operations import comparable, described, named, ordered
from backsmith.design.paths import dotted, walk
from backsmith.design.resolve.names import found_all
from backsmith.design.scope import Use, target_of
from backsmith.design.types import Date, DateTime, Enum, Ref, Time, Type, Uuid, Values
from backsmith.diagnostics.report import did_you_mean, listing

if TYPE_CHECKING:
    from backsmith.design.resolve.resolver import Resolver


_COMPARISONS: dict[type[ast.cmpop], e.Comparison] = {
    ast.Eq: e.Comparison.EQ,
    ast.NotEq: e.Comparison.NE,
    ast.Lt: e.Comparison.LT,
    ast.LtE: e.Comparison.LE,
    ast.Gt: e.Comparison.GT,
    ast.GtE: e.Comparison.GE,
    ast.Is: e.Comparison.EQ,
    ast.IsNot: e.Comparison.NE,
}


def read_comparison(resolver: "Resolver", node: ast.Compare) -> e.Expr | None:
    """`0 < total <= 9`, `status in ('paid', 'shipped')`."""
    sides = [node.left, *node.comparators]
    pairs = [_pair(resolver, *pair) for pair in zip(sides, node.ops, sides[1:], strict=False)]
    found = [pair for pair in pairs if pair is not None]
    if len(found) < len(pairs):
        return None
    return found[0] if len(found) == 1 else e.And(operands=tuple(found), origin=resolver.origin(node))


def _pair(resolver: "Resolver", left_node: ast.expr, op: ast.cmpop, right_node: ast.expr) -> e.Expr | None:
    if isinstance(op, (ast.In, ast.NotIn)):
        found = _membership(resolver, left_node, right_node)
        return e.Not(operand=found, origin=found.origin) if found and isinstance(op, ast.NotIn) else found
    left, right = resolver.expr(left_node), resolver.expr(right_node)
    if left is None or right is None:
        return None
    adapted_left = adapt(resolver, left, right.type, left_node)
    adapted_right = adapt(resolver, right, left.type, right_node)
    if adapted_left is None or adapted_right is None:
        return None
    operator = _COMPARISONS[type(op)]
    if not _compares(resolver, adapted_left, adapted_right, operator, left_node, right_node):
        return None
    return e.Compare(
        operator=operator, left=adapted_left, right=adapted_right, origin=resolver.between(left_node, right_node)
    )


def _compares(
    resolver: "Resolver", left: e.Expr, right: e.Expr, operator: e.Comparison, left_node: ast.expr, right_node: ast.expr
) -> bool:
    origin = resolver.between(left_node, right_node)
    if not comparable(left.type, right.type) and not (_same_row(left, right) or _same_row(right, left)):
        message = f"{_called(left)} and {_called(right)} cannot be compared"
        resolver.report.error("wrong-type", message, origin, _compare_hint(left, right))
        return False
    if operator in (e.Comparison.EQ, e.Comparison.NE):
        return True
    unordered = next((side for side in (left, right) if not ordered(side.type)), None)
    if unordered is not None:
        words = "name the words: `status in ('paid', 'shipped')`"
        hint = words if isinstance(unordered.type, Enum) else "compare with == or !="
        resolver.report.error("wrong-type", f"{named(unordered.type)} has no order", origin, hint)
    return unordered is None


def _membership(resolver: "Resolver", left_node: ast.expr, right_node: ast.expr) -> e.Expr | None:
    left = resolver.expr(left_node)
    if isinstance(right_node, (ast.Tuple, ast.List, ast.Set)):
        return _among(resolver, left, left_node, right_node)
    right = read_collection(resolver, right_node)
    if left is None or right is None:
        return None
    item = _item_type(right)
    adapted = adapt(resolver, left, item, left_node)
    if adapted is None:
        return None
    if not comparable(adapted.type, item) and not _is_id(adapted, item):
        message = f"{named(left.type)} is never among values of {named(item)}"
        return resolver.wrong(left_node, "wrong-type", message)
    return e.In(left=adapted, right=right, origin=resolver.between(left_node, right_node))


def _among(
    resolver: "Resolver", left: e.Expr | None, left_node: ast.expr, node: ast.Tuple | ast.List | ast.Set
) -> e.Expr | None:
    items = [_item(resolver, item, left) for item in node.elts]
    literals = tuple(item for item in items if item is not None)
    if left is None or len(literals) < len(items):
        return None
    if not literals:
        return resolver.wrong(node, "wrong-type", "nothing is in an empty list")
    for item, literal in zip(node.elts, literals, strict=True):
        if not comparable(left.type, literal.type):
            return resolver.wrong(
                item, "wrong-type", f"{named(left.type)} and {named(literal.type)} cannot be compared"
            )
    return e.In(left=left, right=literals, origin=resolver.between(left_node, node))


def _item(resolver: "Resolver", node: ast.expr, left: e.Expr | None) -> e.Literal | None:
    found = resolver.expr(node)
    if found is not None and not isinstance(found, e.Literal):
        return resolver.wrong(
            node, "wrong-type", "a list in an expression holds constants only", "write `a == x or a == y`"
        )
    if found is None or left is None:
        return None
    adapted = adapt(resolver, found, left.type, node)
    return adapted if isinstance(adapted, e.Literal) else None


def read_collection(resolver: "Resolver", node: ast.expr) -> e.Collection | None:
    """A path to many rows, or to many values."""
    names = dotted(node)
    if names is None:
        return resolver.wrong(
            node, "not-many", "`in` needs a list of constants or a path to many", "write `user in project.members`"
        )
    if names[0] == "user":
        by_name = "a role is written by its own name: `staff`"
        hint = by_name if names[1:] == ["roles"] else "begin at the row: `user in project.members`"
        return resolver.wrong(node, "user-to-many", "a path from `user` cannot lead to many", hint)
    if resolver.scope.outer or resolver.scope.use is Use.CHECK:
        where = "inside another path to many" if resolver.scope.outer else "in a check"
        return resolver.wrong(node, "not-own-row", f"other rows cannot be looked at {where}")
    way = walk(resolver.scope.design, resolver.scope.entity, names)
    if not found_all(resolver, node, way, names):
        return None
    last = way.fields[-1].type
    if not way.many and not isinstance(last, Values):
        return resolver.wrong(node, "not-many", f"`{'.'.join(names)}` is one value, not many", "compare with ==")
    return e.Collection(
        entity=resolver.scope.entity.name,
        steps=tuple(names),
        at=target_of(last),
        type=last,
        may_be_null=way.may_be_null,
        origin=resolver.origin(node),
    )


def adapt(resolver: "Resolver", found: e.Expr, kind: Type, node: ast.expr) -> e.Expr | None:
    """A text as the word of an enum, where it meets one."""
    if not isinstance(found, e.Literal) or not isinstance(found.value, str):
        return found
    if isinstance(kind, (Date, DateTime, Time, Uuid)):
        hint = (
            "compare with another field, `now` or `today`"
            if isinstance(kind, (Date, DateTime))
            else "compare with another field"
        )
        return resolver.wrong(node, "wrong-type", f"there are no constants of type {named(kind)}", hint)
    if not isinstance(kind, Enum):
        return found
    if found.value not in kind.words:
        hint = did_you_mean(found.value, kind.words, f"it is one of {listing(kind.words)}")
        return resolver.wrong(node, "unknown-word", f"`{found.value}` is not one of its words", hint)
    return replace(found, type=kind)


def _called(found: e.Expr) -> str:
    return described(found.type, isinstance(found, e.Literal))


def _same_row(left: e.Expr, right: e.Expr) -> bool:
    """Whether a reference is compared with the id of what it refers to."""
    return isinstance(left.type, Ref) and _is_id(right, left.type)


def _is_id(found: e.Expr, kind: Type) -> bool:
    if not isinstance(kind, Ref):
        return False
    if isinstance(found, e.User):
        return found.steps == ("id",) and "User" in kind.targets
    return isinstance(found, e.Path) and found.steps == ("id",) and found.entity in kind.targets


def _item_type(collection: e.Collection) -> Type:
    """The type of what a collection holds."""
    if isinstance(collection.type, Values):
        return collection.type.item
    return Ref(targets=(collection.at,)) if collection.at else collection.type


def _compare_hint(left: e.Expr, right: e.Expr) -> str:
    kinds = {type(left.type), type(right.type)}
    if Values in kinds:
        return "ask for one of them: `'x' in labels`"
    if kinds == {Date, DateTime}:
        return "compare a date with `today`, a datetime with `now`"
    if Ref in kinds:
        return "compare a reference with a reference, or name a field of it"
    return ""
