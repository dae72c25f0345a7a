"""FastAPI as it is usually written: a session of the async ORM for each request, entities through `response_model`."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime, ForeignKey, Numeric, String, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

engine = create_async_engine(os.environ["DATABASE_URL"].replace("://", "+asyncpg://"), pool_size=16, max_overflow=0)
Session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    pass


class Kept:
    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)


class Category(Kept, Base):
    __tablename__ = "categories"
    name: Mapped[str] = mapped_column(String(80))


class Customer(Kept, Base):
    __tablename__ = "customers"
    email: Mapped[str] = mapped_column(String(254))
    full_name: Mapped[str] = mapped_column(String(120))


class Product(Kept, Base):
    __tablename__ = "products"
    sku: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None]
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    stock: Mapped[int]
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    category: Mapped[Category] = relationship()


class Order(Kept, Base):
    __tablename__ = "orders"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    status: Mapped[str]
    note: Mapped[str | None]
    customer: Mapped[Customer] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.id")

    @property
    def total(self) -> Decimal:
        return sum((line.quantity * line.price for line in self.lines), Decimal("0.00"))


class OrderLine(Kept, Base):
    __tablename__ = "order_lines"
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[int]
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    product: Mapped[Product] = relationship()


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    created_at: datetime
    updated_at: datetime


class CategoryOut(Out):
    name: str


class CustomerOut(Out):
    email: str
    full_name: str


class ProductBase(Out):
    sku: str
    name: str
    description: str | None
    price: Decimal
    stock: int
    deleted_at: datetime | None


class ProductOut(ProductBase):
    category: int = Field(validation_alias="category_id")


class ProductDetail(ProductBase):
    category: CategoryOut


class LineOut(Out):
    product: ProductOut
    quantity: int
    price: Decimal


class OrderOut(Out):
    customer: CustomerOut
    status: str
    total: Decimal
    note: str | None
    lines: list[LineOut]


class ProductPage(BaseModel):
    items: list[ProductOut]
    next: str | None = None
    total: int


class OrderPage(BaseModel):
    items: list[OrderOut]
    next: str | None = None


class ProductCreate(BaseModel):
    sku: str = Field(min_length=1, max_length=32)
    name: str = Field(min_length=1, max_length=200)
    description: str | None = None
    price: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    stock: int = Field(ge=0)
    category: int


async def get_session() -> AsyncIterator[AsyncSession]:
    async with Session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


@app.get("/api/v1/products/{id}", response_model=ProductDetail)
async def get_product(id: int, session: SessionDep):
    product = await session.scalar(select(Product).options(selectinload(Product.category)).where(Product.id == id))
    if product is None:
        raise HTTPException(404)
    return product


@app.get("/api/v1/products", response_model=ProductPage)
async def list_products(session: SessionDep, category: int, price__gte: Decimal, limit: int = 50):
    found = select(Product).where(
        Product.category_id == category, Product.price >= price__gte, Product.deleted_at.is_(None)
    )
    total = await session.scalar(select(func.count()).select_from(found.subquery()))
    items = (await session.scalars(found.order_by(Product.price.desc(), Product.id.desc()).limit(limit))).all()
    return {"items": items, "total": total}


@app.post("/api/v1/products", response_model=ProductOut, status_code=201)
async def create_product(data: ProductCreate, session: SessionDep):
    values = data.model_dump()
    product = Product(category_id=values.pop("category"), **values)
    session.add(product)
    await session.commit()
    await session.refresh(product)
    return product


@app.get("/api/v1/orders", response_model=OrderPage)
async def list_orders(session: SessionDep, id__lt: int, limit: int = 50):
    lines = selectinload(Order.lines).selectinload(OrderLine.product)
    found = select(Order).options(selectinload(Order.customer), lines)
    return {
        "items": (await session.scalars(found.where(Order.id < id__lt).order_by(Order.id.desc()).limit(limit))).all()
    }
