"""The modules that this writer's tables, rules and expressions make, by their paths; not yet formatted."""

from backsmith.design.model import Design
from backsmith.writers.django import migrations, names
from backsmith.writers.django.computed import computed_page, has_page
from backsmith.writers.django.enums import enums_page
from backsmith.writers.django.models import models_page
from backsmith.writers.django.permissions import permissions_page
from backsmith.writers.python.page import printed

Texts = dict[str, str]
"""Files by path."""


def files(design: Design) -> Texts:
    """Models, permissions, computed fields and migrations of every app, and the words that they share."""
    found: Texts = {}
    for label in names.apps(design):
        found[f"apps/{label}/__init__.py"] = ""
        found[f"apps/{label}/models.py"] = printed(models_page(design, label))
        found[f"apps/{label}/permissions.py"] = printed(permissions_page(design, label))
        if has_page(design, label):
            found[f"apps/{label}/computed.py"] = printed(computed_page(design, label))
    if design.enums:
        found["apps/core/enums.py"] = printed(enums_page(design))
    return {**found, **migrations.files(design)}
