"""What the database works out of items."""

from decimal import Decimal

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.orm import aliased

from app.core.arithmetic import widen
from app.core.types import Exact
from app.models.item import Item
from app.models.place import Place


def high(item: type[Item] = Item) -> ColumnElement[bool]:
    """place.name in ('attic', 'loft')"""
    place = aliased(Place)
    return (
        select(place.name)
        .where(place.id == item.place_id)
        .scalar_subquery()
        .in_(
            (
                "attic",
                "loft",
            )
        )
    )


def exact(item: type[Item] = Item) -> ColumnElement[bool]:
    """place.size in (1.25, 2)"""
    place = aliased(Place)
    return widen(select(place.size).where(place.id == item.place_id).scalar_subquery(), 1, 2).in_(
        (
            literal(Decimal("1.25"), Exact(3, 2)),
            literal(Decimal("2.00"), Exact(3, 2)),
        )
    )
