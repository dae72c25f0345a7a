"""`manage.py seed --rows 100`: example data that keeps every rule and is the same each time, never in production."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.accounts.models import User
from apps.core.passwords import hashed
from apps.docs.models import Doc
from apps.logs.models import Log
from apps.memberships.models import Membership
from apps.names_accounts.models import Account
from apps.routes.models import Route
from apps.settings.models import Setting
from apps.tenants.models import Tenant
from apps.transfers.models import Transfer
from config.environment import settings

PASSWORD = "a quiet river of examples"
"""Of every account that is made here."""
ROLES = ["teller", "boss", "admin"]
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

FIRST = ["Ada", "Ben", "Chloe", "Dilan", "Elif", "Finn", "Grace", "Hugo", "Ines", "Jonas", "Kemal", "Lena"]
LAST = ["Abel", "Brandt", "Costa", "Duman", "Ekström", "Fischer", "Garcia", "Haas", "Ito", "Jensen", "Kaya"]
KINDS = ["quiet", "bright", "early", "northern", "plain", "second", "open", "little", "green"]
THINGS = ["harbour", "lantern", "meadow", "bridge", "kettle", "garden", "signal", "orchard", "window", "ferry", "mill"]

T = TypeVar("T")


class Command(BaseCommand):
    help = "Fill an empty database with example data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int, default=20, help="how many rows of each kind (20)")

    def handle(self, *args: Any, rows: int, **options: Any) -> None:
        if settings.production:
            raise CommandError("This is production: no example data.")
        if User.objects.exists():
            raise CommandError("There are accounts already: example data goes into an empty database.")
        seed(max(rows, 1))
        self.stdout.write(f"Sign in as {', '.join(f'{role}@example.com' for role in ROLES)} with: {PASSWORD}")


@transaction.atomic
def seed(rows: int) -> None:
    """Make so many rows of each kind, and an account for each role, all or nothing."""
    password = hashed(PASSWORD)
    accounts = User.objects.bulk_create(_account(n, password) for n in range(max(rows, len(ROLES))))
    tenants = Tenant.objects.bulk_create(
        Tenant(name=f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize()) for n in range(min(2, rows))
    )
    Doc.objects.bulk_create(
        Doc(name=f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize()) for n in range(rows)
    )
    Log.objects.bulk_create(
        Log(name=f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize()) for n in range(rows)
    )
    Route.objects.bulk_create(
        Route(name=f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize()) for n in range(rows)
    )
    Setting.objects.bulk_create(
        Setting(name=f"{pick(KINDS, n // 2)} {pick(THINGS, n)} {n + 1}".capitalize()) for n in range(rows)
    )
    for tenant in tenants:
        _seed_tenant(tenant, rows, accounts)


def _seed_tenant(
    tenant: Tenant,
    rows: int,
    accounts: list[User],
) -> None:
    """Make what belongs to one tenant."""
    Membership.objects.bulk_create(
        Membership(
            user=pick(accounts, n), tenant=tenant, roles=[role for role in pick(accounts, n).roles if role != "admin"]
        )
        for n in range(len(accounts))
    )
    accounts_ = Account.objects.bulk_create(
        Account(firm=tenant, number=f"Number {n}", holder=pick(accounts, n)) for n in range(rows)
    )
    Transfer.objects.bulk_create(
        Transfer(firm=tenant, account=pick(accounts_, n), amount=Decimal("2.51") + n * 7 % 90) for n in range(rows)
    )


def _account(n: int, password: str) -> User:
    """The first ones have one role each, and an address that says which."""
    role = ROLES[n] if n < len(ROLES) else ROLES[0]
    return User(
        email=f"{role}@example.com" if n < len(ROLES) else f"{pick(FIRST, n).lower()}{n}@example.com",
        name=f"{pick(FIRST, n)} {pick(LAST, n // 5)}",
        roles=[role],
        verified_at=START,
        password=password,
    )


def pick(rows: Sequence[T], n: int) -> T:
    """One of the rows; after the last comes the first."""
    return rows[n % len(rows)]
