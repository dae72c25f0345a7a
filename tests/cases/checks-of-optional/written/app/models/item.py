"""Items, as they are stored."""

from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Integer, UniqueConstraint, cast, column, false, func, literal, not_
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Row
from app.core.types import Exact


class Item(Row):
    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint(
            not_(func.coalesce(column("price", Exact(12, 2)) == Decimal("13"), false())),
            name="items_price",
            info={"rule": "price != 13"},
        ),
        CheckConstraint(
            func.coalesce(
                (cast(column("amount", Integer), BigInteger) + literal(1, Integer)) > literal(-40, Integer), false()
            ),
            name="items_amount",
            info={"rule": "amount + 1 > -40"},
        ),
        UniqueConstraint("amount", name="items_amount_unique"),
    )

    price: Mapped[Decimal | None] = mapped_column(Exact(12, 2))
    amount: Mapped[int | None]
