"""The parts of a written project without a project: a fresh copy of `app.core` over a database of its own.

Written modules make their engines when they are imported, so that each database gets its own copy of them.
"""

import asyncio
import importlib
import sys
import types
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import uuid4

from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import create_async_engine

import backsmith.writers.fastapi

PARTS = Path(backsmith.writers.fastapi.__file__).parent / "parts"
SETTINGS = {
    "environment": "test",
    "production": False,
    "database_pool": 2,
    "database_pool_timeout": 3.0,
    "statement_timeout": 5.0,
    "request_timeout": 30.0,
}


class Core:
    """`app.core` over one database, with an event loop of its own."""

    def __init__(self, modules: dict[str, ModuleType], runner: asyncio.Runner) -> None:
        self._modules, self._runner = modules, runner

    def __getattr__(self, name: str) -> Any:
        try:
            return self._modules[f"app.core.{name}"]
        except KeyError:
            raise AttributeError(name) from None

    def run(self, work: Callable[[Any], Coroutine[Any, Any, Any]], *, writes: bool = False) -> Any:
        """What `work` returns, given a connection."""

        async def within() -> Any:
            async with self.database.transaction() if writes else self.database.reader() as connection:
                return await work(connection)

        return self._runner.run(within())

    def select(self, *values: Any, **bound: Any) -> Any:
        """One row of values that the database works out."""

        async def work(connection: Any) -> Any:
            return tuple((await connection.execute(select(*values), bound)).one())

        return self.run(work)


@contextmanager
def core(url: str, *names: str) -> Iterator[Core]:
    """These modules of `app.core`, imported anew, over a fresh database at `url`."""
    with asyncio.Runner() as runner:
        url = runner.run(_fresh(url))
        loaded = _imported(url, ("database", *names))
        try:
            yield Core(loaded, runner)
        finally:
            runner.run(loaded["app.core.database"].dispose())


async def _fresh(url: str) -> str:
    """A new database on the server of `url`; a file is new already."""
    if url.startswith("sqlite"):
        return url
    server, name = create_async_engine(url, isolation_level="AUTOCOMMIT"), f"core_{uuid4().hex}"
    async with server.connect() as connection:
        await connection.exec_driver_sql(f"CREATE DATABASE {name}")
    await server.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _imported(url: str, names: tuple[str, ...]) -> dict[str, ModuleType]:
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "app"}
    config = types.ModuleType("app.config")
    secret = SimpleNamespace(get_secret_value=lambda: "a secret that is long enough for tests")
    config.settings = SimpleNamespace(database_url=url, secret_key=secret, **SETTINGS)  # type: ignore[attr-defined]
    sys.path.insert(0, str(PARTS))
    try:
        app = importlib.import_module("app")
        sys.modules["app.config"], app.config = config, config  # type: ignore[attr-defined]
        for name in names:
            importlib.import_module(f"app.core.{name}")
        return {name: sys.modules[name] for name in list(sys.modules) if name.startswith("app.")}
    finally:
        sys.path.remove(str(PARTS))
        for name in [name for name in sys.modules if name.partition(".")[0] == "app"]:
            del sys.modules[name]
        sys.modules.update(before)
