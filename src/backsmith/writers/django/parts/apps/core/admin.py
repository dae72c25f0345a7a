"""The admin site: every list is one query, and a change raises the row's version as over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Expression, F, QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from unfold.admin import ModelAdmin, TabularInline


class _Worked:
    """Shows what the database works out: `computed` has it by its names."""

    computed: ClassVar[Mapping[str, Callable[[], Expression]]] = {}

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        found: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return found.annotate(**{name: column() for name, column in self.computed.items()})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        named: Sequence[str] = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        return (*named, *self.computed)

    def __getattr__(self, name: str) -> Any:
        if name in type(self).computed:
            return _shown(name)
        raise AttributeError(name)


def _shown(name: str) -> Callable[[Any], Any]:
    def shown(row: Any) -> Any:
        return getattr(row, name, None)

    shown.__name__ = name
    return shown


class EntityAdmin(_Worked, ModelAdmin):
    """The rows of one table."""

    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    warn_unsaved_form = True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep the row, as the next version of it."""
        if change:
            obj.version, obj.updated_at = F("version") + 1, now()
        super().save_model(request, obj, form, change)


class PartInline(_Worked, TabularInline):
    """The parts of a row."""

    extra = 0
    tab = True
