"""The ceiling in Python: bare ASGI, SQL by hand on the driver, orjson. No framework, no rules, hardly a check."""

import os
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs

import orjson

URL = os.environ["DATABASE_URL"]
SQLITE = URL.startswith("sqlite")
POOL = 8

PRODUCT = [
    "id",
    "sku",
    "name",
    "description",
    "price",
    "stock",
    "category_id",
    "created_at",
    "updated_at",
    "deleted_at",
]
P = ", ".join(f"p.{name}" for name in PRODUCT)
ITEM = f"""select {P}, c.id, c.name, c.created_at, c.updated_at
  from products p join categories c on c.id = p.category_id where p.id = $1"""
LIST = f"""select {P} from products p where p.category_id = $1 and p.price >= $2 and p.deleted_at is null
  order by p.price desc, p.id desc limit $3"""
COUNT = "select count(*) from products where category_id = $1 and price >= $2 and deleted_at is null"
ORDERS = """select o.id, c.id, c.email, c.full_name, c.created_at, c.updated_at, o.status,
    (select coalesce(sum(quantity * price), 0) from order_lines where order_id = o.id),
    o.note, o.created_at, o.updated_at
  from orders o join customers c on c.id = o.customer_id where o.id < $1 order by o.id desc limit $2"""
AMONG = "in (select value from json_each($1))" if SQLITE else "= any($1::bigint[])"
LINES = f"""select l.order_id, l.id, l.quantity, l.price, l.created_at, l.updated_at, {P}
  from order_lines l join products p on p.id = l.product_id where l.order_id {AMONG} order by l.id"""
INSERT = f"""insert into products(sku, name, description, price, stock, category_id, created_at, updated_at, version)
  values ($1, $2, $3, $4, $5, $6, $7, $7, 1) returning {P.replace("p.", "")}"""

if SQLITE:  # moments are microseconds there, and money is cents
    import aiosqlite

    def money(value):
        return f"{value // 100}.{value % 100:02}"

    def moment(value):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)

    def cents(text):
        return int(Decimal(text) * 100)

    def now():
        return (datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

    many = orjson.dumps
else:
    import asyncpg

    def money(value):
        return value

    moment = money
    cents = str

    def now():
        return datetime.now(UTC)

    many = list

pool = None


async def text_of_numbers(connection):
    await connection.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=str, format="text")


async def as_it_is(connection):
    """asyncpg's own reset is one more round trip at every release."""


class One:
    """A connection to SQLite, with asyncpg's verbs."""

    def __init__(self, db):
        self.db = db

    async def fetch(self, sql, *values):
        return await self.db.execute_fetchall(sql, values)

    async def fetchrow(self, sql, *values):
        return (await self.fetch(sql, *values))[0]

    async def fetchval(self, sql, *values):
        return (await self.fetch(sql, *values))[0][0]

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    def acquire(self):
        return self

    async def close(self):
        await self.db.close()


async def begin():
    global pool
    if SQLITE:
        db = await aiosqlite.connect(URL.partition(":///")[2], isolation_level=None)
        await db.execute("pragma journal_mode=wal")
        await db.execute("pragma synchronous=normal")
        pool = One(db)
    else:
        pool = await asyncpg.create_pool(URL, min_size=POOL, max_size=POOL, init=text_of_numbers, reset=as_it_is)


def product(row):
    id, sku, name, description, price, stock, category, created, updated, deleted = row
    return {
        "id": id,
        "sku": sku,
        "name": name,
        "description": description,
        "price": money(price),
        "stock": stock,
        "category": category,
        "created_at": moment(created),
        "updated_at": moment(updated),
        "deleted_at": deleted,
    }


async def item(id, _, __):
    row = await pool.fetchrow(ITEM, int(id))
    found = product(row[:10])
    found["category"] = {
        "id": row[10],
        "name": row[11],
        "created_at": moment(row[12]),
        "updated_at": moment(row[13]),
    }
    return found


async def products(_, query, __):
    category, least, limit = int(query["category"][0]), cents(query["price__gte"][0]), int(query["limit"][0])
    async with pool.acquire() as db:
        rows = await db.fetch(LIST, category, least, limit + 1)
        total = await db.fetchval(COUNT, category, least)
    return {"items": [product(row) for row in rows[:limit]], "next": None, "total": total}


async def orders(_, query, __):
    async with pool.acquire() as db:
        heads = await db.fetch(ORDERS, int(query["id__lt"][0]), int(query["limit"][0]))
        rows = await db.fetch(LINES, many([row[0] for row in heads]))
    lines = defaultdict(list)
    for order, id, quantity, price, created, updated, *of in rows:
        lines[order].append(
            {
                "id": id,
                "product": product(of),
                "quantity": quantity,
                "price": money(price),
                "created_at": moment(created),
                "updated_at": moment(updated),
            }
        )
    items = [
        {
            "id": id,
            "customer": {
                "id": customer,
                "email": email,
                "full_name": full_name,
                "created_at": moment(since),
                "updated_at": moment(changed),
            },
            "status": status,
            "total": money(total),
            "note": note,
            "created_at": moment(created),
            "updated_at": moment(updated),
            "lines": lines[id],
        }
        for id, customer, email, full_name, since, changed, status, total, note, created, updated in heads
    ]
    return {"items": items, "next": None}


async def create(_, __, receive):
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message.get("more_body"):
            break
    sent = orjson.loads(body)
    price = Decimal(sent["price"])
    if not (sent["sku"] and sent["name"] and price >= 0 and sent["stock"] >= 0):
        raise ValueError
    values = sent["sku"], sent["name"], sent["description"], cents(sent["price"]), sent["stock"], sent["category"]
    return product(await pool.fetchrow(INSERT, *values, now()))


PREFIX = "/api/v1/"
ROUTES = {"GET products": products, "GET orders": orders, "POST products": create}


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await pool.close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    name, _, id = scope["path"].removeprefix(PREFIX).partition("/")
    handle = item if id else ROUTES[f"{scope['method']} {name}"]
    body = orjson.dumps(await handle(id, parse_qs(scope["query_string"].decode()), receive))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    status = 201 if scope["method"] == "POST" else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
