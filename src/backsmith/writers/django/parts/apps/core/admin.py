"""The admin site: every list is one query, a new row is made and a change raises its version as over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import F, Field, QuerySet
from django.db.models.expressions import Combinable
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.timezone import now

from apps.core import sql
from apps.core.caller import Caller
from apps.core.constraints import told
from apps.core.errors import Problem
from apps.core.fields import one_of
from apps.core.forms import Form

if TYPE_CHECKING:  # unfold says no types: its classes are Django's, in other clothes
    ModelAdmin: TypeAlias = admin.ModelAdmin[Any]
    TabularInline: TypeAlias = admin.TabularInline[Any, Any]
    FormSet: TypeAlias = BaseInlineFormSet[Any, Any, Any]
    ModelForm: TypeAlias = forms.ModelForm[Any]
    Base: TypeAlias = admin.options.BaseModelAdmin[Any]
    Checkboxes: TypeAlias = forms.CheckboxSelectMultiple
else:
    from unfold import admin as unfold
    from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget as Checkboxes

    ModelAdmin, TabularInline = unfold.ModelAdmin, unfold.TabularInline
    FormSet, ModelForm, Base = BaseInlineFormSet, forms.ModelForm, object

admin.site.unregister(Group)  # accounts have roles

LATER = ("created_at", "updated_at", "deleted_at")
"""What a row has once it is made."""


class RowForm(ModelForm):
    """Takes what is private and never shows it; left empty, it stays as it is."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        there = not self.instance._state.adding
        self.unshown = [name for name, field in self.fields.items() if there and hasattr(field, "unshown")]
        for name in self.unshown:
            self.initial.pop(name, None)
            self.fields[name].required = False

    def clean(self) -> Any:
        super().clean()
        for name in set(self.unshown).difference(self.changed_data):
            self.cleaned_data.pop(name, None)
        return self.cleaned_data


class _Worked(Base):
    """Shows what the database works out, and works out what nobody says.

    computed: the columns by their names; made: how new rows come to what nobody sends; private: fields that are taken
    and never shown.
    """

    computed: ClassVar[Mapping[str, Callable[[], Combinable]]] = {}
    made: ClassVar[Form | None] = None
    private: ClassVar[Sequence[str]] = ()

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        worked = {name: column() for name, column in self.computed.items()}
        found: QuerySet[Any] = super().get_queryset(request).annotate(**worked)
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        return tuple(name for name in fixed if name not in LATER) if obj is None else (*fixed, *self.computed)

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **options: Any) -> Any:
        found: Any = super().formfield_for_dbfield(db_field, request, **options)
        if found is not None and db_field.name in self.private:
            found.unshown = True
        return found

    def __getattr__(self, name: str) -> Any:
        if name in type(self).computed:
            return _shown(name, lambda row: getattr(row, name, None))
        raise AttributeError(name)


def _shown(name: str, value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def shown(row: Any) -> Any:
        return value(row)

    shown.__name__ = name
    return shown


class EntityAdmin(_Worked, ModelAdmin):
    """The rows of one table.

    once: fields that stay as they were when the row was made; words: of lists, what may be chosen.
    """

    once: ClassVar[Sequence[str]] = ()
    words: ClassVar[Mapping[str, Sequence[str]]] = {}
    form = RowForm
    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    warn_unsaved_form = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None else (*fixed, *self.once)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [_listed(str(each)) if each in self.words else each for each in super().get_list_display(request)]

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **options: Any) -> Any:
        if db_field.name not in self.words:
            return super().formfield_for_dbfield(db_field, request, **options)
        return forms.MultipleChoiceField(choices=one_of(self.words[db_field.name]), widget=Checkboxes, required=False)

    def changeform_view(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        """The form. What only the database refuses is told above it."""
        try:
            with told():
                return super().changeform_view(request, *arguments, **options)
        except Problem as refused:
            said = [error.message for error in refused.errors] or [refused.detail]
            self.message_user(request, " ".join(said), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep the row: a new one with what nobody says, another as its next version."""
        if change:
            obj.version, obj.updated_at = F("version") + 1, now()
        else:
            complete(self.made, request, obj)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, self.model._base_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        """Delete rows, or put them out of sight where rows are kept."""
        if "deleted_at" in self.readonly_fields:
            queryset.update(deleted_at=now(), updated_at=now(), version=F("version") + 1)
        else:
            super().delete_queryset(request, queryset)


class PartFormSet(FormSet):
    """Makes parts as they are made over HTTP."""

    made: Form | None
    request: HttpRequest

    def save_new(self, form: Any, commit: bool = True) -> Any:
        row = super().save_new(form, commit=False)
        complete(self.made, self.request, row)
        if commit:
            row.save()
        return row


class PartInline(_Worked, TabularInline):
    """The parts of a row, or its links to others."""

    form = RowForm
    formset = PartFormSet
    extra = 0
    tab = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        found: Any = super().get_formset(request, obj, **options)
        found.made, found.request = self.made, request
        return found


def complete(made: Form | None, request: HttpRequest, row: Any) -> None:
    """Give a new row what the database works out, where it has nothing of it yet."""
    if made is not None:
        user: Any = request.user
        caller = Caller(id=user.pk, roles=frozenset({"signed_in", *user.roles}))
        absent = [name for name in made.stored if getattr(row, name) is None]
        for name, value in sql.worked_out(made.worked_out(caller, row, absent)).items():
            setattr(row, name, value)


def _listed(name: str) -> Callable[[Any], Any]:
    return _shown(name, lambda row: ", ".join(getattr(row, name)))
