"""What changes of sales do to other rows: which ones, and by how much."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet, Sum, Value

from apps.buyers import models as buyers
from apps.core.caller import Caller
from apps.core.clock import At
from apps.core.effects import Effect
from apps.items import models as items
from apps.sales import models
from apps.sales.models import Sale


def buyer_sales_amounts(row: Sale, caller: Caller, sent: Mapping[str, Any]) -> QuerySet[Any, Any]:
    """buyer.sales += 1"""
    return models.Sale.objects.filter(pk=row.pk).values(effect__target=F("buyer"), effect__amount=Value(1))


def lines_item_stock_amounts(row: Sale, caller: Caller, sent: Mapping[str, Any]) -> QuerySet[Any, Any]:
    """lines.item.stock -= lines.quantity"""
    return (
        models.SaleLine.objects.filter(sale=row.pk)
        .values(effect__target=F("item"))
        .annotate(effect__amount=Sum(F("quantity")))
    )


def buyer_spent_amounts(row: Sale, caller: Caller, sent: Mapping[str, Any]) -> QuerySet[Any, Any]:
    """buyer.spent += total"""
    return models.Sale.objects.filter(pk=row.pk).values(effect__target=F("buyer"), effect__amount=F("total"))


def done_at_amounts(row: Sale, caller: Caller, sent: Mapping[str, Any]) -> QuerySet[Any, Any]:
    """done_at = now"""
    return models.Sale.objects.filter(pk=row.pk).values(effect__target=F("pk"), effect__amount=At.of(caller.moment))


CREATE = (Effect("buyer.sales += 1", buyers.Buyer, "sales", "+=", buyer_sales_amounts),)
DELETE = (Effect("buyer.sales -= 1", buyers.Buyer, "sales", "-=", buyer_sales_amounts),)
FINISH = (
    Effect("lines.item.stock -= lines.quantity", items.Item, "stock", "-=", lines_item_stock_amounts),
    Effect("lines.item.sold += lines.quantity", items.Item, "sold", "+=", lines_item_stock_amounts),
    Effect("buyer.spent += total", buyers.Buyer, "spent", "+=", buyer_spent_amounts),
    Effect("done_at = now", models.Sale, "done_at", "=", done_at_amounts),
)
