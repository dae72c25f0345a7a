"""Who may do what with companies, as conditions on their rows."""

from django.db.models import Exists, OuterRef, Q

from apps.core.caller import EVERY, Caller, granted, is_caller
from apps.memberships import models as memberships


def read(caller: Caller) -> Q:
    """signed_in"""
    if caller.has("admin"):
        return EVERY
    return granted(caller, "signed_in") & Q(
        Exists(memberships.Membership.objects.filter(is_caller(caller, "user"), company=OuterRef("pk")))
    )


def create(caller: Caller) -> Q:
    """admin"""
    return granted(caller, "admin")


update = delete = create
