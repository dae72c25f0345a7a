"""The admin site: a page for each entity, its parts within it."""

from dataclasses import dataclass, replace
from typing import ClassVar

from backsmith.design import types
from backsmith.design.fields import IN_ROW, computed_fields
from backsmith.design.model import Design, Entity, Field, Given
from backsmith.writers.django import names
from backsmith.writers.django.page import Page
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
    return AdminPage(
        title=names.phrases(whole),
        classes=(*(_inline(design, part) for part in direct), _page(design, whole, direct)),
        always=(name("django.contrib", "admin"),),
    )


def account_class(design: Design, user: Entity) -> AdminClass:
    """The page of accounts. Passwords are set by their owners, who prove their addresses too."""
    account = replace(user, fields=tuple(map(_editable, user.fields)))
    added = tuple(field.name for field in extras(user) if _is_shown(field) and _is_short(field))
    columns = Named(name="list_display", code=Code(tuple_of((*("id", *ACCOUNT, *added)[:COLUMNS], "verified_at"))))
    site = _page(design, account, [])
    options = (_with_verified(option) for option in site.options[1:])
    return replace(site, doc="Accounts.", registers=name("apps.accounts.models", "User"), options=(columns, *options))


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
            *(Named(name="fk_name", code=Code(quoted(part.whole or ""))) for _ in (1,)),
            *_shared(design, part),
        ),
    )


def _page(design: Design, entity: Entity, parts: list[Entity]) -> AdminClass:
    stored = [field for field in entity.fields if _is_shown(field)]
    columns = ["id", *(field.name for field in stored if _is_short(field))]
    columns = [*columns[: COLUMNS - 1], *(f.name for f in computed_fields(entity) if not f.private)][:COLUMNS]
    references = tuple(c for c in columns if c != "id" and isinstance(entity.field(c).type, types.Ref))
    filters = tuple(f.name for f in stored if isinstance(f.type, types.Bool | types.Enum))
    search = tuple(
        f.name for f in stored if f.search or (f.unique and isinstance(f.type, types.Text | types.Slug | types.Email))
    )
    inlines = ", ".join(f"{part.name}Inline" for part in parts)
    options = [
        Named(name="list_display", code=Code(tuple_of(tuple(columns)))),
        *([Named(name="list_filter", code=Code(tuple_of(filters)))] if filters else []),
        *([Named(name="list_select_related", code=Code(tuple_of(references)))] if references else []),
        Named(name="search_fields", code=Code(tuple_of(search or ("id",)))),
        Named(name="ordering", code=Code(tuple_of(entity.order))),
        *_shared(design, entity),
        *([Named(name="inlines", code=Code(f"({inlines},)"))] if parts else []),
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


def _shared(design: Design, entity: Entity) -> list[Named]:
    """What a page and an inline say alike: what is read only, what is looked up, what the database works out."""
    app = names.app(design, entity)
    fixed = tuple(
        field.name
        for field in entity.fields
        if field.stored
        and field.given is Given.SERVER
        and field.name not in {"id", "version", entity.whole}
        and not field.private
    )
    hidden = tuple(field.name for field in entity.fields if field.stored and field.private)
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
    return [
        *([Named(name="autocomplete_fields", code=Code(tuple_of(looked_up)))] if looked_up else []),
        *([Named(name="readonly_fields", code=Code(tuple_of(fixed)))] if fixed else []),
        *([Named(name="exclude", code=Code(tuple_of(hidden)))] if hidden else []),
        *([Named(name="computed", code=code("{{{}}}", joined(", ", worked)))] if worked else []),
    ]
