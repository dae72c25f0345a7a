"""What the database works out of quotes."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select, type_coerce
from sqlalchemy.orm import aliased

from app.core.caller import NOW
from app.core.types import Exact, UtcDateTime
from app.models.rate import Rate


def made_value(quote: Any) -> ColumnElement[Decimal]:
    """rate.value"""
    rate = aliased(Rate)
    return type_coerce(select(rate.value).where(rate.id == quote.rate_id).scalar_subquery(), Exact(6, 4))


def made_made_at(quote: Any) -> ColumnElement[datetime]:
    """now"""
    return type_coerce(NOW, UtcDateTime)
