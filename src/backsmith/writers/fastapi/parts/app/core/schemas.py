"""What bodies and answers are made of: strict types, unknown and read-only names refused, nothing coerced silently."""

import re
from collections.abc import Callable
from datetime import UTC, date, time, timedelta
from decimal import Decimal
from ipaddress import ip_address
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from email_validator import validate_email
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, Strict, ValidationError, WithJsonSchema
from pydantic.functional_validators import AfterValidator, BeforeValidator, ModelWrapValidatorHandler, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.core.errors import Code, Problem

Item = TypeVar("Item")

ABSENT: Any = Field(default_factory=lambda: None)
"""A default for what need not be sent: `model_fields_set` tells whether it was."""

INT_MAX, BIGINT_MAX, TEN_THOUSAND_YEARS = 2**31 - 1, 2**63 - 1, timedelta(days=3_650_000)
MANY = 1000  # the most items in one list of a body


class Answer(BaseModel):
    """What is answered. Rows are encoded as they are read; these classes document them, and a test keeps them true."""


class Page(Answer, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")
    total: int = Field(default_factory=int, description="With `count=true`: how many there are on all pages.")


def _as_document(schema: dict[str, Any], body: Any) -> None:
    if body.needed:
        schema["anyOf"] = [{"required": ["id"]}, {"required": list(body.needed)}]


class Body(BaseModel):
    """What is sent. Unknown names are errors; `read_only` holds the names that an answer has and a body may not."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_as_document)

    read_only: ClassVar[frozenset[str]] = frozenset()
    replaces: ClassVar[bool] = False  # whether what is absent returns to its default, as PUT has it

    needed: ClassVar[tuple[str, ...]] = ()
    """Of a part: what a new one cannot do without. With an `id`, absent fields stay."""

    @model_validator(mode="wrap")
    @classmethod
    def _checked(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(value, Problem):  # what `core.routes` could not read: its turn comes after 401, 404, 403 and 412
            raise value
        new = isinstance(value, dict) and "id" not in value
        missing = [name for name in cls.needed if new and name not in value]
        lines = [InitErrorDetails(type="missing", loc=(name,), input=None) for name in missing]
        try:
            body = handler(value)
            if not lines:
                return body
        except ValidationError as error:
            lines += [cls._told(line) for line in error.errors()]
        raise ValidationError.from_exception_data(cls.__name__, lines)

    @classmethod
    def _told(cls, line: Any) -> InitErrorDetails:
        loc = line["loc"]
        told = PydanticCustomError(line["type"], line["msg"], line.get("ctx"))
        if line["type"] == "extra_forbidden" and len(loc) == 1 and loc[0] in cls.read_only:
            told = _refused("read_only", "This field is set by the application.")
        return InitErrorDetails(type=told, loc=loc, input=None)


def _refused(code: Code, message: str) -> PydanticCustomError:
    return PydanticCustomError(code, message)


def reads_as(what: str, read: Callable[[Any], Any]) -> AfterValidator:
    """Reads a value once more, as something that not every value of its type is."""

    def check(value: Any) -> Any:
        try:
            return read(value)
        except (ValueError, OverflowError):
            raise _refused("format", f"This is not {what}.") from None

    return AfterValidator(check)


def _written(value: Any) -> Any:
    if not isinstance(value, str):
        raise _refused("type", "This is written as a string.")
    return value


def _written_as(pattern: str, example: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if re.fullmatch(pattern, _written(value), re.ASCII) is None:
            raise _refused("format", f"This is written as {example}.")
        return value

    return BeforeValidator(check)


def _number(value: Any) -> Any:
    """Floats by their shortest digits; more than fifteen digits are exact in a string only."""
    digits = isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII)
    if isinstance(value, bool) or not (digits or isinstance(value, int | float | Decimal)):
        raise _refused("type", 'A decimal is written as a string of digits, such as "12.50".')
    if isinstance(value, float):
        value = Decimal(repr(value))
        if len(value.as_tuple().digits) > 15:
            raise _refused("format", "A number of more than 15 digits is written as a string.")
    return value


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError
    return text


def _id(text: Any) -> int:
    """What is no id names no row, and so is answered as any other that is not there."""
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,17}", str(text)) else 0


def _uuid(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        return UUID(int=0)


Text = Annotated[str, Strict(), reads_as("text without NUL characters", _plain)]
EmailText = Annotated[
    str,
    Strict(),
    Field(max_length=254),
    reads_as("an e-mail address", lambda text: validate_email(text, check_deliverability=False).normalized.lower()),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
SlugText = Annotated[str, Strict(), Field(max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
IpText = Annotated[
    str, Strict(), Field(max_length=45), reads_as("an IP address", lambda text: str(ip_address(text.replace("%", "?"))))
]

Flag = Annotated[bool, Strict()]
Int = Annotated[int, Strict(), Field(ge=-INT_MAX - 1, le=INT_MAX)]
BigInt = Annotated[int, Strict(), Field(ge=-BIGINT_MAX - 1, le=BIGINT_MAX)]
Float = Annotated[float, Strict(), Field(allow_inf_nan=False)]
EXACT = BeforeValidator(_number)
"""Makes a decimal exact: `Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0), EXACT]`."""

Day = Annotated[date, _written_as(r"\d{4}-\d\d-\d\d", "YYYY-MM-DD")]
Clock = Annotated[time, _written_as(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?", "HH:MM:SS")]
UtcMoment = Annotated[
    AwareDatetime,
    _written_as(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)?", "YYYY-MM-DDTHH:MM:SSZ"),
    reads_as("a moment of the calendar", lambda moment: moment.astimezone(UTC)),
]
Span = Annotated[
    timedelta,
    Field(ge=-TEN_THOUSAND_YEARS, le=TEN_THOUSAND_YEARS),
    _written_as(r"-?P.+", "an ISO 8601 duration, such as PT15M"),
]
UuidText = Annotated[UUID, BeforeValidator(_written)]

Key = Annotated[int, Strict(), Field(ge=1, le=BIGINT_MAX)]  # the id of a row that a body refers to
UuidKey = UuidText
Id = Annotated[int, BeforeValidator(_id), WithJsonSchema({"type": "integer", "minimum": 1})]  # in a path
UuidId = Annotated[UUID, BeforeValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]

Parts = Annotated[list[Item], Field(max_length=MANY)]
Keys = Annotated[list[Key], Field(max_length=MANY)]
UuidKeys = Annotated[list[UuidKey], Field(max_length=MANY)]
