"""What effects should make of the rows that are known: worked out from the blueprint, summed for each target."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from backsmith.design import types
from backsmith.design.expressions import Now, Today
from backsmith.design.model import Effect, Entity, Field
from backsmith.samples.oracle import Oracle
from backsmith.samples.rows import limits
from backsmith.verify.court import Account
from backsmith.verify.knowledge import Knowledge, Row

CLOSE = timedelta(minutes=1)
"""How far the judge's moment may be from the server's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one field of one row."""

    entity: Entity
    row: Row
    field: Field
    value: Any
    effect: Effect

    @property
    def place(self) -> tuple[str, Any, str]:
        return self.entity.name, self.row["id"], self.field.name

    @property
    def is_within(self) -> bool:
        """Whether the field's bounds allow the value."""
        if self.value is None or isinstance(self.value, dict) or not self.field.bounds:
            return True
        least, most = limits(self.field)
        return (least is None or self.value >= least) and (most is None or self.value <= most)

    def is_now(self, found: Any) -> bool:
        """Whether a field holds what it should."""
        if isinstance(self.effect.value, Now) and isinstance(found, datetime):
            return bool(abs(found - self.value) < CLOSE)
        if isinstance(self.effect.value, Today):
            return found is not None
        return same(self.value, found)


def same(wanted: Any, found: Any) -> bool:
    """Whether two values are equal; rows by their ids."""
    if isinstance(wanted, dict) and isinstance(found, dict) and "id" in wanted and "id" in found:
        return bool(wanted["id"] == found["id"])
    return bool(wanted == found)


def changes(
    known: Knowledge,
    who: Account,
    row: Row,
    effects: Iterable[Effect],
    inputs: Mapping[str, Any],
    held: Knowledge | None = None,
) -> list[Change]:
    """What these effects make of the rows. held: where their targets are as they were, if not known so.

    Raises UnknownWorthError.
    """
    there = (held or known).rows
    oracle = known.oracle(who).asked_with(**inputs)
    found: dict[tuple[str, Any, str], Change] = {}
    for effect in effects:
        for target, holder, amount in _amounts(oracle, row, effect):
            field = holder.field(effect.target.steps[-1])
            place = (holder.name, target["id"], field.name)
            before = found[place].value if place in found else there[holder.name].get(target["id"], target)[field.name]
            value = oracle.typed(_changed(before, effect.operator, amount), field.type)
            one = Change(entity=holder, row=target, field=field, value=value, effect=effect)
            found[place] = replace(found[place], value=value) if place in found else one
    return list(found.values())


def _amounts(oracle: Oracle, row: Row, effect: Effect) -> Iterator[tuple[Row, Entity, Any]]:
    """The rows that an effect changes, each with its entity and the value for it."""
    members = [row] if effect.over is None else oracle.members(effect.over, row)
    for member in members:
        holder = oracle.design.entity(effect.target.entity)
        target: Row | None = member
        for step in effect.target.steps[:-1]:
            target = target[step] if target else None
            holder = oracle.design.entity(target_of(holder.field(step)))
        if target:
            yield target, holder, oracle.value(effect.value, member)


def target_of(field: Field) -> str:
    """The entity that a field leads to."""
    assert isinstance(field.type, types.Ref | types.ToMany)
    return field.type.target


def _changed(before: Any, operator: str, amount: Any) -> Any:
    if operator == "=":
        return amount
    if before is None or amount is None:
        return None
    return before + amount if operator == "+=" else before - amount


def unexpected(before: Knowledge, after: Knowledge, wanted: Iterable[Change]) -> str | None:
    """What has become of the rows beside what should have: None where all is as it should be.

    Computed fields, and the moment of the last change, follow from the rest.
    """
    due = {change.place: change for change in wanted}
    for change in due.values():
        found = after.rows[change.entity.name].get(change.row["id"], {}).get(change.field.name)
        if not change.is_now(found):
            return f"{change.effect.text}: {_told(found)} in place of {_told(change.value)}"
    for name, rows in before.told.items():
        entity = before.design.entity(name)
        kept = {field.name for field in entity.fields if field.stored and field.name != "updated_at"}
        for id, old in rows.items():
            new = after.told[name].get(id)
            for field in kept & old.keys():
                if new is None:
                    break
                if (name, id, field) not in due and old[field] != new[field]:
                    return f"{name} {id}: {field} has become {new[field]!r} from {old[field]!r}"
    return None


def _told(value: Any) -> str:
    return str(value["id"]) if isinstance(value, dict) and "id" in value else str(value)
