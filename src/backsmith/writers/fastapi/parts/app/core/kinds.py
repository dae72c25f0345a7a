"""What filters can ask of a column, and how their values are written: decided by the column's type."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import JSON, BigInteger, Boolean, Float, Integer, Time, Uuid
from sqlalchemy.types import TypeEngine

from app.core import schemas, types
from app.core.errors import FieldError, field_error

EQUAL = ("", "ne")
ONE_OF = (*EQUAL, "in")
ORDERED = (*EQUAL, "lt", "lte", "gt", "gte", "in")
TEXT = (*ORDERED, "contains")

FLAG: TypeAdapter[bool] = TypeAdapter(bool)


class Refused(Exception):  # no error of ours, but of whoever asks
    """A parameter that cannot be honoured."""

    def __init__(self, error: FieldError) -> None:
        super().__init__()
        self.error = error


@dataclass(frozen=True)
class Kind:
    """What can be asked of one type. `form`: its annotation; `type`: the column's, or that of a list's items."""

    operators: tuple[str, ...]
    form: Any
    type: TypeEngine[Any]

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.form)

    @property
    def schema(self) -> dict[str, Any]:
        """One value, for the documentation."""
        return self.adapter.json_schema()


def read_text(adapter: TypeAdapter[Any], name: str, text: str) -> Any:
    """The value that a parameter is sent as. Raises Refused."""
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        line = field_error(error.errors(include_url=False, include_input=False)[0])
        raise Refused(replace(line, field=name)) from None


def kind(type_: TypeEngine[Any], *, is_reference: bool = False) -> Kind:
    """What can be asked of a column of this type."""
    operators, form = _row(type_)
    item = type_.item if isinstance(type_, types.Items) else type_
    return Kind(ONE_OF if is_reference else operators, form, item)


def _row(type_: TypeEngine[Any]) -> tuple[tuple[str, ...], Any]:
    match type_:
        case types.Exact():
            digits = Field(max_digits=type_.precision, decimal_places=type_.scale)
            return ORDERED, Annotated[Decimal, schemas.EXACT, digits]
        case types.Words():
            return ONE_OF, Literal[type_.literal]
        case types.Items():
            return ("",), _row(type_.item)[1]
        case types.Document() | JSON():
            return (), Any
    return next(row for known, row in ROWS.items() if isinstance(type_, known))


ROWS: dict[type[TypeEngine[Any]], tuple[tuple[str, ...], Any]] = {
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
