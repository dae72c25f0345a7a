"""Who may do what with memberships, as conditions on their rows."""

from django.db.models import Q

from apps.core.caller import Caller, granted


def read(caller: Caller) -> Q:
    """admin"""
    return granted(caller, "admin")


create = update = delete = read
