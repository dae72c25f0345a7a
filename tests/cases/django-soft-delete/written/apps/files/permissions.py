"""Who may do what with files, as conditions on their rows."""

from django.db.models import Q

from apps.core.caller import EVERY, Caller, granted


def live() -> Q:
    """not deleted"""
    return Q(deleted_at__isnull=True)


def read(caller: Caller) -> Q:
    """anyone"""
    return EVERY


def create(caller: Caller) -> Q:
    """signed_in"""
    return granted(caller, "signed_in")


update = delete = create
