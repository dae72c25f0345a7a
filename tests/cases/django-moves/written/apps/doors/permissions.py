"""Who may do what with doors, as conditions on their rows."""

from django.db.models import Q

from apps.core.caller import EVERY, Caller, granted


def read(caller: Caller) -> Q:
    """anyone"""
    return EVERY


def create(caller: Caller) -> Q:
    """signed_in"""
    return granted(caller, "signed_in")


def close(caller: Caller) -> Q:
    """signed_in"""
    return granted(caller, "signed_in")


def lock(caller: Caller) -> Q:
    """guard"""
    return granted(caller, "admin", "guard")


update = delete = create
