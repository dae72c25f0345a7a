"""What a change does to other rows, in the same transaction: one statement a target, with summed amounts.

The targets of all effects of a change are locked first, in the order of their tables and ids, so that no two changes
wait for each other.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Update, bindparam, cast, select, type_coerce, union_all
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import func
from sqlalchemy.types import BigInteger, Integer, TypeEngine

from app.core import changes, constraints, database, forms, sqlite

MOST: dict[Any, int] = {Integer: 2**31 - 1, BigInteger: 2**63 - 1}  # SQLite would keep any number in any column


def given(name: str, type_: TypeEngine[Any]) -> BindParameter[Any]:
    """What was sent with a move, in its effects."""
    return bindparam(f"input__{name}", type_=type_)


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """`lines.product.stock -= lines.quantity`: what happens to a column of the rows that `amounts` names.

    amounts: the ids of the rows, each once, and the value for each; it may refer to `ROW` and to what was `given`.
    """

    text: str
    target: InstrumentedAttribute[Any]
    operator: str
    amounts: Select[Any, Any]

    @property
    def model(self) -> Any:
        return self.target.class_

    @property
    def ids(self) -> Select[Any]:
        """The rows that change."""
        return self.amounts.with_only_columns(self.amounts.selected_columns[0], maintain_column_froms=True)

    def updates(self) -> list[Update]:
        """The statements that make the effect."""
        id, given = self.amounts.selected_columns
        typed = (type_coerce if database.SQLITE else cast)(given, self.target.type) if self.operator == "=" else given
        id, amount = self.amounts.with_only_columns(id, typed.label("amount")).subquery("amounts").c
        value: ColumnElement[Any] = amount
        if self.operator != "=":
            value = self.target + amount if self.operator == "+=" else self.target - amount
        most = getattr(self.target.type, "most", MOST.get(type(self.target.type)))
        if database.SQLITE and most:
            value = type_coerce(func.within(value, most), self.target.type)
        return [forms.raised(self.model).where(self.model.id == id).values({self.target.key: value})]


def _within(number: int | float | None, most: int) -> int | float | None:
    if number is not None and not -most - 1 <= number <= most:
        raise ValueError
    return number


sqlite.FUNCTIONS["within"] = 2, _within


async def apply(change: changes.Change, effects: tuple[Effect, ...], **given: Any) -> None:
    """Make effects, with what was given in the body. Raises Conflict, with its path, where one would break a bound."""
    values = change.values | {f"input__{name}": value for name, value in given.items()}
    if not database.SQLITE or changes.BEFORE:
        for model, statement in _targets(effects):
            await change.watch(model, list((await change.db.execute(statement, values)).scalars()))
    for effect in effects:
        with constraints.told(effect=effect.text.partition(" ")[0]):
            for update in _updates(effect):
                await change.db.execute(update, values)


@lru_cache(256)
def _targets(effects: tuple[Effect, ...]) -> list[tuple[Any, Select[Any]]]:
    """For each table, the statement that locks the rows which these effects change and returns their ids."""
    changed: dict[Any, list[Select[Any]]] = defaultdict(list)
    for effect in sorted(effects, key=lambda effect: str(effect.model.__tablename__)):
        changed[effect.model].append(effect.ids)
    found = ((model, select(model.id).where(model.id.in_(union_all(*ids)))) for model, ids in changed.items())
    return [(model, rows.order_by(model.id).with_for_update(key_share=True)) for model, rows in found]


@lru_cache(256)
def _updates(effect: Effect) -> list[Update]:
    return effect.updates()
