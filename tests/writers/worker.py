"""Evaluates expressions as a written project would: run with the project's folder and a database's address.

Reads pickles from standard input and answers each with a pickle: first {model: [values of a row]} to be stored, then
(imports, lines, value, model, roles, user, now) to be selected for every row of the model, answered with {id: value}
or with the text of an error.
"""

import asyncio
import importlib
import os
import pickle
import sys
from typing import Any


async def main(folder: str, url: str) -> None:
    sys.path.insert(0, folder)
    os.environ["DATABASE_URL"] = url
    database = importlib.import_module("app.core.database")
    data: dict[str, list[dict[str, Any]]] = pickle.load(sys.stdin.buffer)
    tables = {name: find(name) for name in data}
    async with database.writes.begin() as connection:
        await connection.run_sync(database.Base.metadata.create_all)
        for name, rows in data.items():
            for row in rows:
                await connection.execute(tables[name].insert().values(**row))
    answer("ready")
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            break
        try:
            async with database.reader() as connection:
                answer(await selected(connection, *request))
        except Exception as error:
            answer(error.args[0] if error.args else repr(error))
    await database.dispose()


def find(name: str) -> Any:
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    return getattr(found, "__table__", found)


async def selected(
    connection: Any,
    imports: list[str],
    lines: list[str],
    value: str,
    model: str,
    roles: frozenset[str],
    user: Any,
    now: Any,
) -> dict[Any, Any]:
    from sqlalchemy import select

    module, _, class_ = model.partition(":")
    row = module.rpartition(".")[2]
    body = "\n    ".join([*lines, f"return {value}"])
    source = "\n".join([*imports, f"from {module} import {class_}", f"def made(roles, {row}):\n    {body}"])
    names: dict[str, Any] = {}
    exec(source, names)
    caller = importlib.import_module("app.core.caller").Caller(user, roles, None, now)
    statement = select(names[class_].id, names["made"](roles, names[class_]))
    return {row[0]: row[1] for row in await connection.execute(statement, caller.bound)}


def answer(value: object) -> None:
    pickle.dump(value, sys.stdout.buffer)
    sys.stdout.buffer.flush()


asyncio.run(main(*sys.argv[1:]))
