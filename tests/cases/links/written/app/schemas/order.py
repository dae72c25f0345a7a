"""Bodies and answers of orders."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from app.core.hyperlinks import Hyperlink
from app.core.schemas import ABSENT, Answer, Body, Key
from app.models.order import OrderStatus
from app.schemas.user import UserRead

if TYPE_CHECKING:
    from app.schemas.customer import CustomerRead


class OrderCreate(Body):
    """What makes an order. `buyer` is the caller; an admin may send another."""

    read_only: ClassVar = frozenset({"id", "status", "created_at", "updated_at", "version", "links"})

    customer: Key
    buyer: Key = ABSENT


class OrderReplace(OrderCreate):
    """What an order becomes: what is absent returns to its default."""

    replaces: ClassVar = True


class OrderUpdate(Body):
    """What changes in an order: what is absent stays."""

    read_only: ClassVar = OrderCreate.read_only

    customer: Key = ABSENT
    buyer: Key = ABSENT


class OrderLinks(Answer):
    """Where an order is, where it leads, and what its reader may do with it now."""

    self: Hyperlink = ABSENT
    update: Hyperlink = ABSENT
    delete: Hyperlink = ABSENT
    history: Hyperlink = ABSENT
    pay: Hyperlink = ABSENT
    cancel_all: Hyperlink = ABSENT
    customer: Hyperlink = ABSENT
    buyer: Hyperlink = ABSENT


class OrderRead(Answer):
    """An order. A reference is an id, or what it names where that was expanded, or null."""

    id: int
    customer: "int | CustomerRead | None"
    buyer: int | UserRead | None
    status: OrderStatus
    created_at: datetime
    updated_at: datetime
    links: OrderLinks
