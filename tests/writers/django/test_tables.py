"""What the tables keep by themselves, whoever writes: references, overlaps, exact decimals, values that are given."""

import os
import subprocess
from pathlib import Path

import pytest

from .project import PYTHON, django, emptied, lacks_django, write_project
from .test_migrations import SOURCES, design_of

pytestmark = [pytest.mark.judge, pytest.mark.skipif(lacks_django(), reason=f"{PYTHON} has no Django")]

BEGIN = """
import django
django.setup()
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from django.db import DatabaseError, connection, transaction
from apps.core.caller import Caller
from apps.core.sql import worked_out

@contextmanager
def refused(name=""):
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        assert name in str(error), error
    else:
        raise AssertionError(f"not refused: {name}")

def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
"""
ON_DELETE = """
from apps.members.models import Member
from apps.teams.models import Team
from apps.accounts.models import User
team = Team.objects.create(name="Red")
first = Member.objects.create(team=team)
second = Member.objects.create(team=Team.objects.create(name="Blue"), mentor=first)
run(f"DELETE FROM teams WHERE id = {team.pk}")
second.refresh_from_db()
assert second.mentor is None and Member.objects.count() == 1
with refused():
    Member.objects.create(team_id=99)
second.team.delete()
assert not Member.objects.exists()
"""
NO_OVERLAP = """
from apps.bookings.models import Booking
from apps.rooms.models import Room
start, hour = datetime(2030, 1, 1, 8, tzinfo=UTC), timedelta(hours=1)
room, other = Room.objects.create(name="A"), Room.objects.create(name="B")
def book(room, begin, end, **more):
    return Booking.objects.create(room=room, starts_at=begin, ends_at=end, **more)
first = book(room, start, start + hour)
book(room, start + hour, start + 2 * hour)
book(other, start, start + hour)
refusal = book(room, start, start + hour, state="refused")
with refused("bookings_room_starts_at_overlap"):
    book(room, start + hour / 2, start + hour)
with refused("bookings_room_starts_at_overlap"):
    Booking.objects.filter(pk=refusal.pk).update(state="agreed")
with refused("bookings_starts_at_ends_at_order"):
    book(room, start + 9 * hour, start + 9 * hour)
with refused("bookings_state_choice"):
    Booking.objects.filter(pk=first.pk).update(state="lost")
with refused("bookings_room_id_fk" if connection.vendor == "postgresql" else ""):
    run(f"DELETE FROM rooms WHERE id = {room.pk}")
"""
SHOP = """
from apps.accounts.models import User
from apps.categories.models import Category
from apps.orders.models import Order, OrderLine
from apps.orders import computed
from apps.products.models import Product
from apps.tags.models import Tag
ada = User.objects.create(email="Ada@Example.COM", name="Ada", roles=["customer"], active=True)
ada.refresh_from_db()
assert (ada.email, ada.roles) == ("ada@example.com", ["customer"])
category = Category.objects.create(name="C")
product = Product.objects.create(sku="A", name="Apfel", price=Decimal("0.10"), stock=5, category=category)
order = Order.objects.create(customer=ada)
line = OrderLine(order=order, product=product, quantity=3)
line.price = worked_out({"price": computed.order_line_made_price(line)})["price"]
assert line.price == Decimal("0.10"), line.price
line.save()
empty = Order.objects.create(customer=ada)
totals = dict(Order.objects.annotate(total=computed.total()).values_list("pk", "total"))
assert totals == {order.pk: Decimal("0.30"), empty.pk: Decimal("0.00")}, totals
assert str(totals[order.pk]) == "0.30" and str(totals[empty.pk]) == "0.00", totals
assert Product.objects.filter(name__icontains="APF", price__lt=Decimal("0.11")).exists()
product.tags.set([Tag.objects.create(name="new"), Tag.objects.create(name="old")])
assert sorted(product.tags.values_list("name", flat=True)) == ["new", "old"]
stranger, signed_in = Caller(), Caller(id=ada.pk, roles=frozenset({"signed_in", "customer"}))
assert Order.objects.readable_by(signed_in).count() == 2 and not Order.objects.readable_by(stranger).exists()
assert OrderLine.objects.readable_by(signed_in).get() == line and not OrderLine.objects.readable_by(stranger).exists()
with refused("products_price_min"):
    Product.objects.update(price=-1)
with refused("products_sku_unique" if connection.vendor == "postgresql" else "products.sku"):
    Product.objects.create(sku="A", name="B", price=1, category=category)
Product.objects.update(deleted_at=datetime.now(UTC))
Product.objects.create(sku="A", name="B", price=1, category=category)
"""


@pytest.mark.parametrize(
    ("name", "story"),
    [("on-delete", ON_DELETE), ("no-overlap", NO_OVERLAP), ("shop", SHOP)],
    ids=lambda each: each[:10],
)
def test_tables_keep_what_the_design_says(name: str, story: str, tmp_path: Path, database: str) -> None:
    write_project(tmp_path, design_of(SOURCES[name]))
    for url in (f"sqlite:///{tmp_path}/test.db", database):
        emptied(tmp_path, url)
        done = django(tmp_path, url, "migrate", "--verbosity=0")
        assert done.returncode == 0, done.stderr
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        command_ = [PYTHON, "-c", BEGIN + story]
        told = subprocess.run(command_, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
