"""Deleting a row that others let go: those that lose their reference, or a part, with it get a new version."""

from typing import Any

from django.db.models import CASCADE, SET_NULL, F

from apps.core import changes, constraints, wholes


def delete(change: changes.Change) -> None:
    """Delete the row with its parts. Raises Conflict where others still refer to it."""
    for model, field in constraints.referring(change.rows.model):
        if field.remote_field.on_delete not in (CASCADE, SET_NULL):
            continue
        found: Any = model._base_manager.filter(**{field.name: change.id})
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        if not ids:
            continue
        lost = field.remote_field.on_delete is SET_NULL
        if lost:
            change.watch(model, ids)
        if field.name != getattr(model, "WHOLE", None):
            wholes.raise_wholes(model, ids, change.caller.moment)
        if lost:
            raised = {"version": F("version") + 1, "updated_at": change.caller.moment}
            model._base_manager.filter(pk__in=ids).update(**{field.name: None}, **raised)
    change.delete()
