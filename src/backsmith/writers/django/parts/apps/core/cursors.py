"""Cursors: where a page ends, signed, and bound to the list that it was given out for."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

import msgspec

from config.environment import settings
from apps.core.errors import FieldError, Invalid

SIZE = 16
KEY = blake2b(settings.secret_key.get_secret_value().encode(), person=b"cursors").digest()


def write(values: Sequence[Any], bond: bytes) -> str:
    """A cursor with these values, good only with this bond."""
    body = msgspec.json.encode(values)
    return urlsafe_b64encode(_signature(body, bond) + body).decode().rstrip("=")


def read(cursor: str, types: Sequence[type], bond: bytes) -> list[Any]:
    """The values in a cursor. Raises Invalid for one that was not given out under this bond."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if compare_digest(raw[:SIZE], _signature(raw[SIZE:], bond)):
            values = msgspec.json.decode(raw[SIZE:])
            return [msgspec.convert(value, type_ | None) for value, type_ in zip(values, types, strict=True)]
    except ValueError:
        pass
    raise Invalid([FieldError("cursor", "cursor", "This cursor was not given out for this list, sort and filters.")])


def _signature(body: bytes, bond: bytes) -> bytes:
    return blake2b(body, key=KEY, digest_size=SIZE, salt=blake2b(bond, digest_size=16).digest()).digest()
