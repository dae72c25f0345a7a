"""What changes with time alone, so that two answers may differ in it."""

from functools import lru_cache

from backsmith.design.expressions import Expr, Now, Today
from backsmith.design.model import Entity
from backsmith.design.rewrite import rewrite


@lru_cache(1024)
def is_momentary(expr: Expr) -> bool:
    """Whether what it is worth changes with time."""
    found: list[Expr] = []

    def gather(node: Expr) -> Expr:
        if isinstance(node, Now | Today):
            found.append(node)
        return node

    rewrite(expr, gather)
    return bool(found)


def momentary(entity: Entity) -> frozenset[str]:
    """The fields of an entity that change with time."""
    return frozenset(each.name for each in entity.fields if each.computed is not None and is_momentary(each.computed))
