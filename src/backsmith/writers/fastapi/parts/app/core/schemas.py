"""What bodies and answers are made of: strict types, unknown and read-only names refused, nothing coerced silently."""

import ipaddress
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    Strict,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from app.core.errors import Problem

Item = TypeVar("Item")

ABSENT: Any = Field(default_factory=lambda: None)
"""A default for what need not be sent: `model_fields_set` tells whether it was."""

INT_MAX, BIGINT_MAX = 2**31 - 1, 2**63 - 1
FURTHEST = timedelta(days=3_650_000)
MANY = 1000
"""The most items in one list of a body."""


class Answer(BaseModel):
    """What is answered. Rows are encoded as they are read; these classes document them, and a test keeps them true."""


class Page(Answer, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")
    total: int = Field(default_factory=int, description="With `count=true`: how many there are on all pages.")


class Body(BaseModel):
    """What is sent. Unknown names are errors; `read_only` holds the names that an answer has and a body may not."""

    model_config = ConfigDict(extra="forbid")

    read_only: ClassVar[frozenset[str]] = frozenset()
    replaces: ClassVar[bool] = False
    """Whether what is absent returns to its default, as PUT has it."""

    needed: ClassVar[tuple[str, ...]] = ()
    """Of a part: what a new one cannot do without. With an `id`, absent fields stay."""

    @model_validator(mode="wrap")
    @classmethod
    def _checked(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(value, Problem):  # what `core.routes` could not read: its turn comes after 401, 404, 403 and 412
            raise value
        lines = cls._missing(value)
        try:
            body = handler(value)
            if not lines:
                return body
        except ValidationError as error:
            lines += [cls._told(line) for line in error.errors()]
        raise ValidationError.from_exception_data(cls.__name__, lines)

    @classmethod
    def _missing(cls, value: Any) -> list[InitErrorDetails]:
        names = (
            [] if not isinstance(value, dict) or "id" in value else [name for name in cls.needed if name not in value]
        )
        return [InitErrorDetails(type="missing", loc=(name,), input=None) for name in names]

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        document = handler(schema)
        if cls.needed:
            handler.resolve_ref_schema(document)["anyOf"] = [{"required": ["id"]}, {"required": list(cls.needed)}]
        return document

    @classmethod
    def _told(cls, line: Any) -> InitErrorDetails:
        loc = line["loc"]
        if line["type"] == "extra_forbidden" and len(loc) == 1 and loc[0] in cls.read_only:
            type_ = PydanticCustomError("read_only", "This field is set by the application.")
        else:
            type_ = PydanticCustomError(line["type"], line["msg"].replace("{", "{{"), line.get("ctx"))
        return InitErrorDetails(type=type_, loc=loc, input=None)


def _refused(code: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(code, message)


def _plain(text: str) -> str:
    if "\0" in text:
        raise _refused("format", "Text holds no NUL character.")
    return text


def _written(value: Any) -> Any:
    if not isinstance(value, str):
        raise _refused("type", "This is written as a string.")
    return value


def _number(value: Any) -> Any:
    """Floats by their shortest digits; more than fifteen digits are exact in a string only."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise _refused("type", "A decimal is written as a string.")
    if isinstance(value, float):
        value = Decimal(repr(value))
        if len(value.as_tuple().digits) > 15:
            raise _refused("format", "A number of more than 15 digits is written as a string.")
    return value


def _written_as(pattern: str, example: str) -> BeforeValidator:
    form = re.compile(pattern)

    def check(value: Any) -> Any:
        if form.fullmatch(_written(value)) is None:
            raise _refused("format", f"This is written as {example}.")
        return value

    return BeforeValidator(check)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise _refused("format", "This moment is outside of the calendar.") from None


def _within_reach(span: timedelta) -> timedelta:
    if abs(span) > FURTHEST:
        raise _refused("too_large", "A duration is at most ten thousand years.")
    return span


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise _refused("format", "This is not an e-mail address.") from None


def _url(text: str) -> str:
    try:
        ADDRESS.validate_python(text)
    except ValidationError:
        raise _refused("format", "This is not an absolute http or https address.") from None
    if re.search(r"[\s\x00-\x1f\x7f]", text):
        raise _refused("format", "An address holds no spaces.")
    return text


def _ip(text: str) -> str:
    try:
        if "%" not in text:
            return ipaddress.ip_address(text).compressed
    except ValueError:
        pass
    raise _refused("format", "This is not an IP address.")


def _document(value: Any) -> Any:
    """Only what both databases and every JSON reader keep as it is."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as members:
                waiting += [*members, *members.values()]
            case list() as items:
                waiting += items
            case str() as text:
                _plain(text)
            case int() as number if abs(number) > BIGINT_MAX:
                raise _refused("too_large", "A number in a document has at most 64 bits.")
    return value


def _id(kind: type[Any], nothing: Any, least: Any) -> BeforeValidator:
    """What is no id names no row, and so is answered as any other that is not there."""
    known: TypeAdapter[Any] = TypeAdapter(kind)

    def read(value: Any) -> Any:
        try:
            found = known.validate_python(value)
        except ValidationError:
            return nothing
        return found if kind is UUID or least <= found <= BIGINT_MAX else nothing

    return BeforeValidator(read)


ADDRESS: TypeAdapter[AnyHttpUrl] = TypeAdapter(AnyHttpUrl)

Text = Annotated[str, Strict(), AfterValidator(_plain)]
EmailText = Annotated[
    str,
    Strict(),
    Field(max_length=254),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
UrlText = Annotated[
    str,
    Strict(),
    Field(max_length=2048),
    AfterValidator(_url),
    WithJsonSchema({"type": "string", "format": "uri", "maxLength": 2048}),
]
SlugText = Annotated[str, Strict(), Field(max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
IpText = Annotated[str, Strict(), Field(max_length=45), AfterValidator(_ip)]

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
    _written_as(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*", "YYYY-MM-DDTHH:MM:SSZ"),
    AfterValidator(_in_utc),
]
Span = Annotated[timedelta, _written_as(r"-?P.+", "an ISO 8601 duration, such as PT15M"), AfterValidator(_within_reach)]
UuidText = Annotated[UUID, BeforeValidator(_written)]
JsonValue = Annotated[Any, AfterValidator(_document)]

Key = Annotated[int, Strict(), Field(ge=1, le=BIGINT_MAX)]
"""The id of a row that a body refers to."""
UuidKey = UuidText
Id = Annotated[int, _id(int, 0, 1), WithJsonSchema({"type": "integer", "minimum": 1})]
"""The id in a path."""
UuidId = Annotated[UUID, _id(UUID, UUID(int=0), None), WithJsonSchema({"type": "string", "format": "uuid"})]

Parts = Annotated[list[Item], Field(max_length=MANY)]
Keys = Annotated[list[Key], Field(max_length=MANY)]
UuidKeys = Annotated[list[UuidKey], Field(max_length=MANY)]
