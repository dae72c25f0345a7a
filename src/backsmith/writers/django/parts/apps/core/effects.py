"""What a change does to other rows, in the same transaction: one statement a target, with summed amounts.

The targets of all effects of a change are locked first, in the order of their tables and ids, so that no two changes
wait for each other.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from apps.core import constraints, wholes
from apps.core.caller import Caller
from apps.core.changes import Change

Amounts = Callable[[Any, Caller, Mapping[str, Any]], "QuerySet[Any, Any]"]
"""The rows that change, as `effect__target`, each once, and the `effect__amount` for each: of a row, who asks, and what
was sent. No field is called so."""


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """`lines.product.stock -= lines.quantity`: what happens to a column of the rows that `amounts` names."""

    text: str
    model: Any
    column: str
    operator: str
    amounts: Amounts

    def value(self, amounts: "QuerySet[Any, Any]") -> Any:
        """What the column becomes."""
        amount = Subquery(amounts.filter(effect__target=OuterRef("pk")).values("effect__amount"))
        if self.operator == "=":
            return amount
        return F(self.column) + amount if self.operator == "+=" else F(self.column) - amount


def apply(change: Change, effects: tuple[Effect, ...], **given: Any) -> None:
    """Make effects, with what was given in the body. Raises Conflict, with its path, where one would break a bound."""
    row = change.rows.model._base_manager.get(pk=change.id)
    found = [(effect, effect.amounts(row, change.caller, given)) for effect in effects]
    held = _held(change, found)
    for effect, amounts in found:
        with constraints.told(effect=effect.text.partition(" ")[0]):
            raised = {"version": F("version") + 1, "updated_at": change.caller.moment}
            ids = list(amounts.values_list("effect__target", flat=True))
            wholes.raise_wholes(effect.model, held[effect.model], change.caller.moment)
            rows = effect.model._base_manager.filter(pk__in=ids)
            rows.update(**{effect.column: effect.value(amounts)}, **raised)


def _held(change: Change, found: list[tuple[Effect, "QuerySet[Any, Any]"]]) -> dict[Any, list[Any]]:
    """The rows that these effects change, locked."""
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for effect, amounts in found:
        wanted[effect.model].update(amounts.values_list("effect__target", flat=True))
    held = {}
    for model in sorted(wanted, key=lambda model: str(model._meta.db_table)):
        rows = model._base_manager.filter(pk__in=wanted[model]).order_by("pk")
        held[model] = list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
        change.watch(model, held[model])
    return held
