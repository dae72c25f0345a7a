"""The admin site: a page for each entity, its parts within it."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from typing import ClassVar

from backsmith.design import types
from backsmith.design.expressions import Tenant
from backsmith.design.fields import IN_ROW, computed_fields, given_fields, tenant_field
from backsmith.design.model import Design, Entity, Field, Given
from backsmith.writers.django import names
from backsmith.writers.django.page import Page
from backsmith.writers.django.services import form_name
from backsmith.writers.python.accounts import extras
from backsmith.writers.python.code import Code, code, joined, name, quoted, tuple_of
from backsmith.writers.python.page import Named

WORDS = types.Text | types.Slug | types.Email
ACCOUNT = ("email", "name", "roles", "active")
"""What admins say of an account."""
COLUMNS = 7
"""How many fields a list shows at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminClass:
    """One class of the site. `registers`: the model that it is the page of, if it is one."""

    name: str
    base: Code
    doc: str
    registers: Code
    options: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminPage(Page):
    template: ClassVar[str] = "apps/admin.py.j2"

    title: str
    classes: tuple[AdminClass, ...]
    always: tuple[Code, ...]


def admin_page(design: Design, entities: tuple[Entity, ...]) -> AdminPage:
    """The module of one app."""
    whole, *parts = entities
    direct = [part for part in parts if _whole_of(design, part) == whole]
    inlines = (*(_inline(design, part) for part in direct), *_links(design, whole))
    return AdminPage(
        title=names.phrases(whole),
        classes=(*inlines, _page(design, whole, inlines)),
        always=(name("django.contrib", "admin"),),
    )


def account_class(design: Design, user: Entity) -> AdminClass:
    """The page of accounts. Passwords are set by their owners, who prove their addresses too."""
    account = replace(user, fields=tuple(map(_editable, user.fields)))
    added = tuple(field.name for field in extras(user) if _is_shown(field) and _is_short(field))
    columns = Named(name="list_display", code=Code(tuple_of((*("id", *ACCOUNT, *added)[:COLUMNS], "verified_at"))))
    site = _page(design, account, ())
    words = Named(name="words", code=code('{{"roles": {}}}', name("apps.accounts.models.user", "ROLES")))
    options = (_with_verified(option) for option in site.options[1:])
    shown = (columns, *options, words)
    return replace(site, doc="Accounts.", registers=name("apps.accounts.models", "User"), options=shown)


def _editable(field: Field) -> Field:
    """What nobody sends over HTTP but admins, who do so here too."""
    if field.name not in ACCOUNT:
        return field
    return replace(field, given=Given.CLIENT, search=field.name == "name")


def _with_verified(option: Named) -> Named:
    if option.name != "readonly_fields":
        return option
    return replace(option, code=Code(f'("verified_at", {option.code.text.lstrip("(")}'))


def _whole_of(design: Design, part: Entity) -> Entity:
    type_ = part.field(part.whole or "").type
    assert isinstance(type_, types.Ref)
    return design.entity(type_.target)


def _inline(design: Design, part: Entity) -> AdminClass:
    return AdminClass(
        name=f"{part.name}Inline",
        base=name("apps.core.admin", "PartInline"),
        doc=f"The {names.phrases(part)} of a row.",
        registers=Code(""),
        options=(
            Named(name="model", code=_model(design, part)),
            Named(name="fk_name", code=Code(quoted(part.whole or ""))),
            *_shared(design, part, {"created_at", "updated_at"}),
        ),
    )


def _links(design: Design, entity: Entity) -> Iterator[AdminClass]:
    """Many-to-many fields: the pairs that have the row."""
    for field in entity.fields:
        if isinstance(field.type, types.Many) and not field.private:
            here, there = names.pair_fields(entity, field)
            pairs = names.pairs_class(entity, field)
            yield AdminClass(
                name=f"{pairs}Inline",
                base=name("apps.core.admin", "PartInline"),
                doc=f"The {field.name.replace('_', ' ')} of a row.",
                registers=Code(""),
                options=(
                    Named(name="model", code=name(f"apps.{names.app(design, entity)}.models", pairs)),
                    Named(name="fk_name", code=Code(quoted(here))),
                    Named(name="autocomplete_fields", code=Code(tuple_of((there,)))),
                    Named(name="verbose_name_plural", code=Code(quoted(field.name.replace("_", " ")))),
                ),
            )


def _page(design: Design, entity: Entity, inlines: tuple[AdminClass, ...]) -> AdminClass:
    stored = [field for field in entity.fields if _is_shown(field)]
    columns = ["id", *(field.name for field in stored if _is_short(field))]
    columns = [*columns[: COLUMNS - 1], *(f.name for f in computed_fields(entity) if not f.private)][:COLUMNS]
    references = tuple(c for c in columns if c != "id" and isinstance(entity.field(c).type, types.Ref))
    filters = [Code(quoted(f.name)) for f in stored if isinstance(f.type, types.Bool | types.Enum)]
    if any(field.name == "deleted_at" for field in entity.fields):
        filters.append(code('("deleted_at", {}.EmptyFieldListFilter)', name("django.contrib", "admin")))
    search = tuple(
        f.name for f in stored if f.search or (f.unique and isinstance(f.type, types.Text | types.Slug | types.Email))
    )
    tenant = _tenant(design, entity)
    options = [
        Named(name="list_display", code=Code(tuple_of(tuple(columns)))),
        *([Named(name="list_filter", code=code("({},)", joined(", ", filters)))] if filters else []),
        *([Named(name="list_select_related", code=Code(tuple_of(references)))] if references else []),
        Named(name="search_fields", code=Code(tuple_of(search or ("id",)))),
        Named(name="ordering", code=Code(tuple_of(entity.order))),
        *_shared(design, entity),
        *([Named(name="once", code=Code(tuple_of(tenant)))] if tenant else []),
        *([Named(name="inlines", code=Code(f"({', '.join(each.name for each in inlines)},)"))] if inlines else []),
    ]
    return AdminClass(
        name=f"{entity.name}Admin",
        base=name("apps.core.admin", "EntityAdmin"),
        doc=f"{names.phrases(entity)[0].upper()}{names.phrases(entity)[1:]}.",
        registers=_model(design, entity),
        options=tuple(options),
    )


def _model(design: Design, entity: Entity) -> Code:
    return name(f"apps.{names.app(design, entity)}.models", entity.name)


def _is_shown(field: Field) -> bool:
    return field.stored and not field.private and field.name not in IN_ROW and field.name != "deleted_at"


def _is_short(field: Field) -> bool:
    """Whether a value fits into a column of a list."""
    long = isinstance(field.type, types.Text) and field.type.length is None
    return not long and not isinstance(field.type, types.Json | types.Values | types.Embedded)


def _tenant(design: Design, entity: Entity) -> tuple[str, ...]:
    """The field that says which tenant a row belongs to: over HTTP, requests do; here, whoever makes it."""
    field = tenant_field(design, entity)
    return (field.name,) if field is not None and isinstance(field.set, Tenant) and not field.private else ()


def _shared(design: Design, entity: Entity, left_out: Set[str] = frozenset()) -> list[Named]:
    """What a page and an inline say alike: what is read only, what is looked up, what the database works out."""
    app, tenant = names.app(design, entity), _tenant(design, entity)
    fixed = tuple(
        field.name
        for field in entity.fields
        if field.stored
        and field.given is Given.SERVER
        and field.name not in {"id", "version", entity.whole, *tenant, *left_out}
        and not field.private
    )
    private = [field for field in entity.fields if field.stored and field.private]
    taken = tuple(field.name for field in private if field.given is not Given.SERVER)
    hidden = tuple(field.name for field in private if field.given is Given.SERVER)
    looked_up = tuple(
        field.name
        for field in entity.fields
        if isinstance(field.type, types.Ref) and field.name not in (*fixed, *hidden, entity.whole)
    )
    worked = [
        code("{}: {}.{}", quoted(f.name), names.sibling(app, app, "computed"), names.function(design, entity, f.name))
        for f in computed_fields(entity)
        if not f.private
    ]
    made = name(f"apps.{app}.services", form_name(design, entity))
    return [
        *([Named(name="made", code=made)] if any(each.field.set for each in given_fields(entity)) else []),
        *([Named(name="autocomplete_fields", code=Code(tuple_of(looked_up)))] if looked_up else []),
        *([Named(name="readonly_fields", code=Code(tuple_of(fixed)))] if fixed else []),
        *([Named(name="exclude", code=Code(tuple_of(hidden)))] if hidden else []),
        *([Named(name="private", code=Code(tuple_of(taken)))] if taken else []),
        *([Named(name="computed", code=code("{{{}}}", joined(", ", worked)))] if worked else []),
    ]
