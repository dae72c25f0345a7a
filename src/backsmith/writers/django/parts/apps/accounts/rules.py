"""What the blueprint says of accounts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

API = "/api/v1"
NEW_ACCOUNT: Sequence[str] = ("buyer",)  # the roles of a new account
VERIFY: bool = True  # whether an address has to be verified before it can sign in
VERIFIED = Q(verified_at__isnull=False) if VERIFY else Q()  # the accounts that can
FIRST_ADMIN: Mapping[str, Any] = {"name": "Admin"}
