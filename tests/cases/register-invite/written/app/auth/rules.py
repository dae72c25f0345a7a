"""What the blueprint says of accounts."""

from collections.abc import Mapping
from typing import Any

from app.models.user import Role

API = "/api/v1"
NEW_ACCOUNT: tuple[Role, ...] = ("member",)  # the roles of a new account
VERIFY: bool = True  # whether an address has to be verified before it can sign in
FIRST_ADMIN: Mapping[str, Any] = {"name": "Admin"}
