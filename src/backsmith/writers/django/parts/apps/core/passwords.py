"""Passwords by ASVS 5.0 (6.2): length and commonness decide, nothing is cut or changed; hashed by argon2id."""

import os
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.contrib.auth import hashers
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from apps.core.serializers import Strict

COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").split())
"""The 4,000 commonest passwords that are long enough, from the frequency lists of zxcvbn (MIT)."""

_slots = BoundedSemaphore(os.cpu_count() or 1)  # hashing takes a whole core


class PasswordHasher(hashers.Argon2PasswordHasher):
    """Argon2id at OWASP's cost: about 25 ms. `PASSWORD_HASHERS` names it."""

    time_cost, memory_cost, parallelism = 2, 19 * 1024, 1


class GivenPassword(Strict, serializers.CharField):
    """A password that is compared with what is stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 256, "trim_whitespace": False, "allow_blank": True, **options})
        self.validators = [each for each in self.validators if hasattr(each, "limit_value")]

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return serializers.Field.run_validation(self, data)  # nothing is a text of no characters

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("type")
        return str(data)


class NewPassword(GivenPassword):
    """A password that may be chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=8, **options)

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if value.lower() in COMMON:
            raise ValidationError("This is one of the passwords that are tried first.", "weak")


def hashed(password: str) -> str:
    """What is stored of a password."""
    with _slots:
        return hashers.make_password(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long where none is stored."""
    with _slots:
        return hashers.verify_password(password, stored or "")[0]


def is_outdated(stored: str) -> bool:
    """Whether it was hashed at another cost than passwords are now."""
    return hashers.get_hasher().must_update(stored)
