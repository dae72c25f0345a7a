"""Accounts: the files about them that the design has a say in. The rest of `app/auth` is the same in every project."""

from dataclasses import dataclass, replace
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.contract.hyperlinks import has_hyperlinks
from backsmith.design.fields import computed_fields
from backsmith.design.model import Design, Entity, Ids
from backsmith.design.text import text
from backsmith.writers.fastapi import computed, models, names, policies, services, views
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.policies import Function
from backsmith.writers.fastapi.schemas import Class, Member, Writer, circles
from backsmith.writers.python.accounts import GUARDED, added, extras, first_admin, is_opened, modules, roles_of
from backsmith.writers.python.code import Code, code, joined, name, quoted, tuple_of
from backsmith.writers.python.page import Named, printed


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountModel(Page):
    template: ClassVar[str] = "app/models/user.py.j2"

    base: Code
    id: Code
    roles: Code
    words: tuple[Named, ...]
    arguments: tuple[Code, ...]
    columns: tuple[models.Column, ...]
    pairs: tuple[models.Pairs, ...]
    pair_names: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSchemas(Page):
    template: ClassVar[str] = "app/schemas/user.py.j2"

    read_only: str
    """The names that nobody sends, as the inside of a set."""
    created: tuple[Member, ...]
    registered: tuple[Member, ...]
    changed: tuple[Member, ...]
    own: tuple[Member, ...]
    later: tuple[str, ...]
    checking: tuple[Code, ...]
    links: tuple[Class, ...]
    answer: Class


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountViews(Page):
    template: ClassVar[str] = "app/views/user.py.j2"

    view: Code
    typed: Code
    """`: Mapping[str, Field]`, where these are not all columns."""
    fields: tuple[Named, ...]
    links: tuple[Named, ...]
    users: tuple[Code, ...]
    """What the view of admins says beside its fields: whom it shows, and what they search and sort by."""
    people: tuple[Code, ...]
    me: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPolicies(Page):
    template: ClassVar[str] = "app/policies/user.py.j2"

    rules: tuple[Function, ...]
    same: tuple[str, ...]
    is_opened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountService(Page):
    template: ClassVar[str] = "app/services/user.py.j2"

    form: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEndpoints(Page):
    template: ClassVar[str] = "app/api/user.py.j2"

    id: Code
    read: str
    create: str
    update: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRules(Page):
    template: ClassVar[str] = "app/auth/rules.py.j2"

    api: str
    new_account: str
    verify: bool
    first_admin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthEndpoints(Page):
    template: ClassVar[str] = "app/auth/endpoints.py.j2"

    modules: tuple[str, ...]


def files(design: Design, contract: Contract) -> dict[str, str]:
    """The files, by path; not yet formatted."""
    user = design.entity("User")
    version = design.api.version
    pages: dict[str, Page] = {
        "app/models/user.py": model_page(design, user),
        "app/schemas/user.py": schema_page(design, contract, user),
        "app/views/user.py": view_page(design, user),
        "app/policies/user.py": policy_page(design, user),
        "app/services/user.py": AccountService(form=services.form(design, user)),
        f"app/api/{version}/users.py": endpoints_page(user),
        "app/auth/rules.py": rules_page(design, user),
        "app/auth/endpoints.py": AuthEndpoints(modules=tuple(sorted(modules(design)))),
    }
    if computed.has_page(user):
        pages["app/computed/user.py"] = computed.computed_page(design, user)
    return {path: printed(page) for path, page in pages.items()}


def model_page(design: Design, user: Entity) -> AccountModel:
    """The table of accounts."""
    page = models.model_page(design, user)
    own = {names.column(field) for field in extras(user) if field.stored}
    return AccountModel(
        base=page.base,
        id=name("uuid", "UUID") if user.ids is Ids.UUID7 else Code("int"),
        roles=joined(", ", (Code(quoted(word)) for word in roles_of(user))),
        words=page.words,
        arguments=page.arguments,
        columns=tuple(column for column in page.columns if column.name in own),
        pairs=page.pairs,
        pair_names=page.pair_names,
    )


def schema_page(design: Design, contract: Contract, user: Entity) -> AccountSchemas:
    """The bodies and answers of accounts."""
    writer = Writer(design, contract, user, circles(design)[user.name])
    page = writer.page()
    create, update, own = (contract.schema(called) for called in ("UserCreate", "UserUpdate", "MeUpdate"))
    created = added(user, create.properties)
    read_only = [found.name for found in create.properties if found.read_only and found.name != "active"]
    return AccountSchemas(
        read_only=", ".join(map(quoted, [*read_only, "active"])),
        created=tuple(writer.sent(found) for found in created),
        registered=tuple(writer.sent(found) for found in created if found.rule is None),
        changed=tuple(writer.sent(found, absent=True) for found in added(user, update.properties)),
        own=tuple(writer.sent(found, absent=True) for found in added(user, own.properties)),
        later=page.later,
        checking=page.checking,
        links=page.classes[:-1],
        answer=_with_roles(page.classes[-1]),
    )


def _with_roles(answer: Class) -> Class:
    """The roles of an account have a name of their own."""
    roles = Code("list[Role] | None")
    members = (replace(found, type=roles) if found.name == "roles" else found for found in answer.members)
    return replace(answer, members=tuple(members))


def view_page(design: Design, user: Entity) -> AccountViews:
    """What HTTP shows of accounts: to admins, to whoever meets them in a row, and to themselves."""
    page = views.view_page(design, user)
    shown = (*(field.name for field in page.fields), *(link.name for link in page.links))
    narrowed = {found.field: f"policy.read_{found.field}" for found in user.access.fields if found.read is not None}
    guarded = dict.fromkeys(GUARDED, "policy.manage") if is_opened(user) else {}
    met = {called: "policy.read" for called in dict.fromkeys(shown) if called not in ("id", "name")}
    linked = (Code("links=LINKS"),) if page.links else ()
    own = tuple(option for option in page.options if not option.text.startswith(("fields=", "rules=", "links=")))
    return AccountViews(
        view=page.view,
        typed=_typed(design, user),
        fields=page.fields,
        links=page.links,
        users=(*own, *_rules(guarded | narrowed), *linked),
        people=(Code("read=policy.meet"), *_rules(met | guarded | narrowed), *linked),
        me=(Code("read=policy.own"), *_rules(narrowed), *linked),
    )


def _typed(design: Design, user: Entity) -> Code:
    if not has_hyperlinks(design, user) and not any(computed_fields(user)):
        return Code("")
    return code(": {}[str, {}]", name("collections.abc", "Mapping"), name("app.core.views", "Field"))


def _rules(rules: dict[str, str]) -> tuple[Code, ...]:
    if not rules:
        return ()
    if len(rules) > 1 and len(set(rules.values())) == 1:
        return (Code(f"rules=dict.fromkeys({tuple_of(tuple(rules))}, {next(iter(rules.values()))})"),)
    inner = ", ".join(f"{quoted(field)}: {rule}" for field, rule in rules.items())
    return (Code(f"rules={{{inner}}}"),)


def policy_page(design: Design, user: Entity) -> AccountPolicies:
    """The rules of accounts."""
    page = policies.policy_page(design, user)
    return AccountPolicies(rules=page.rules, same=page.same, is_opened=is_opened(user))


def endpoints_page(user: Entity) -> AccountEndpoints:
    """The endpoints of accounts, for those who manage them."""
    access = user.access
    return AccountEndpoints(
        id=name("app.core.schemas", "UuidId" if user.ids is Ids.UUID7 else "Id"),
        read=text(access.read),
        create=text(access.create),
        update=text(access.update),
    )


def rules_page(design: Design, user: Entity) -> AccountRules:
    """What the blueprint says of accounts."""
    return AccountRules(
        api=f"/api/{design.api.version}",
        new_account=quoted(design.auth.roles[0]),
        verify=design.auth.verify,
        first_admin=repr(first_admin(design, user)),
    )
