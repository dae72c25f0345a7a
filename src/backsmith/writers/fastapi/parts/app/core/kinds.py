"""What filters can ask of a column, and how their values are written: decided by the column's type."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from sqlalchemy import BigInteger, Boolean, Float, Integer, Time, Uuid
from sqlalchemy.types import TypeEngine

from app.core import schemas, types

EQUAL = ("", "ne")
ONE_OF = (*EQUAL, "in")
ORDERED = (*EQUAL, "lt", "lte", "gt", "gte", "in")
TEXT = (*ORDERED, "contains")
MOST = Field(max_length=200)
"""How many values one filter takes."""


@dataclass(frozen=True)
class Kind:
    """What can be asked of one type. `form`: its annotation; `type`: the column's, or that of a list's items."""

    operators: tuple[str, ...]
    form: Any
    type: TypeEngine[Any]

    @cached_property
    def adapters(self) -> dict[str, TypeAdapter[Any]]:
        """What reads a filter's value, by operator."""
        one: TypeAdapter[Any] = TypeAdapter(self.form)
        forms: dict[str, Any] = {"in": Annotated[list[self.form], MOST], "isnull": bool}  # type: ignore[name-defined]
        return {name: TypeAdapter(forms[name]) if name in forms else one for name in self.operators}


def kind(type_: TypeEngine[Any], *, is_reference: bool = False) -> Kind:
    """What can be asked of a column of this type."""
    operators, form = _row(type_)
    return Kind(ONE_OF if is_reference else operators, form, getattr(type_, "item", type_))


def _row(type_: TypeEngine[Any]) -> tuple[tuple[str, ...], Any]:
    match type_:
        case types.Exact():
            digits = Field(max_digits=type_.precision, decimal_places=type_.scale)
            return ORDERED, Annotated[Decimal, schemas.EXACT, digits]
        case types.Words():
            return ONE_OF, Literal[type_.literal]
        case types.Items():
            return ("",), _row(type_.item)[1]
    return next(row for known, row in ROWS.items() if isinstance(type_, known))


ROWS: dict[type[TypeEngine[Any]], tuple[tuple[str, ...], Any]] = {
    types.Document: ((), Any),
    types.Ip: (ONE_OF, schemas.IpText),
    types.Characters: (TEXT, schemas.Text),
    types.UtcDateTime: (ORDERED, schemas.UtcMoment),
    types.Day: (ORDERED, schemas.Day),
    types.Span: (ORDERED, schemas.Span),
    Time: (ORDERED, schemas.Clock),
    Uuid: (ONE_OF, schemas.UuidText),
    Boolean: (EQUAL, bool),
    BigInteger: (ORDERED, Annotated[int, Field(ge=-schemas.BIGINT_MAX - 1, le=schemas.BIGINT_MAX)]),
    Integer: (ORDERED, Annotated[int, Field(ge=-schemas.INT_MAX - 1, le=schemas.INT_MAX)]),
    Float: (ORDERED, Annotated[float, Field(allow_inf_nan=False)]),
}
