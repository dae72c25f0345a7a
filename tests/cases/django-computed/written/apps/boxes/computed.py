"""What the database works out of boxes."""

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q
from django.db.models.expressions import Combinable

from apps.core import fields, sql
from apps.core.arithmetic import Fixed, Long, Rounded


def area() -> Combinable:
    """width * height"""
    return ExpressionWrapper(Long("width") * F("height"), output_field=BigIntegerField())


def total() -> Combinable:
    """price * pieces"""
    return ExpressionWrapper(
        F("price") * F("pieces"), output_field=fields.DecimalField(max_digits=12, decimal_places=2)
    )


def number() -> Combinable:
    """id * 2"""
    return ExpressionWrapper(F("id") * 2, output_field=BigIntegerField())


def weight() -> Combinable:
    """id * 1.5"""
    return Rounded(F("id") * Fixed("1.5"), 1, output_field=fields.DecimalField(max_digits=8, decimal_places=2))


def is_old() -> Combinable:
    """id < 1000"""
    return sql.truth(Q(id__lt=1000))


def is_large() -> Combinable:
    """width > 100 and height > 100"""
    return sql.truth(Q(width__gt=100, height__gt=100))
