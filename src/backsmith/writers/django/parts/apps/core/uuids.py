"""Keys that tell nobody how many rows there are, and that several databases can make at once."""

import os
import time
from uuid import UUID

from django.db import models

from apps.core.models import Kept

_last = 0


def uuid7() -> UUID:
    """A UUID of version 7 (RFC 9562, 6.2 method 3): later ones of this process are larger."""
    global _last
    seconds, rest = divmod(time.time_ns(), 1_000_000_000)
    ticks = (seconds * 1000 + rest // 1_000_000) << 12 | (rest % 1_000_000) * 4096 // 1_000_000
    _last = ticks = max(ticks, _last + 1)
    chance = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=(ticks >> 12) << 80 | 7 << 76 | (ticks & 0xFFF) << 64 | 2 << 62 | chance)


class UuidRow(Kept):
    """A row whose key is a UUID of version 7."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True
