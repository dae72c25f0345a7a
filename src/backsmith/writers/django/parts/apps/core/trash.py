"""Deleting rows that are kept, out of sight, and bringing them back."""

from typing import Any

from django.db import models
from django.db.models import CASCADE, SET_NULL, F, Q

from apps.core import constraints, errors
from apps.core.changes import Change


def hide(change: Change) -> None:
    """Put the row out of sight. Raises Conflict where rows that are in sight still refer to it."""
    for model, field in constraints.referring(change.rows.model):
        if field.remote_field.on_delete in (CASCADE, SET_NULL):
            continue
        if model._base_manager.filter(_in_sight(model), **{field.name: change.id}).exists():
            raise errors.Conflict("in_use", "", constraints.IN_USE)
    _moved(change, change.caller.moment, trash=False)


def restore(change: Change) -> None:
    """Bring the row back. Raises Conflict where it is not deleted, or another one has taken its place."""
    if change.row.deleted_at is None:
        raise errors.Conflict("wrong_state", "deleted_at", "It is not deleted.")
    with constraints.told():
        _moved(change, None, trash=True)


def _moved(change: Change, deleted_at: Any, *, trash: bool) -> None:
    raised = {"version": F("version") + 1, "updated_at": change.caller.moment}
    change.run(change.here(trash=trash).update(deleted_at=deleted_at, **raised))


def _in_sight(model: type[models.Model], prefix: str = "") -> Q:
    """That a row is in sight: neither it is deleted, nor the whole that it is a part of."""
    found = Q()
    names = {field.name for field in model._meta.concrete_fields}
    if "deleted_at" in names:
        found &= Q(**{f"{prefix}deleted_at__isnull": True})
    whole = getattr(model, "WHOLE", None)
    if whole is not None:
        beyond: Any = model._meta.get_field(whole).related_model
        found &= _in_sight(beyond, f"{prefix}{whole}__")
    return found
