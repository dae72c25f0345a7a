"""What bodies are made of: Django REST framework's fields, but strict. Nothing is coerced, trimmed or left out.

Every error has a code of `core.errors.Code` and a message that says what is allowed, and nothing of what was sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import ip_address
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from django.utils.dateparse import parse_duration
from email_validator import EmailNotValidError, validate_email
from pydantic import AnyHttpUrl, TypeAdapter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from apps.core.errors import CODES, Code, FieldError, Invalid

INT_MAX, BIGINT_MAX, TEN_THOUSAND_YEARS = 2**31 - 1, 2**63 - 1, timedelta(days=3_650_000)
MANY = 1000  # the most items in one list of a body

DECIMAL = 'A decimal is written as a string of digits, such as "12.50".'
WRITTEN = "This is written as a string."
WRONG_TYPE, NOT_WRITTEN = "This has the wrong type.", "This is not written as it should be."
MESSAGES = {
    "required": "Field required",
    "null": WRONG_TYPE,
    "invalid": WRONG_TYPE,
    "type": WRONG_TYPE,
    "not_a_list": WRONG_TYPE,
    "format": NOT_WRITTEN,
    "max_length": "String should have at most {max_length} characters",
    "min_length": "String should have at least {min_length} characters",
    "max_value": "Input should be less than or equal to {max_value}",
    "min_value": "Input should be greater than or equal to {min_value}",
    "above": "Input should be greater than {limit}",
    "below": "Input should be less than {limit}",
    "pattern": "String should match pattern '{pattern}'",
}
KINDS: Mapping[str, Code] = {
    "null": "type",
    "invalid": "type",
    "not_a_list": "type",
    "max_length": "too_long",
    "min_length": "too_short",
    "max_value": "too_large",
    "min_value": "too_small",
    "above": "too_small",
    "below": "too_large",
    "invalid_choice": "choice",
}
"""The codes of Django REST framework, and of the limits here, by what they are told as."""


def counted(number: int | None, thing: str) -> str:
    """`1 digit`, `2 digits`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


class Strict(serializers.Field[Any, Any, Any, Any]):
    """A field that takes what is written as it should be, and tells everything else by code."""

    default_error_messages = {**MESSAGES}

    def __init__(self, *, above: Any = None, below: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.above, self.below = above, below

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if self.above is not None and value <= self.above:
            self.fail("above", limit=self.above)
        if self.below is not None and value >= self.below:
            self.fail("below", limit=self.below)


class CharField(Strict, serializers.CharField):
    """Text, as it was sent."""

    nul: ClassVar[str] = "This is not text without NUL characters."

    def __init__(self, *, pattern: str | None = None, **options: Any) -> None:
        for bound, said in (("min_length", "least"), ("max_length", "most")):
            if options.get(bound) == 1:
                options.setdefault("error_messages", {})[bound] = f"String should have at {said} 1 character"
        super().__init__(trim_whitespace=False, allow_blank=True, **options)
        self.pattern = pattern
        self.validators = [each for each in self.validators if hasattr(each, "limit_value")]

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return serializers.Field.run_validation(self, data)  # also of a text without characters

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("type")
        if "\0" in data:
            self.told("format", self.nul)
        return str(data)

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if self.pattern is not None and not re.search(self.pattern, value):
            self.fail("pattern", pattern=self.pattern)

    def told(self, code: Code, message: str) -> None:
        """Raises ValidationError."""
        raise ValidationError(message, code)


class EmailField(CharField):
    """An address, in lower case."""

    written = "email"
    nul = "This is not an e-mail address."

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 254, **options})

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if len(text) > 254:
            return text
        try:
            return validate_email(text, check_deliverability=False).normalized.lower()
        except EmailNotValidError:
            raise ValidationError(self.nul, "format") from None


ADDRESS: TypeAdapter[AnyHttpUrl] = TypeAdapter(AnyHttpUrl)


class URLField(CharField):
    """An absolute address."""

    written = "uri"

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2048, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("type")
        if len(data) <= 2048 and (re.search(r"[\s\x00-\x1f\x7f]", data) or not _is_address(data)):
            raise ValidationError("This is not an absolute http or https address.", "format")
        return str(data)


def _is_address(text: str) -> bool:
    try:
        ADDRESS.validate_python(text)
    except ValueError:
        return False
    return True


class SlugField(CharField):
    """Words of lower case, with hyphens between them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", **options)

    def to_internal_value(self, data: Any) -> str:
        return data if isinstance(data, str) else super().to_internal_value(data)  # the pattern has no NUL


class IPAddressField(CharField):
    """An IPv4 or IPv6 address, in its compressed form."""

    nul = "This is not an IP address."

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=45, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if len(text) > 45:
            return text
        try:
            return str(ip_address(text.replace("%", "?")))
        except ValueError:
            raise ValidationError(self.nul, "format") from None


class IntegerField(Strict, serializers.IntegerField):
    """A whole number of 32 bits."""

    least: ClassVar[int] = -INT_MAX - 1
    most: ClassVar[int] = INT_MAX

    def __init__(self, **options: Any) -> None:
        bounds = {"min_value": self.least, "max_value": self.most}
        super().__init__(**{**bounds, **options})

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("type")
        return int(data)


class BigIntegerField(IntegerField):
    """A whole number of 64 bits."""

    least, most = -BIGINT_MAX - 1, BIGINT_MAX


class KeyField(IntegerField):
    """The id of a row that a body refers to."""

    least, most = 1, BIGINT_MAX


class FloatField(Strict, serializers.FloatField):
    """A finite number."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("type")
        try:
            return float(data)
        except OverflowError:
            self.fail("type")


class DecimalField(Strict, serializers.DecimalField):
    """An exact number: a string of digits, or a number of at most fifteen of them."""

    default_error_messages = {"null": DECIMAL}

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return serializers.Field.validate_empty_values(self, data)  # a text of no characters is no number

    def to_internal_value(self, data: Any) -> Decimal:
        digits = isinstance(data, str) and re.fullmatch(r"-?\d+(\.\d+)?", data, re.ASCII)
        if isinstance(data, bool) or not (digits or isinstance(data, int | float | Decimal)):
            raise ValidationError(DECIMAL, "type")
        value = Decimal(repr(data) if isinstance(data, float) else data)
        if isinstance(data, float) and len(value.as_tuple().digits) > 15:
            raise ValidationError("A number of more than 15 digits is written as a string.", "format")
        return self._fitting(value)

    def _fitting(self, value: Decimal) -> Decimal:
        _, digits, exponent = value.normalize().as_tuple()
        places = max(-int(exponent), 0)
        whole = max(len(digits) + int(exponent), 0) if digits != (0,) else 0
        most, most_places = int(self.max_digits or 0), int(self.decimal_places or 0)
        if whole + places > most:
            message = f"Decimal input should have no more than {counted(most, 'digit')} in total"
            raise ValidationError(message, "too_large")
        if places > most_places:
            message = f"Decimal input should have no more than {counted(most_places, 'decimal place')}"
            raise ValidationError(message, "format")
        if whole > most - most_places:
            digits_before = counted(most - most_places, "digit")
            message = f"Decimal input should have no more than {digits_before} before the decimal point"
            raise ValidationError(message, "too_large")
        return value


class BooleanField(Strict, serializers.BooleanField):
    """True or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("type")
        return bool(data)


def written(data: Any, pattern: str, example: str) -> str:
    """The text, where it is written like the example. Raises ValidationError."""
    if not isinstance(data, str):
        raise ValidationError(WRITTEN, "type")
    if re.fullmatch(pattern, data, re.ASCII) is None:
        raise ValidationError(f"This is written as {example}.", "format")
    return data


def read(what: Callable[[str], Any], text: str, message: str = NOT_WRITTEN) -> Any:
    """What a text says. Raises ValidationError."""
    try:
        return what(text)
    except (ValueError, OverflowError):
        raise ValidationError(message, "format") from None


class DateField(Strict, serializers.DateField):
    """A day of the calendar."""

    default_error_messages = {"null": WRITTEN}

    def to_internal_value(self, data: Any) -> date:
        found: date = read(date.fromisoformat, written(data, r"\d{4}-\d\d-\d\d", "YYYY-MM-DD"))
        return found


class TimeField(Strict, serializers.TimeField):
    """A time of the day."""

    default_error_messages = {"null": WRITTEN}

    def to_internal_value(self, data: Any) -> time:
        found: time = read(time.fromisoformat, written(data, r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?", "HH:MM:SS"))
        return found


MOMENT = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)?"


class DateTimeField(Strict, serializers.DateTimeField):
    """A moment, in UTC."""

    default_error_messages = {"null": WRITTEN}

    def to_internal_value(self, data: Any) -> datetime:
        text = written(data, MOMENT, "YYYY-MM-DDTHH:MM:SSZ").upper()
        moment: datetime = read(datetime.fromisoformat, text)
        if moment.tzinfo is None:
            raise ValidationError("Input should have timezone info", "format")
        return read(lambda _: moment.astimezone(UTC), text, "This is not a moment of the calendar.")  # type: ignore[no-any-return]


class DurationField(Strict, serializers.DurationField):
    """A length of time."""

    written = "duration"
    default_error_messages = {"null": WRITTEN}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": -TEN_THOUSAND_YEARS, "max_value": TEN_THOUSAND_YEARS, **options})

    def to_internal_value(self, data: Any) -> timedelta:
        span = read(parse_duration, written(data, r"-?P.+", "an ISO 8601 duration, such as PT15M"))
        if span is None:
            self.fail("format")
        return span  # type: ignore[no-any-return]


class UUIDField(Strict, serializers.UUIDField):
    """A UUID."""

    default_error_messages = {"null": WRITTEN}

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            raise ValidationError(WRITTEN, "type")
        found: UUID = read(UUID, data)
        return found


NUL = re.compile(rb"(?<!\\)(\\\\)*\\u0000")


class JSONField(Strict, serializers.JSONField):
    """Any document. Null is one too, but stands for none."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None and not self.allow_null:
            raise ValidationError("This is required.", "required")
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Any:
        if NUL.search(msgspec.json.encode(data)):  # PostgreSQL cannot keep it
            raise ValidationError("This is not a document without NUL characters.", "format")
        return data


class ChoiceField(Strict, serializers.ChoiceField):
    """One of the words."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None and not self.allow_null:
            self.to_internal_value(data)  # nothing is none of them
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            words = [repr(word) for word in self.choices]
            told = f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
            raise ValidationError(f"Input should be {told}", "choice")
        return data


class ListField(Strict, serializers.ListField):
    """A list of values."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MANY, **options})

    def to_internal_value(self, data: Any) -> list[Any]:
        most = self.max_length or MANY
        if isinstance(data, list) and len(data) > most:
            raise ValidationError(f"List should have at most {most} items, not {len(data)}", "max_length")
        found: list[Any] = super().to_internal_value(data)
        if len(found) < (self.min_length or 0):
            message = f"List should have at least {counted(self.min_length, 'item')} after validation, not {len(found)}"
            raise ValidationError(message, "min_length")
        return found


class Answer(serializers.Serializer[Any]):
    """What an action answers."""


class Serializer(serializers.Serializer[Any]):
    """What is sent. Unknown names are errors.

    refused: the names that an answer has and a body may not; changes: whether what is absent stays, as PATCH has it;
    needed: of a part, what a new one cannot do without. Once it is valid, it holds what was sent and nothing else.
    """

    default_error_messages = {"required": MESSAGES["required"]}
    refused: ClassVar[frozenset[str]] = frozenset()
    changes: ClassVar[bool] = False
    needed: ClassVar[tuple[str, ...]] = ()

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        if self.changes:
            for field in found.values():
                field.required, field.default = False, serializers.empty
        return found

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None and not self.allow_null:
            self.to_internal_value(data)  # nothing is no object
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValidationError({"": [ErrorDetail(WRONG_TYPE, "type")]})
        missing = [name for name in self.needed if "id" not in data and name not in data]
        lacking = {name: [ErrorDetail(MESSAGES["required"], "required")] for name in missing}
        unknown = {name: [self._unknown(name)] for name in data if name not in self.fields}
        try:
            found = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**lacking, **error.detail, **unknown}) from None  # type: ignore[dict-item]
        if lacking or unknown:
            raise ValidationError({**lacking, **unknown})
        return {name: value for name, value in found.items() if name in data}

    def _unknown(self, name: str) -> ErrorDetail:
        if name in self.refused:
            return ErrorDetail("This field is set by the application.", "read_only")
        return ErrorDetail("Extra inputs are not permitted", "unknown")

    @property
    def defaults(self) -> dict[str, Any]:
        """What fields hold that were not sent, as far as Python knows it."""
        return {name: field.default for name, field in self.fields.items() if field.default is not serializers.empty}

    def checked(self) -> dict[str, Any]:
        """What was sent, as Python has it. Raises Invalid with everything that is wrong with it."""
        if not self.is_valid():
            raise Invalid(list(errors_of(self.errors)))
        return dict(self.validated_data)


class Value(Serializer):
    """A value of several fields, which rows keep as a document."""

    def to_internal_value(self, data: Any) -> Any:
        """All of its fields, as JSON has them."""
        whole = {**self.defaults, **super().to_internal_value(data)}
        return msgspec.to_builtins({name: whole[name] for name in self.fields if name in whole})


class PartsField(Strict, serializers.ListSerializer[Any]):
    """The parts of a row, in its body."""

    def __init__(self, child: Serializer, **options: Any) -> None:
        super().__init__(child=child, max_length=MANY, allow_empty=True, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            raise ValidationError({"": [ErrorDetail(WRONG_TYPE, "type")]})
        if len(data) > MANY:
            message = f"List should have at most {MANY} items after validation, not {len(data)}"
            raise ValidationError({"": [ErrorDetail(message, "max_length")]})
        wrong, found = dict[str, Any](), list[Any]()
        for place, item in enumerate(data):
            try:
                found.append(self.child.run_validation(item))  # type: ignore[union-attr]
            except ValidationError as error:
                wrong[str(place)] = error.detail
        if wrong:
            raise ValidationError(wrong)
        return found


def errors_of(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Django REST framework's errors as they are told, in the order of the fields."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from errors_of(inner, ".".join(filter(None, (path, str(name)))))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for place, inner in enumerate(detail):
            yield from errors_of(inner, path if isinstance(inner, str) else f"{path}.{place}".lstrip("."))
    else:
        code = KINDS.get(detail.code) or CODES.get(detail.code, "format")
        yield FieldError(path, code, str(detail))
