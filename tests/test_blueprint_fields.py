"""The line of a field: every type, every modifier, in any order; and what the whole blueprint makes of it."""

from decimal import Decimal as Exact

import pytest

from backsmith.design import types as t
from backsmith.design.expressions import Comparison, Literal
from backsmith.design.model import Design, Entity, Field, Given, Ids, OnDelete, Rate, Register
from backsmith.design.text import text
from backsmith.readers.blueprint import read_blueprint

AROUND = """
backend: shop
auth: {{roles: [customer, staff, admin]}}
types:
  Size: s|m|l
  Address:
    street: str(200)
    city: str(80)?
entities:
  Category:
    fields: {{name: str}}
  Tag:
    fields: {{name: slug}}
  Line:
    fields: {{quantity: int, amount: money}}
  Product:
    fields:
      category: Category
      base: money
      amount: int
      flag: bool
      lines: Line[] part
      x: {line}
"""


def read_design(source: str) -> Design:
    read = read_blueprint(source, "backend.yaml")
    assert read.design is not None, read.diagnostics
    return read.design


def field(line: str) -> Field:
    """The field that a line describes."""
    quoted = "'" + line.replace("'", "''") + "'"
    return read_design(AROUND.format(line=quoted)).entity("Product").field("x")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("str", t.Text(length=255)),
        ("str(80)", t.Text(length=80)),
        ("text", t.Text()),
        ("int", t.Int()),
        ("bigint", t.BigInt()),
        ("float", t.Float()),
        ("decimal(10,2)", t.Decimal(precision=10, scale=2)),
        ("decimal( 10 , 2 )", t.Decimal(precision=10, scale=2)),
        ("money", t.Decimal(precision=12, scale=2)),
        ("bool", t.Bool()),
        ("date", t.Date()),
        ("time", t.Time()),
        ("datetime", t.DateTime()),
        ("duration", t.Duration()),
        ("uuid", t.Uuid()),
        ("email", t.Email()),
        ("url", t.Url()),
        ("slug", t.Slug()),
        ("phone", t.Phone()),
        ("ip", t.Ip()),
        ("json", t.Json()),
        ("file", t.Upload()),
        ("image", t.Upload(image=True)),
        ("draft|paid", t.Enum(words=("draft", "paid"))),
        ("draft | in-progress | paid_out", t.Enum(words=("draft", "in-progress", "paid_out"))),
        ("Size", t.Enum(words=("s", "m", "l"), name="Size")),
        ("Address", t.Embedded(name="Address")),
        ("Category", t.Ref(targets=("Category",))),
        ("User", t.Ref(targets=("User",))),
        ("Category|Tag", t.Ref(targets=("Category", "Tag"))),
        ("Category or Tag", t.Ref(targets=("Category", "Tag"))),
        ("Tag[]", t.Many(target="Tag")),
        ("str[]", t.Values(item=t.Text(length=255))),
        ("str(40)[]", t.Values(item=t.Text(length=40))),
        ("int[]", t.Values(item=t.Int())),
    ],
)
def test_every_type(line: str, kind: t.Type) -> None:
    assert field(line).type == kind


def test_parts_and_inverses() -> None:
    design = read_design(
        "backend: shop\nentities:\n"
        "  Category:\n    fields:\n      name: str\n      products: Product[] by category\n"
        "  Product:\n    fields:\n      category: Category\n      photos: ProductPhoto[] part\n"
        "  ProductPhoto:\n    fields: {caption: str}\n"
    )
    assert design.entity("Category").field("products") == Field(
        name="products", type=t.Inverse(target="Product", by="category"), given=Given.SERVER
    )
    assert design.entity("Product").field("photos").type == t.Parts(target="ProductPhoto", by="product")
    photo = design.entity("ProductPhoto")
    assert photo.whole == "product"
    assert photo.fields[0] == Field(
        name="product", type=t.Ref(targets=("Product",)), on_delete=OnDelete.CASCADE, given=Given.SERVER
    )


def test_modifiers_in_any_order() -> None:
    one = field("str(80) ? unique index search fixed ~ /^a b[/]\\/c$/ was old_name = 'a b//c'")
    other = field("str(80) was old_name = 'a b//c' search ~ /^a b[/]\\/c$/ fixed index unique ?")
    assert one == other
    assert (one.optional, one.unique, one.index, one.search, one.fixed) == (True,) * 5
    assert (one.pattern, one.was, one.given) == ("^a b[/]/c$", "old_name", Given.ONCE)


@pytest.mark.parametrize(
    "line", ["int >= 0 < 100 = 5 index", "int = 5 >= 0 < 100 index", "int index = 5 >= 0 < 100", "int>=0<100=5 index"]
)
def test_bounds_and_a_default_stand_in_any_order(line: str) -> None:
    found = field(line)
    bounds = [(bound.operator, bound.value.value) for bound in found.bounds]
    assert bounds == [(Comparison.GE, 0), (Comparison.LT, 100)]
    assert found.default == Literal(value=5, type=t.Int())
    assert found.index


def test_literals_have_the_type_of_their_field() -> None:
    found = field("money >= -5 <= 10.50 = 1")
    assert [bound.value for bound in found.bounds] == [
        Literal(value=Exact(-5), type=found.type),
        Literal(value=Exact("10.50"), type=found.type),
    ]
    assert found.default == Literal(value=Exact(1), type=found.type)


@pytest.mark.parametrize(
    ("line", "default", "set", "computed"),
    [
        ("int = 3", "3", None, None),
        ("int = -3", "-3", None, None),
        ("bool = true", "True", None, None),
        ("Size = m", "'m'", None, None),
        ("Size = 'm'", "'m'", None, None),
        ("draft|in-progress = in-progress", "'in-progress'", None, None),
        ("duration = days(7)", "days(7)", None, None),
        ("datetime default now", "now", None, None),
        ("money default base", "base", None, None),
        ("money default base + 1 >= 0", "base + 1", None, None),
        ("datetime set now", None, "now", None),
        ("User set user", None, "user", None),
        ("money set base * 2 index", None, "base * 2", None),
        ("money = base * 2", None, None, "base * 2"),
        ("money = sum(lines.quantity * lines.amount)", None, None, "sum(lines.quantity * lines.amount)"),
        ("bigint = count(lines)", None, None, "count(lines)"),
        ("bool = amount > 0", None, None, "amount > 0"),
        ("bool = 0 < amount and flag", None, None, "0 < amount and flag"),
        ("bool = flag private", None, None, "flag"),
        ("str(255) = category.name was old", None, None, "category.name"),
    ],
)
def test_where_a_value_comes_from(line: str, default: str | None, set: str | None, computed: str | None) -> None:
    found = field(line)
    assert tuple(expr and text(expr) for expr in (found.default, found.set, found.computed)) == (default, set, computed)


def test_who_gives_a_value() -> None:
    design = read_design(
        """
backend: shop
entities:
  Product:
    fields: {price: money}
  Order:
    fields:
      customer: User owner
      product: Product
      price: money set product.price
      status: draft|paid = draft
      code: str fixed
      total: money = price * 2
      seen: bool readonly = False
      note: text?
    moves:
      pay: {from: draft, to: paid, by: owner}
"""
    )
    given = {each.name: each.given for each in design.entity("Order").fields}
    assert given == {
        "customer": Given.CALLER,
        "product": Given.ONCE,
        "price": Given.SERVER,
        "status": Given.SERVER,
        "code": Given.ONCE,
        "total": Given.SERVER,
        "seen": Given.SERVER,
        "note": Given.CLIENT,
    }


def test_what_is_left_out() -> None:
    design = read_design("backend: notes\nentities:\n  Note:\n    fields: {body: text}\n")
    note = design.entity("Note")
    assert (note.plural, note.order, note.ids) == ("notes", ("-id",), Ids.INT)
    assert {text(rule) for rule in (note.access.read, note.access.create, note.access.update, note.access.delete)} == {
        "admin"
    }
    assert design.auth.roles == ("member", "admin")
    assert [each.name for each in design.entity("User").fields] == ["email", "name", "roles", "active"]


def test_everything_else() -> None:
    design = read_design(
        """
backend: rooms
framework: fastapi
database: sqlite
auth: {roles: [guest], register: invite, verify: false}
api: {version: v2, rate: 5/second, ids: uuid7, links: true}
entities:
  User:
    fields: {nickname: str?}
    access: {read: signed_in}
  Room:
    doc: A room that can be booked.
    ids: int
    was: Chamber
    plural: chambers
    fields:
      name: {type: str unique, doc: The name on the door.}
      size: int
    history: true
  Booking:
    fields:
      guest_of: User owner
      room: Room
      starts_at: datetime
      ends_at: datetime
      state: held|kept|dropped = held
    unique: [[room, starts_at], {fields: [guest_of, starts_at], where: state != 'dropped'}]
    index: [[room, -starts_at], ends_at]
    checks:
      in_order: ends_at > starts_at
    no_overlap:
      - {fields: [room, starts_at, ends_at], where: state != 'dropped'}
    order: [-starts_at, room]
    sortable: ends_at
    soft_delete: true
    on:
      create: room.size += 1
    moves:
      keep: {from: [held, dropped], to: kept, by: owner, doc: The guest came.}
    actions:
      quote: {input: {nights: int >= 1 = 1}, output: {price: money}, by: anyone, item: true}
    access:
      read: owner
      write: signed_in
      delete: guest
      fields: {ends_at: {write: owner}}
"""
    )
    booking: Entity = design.entity("Booking")
    assert design.auth.roles == ("guest", "admin")
    assert (design.auth.register, design.auth.verify) == (Register.INVITE, False)
    assert (design.api.version, design.api.rate, design.api.links) == ("v2", Rate(requests=5, seconds=1), True)
    assert (design.entity("Room").plural, design.entity("Room").ids, booking.ids) == ("chambers", Ids.INT, Ids.UUID7)
    assert design.entity("Room").field("name").doc == "The name on the door."
    assert (design.entity("Room").history, design.entity("Room").was) == (True, "Chamber")
    assert [each.fields for each in booking.unique] == [("room", "starts_at"), ("guest_of", "starts_at")]
    assert booking.unique[1].where is not None
    assert [each.fields for each in booking.indexes] == [("room", "-starts_at"), ("ends_at",)]
    assert (booking.checks[0].name, booking.checks[0].text) == ("in_order", "ends_at > starts_at")
    (overlap,) = booking.no_overlap
    assert (overlap.fields, overlap.start, overlap.end) == (("room",), "starts_at", "ends_at")
    assert (booking.order, booking.sortable) == (("-starts_at", "room", "id"), ("ends_at",))
    assert [effect.text for effect in booking.effects.create] == ["room.size += 1"]
    assert (booking.moves[0].source, booking.moves[0].field) == (("held", "dropped"), "state")
    assert booking.actions[0].item
    assert text(booking.access.create) == text(booking.access.update) == "signed_in"
    assert text(booking.access.delete) == "guest"
    assert booking.access.fields[0].field == "ends_at"


def test_tenants_bring_memberships() -> None:
    design = read_design(
        "backend: work\nauth: {roles: [worker, admin]}\nentities:\n"
        "  Workspace:\n    fields: {name: str}\n    tenant: true\n"
        "  Project:\n    fields: {workspace: Workspace}\n"
    )
    membership = design.entity("Membership")
    assert [each.name for each in membership.fields] == ["user", "workspace", "roles"]
    assert membership.field("roles").type == t.Values(item=t.Enum(words=("worker",)))
    assert [each.fields for each in membership.unique] == [("user", "workspace")]
    assert design.tenant == design.entity("Workspace")
