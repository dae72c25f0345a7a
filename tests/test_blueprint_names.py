"""Names: how they are spelled in tables, paths and code, and which are taken."""

import re
from pathlib import Path

import pytest

import backsmith
from backsmith.contract import contract
from backsmith.design import naming
from backsmith.features import lower
from backsmith.readers.blueprint import read_blueprint

PARTS = Path(backsmith.__file__).parent / "writers" / "fastapi" / "parts"


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("Order", "order"),
        ("OrderLine", "order_line"),
        ("APIKey", "api_key"),
        ("HTTPServer2Log", "http_server2_log"),
        ("order_line", "order_line"),
        ("order-line", "order_line"),
    ],
)
def test_snake_case(name: str, snake: str) -> None:
    assert naming.snake(name) == snake


@pytest.mark.parametrize(
    ("name", "plural"),
    [
        ("order", "orders"),
        ("order_line", "order_lines"),
        ("category", "categories"),
        ("day", "days"),
        ("address", "addresses"),
        ("box", "boxes"),
        ("branch", "branches"),
        ("wish", "wishes"),
        ("quiz", "quizzes"),
        ("person", "people"),
        ("sales_person", "sales_people"),
        ("child", "children"),
        ("analysis", "analyses"),
        ("status", "statuses"),
        ("bus", "buses"),
        ("shelf", "shelves"),
        ("roof", "roofs"),
        ("photo", "photos"),
        ("hero", "heroes"),
        ("index", "indexes"),
        ("matrix", "matrices"),
        ("equipment", "equipment"),
        ("series", "series"),
    ],
)
def test_plurals(name: str, plural: str) -> None:
    assert naming.plural(name) == plural


def test_other_spellings() -> None:
    assert naming.kebab("price_lists") == "price-lists"
    assert naming.title("order_line") == "OrderLine"
    assert naming.phrase("OrderLine") == "order line"


@pytest.mark.parametrize("name", ["a", "order_line", "x1", "unit_2"])
def test_names_of_fields(name: str) -> None:
    assert naming.FIELD.fullmatch(name)


@pytest.mark.parametrize("name", ["", "A", "1a", "a__b", "_a", "a_", "a-b", "é", "a b", "a\n"])
def test_what_is_no_name_of_a_field(name: str) -> None:
    assert not naming.FIELD.fullmatch(name)


def test_tables_of_every_project_are_taken() -> None:
    tables = {t for path in PARTS.rglob("*.py") for t in re.findall(r'__tablename__ = "(\w+)"', path.read_text())}
    assert tables
    assert tables - {"users"} <= naming.RESERVED_TABLES


def test_names_of_the_accounts_schemas_are_taken() -> None:
    read = read_blueprint("backend: notes\nentities:\n  Note:\n    fields: {body: text}\n")
    assert read.design is not None
    schemas = {schema.name for schema in contract(lower(read.design)).schemas if not schema.name.startswith("Note")}
    stems = {re.sub(r"(Create|Read|Update|Replace|Item)$", "", name) for name in schemas} - schemas
    assert stems
    assert stems - {"User"} <= naming.RESERVED_ENTITIES
