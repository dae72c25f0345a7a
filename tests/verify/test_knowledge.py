"""The judge's model of the data: what it learns, who sees what of it, which rows a question should find."""

import asyncio
from decimal import Decimal
from typing import Any, cast

import pytest

from backsmith.contract.model import Comparing
from backsmith.design import types
from backsmith.design.expressions import Collection, Literal, Path
from backsmith.design.model import Effect, Entity
from backsmith.verify.asking import Asked, disorder, found_by, matches
from backsmith.verify.court import STRANGER, Account
from backsmith.verify.effects import changes, unexpected
from backsmith.verify.knowledge import Knowledge
from backsmith.verify.sight import Perhaps, Sight, difference, tree_of
from backsmith.verify.verdicts import refusal, refusal_of_all
from backsmith.verify.world import World

from .test_broken_reading import design

STAND = design("stand")
ADMIN = Account("admin", 1, roles=frozenset({"admin"}))
ADA = Account("ada", 2, roles=frozenset({"customer"}))
STAFF = Account("staff", 3, roles=frozenset({"staff"}))

SAID: dict[str, list[dict[str, Any]]] = {
    "User": [
        {"id": id, "name": f"n{id}", "email": f"{id}@example.com", "roles": [], "active": True} for id in (1, 2, 3)
    ],
    "Shelf": [{"id": 1, "name": "Straße", "floor": None}, {"id": 2, "name": "b", "floor": 2}],
    "Item": [
        {"id": 1, "shelf": 1, "name": "Éclair", "stock": 5, "cost": "2.50", "deleted_at": None},
        {"id": 2, "shelf": 2, "name": "zebra", "stock": 0, "cost": None, "deleted_at": None},
    ],
    "Order": [
        {"id": 1, "customer": 2, "item": 1, "amount": 2, "state": "draft", "lines": [{"id": 9, "text": "x"}]},
        {"id": 2, "customer": 3, "item": 2, "amount": 1, "state": "paid", "lines": []},
    ],
}


class Said:
    """A world whose lists say what stands above."""

    design, admin = STAND, ADMIN

    async def rows(self, entity: Entity, who: Any = None, **query: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        return [dict(row) for row in SAID[entity.name]]


@pytest.fixture
def known() -> Knowledge:
    return asyncio.run(Knowledge(cast("World", Said())).learn())


def entity(name: str) -> Entity:
    return STAND.entity(name)


def test_rows_refer_to_each_other(known: Knowledge) -> None:
    order = known.rows["Order"][1]
    assert order["item"] is known.rows["Item"][1]
    assert order["lines"] == [known.rows["Line"][9]]
    assert known.rows["Line"][9]["order"] is order
    assert known.rows["Item"][1]["orders"] == [order]
    assert known.told["Order"][1] == {"id": 1, "customer": 2, "item": 1, "amount": 2, "state": "draft"}


def test_rules(known: Knowledge) -> None:
    orders, rows = entity("Order"), known.rows["Order"]
    assert known.readable(ADA, orders) == {1}
    assert known.readable(STAFF, orders) == {1, 2}
    pay, cancel = orders.moves
    assert refusal(known, ADA, orders, rows[1], pay.by) is None
    assert refusal(known, ADA, orders, rows[2], pay.by) == 404
    assert refusal(known, ADA, orders, rows[1], cancel.by) == 403
    assert refusal(known, STRANGER, orders, rows[1], cancel.by) == 401
    assert refusal(known, STAFF, orders, rows[2], orders.access.update) == 403
    assert [refusal_of_all(who, orders.access.create) for who in (STRANGER, STAFF, ADA)] == [401, 403, None]


def test_what_is_shown(known: Knowledge) -> None:
    item = known.rows["Item"][1]
    shown = Sight(known, ADA).shown(entity("Item"), item, tree_of(["shelf", "orders.customer"]))
    assert "cost" not in shown
    assert shown["shelf"] is None
    (order,) = shown["orders"]
    assert order["customer"]["name"] == "n2"
    assert isinstance(order["customer"]["email"], Perhaps)
    assert Sight(known, STAFF).shown(entity("Item"), item)["cost"] == "2.50"


def test_differences() -> None:
    wanted = {"id": 1, "mail": Perhaps("a"), "lines": [{"id": 1, "n": 2}, {"id": 2, "n": 3}]}
    assert difference(wanted, {"id": 1, "lines": [{"id": 2, "n": 3}, {"id": 1, "n": 2}]}) is None
    assert "mail" in (difference(wanted, {"id": 1, "mail": "b", "lines": wanted["lines"]}) or "")
    assert "secret" in (difference(wanted, {"id": 1, "secret": 1, "lines": wanted["lines"]}) or "")
    assert "lines.2.n" in (difference(wanted, {"id": 1, "lines": [{"id": 1, "n": 2}, {"id": 2, "n": 4}]}) or "")
    assert difference({"a": 1}, {"a": True}) is not None


@pytest.mark.parametrize(
    ("who", "name", "operator", "value", "found"),
    [
        (STAFF, "name", Comparing.CONTAINS, "ÉCL", {1}),
        (STAFF, "cost", Comparing.NE, Decimal("2.50"), {2}),
        (STAFF, "cost", Comparing.ISNULL, True, {2}),
        (ADA, "cost", Comparing.ISNULL, True, set()),
        (STAFF, "shelf__floor", Comparing.GTE, 2, {2}),
        (ADA, "shelf__floor", Comparing.GTE, 2, set()),
        (STAFF, "shelf", Comparing.IN, (1, 7), {1}),
        (STAFF, "stock", Comparing.LTE, 0, {2}),
    ],
)
def test_filters(known: Knowledge, who: Account, name: str, operator: Comparing, value: Any, found: set[int]) -> None:
    asked, sight = Asked(steps=tuple(name.split("__")), operator=operator, value=value), Sight(known, who)
    rows = known.rows["Item"].values()
    assert {row["id"] for row in rows if matches(sight, entity("Item"), row, asked)} == found


def test_searches(known: Knowledge) -> None:
    rows, sight = known.rows["Item"], Sight(known, ADA)
    assert [found_by(sight, entity("Item"), row, "éCLAIR") for row in rows.values()] == [True, False]


def test_orders() -> None:
    rows: list[dict[str, Any]] = [{"id": 2, "n": 1}, {"id": 1, "n": 2}, {"id": 3, "n": 2}, {"id": 4, "n": None}]
    assert disorder(rows, ["n"]) is None
    assert disorder(rows[::-1], ["-n"]) is not None
    assert disorder([rows[1], rows[2], rows[0], rows[3]], ["-n"]) is None
    tied: list[dict[str, Any]] = [{"id": 1, "n": 1}, {"id": 3, "n": 1}, {"id": 2, "n": 1}]
    assert disorder(tied, ["n"]) is not None
    assert disorder([rows[0], rows[0]], ["n"]) is not None


def test_effects(known: Knowledge) -> None:
    pay, order = entity("Order").moves[0], known.rows["Order"][1]
    (change,) = changes(known, ADA, order, pay.effects, {})
    assert (change.place, change.value, change.is_within) == (("Item", 1, "stock"), 3, True)
    twice = changes(known, ADA, order, [*pay.effects, *pay.effects, *pay.effects], {})
    assert [(each.value, each.is_within) for each in twice] == [(-1, False)]
    assert unexpected(known, known, []) is None
    assert unexpected(known, known, [change]) == "item.stock -= amount: 5 in place of 3"


def test_effects_on_the_rows_of_another(known: Knowledge) -> None:
    whole = types.Int()
    orders = Collection(type=types.Ref(targets=("Order",)), entity="Order", steps=("item", "orders"), at="Order")
    amount = Path(type=whole, entity="Order", steps=("amount",))
    more = Effect(operator="+=", over=orders, target=amount, value=Literal(type=whole, value=3), text="...")
    (change,) = changes(known, ADA, known.rows["Order"][1], [more], {})
    assert (change.place, change.value) == (("Order", 1, "amount"), 5)
