"""What the database works out of boxes."""

from decimal import Decimal

from sqlalchemy import BigInteger, ColumnElement, and_, cast, type_coerce

from app.core.types import Exact
from app.models.box import Box


def area(box: type[Box] = Box) -> ColumnElement[int]:
    """width * height"""
    return type_coerce(cast(box.width, BigInteger) * box.height, BigInteger)


def total(box: type[Box] = Box) -> ColumnElement[Decimal]:
    """price * pieces"""
    return type_coerce(box.price * box.pieces, Exact(12, 2))


def is_large(box: type[Box] = Box) -> ColumnElement[bool]:
    """width > 100 and height > 100"""
    return and_(box.width > 100, box.height > 100)
