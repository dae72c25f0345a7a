"""What YAML, bytes and quoting can do to a blueprint."""

import time

import pytest

from backsmith.diagnostics.model import Diagnostic
from backsmith.diagnostics.origin import Origin
from backsmith.readers.blueprint import read_blueprint


def only(data: str | bytes) -> Diagnostic:
    read = read_blueprint(data, "backend.yaml")
    assert read.design is None
    assert len(read.diagnostics) == 1, read.diagnostics
    return read.diagnostics[0]


def marked(source: str, diagnostic: Diagnostic) -> str:
    """The text under the caret."""
    origin = diagnostic.origin
    assert origin is not None
    line = source.split("\n")[origin.line - 1]
    return line[origin.column - 1 : (origin.end or origin.column + 1) - 1]


SOUND = "backend: shop\nentities:\n  Product:\n    fields:\n      name: str\n"


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"backend: shop\nentities: \xff", "encoding", 2, 11),
        (SOUND.encode("utf-16"), "encoding", 1, 1),
        ("backend: sh\x00op\n", "encoding", 1, 12),
        ("backend: shop\nentities: \ud800", "encoding", 2, 11),
        ("", "missing-key", 1, 1),
        ("just words", "missing-key", 1, 1),
        ("[" * 3000, "yaml", 1, 1),
        ("a: " + "x" * 1_000_001, "too-large", 1, 1),
    ],
    ids=["utf-8", "utf-16", "nul", "surrogate", "empty", "scalar", "deep", "large"],
)
def test_what_is_no_blueprint(data: str | bytes, code: str, line: int, column: int) -> None:
    found = only(data)
    assert found.origin is not None
    assert (found.code, found.origin.line) == (code, line)
    if code != "yaml":
        assert found.origin.column == column


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert read_blueprint(b"\xef\xbb\xbf" + SOUND.encode(), "backend.yaml").design is not None
    assert read_blueprint("\ufeff" + SOUND, "backend.yaml").design is not None


def test_line_ends_of_windows() -> None:
    broken = SOUND.replace("str", "strr").replace("\n", "\r\n")
    assert marked(broken, only(broken)) == "strr"
    assert read_blueprint(SOUND.replace("\n", "\r\n"), "backend.yaml").design is not None


@pytest.mark.parametrize(
    "value",
    [
        "titel == 'x'",
        "\"titel == 'x'\"",
        "'titel == ''x'''",
        "\"\\x74itel == 'x'\"",
        ">-\n        titel\n        == 'x'",
        "|\n        name == 'y' or\n        titel == 'x'",
        "name == 'y'\n        or titel == 'x'",
        "\"name == 'ü' or \\\n        titel == 'x'\"",
    ],
    ids=["plain", "double", "single", "escaped", "folded", "literal", "plain-lines", "double-lines"],
)
def test_the_caret_finds_its_way_through_quoting(value: str) -> None:
    source = SOUND + f"    access:\n      read: {value}\n"
    found = only(source)
    assert found.code == "unknown-name"
    assert marked(source, found) in ("titel", "\\x74itel")


def test_aliases_are_read() -> None:
    source = f"{SOUND}    access: &shared {{read: anyone}}\n  Tag:\n    fields: {{name: str}}\n    access: *shared\n"
    read = read_blueprint(source, "backend.yaml")
    assert read.design is not None
    assert read.design.entity("Tag").access == read.design.entity("Product").access


def test_words_that_yaml_would_change() -> None:
    read = read_blueprint(
        "backend: shop\nentities:\n  Answer1:\n    fields:\n      no: bool = true\n      kind: yes|no|off = no\n",
        "backend.yaml",
    )
    assert read.design is not None
    assert [each.name for each in read.design.entity("Answer1").fields] == ["no", "kind"]


def test_an_origin_for_everything() -> None:
    read = read_blueprint(SOUND + "    access: {read: anyone}\n", "backend.yaml")
    assert read.design is not None
    product = read.design.entity("Product")
    assert product.origin == Origin(source="backend.yaml", line=3, column=3, end=10)
    assert product.field("name").origin == Origin(source="backend.yaml", line=5, column=7, end=11)
    assert product.access.read.origin == Origin(source="backend.yaml", line=6, column=20, end=26)


def test_twelve_entities_are_read_fast() -> None:
    entity = (
        "  Thing{n}:\n    fields:\n"
        + "".join(f"      field_{i}: money >= 0 = 0 index\n" for i in range(12))
        + "      total: money = field_1 * 2 + field_2\n      maker: User owner\n      state: draft|paid = draft\n"
        "    access: {{read: owner or admin, write: owner and state == 'draft'}}\n"
        "    moves:\n      pay: {{from: draft, to: paid, by: owner, do: [field_3 -= field_4]}}\n"
    )
    source = "backend: things\nentities:\n" + "".join(entity.format(n=n) for n in range(12))
    start = time.perf_counter()
    assert read_blueprint(source, "backend.yaml").design is not None
    assert time.perf_counter() - start < 2
