"""What the database works out of users."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, type_coerce
from sqlalchemy.orm import aliased

from app.core.arithmetic import day_plus
from app.core.caller import TODAY
from app.core.types import Day, Exact, Span
from app.models.order import Order
from app.models.user import User


def spent(user: type[User] = User) -> ColumnElement[Decimal]:
    """sum(orders.total)"""
    order = aliased(Order)
    return type_coerce(
        select(func.coalesce(func.sum(order.total), 0)).where(order.buyer_id == user.id).scalar_subquery(), Exact(12, 2)
    )


def left(user: type[User] = User) -> ColumnElement[Decimal]:
    """credit - spent"""
    return type_coerce(user.credit - spent(user), Exact(12, 2))


def made_joined(user: Any) -> ColumnElement[date]:
    """today"""
    return type_coerce(TODAY, Day)


def default_until(user: Any) -> ColumnElement[date]:
    """today + days(30)"""
    return type_coerce(day_plus(TODAY, literal(timedelta(days=30), Span)), Day)
