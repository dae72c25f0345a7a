"""The words of a Django project in its tests: factories answer instances of models."""

from collections.abc import Mapping

from backsmith.design.model import Design, Entity, Field
from backsmith.writers.django import names
from backsmith.writers.python.code import Code, code, name
from backsmith.writers.python.tests.dialect import Dialect, Lines
from backsmith.writers.python.tests.literals import BEGIN


def model(design: Design, entity: Entity) -> Code:
    """The class of an entity, as tests import it."""
    return name(f"apps.{names.app(design, entity)}.models", entity.name)


def factory(entity: Entity) -> str:
    """The class that makes rows of an entity: `OrderFactory`."""
    return f"{entity.name}Factory"


def _column(field: Field) -> str:
    return field.name


def _made(entity: Entity, arguments: str) -> str:
    return f"{factory(entity)}.create({arguments})"


def _stored(_: Design, __: Entity, values: Mapping[str, Code]) -> Lines:
    asserts = (code("assert other.{} == {}", *pair) for pair in values.items())
    return (Code("other.refresh_from_db()"), *asserts)


def _deleted_meanwhile(design: Design, entity: Entity, request: Code) -> Lines:
    executor = name("concurrent.futures", "ThreadPoolExecutor")
    rows = code("{}.objects", model(design, entity))
    return (
        code("with {}(1) as thread, {}.atomic():", executor, name("django.db", "transaction")),
        code("    {}.select_for_update().get(pk=other.pk)", rows),
        code("    {}.filter(pk=other.pk).update(deleted_at={})", rows, BEGIN),
        code("    posting = thread.submit({}, {})", name("tests.conftest", "apart"), request),
        code("    {}(0.3)", name("time", "sleep")),
    )


DIALECT = Dialect(
    core="apps.core",
    row_type=model,
    column=_column,
    made=_made,
    stored=_stored,
    deleted_meanwhile=_deleted_meanwhile,
)
