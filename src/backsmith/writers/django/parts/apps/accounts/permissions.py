"""Who may do what with accounts, as conditions on their rows."""

from django.db.models import Q

from apps.core.caller import EVERY, NONE, Caller, granted


def read(caller: Caller) -> Q:
    """admin"""
    return granted(caller, "admin")


create = update = delete = read


def meet(caller: Caller) -> Q:
    """whoever may read a row that names the account: its id and its name"""
    return EVERY


def own(caller: Caller) -> Q:
    """one's own"""
    return NONE if caller.id is None else Q(pk=caller.id)
