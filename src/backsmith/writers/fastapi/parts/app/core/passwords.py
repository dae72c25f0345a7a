"""Passwords by ASVS 5.0 (6.2): length and commonness decide, nothing is cut or changed; argon2id, in a thread."""

import os
from pathlib import Path
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").split())
"""The 4,000 commonest passwords that are long enough, from the frequency lists of zxcvbn (MIT)."""

hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's: about 25 ms

_nobody = hasher.hash(os.urandom(16))
_slots = CapacityLimiter(os.cpu_count() or 1)  # hashing takes a whole core


def _uncommon(password: str) -> str:
    if password.lower() in COMMON:
        raise PydanticCustomError("weak", "This is one of the passwords that are tried first.")
    return password


NewPassword = Annotated[str, Strict(), Field(min_length=8, max_length=256), AfterValidator(_uncommon)]
"""A password that may be chosen."""
GivenPassword = Annotated[str, Strict(), Field(max_length=256)]  # to be compared with what is stored


async def hashed(password: str) -> str:
    """What is stored of a password."""
    return await to_thread.run_sync(hasher.hash, password, limiter=_slots)


async def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long where none is stored."""
    return await to_thread.run_sync(_verify, stored or _nobody, password, limiter=_slots) and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False
