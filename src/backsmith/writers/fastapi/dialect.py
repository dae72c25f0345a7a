"""The words of a FastAPI project in its tests: factories answer keys, and rows are read with SQLAlchemy."""

from collections.abc import Mapping

from backsmith.design.model import Design, Entity
from backsmith.writers.fastapi import models, names
from backsmith.writers.python.code import Code, code, name
from backsmith.writers.python.tests.dialect import Dialect, Lines
from backsmith.writers.python.tests.literals import BEGIN


def _row_type(design: Design, entity: Entity) -> Code:
    return models.key_type(design, entity.name)


def _made(entity: Entity, arguments: str) -> str:
    return f"await {names.module(entity)}({arguments})"


def _stored(_: Design, entity: Entity, values: Mapping[str, Code]) -> Lines:
    read, model = name("tests.checks", "stored_value"), names.model(entity)
    return tuple(code("assert await {}({}.{}, other) == {}", read, model, *pair) for pair in values.items())


def _deleted_meanwhile(_: Design, entity: Entity, request: Code) -> Lines:
    model, execute = names.model(entity), "    await db.execute"
    select, update = name("sqlalchemy", "select"), name("sqlalchemy", "update")
    return (
        code("this = {}.id == other", model),
        code("async with {}() as db:", name("app.core.database", "transaction")),
        code("{}({}({}.id).where(this).with_for_update())", execute, select, model),
        code("{}({}({}).where(this).values(deleted_at={}))", execute, update, model, BEGIN),
        code("    posting = {}asyncio.create_task({})", name("asyncio", ""), request),
        Code("    await asyncio.sleep(0.3)"),
    )


DIALECT = Dialect(
    core="app.core",
    row_type=_row_type,
    column=names.column,
    made=_made,
    stored=_stored,
    deleted_meanwhile=_deleted_meanwhile,
)
