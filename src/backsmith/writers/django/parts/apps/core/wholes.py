"""The versions of rows whose parts change from elsewhere than their own bodies. `WHOLE` of a model names its whole."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F


def raise_wholes(model: type[models.Model], ids: Collection[Any], moment: datetime) -> None:
    """Raise the versions of the wholes that these rows are parts of."""
    name = getattr(model, "WHOLE", None)
    if name is None or not ids:
        return
    whole: Any = model._meta.get_field(name).related_model
    beyond = list(model._base_manager.filter(pk__in=ids).values_list(name, flat=True).distinct())
    whole._base_manager.filter(pk__in=beyond).update(version=F("version") + 1, updated_at=moment)
    raise_wholes(whole, beyond, moment)
