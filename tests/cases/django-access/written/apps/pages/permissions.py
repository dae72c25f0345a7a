"""Who may do what with pages, as conditions on their rows."""

from django.db.models import Q

from apps.core.caller import EVERY, Caller, granted, is_caller


def read(caller: Caller) -> Q:
    """open or author == user or editor"""
    if caller.has("admin", "editor"):
        return EVERY
    return Q(open=True) | is_caller(caller, "author")


def create(caller: Caller) -> Q:
    """editor"""
    return granted(caller, "admin", "editor")


def update(caller: Caller) -> Q:
    """author == user and not open"""
    return granted(caller, "admin") | (is_caller(caller, "author") & Q(open=False))


def delete(caller: Caller) -> Q:
    """admin"""
    return granted(caller, "admin")
