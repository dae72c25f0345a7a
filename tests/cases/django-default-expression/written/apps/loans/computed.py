"""What the database works out of loans."""

from datetime import timedelta

from django.db.models import DateField, ExpressionWrapper, Subquery
from django.db.models.expressions import Combinable

from apps.core import fields, sql
from apps.core.arithmetic import DayPlus
from apps.core.caller import Caller
from apps.core.clock import At
from apps.loans import models
from apps.products import models as products


def default_taken_on(caller: Caller) -> Combinable:
    """today"""
    return ExpressionWrapper(At.of(caller.today), output_field=DateField())


def default_due_on(loan: models.Loan) -> Combinable:
    """taken_on + days(14)"""
    return ExpressionWrapper(
        DayPlus(sql.held(loan.taken_on, DateField()), timedelta(days=14)), output_field=DateField()
    )


def made_cost(loan: models.Loan) -> Combinable:
    """product.cost"""
    return Subquery(products.Product.objects.filter(pk=loan.product_id).values("cost"))


def made_gain(loan: models.Loan) -> Combinable:
    """product.price - cost"""
    return ExpressionWrapper(
        Subquery(products.Product.objects.filter(pk=loan.product_id).values("price"))
        - sql.held(loan.cost, fields.DecimalField(max_digits=12, decimal_places=2)),
        output_field=fields.DecimalField(max_digits=12, decimal_places=2),
    )
