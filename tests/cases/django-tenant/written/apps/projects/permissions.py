"""Who may do what with projects, as conditions on their rows."""

from django.db.models import Q

from apps.core.caller import EVERY, Caller, granted


def read(caller: Caller) -> Q:
    """worker"""
    if caller.has("admin"):
        return EVERY
    return granted(caller, "worker") & Q(company=caller.tenant)


create = update = delete = read
