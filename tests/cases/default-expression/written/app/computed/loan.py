"""What the database works out of loans."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, literal, type_coerce

from app.core.arithmetic import day_plus
from app.core.caller import TODAY
from app.core.types import Day, Span


def default_taken_on(loan: Any) -> ColumnElement[date]:
    """today"""
    return type_coerce(TODAY, Day)


def default_due_on(loan: Any) -> ColumnElement[date]:
    """taken_on + days(14)"""
    return type_coerce(day_plus(loan.taken_on, literal(timedelta(days=14), Span)), Day)
