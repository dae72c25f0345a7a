"""The admin site: every list is one query, and a change raises the row's version as over HTTP."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.timezone import now

if TYPE_CHECKING:  # unfold says no types: its classes are Django's, in other clothes
    from django.contrib import admin

    ModelAdmin: TypeAlias = admin.ModelAdmin[Any]
    TabularInline: TypeAlias = admin.TabularInline[Any, Any]
    Base: TypeAlias = admin.options.BaseModelAdmin[Any]
else:
    from unfold.admin import ModelAdmin, TabularInline

    Base = object


class _Worked(Base):
    """Shows what the database works out: `computed` has it by its names."""

    computed: ClassVar[Mapping[str, Callable[[], Combinable]]] = {}

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        worked = {name: column() for name, column in self.computed.items()}
        found: QuerySet[Any] = super().get_queryset(request).annotate(**worked)
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *self.computed)

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
