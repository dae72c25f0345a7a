"""Filters of lists: django-filter's, read strictly. What a list can be asked is what its `FilterSet` says.

References are followed, up to two of them, with the rules of what is beyond. A filter is made when it is asked for.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django_filters import filters, filterset
from rest_framework.exceptions import ErrorDetail, ValidationError

from apps.core import fields, serializers, sql
from apps.core.caller import Caller, decided
from apps.core.errors import FieldError, Invalid
from apps.core.shown import ManyToMany, Rows
from apps.core.statements import Given

EQUAL = ("exact", "ne")
ONE_OF = (*EQUAL, "in")
ORDERED = (*EQUAL, "lt", "lte", "gt", "gte", "in")
TEXT = (*ORDERED, "contains")
HAS = ("exact",)
DEPTH, MOST = 2, 200  # how many references a filter follows, and how many values one takes


def whole_number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        found = re.fullmatch(r"\s*([+-]?\d+)(\.0+)?\s*", text, re.ASCII)
        if found is None:
            raise ValidationError(serializers.WRONG_TYPE, "type")
        if len(found[1]) > 4300:
            raise ValidationError("Unable to parse input string as an integer, exceeded maximum size", "max_value")
        serializers.IntegerField(min_value=least, max_value=most).run_validators(int(found[1]))
        return int(found[1])

    return read


def floating(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        raise ValidationError(serializers.WRONG_TYPE, "type") from None
    if found != found or found in (float("inf"), float("-inf")):
        raise ValidationError("Input should be a finite number", "format")
    return found


TRUTH = dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True) | dict.fromkeys(
    ("false", "f", "no", "n", "off", "0"), False
)


def truth(text: str) -> bool:
    if (found := TRUTH.get(text.lower())) is None:
        raise ValidationError(serializers.WRONG_TYPE, "type")
    return found


def reader(field: Any) -> Callable[[str], Any]:
    """What reads a value that is sent for a field of this kind."""
    match field:
        case models.ForeignKey():
            return reader(field.target_field)
        case fields.ListField():
            return reader(field.item)
        case models.DecimalField():
            return serializers.DecimalField(
                max_digits=field.max_digits, decimal_places=field.decimal_places
            ).run_validation
        case models.CharField() if field.choices:
            return serializers.ChoiceField(choices=field.choices).run_validation
        case models.GenericIPAddressField():
            return serializers.IPAddressField().run_validation
        case models.CharField() | models.TextField():
            return serializers.CharField().run_validation
        case models.DateTimeField():
            return serializers.DateTimeField().run_validation
        case models.DateField():
            return serializers.DateField().run_validation
        case models.TimeField():
            return serializers.TimeField().run_validation
        case models.DurationField():
            return serializers.DurationField().run_validation
        case models.UUIDField():
            return serializers.UUIDField().run_validation
        case models.BooleanField():
            return truth
        case models.FloatField():
            return floating
        case models.BigIntegerField() | models.BigAutoField():
            return whole_number(-serializers.BIGINT_MAX - 1, serializers.BIGINT_MAX)
    return whole_number(-serializers.INT_MAX - 1, serializers.INT_MAX)


@dataclass(frozen=True, slots=True)
class Asked:
    """One filter of a request: the field at the end of `steps`, how it is compared, and with what."""

    steps: tuple[str, ...]
    lookup: str
    value: Any


class FilterSet(filterset.FilterSet):
    """What a list can be asked: `Meta.fields` has the lookups of each field. References are followed by themselves."""

    @classmethod
    def get_filters(cls) -> dict[str, filters.Filter]:
        """The filters by their parameters: `price`, `price__gte`."""
        own: Any = cls
        fields: Mapping[str, Sequence[str]] = own._meta.fields or {}
        return {
            parameter(name, lookup): filters.Filter(field_name=name, lookup_expr=lookup)
            for name, lookups in fields.items()
            for lookup in lookups
        }


def parameter(name: str, lookup: str) -> str:
    """The parameter that asks this of a field."""
    return name if lookup == "exact" else f"{name}__{lookup}"


@lru_cache(4096)
def filter_of(rows: Rows, name: str) -> tuple[tuple[str, ...], str] | None:
    """What a parameter asks, as the steps to a field and the lookup; None where it asks nothing."""
    steps = tuple(name.split("__"))
    for path, lookup in ((steps, "exact"), (steps[:-1], steps[-1])):
        if path and lookup in lookups(rows, path) and (lookup != "exact" or path == steps):
            return path, lookup
    return None


def lookups(rows: Rows, steps: tuple[str, ...]) -> Sequence[str]:
    """How the field at the end of these steps can be compared."""
    if len(steps) > DEPTH + 1:
        return ()
    for step in steps[:-1]:
        beyond = rows.one(step)
        if beyond is None:
            return ()
        rows = beyond
    return rows.lookups.get(steps[-1], ())


def field_at(rows: Rows, steps: Sequence[str]) -> Any:
    for step in steps[:-1]:
        rows = rows.links[step].rows
    link = rows.links.get(steps[-1])
    return link.rows.keyed if isinstance(link, ManyToMany) else rows.field(steps[-1])


@lru_cache(4096)
def _reader(rows: Rows, steps: tuple[str, ...]) -> Callable[[str], Any]:
    return reader(field_at(rows, steps))


def read(rows: Rows, name: str, text: str) -> Asked | None:
    """What a parameter asks; None where it is no filter. Raises Invalid."""
    found = filter_of(rows, name)
    if found is None:
        return None
    steps, lookup = found
    one = truth if lookup == "isnull" else _reader(rows, steps)
    try:
        if lookup != "in":
            return Asked(steps, lookup, one(text))
        texts = text.split(",")
        if len(texts) > MOST:
            message = f"List should have at most {MOST} items after validation, not {len(texts)}"
            raise ValidationError(message, "max_length")
        return Asked(steps, lookup, [one(each) for each in texts])
    except ValidationError as error:
        detail: ErrorDetail = error.detail[0]  # type: ignore[index, assignment]
        [told] = serializers.errors_of([detail])
        raise Invalid([FieldError(name, told.code, told.message)]) from None


Shape = tuple[tuple[str, ...], str]


def shape(rows: Rows, asked: Asked) -> Shape | None:
    """What a filter asks whatever the value: its steps and its lookup. None where the value decides more."""
    end = rows
    for step in asked.steps[:-1]:
        end = end.links[step].rows
    name = asked.steps[-1]
    is_plain = name not in end.fields or isinstance(end.fields[name], str)
    is_list = isinstance(field_at(rows, asked.steps), fields.ListField)
    return (asked.steps, asked.lookup) if is_plain and not is_list and asked.lookup in ORDERED else None


def given(rows: Rows, shape: Shape, name: str) -> Asked:
    """A filter of this shape, whose value is given by this name."""
    steps, lookup = shape
    return Asked(steps, lookup, Given(name, field_at(rows, steps), many=lookup == "in"))


def condition(rows: Rows, caller: Caller, asked: Asked, steps: Sequence[str] = ()) -> Q:
    """What a filter asks of the rows, with the rules of all that stands on the way."""
    name, *rest = steps or asked.steps
    rule = rows.rule(caller, name)
    link = rows.links.get(name)
    if rest and link is not None:
        beyond = link.rows
        there = beyond.model._base_manager.filter(beyond.readable(caller), condition(beyond, caller, asked, rest))
        found = Q(Exists(there.filter(pk=OuterRef(str(rows.fields[name])))))
    elif isinstance(link, ManyToMany):
        there = link.rows.model._base_manager.filter(link.rows.readable(caller), pk=asked.value)
        pairs = link.pairs()._base_manager.filter(
            Exists(there), **{f"{link.here}_id": OuterRef("pk"), f"{link.there}_id": asked.value}
        )
        found = Q(Exists(pairs))
    else:
        found = compared(rows, name, asked)
    return found if decided(rule) else found & rule


def compared(rows: Rows, name: str, asked: Asked) -> Q:
    """A field beside a value."""
    column, field = rows.fields[name], rows.field(name)
    lookup = LOOKUPS.get(asked.lookup, asked.lookup)
    if isinstance(field, fields.ListField) and lookup == "exact":
        lookup = "has"
    if isinstance(asked.value, Given) and asked.value.many:
        return Q(sql.Among(models.F(str(column)), asked.value))
    if isinstance(column, str):
        return ~Q(**{column: asked.value}) if lookup == "ne" else Q(**{f"{column}__{lookup}": asked.value})
    worked = rows.expression(name)
    if lookup == "ne":
        return Q(sql.Different(worked, models.Value(asked.value, field)))
    found = field.get_lookup(lookup)
    return Q(found(worked, asked.value))


LOOKUPS = {"contains": "icontains"}
"""What Django calls it, where that is another word."""


def every(rows: Rows, depth: int = DEPTH) -> Iterator[tuple[str, str, Any]]:
    """Every filter of a list: its parameter, its lookup, and the field that it compares."""
    for name, lookups_ in rows.lookups.items():
        yield from ((parameter(name, lookup), lookup, field_at(rows, (name,))) for lookup in lookups_)
        if depth and (beyond := rows.one(name)) is not None:
            yield from ((f"{name}__{inner}", lookup, field) for inner, lookup, field in every(beyond, depth - 1))
