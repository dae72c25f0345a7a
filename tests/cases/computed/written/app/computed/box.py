"""What the database works out of boxes."""

from decimal import Decimal

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, cast, literal, type_coerce

from app.core.arithmetic import rounded
from app.core.types import Exact
from app.models.box import Box


def area(box: type[Box] = Box) -> ColumnElement[int]:
    """width * height"""
    return type_coerce(cast(box.width, BigInteger) * box.height, BigInteger)


def total(box: type[Box] = Box) -> ColumnElement[Decimal]:
    """price * pieces"""
    return type_coerce(box.price * box.pieces, Exact(12, 2))


def number(box: type[Box] = Box) -> ColumnElement[int]:
    """id * 2"""
    return type_coerce(box.id * literal(2, Integer), BigInteger)


def weight(box: type[Box] = Box) -> ColumnElement[Decimal]:
    """id * 1.5"""
    return rounded(box.id * literal(Decimal("1.5"), Exact(2, 1)), 1, Exact(8, 2))


def is_old(box: type[Box] = Box) -> ColumnElement[bool]:
    """id < 1000"""
    return box.id < 1000


def is_large(box: type[Box] = Box) -> ColumnElement[bool]:
    """width > 100 and height > 100"""
    return and_(box.width > 100, box.height > 100)
