"""Telephone numbers, kept as E.164."""

from typing import Any

import phonenumbers
from rest_framework.exceptions import ValidationError

from apps.core.serializers import CharField


class PhoneField(CharField):
    """A telephone number."""

    written = "phone"

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("type")
        if len(data) > 40:
            return str(data)
        try:
            number = phonenumbers.parse(data)
            if phonenumbers.is_valid_number(number):
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        except phonenumbers.NumberParseException:
            pass
        raise ValidationError("A telephone number is written as +12025550123.", "format")
