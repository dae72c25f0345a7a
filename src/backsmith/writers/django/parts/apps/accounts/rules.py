"""What the blueprint says of accounts."""

from collections.abc import Mapping, Sequence
from typing import Any

API = "/api/v1"
NEW_ACCOUNT: Sequence[str] = ("buyer",)  # the roles of a new account
VERIFY: bool = True  # whether an address has to be verified before it can sign in
FIRST_ADMIN: Mapping[str, Any] = {"name": "Admin"}
