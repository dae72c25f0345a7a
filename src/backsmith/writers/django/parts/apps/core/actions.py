"""Endpoints whose body is written by hand: typed and guarded like every other, and 501 until it is."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer

from apps.core import errors
from apps.core.changes import Change


class NotWritten(errors.Problem):
    """What an action says until it is written."""

    status = HTTPStatus.NOT_IMPLEMENTED

    def __init__(self) -> None:
        super().__init__("This action is not written yet.")


def answered(change: Change, kind: Any, result: Any) -> HttpResponse:
    """The answer of an action: 200 with what it says, in the words of its serializer."""
    return change.keep(HttpResponse(JSONRenderer().render(kind(result).data), "application/json"))
