"""Endpoints whose body is written by hand: typed and guarded like every other, and 501 until it is."""

from http import HTTPStatus
from typing import Any

from fastapi import Response

from app.core import errors, forms, schemas, views
from app.core.changes import Change, changing, creating


class NotWritten(errors.Problem):
    """What an action says until it is written."""

    status = HTTPStatus.NOT_IMPLEMENTED

    def __init__(self) -> None:
        super().__init__("This action is not written yet.")


def acting(view: views.View, rule: forms.Rule, verb: str, *, item: bool) -> Any:
    """The dependency of an action, about one row or about none."""
    return changing(view, rule, verb) if item else creating(view, rule, verb)


async def answered(change: Change, result: schemas.Answer | None) -> Response:
    """The answer of an action: 200 with what it says, or 204."""
    if result is None:
        return await change.keep(Response(status_code=204))
    return await change.keep(Response(result.model_dump_json(), media_type="application/json"))
