"""Slowing down whoever guesses passwords: failures count for an address with an account, and for an address."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from math import ceil

from django.http import HttpRequest
from django.utils.timezone import now
from rest_framework.request import Request

from apps.accounts.models import Failure
from apps.core import errors, limits, tokens

WINDOW, FOR_ACCOUNT, FOR_ADDRESS = timedelta(minutes=15), 10, 100


@contextmanager
def guarded(request: Request | HttpRequest, account: object) -> Iterator[None]:
    """Around the check of a password: a Problem in it is a failure. Raises TooMany where there were too many.

    Asked before and after: of attempts that run at once, none beyond the limit learns whether it was right.
    """
    address = limits.network(limits.client_address(request))
    counted = {tokens.seal("pair", f"{address} {account}"): FOR_ACCOUNT, tokens.seal("address", address): FOR_ADDRESS}
    _refuse(counted)
    try:
        yield
    except errors.Problem:
        Failure.objects.bulk_create([Failure(key=key) for key in counted])
        _refuse(counted, own=1)
        raise
    _refuse(counted)


def _refuse(counted: Mapping[str, int], own: int = 0) -> None:
    since = now() - WINDOW
    for key, limit in counted.items():
        # The oldest of the failures that fill the limit: when it leaves the window, there is room again.
        filling = Failure.objects.filter(key=key, created_at__gt=since).order_by("-created_at")[limit - 1 + own :]
        oldest = filling.values_list("created_at", flat=True).first()
        if oldest is not None:
            raise errors.TooMany(ceil((oldest - since).total_seconds()))
