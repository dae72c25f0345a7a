"""The text of what is written for a Django project: rules, tables and migrations, as somebody would type them."""

import pytest

from backsmith.design import types
from backsmith.design.model import Design
from backsmith.writers.django import code, migrations, names
from backsmith.writers.django.models import Model
from backsmith.writers.django.types import ROWS
from backsmith.writers.python.code import Code, name, plain
from backsmith.writers.python.format import formatted
from backsmith.writers.python.page import Named

from .test_migrations import CIRCLE, SOURCES, design_of

PYPROJECT = '[tool.ruff]\nline-length = 120\n[tool.ruff.lint.isort]\nknown-first-party = ["apps"]\n'


@pytest.fixture(scope="module")
def shop() -> Design:
    return design_of(SOURCES["shop"])


@pytest.fixture(scope="module")
def written(shop: Design) -> dict[str, str]:
    return formatted({**code.files(shop), "pyproject.toml": PYPROJECT})


def test_every_type_has_a_row() -> None:
    known = {each for each in vars(types).values() if isinstance(each, type) and issubclass(each, types.Type)}
    assert set(ROWS) == known - {types.Type}


def test_an_app_holds_an_entity_with_its_parts(shop: Design) -> None:
    assert {label: [entity.name for entity in entities] for label, entities in names.apps(shop).items()} == {
        "accounts": ["User"],
        "categories": ["Category"],
        "products": ["Product"],
        "tags": ["Tag"],
        "orders": ["Order", "OrderLine"],
    }


def test_a_label_of_django_has_the_name_of_the_project_in_front() -> None:
    machines = design_of(SOURCES["machines"])
    assert names.app(machines, machines.entity("Site")) == "machines_sites"


def test_rules(written: dict[str, str]) -> None:
    assert '''
from django.db.models import Q

from apps.core.caller import Caller, granted, is_caller
from apps.orders import models


def read(caller: Caller) -> Q:
    """customer == user or staff"""
    return granted(caller, "admin", "staff") | is_caller(caller, "customer")


def create(caller: Caller) -> Q:
    """customer"""
    return granted(caller, "admin", "customer")


def update(caller: Caller) -> Q:
    """customer == user and status == 'draft'"""
    return granted(caller, "admin") | (is_caller(caller, "customer") & Q(status="draft"))
''' in written["apps/orders/permissions.py"]
    assert written["apps/orders/permissions.py"].endswith('''
def order_line_read(caller: Caller) -> Q:
    """whoever may read the order"""
    return Q(order__in=models.Order.objects.readable_by(caller))
''')


def test_tables(written: dict[str, str]) -> None:
    assert """
class Order(Row):
    customer = fields.ForeignKey("accounts.User", on_delete=models.RESTRICT, related_name="+")
    status = fields.CharField(max_length=9, choices=OrderStatus, default=OrderStatus.DRAFT)
    note = fields.TextField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        db_table = "orders"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="orders_status_choice"),
        ]
        indexes = [
            Index(fields=["customer", "id"], name="orders_customer_id_index"),
        ]
""" in written["apps/orders/models.py"]


def test_computed_fields(written: dict[str, str]) -> None:
    assert '''
def total() -> Combinable:
    """sum(lines.quantity * lines.price)"""
    return sql.total(
        models.OrderLine.objects.filter(order=OuterRef("pk")),
        F("quantity") * F("price"),
        fields.DecimalField(max_digits=12, decimal_places=2),
    )
''' in written["apps/orders/computed.py"]


def test_apps_in_a_circle_have_a_second_migration() -> None:
    assert [path for path in migrations.files(design_of(CIRCLE)) if "0" in path] == [
        "apps/accounts/migrations/0001_initial.py",
        "apps/teams/migrations/0001_initial.py",
        "apps/teams/migrations/0002_board.py",
        "apps/people/migrations/0001_initial.py",
        "apps/badges/migrations/0001_initial.py",
    ]


def test_models_beside_those_of_the_design_are_migrated_too(shop: Design) -> None:
    user = Named(name="user", code=Code('fields.ForeignKey("accounts.User")', name("apps.core", "fields").imports))
    table = Named(name="db_table", code=Code('"auth_sessions"'))
    session = Model(
        name="Session",
        base=name("apps.core.models", "Row"),
        doc="",
        fields=(user,),
        options=(table,),
        constraints=(),
        indexes=(),
    )
    text = migrations.files(shop, {"accounts": (session,)})["apps/accounts/migrations/0001_initial.py"]
    assert 'name="Session"' in plain(text)
    assert '("user", fields.ForeignKey("accounts.User"))' in plain(text)
