"""Valid rows and bodies of every entity, with what they refer to: each call another one, every run the same."""

from decimal import Decimal
from typing import Any

import factory

from apps.accounts.models import User
from apps.docs.models import Doc
from apps.logs.models import Log
from apps.memberships.models import Membership
from apps.names_accounts.models import Account
from apps.routes.models import Route
from apps.settings.models import Setting
from apps.tenants.models import Tenant
from apps.transfers.models import Transfer
from tests.rows import START, Rows, numbers, sent


class UserFactory(Rows[User]):
    """A user, with what it needs."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"someone{n}@example.com")
    name = "Someone"
    roles = factory.LazyFunction(list)
    active = True
    verified_at = START


class TenantFactory(Rows[Tenant]):
    """A tenant, with what it needs."""

    class Meta:
        model = Tenant

    name = factory.Sequence(lambda n: f"Name {n}")


class DocFactory(Rows[Doc]):
    """A doc, with what it needs."""

    class Meta:
        model = Doc

    name = factory.Sequence(lambda n: f"Name {n}")


class LogFactory(Rows[Log]):
    """A log, with what it needs."""

    class Meta:
        model = Log

    name = factory.Sequence(lambda n: f"Name {n}")


class RouteFactory(Rows[Route]):
    """A route, with what it needs."""

    class Meta:
        model = Route

    name = factory.Sequence(lambda n: f"Name {n}")


class SettingFactory(Rows[Setting]):
    """A setting, with what it needs."""

    class Meta:
        model = Setting

    name = factory.Sequence(lambda n: f"Name {n}")


class MembershipFactory(Rows[Membership]):
    """A membership, with what it needs."""

    class Meta:
        model = Membership

    class Params:
        owned_by = None

    user = factory.LazyAttribute(lambda membership: membership.owned_by or UserFactory.create())
    tenant = factory.SubFactory(TenantFactory)
    roles = factory.LazyFunction(lambda: ["teller"])


class AccountFactory(Rows[Account]):
    """An account, with what it needs."""

    class Meta:
        model = Account

    class Params:
        owned_by = None
        inside = factory.SubFactory(TenantFactory)

    firm = factory.SelfAttribute("inside")
    number = factory.Sequence(lambda n: f"Number {n}")
    holder = factory.LazyAttribute(lambda account: account.owned_by or UserFactory.create())


class TransferFactory(Rows[Transfer]):
    """A transfer, with what it needs."""

    class Meta:
        model = Transfer

    class Params:
        owned_by = None
        inside = factory.SubFactory(TenantFactory)

    firm = factory.SelfAttribute("inside")
    account = factory.SubFactory(
        AccountFactory, owned_by=factory.SelfAttribute("..owned_by"), inside=factory.SelfAttribute("..inside")
    )
    amount = Decimal("2.51")


def tenant_body(**given: Any) -> dict[str, Any]:
    """What makes a tenant, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


def account_body(**given: Any) -> dict[str, Any]:
    """What makes an account, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "number": f"Number {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


def transfer_body(*, owned_by: User | None = None, inside: Tenant | None = None, **given: Any) -> dict[str, Any]:
    """What makes a transfer, without what can be left out."""
    inside = inside or TenantFactory.create()
    values: dict[str, Any] = {
        "account": given.get("account") or AccountFactory.create(owned_by=owned_by, inside=inside),
        "amount": Decimal("2.51"),
    }
    return {name: sent(value) for name, value in (values | given).items()}


def doc_body(**given: Any) -> dict[str, Any]:
    """What makes a doc, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


def log_body(**given: Any) -> dict[str, Any]:
    """What makes a log, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


def route_body(**given: Any) -> dict[str, Any]:
    """What makes a route, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}


def setting_body(**given: Any) -> dict[str, Any]:
    """What makes a setting, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "name": f"Name {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}
