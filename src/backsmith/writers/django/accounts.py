"""Accounts: the modules about them that the design has a say in. The rest of `apps/accounts` is the same everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.contract.lasting import lasting
from backsmith.contract.parameters import sortable
from backsmith.design import types
from backsmith.design.model import Design, Entity
from backsmith.design.text import text
from backsmith.writers.django import admin, computed, filters, models, names, permissions, services
from backsmith.writers.django.admin import AdminClass
from backsmith.writers.django.enums import choices_of
from backsmith.writers.django.filters import FilterClass
from backsmith.writers.django.models import Model
from backsmith.writers.django.page import Page
from backsmith.writers.django.serializers import ALWAYS_SORTED, Member, Printer
from backsmith.writers.python.accounts import GUARDED, added, first_admin, is_opened, modules, roles_of
from backsmith.writers.python.code import Code, name, quoted, tuple_of
from backsmith.writers.python.page import printed

CREDENTIALS = ("ApiKey", "Failure", "Session", "Ticket")
"""What signing in leaves in the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountModels(Page):
    template: ClassVar[str] = "apps/accounts/models/user.py.j2"

    user: Model
    pairs: tuple[Model, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllModels(Page):
    template: ClassVar[str] = "apps/accounts/models/__init__.py.j2"

    credentials: tuple[str, ...]
    own: tuple[str, ...]
    every: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How accounts are shown to somebody: what its `Meta` says beside what all of them say."""

    name: str
    doc: str
    meta: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSerializers(Page):
    template: ClassVar[str] = "apps/accounts/serializers.py.j2"

    refused: str
    """The names that nobody sends, as the inside of a set."""
    created: tuple[Member, ...]
    registered: tuple[Member, ...]
    changed: tuple[Member, ...]
    own: tuple[Member, ...]
    fields: str
    declared: tuple[Member, ...]
    """Shown fields that are no columns, or lead elsewhere."""
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilters(Page):
    template: ClassVar[str] = "apps/accounts/filters.py.j2"

    filters: FilterClass
    base: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountServices(Page):
    template: ClassVar[str] = "apps/accounts/services.py.j2"

    form: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountViews(Page):
    template: ClassVar[str] = "apps/accounts/users.py.j2"

    read: str
    create: str
    update: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAdmin(Page):
    template: ClassVar[str] = "apps/accounts/admin.py.j2"

    site: AdminClass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRules(Page):
    template: ClassVar[str] = "apps/accounts/rules.py.j2"

    api: str
    new_account: str
    verify: bool
    first_admin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUrls(Page):
    template: ClassVar[str] = "apps/accounts/urls.py.j2"

    modules: tuple[str, ...]


def files(design: Design, contract: Contract) -> dict[str, str]:
    """The files, by path; not yet formatted."""
    user = design.entity("User")
    pages: dict[str, Page] = {
        "models/__init__.py": all_models_page(user),
        "models/user.py": models_page(design, user),
        "permissions.py": replace(permissions.permissions_page(design, names.ACCOUNTS), phrases="accounts"),
        "serializers.py": serializers_page(design, contract, user),
        "filters.py": filters_page(design, user),
        "services.py": AccountServices(form=services.form(design, user)),
        "users.py": AccountViews(
            read=text(user.access.read), create=text(user.access.create), update=text(user.access.update)
        ),
        "admin.py": AccountAdmin(site=admin.account_class(design, user)),
        "rules.py": rules_page(design, user),
        "urls.py": AccountUrls(modules=tuple(sorted(modules(design)))),
    }
    if computed.has_page(design, names.ACCOUNTS):
        pages["computed.py"] = replace(computed.computed_page(design, names.ACCOUNTS), phrases="accounts")
    return {f"apps/{names.ACCOUNTS}/{path}": printed(page) for path, page in pages.items()}


def models_page(design: Design, user: Entity) -> AccountModels:
    """The table of accounts, and of what they are linked to in pairs."""
    return AccountModels(
        user=models.model_of(design, user),
        pairs=models.pair_models(design, user),
        roles=tuple(map(quoted, roles_of(user))),
    )


def all_models_page(user: Entity) -> AllModels:
    """The package of models, which has what its modules define."""
    pairs = (names.pairs_class(user, field) for field in user.fields if isinstance(field.type, types.Many))
    choices = (each.name for each in choices_of(user))
    own = tuple(sorted(("User", *pairs, *choices)))
    every = tuple(map(quoted, sorted((*own, *CREDENTIALS))))
    return AllModels(credentials=CREDENTIALS, own=own, every=every)


def serializers_page(design: Design, contract: Contract, user: Entity) -> AccountSerializers:
    """The bodies and answers of accounts."""
    printer = Printer(design, contract, user)
    create, update, own = (contract.schema(called) for called in ("UserCreate", "UserUpdate", "MeUpdate"))
    created = added(user, create.properties)
    refused = [found.name for found in create.properties if found.read_only and found.name != "active"]
    return AccountSerializers(
        refused=", ".join(map(quoted, [*refused, "active"])),
        created=tuple(printer.sent(found) for found in created),
        registered=tuple(printer.sent(found) for found in created if found.rule is None),
        changed=tuple(printer.sent(found, absent=True) for found in added(user, update.properties)),
        own=tuple(printer.sent(found, absent=True) for found in added(user, own.properties)),
        fields=tuple_of(printer.shown()),
        declared=printer.read().members,
        views=tuple(_views(design, user, printer.shown())),
    )


def _views(design: Design, user: Entity, names_: tuple[str, ...]) -> Iterator[View]:
    """What HTTP shows of accounts: to admins, to whoever meets them in a row, and to themselves."""
    narrowed = {found.field: f"read_{found.field}" for found in user.access.fields if found.read is not None}
    guarded = dict.fromkeys(GUARDED, "manage") if is_opened(user) else {}
    met = {name_: "read" for name_ in names_ if name_ not in ("id", "name")}
    absent = Member(name="absent", value=Code(tuple_of(tuple(met))))
    same = () if lasting(design, user) else (Member(name="lasting", value=Code("False")),)
    yield View(
        name="UserRead",
        doc="An account. Others than admins and its owner are shown its id and its name, unless its rules say more.",
        meta=(*_meta("read", guarded | narrowed), absent, *_asked(user), *same),
    )
    yield View(
        name="PersonRead",
        doc="An account, as whoever meets it in a row sees it: its id and its name alone, unless they may read more.",
        meta=(*_meta("meet", met | guarded | narrowed), Member(name="documented", value=Code("UserRead"))),
    )
    yield View(name="MeRead", doc="The own account.", meta=(*_meta("own", narrowed), *same))


def _meta(read: str, rules: dict[str, str]) -> tuple[Member, ...]:
    said = (Member(name="read", value=Code(f"permissions.{read}")),)
    return (*said, Member(name="rules", value=_rules(rules))) if rules else said


def _rules(rules: dict[str, str]) -> Code:
    if len(rules) > 1 and len(set(rules.values())) == 1:
        return Code(f"dict.fromkeys({tuple_of(tuple(rules))}, permissions.{next(iter(rules.values()))})")
    inner = ", ".join(f"{quoted(field)}: permissions.{rule}" for field, rule in rules.items())
    return Code(f"{{{inner}}}")


def _asked(user: Entity) -> Iterator[Member]:
    """What lists of accounts are searched and sorted by."""
    if search := tuple(field.name for field in user.fields if field.search):
        yield Member(name="search", value=Code(tuple_of(search)))
    if sort := tuple(field for field in sortable(user) if field not in ALWAYS_SORTED):
        yield Member(name="sort", value=Code(tuple_of(sort)))
    if user.order != ("-id",):
        yield Member(name="order", value=Code(tuple_of(user.order)))


def filters_page(design: Design, user: Entity) -> AccountFilters:
    """What lists of accounts can be asked."""
    page = filters.filters_page(design, (user,))
    return AccountFilters(filters=page.classes[0], base=name("apps.core.filters", "FilterSet"))


def rules_page(design: Design, user: Entity) -> AccountRules:
    """What the blueprint says of accounts."""
    return AccountRules(
        api=f"/api/{design.api.version}",
        new_account=quoted(design.auth.roles[0]),
        verify=design.auth.verify,
        first_admin=repr(first_admin(design, user)),
    )
