"""Telephone numbers, kept as E.164."""

from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, Field, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text)
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    raise PydanticCustomError("format", "A telephone number is written as +12025550123.")


PhoneText = Annotated[
    str, Strict(), Field(max_length=40), AfterValidator(_phone), WithJsonSchema({"type": "string", "format": "phone"})
]
