"""Diagnostics, as people and tools read them."""

import json

import pytest

from backsmith.diagnostics.json import to_json
from backsmith.diagnostics.model import Diagnostic, Severity
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import did_you_mean, in_order, listing, nearest
from backsmith.diagnostics.terminal import Part, render, segments, summary


def at(line: int, column: int, end: int | None = None, **more: str) -> Diagnostic:
    origin = Origin(source="a.yaml", line=line, column=column, end=end)
    return Diagnostic(code=more.get("code", "wrong"), message="this is wrong", hint=more.get("hint", ""), origin=origin)


def test_the_caret_stands_under_what_is_meant() -> None:
    source = "one: 1\ntwo: Catgory\n"
    assert render([at(2, 6, 13, hint="did you mean `Category`?")], {"a.yaml": source}) == (
        "a.yaml:2:6: error[wrong]: this is wrong\n2 | two: Catgory\n  |      ^^^^^^^\n  = did you mean `Category`?\n"
    )


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "caret"),
    [
        ("a: b", 5, None, "a: b", "    ^"),
        ("a: b", 99, None, "a: b", "    ^"),
        ("a: b", 4, 99, "a: b", "   ^"),
        ("", 1, None, "", "^"),
        ("\ta: b", 2, 3, "\ta: b", "\t^"),
        ("größe: x", 8, 9, "größe: x", "       ^"),
        ("価格: x", 5, 6, "価格: x", "      ^"),
        ("x: 価格", 4, 6, "x: 価格", "   ^^^^"),
        ("a\x1b[31m: b", 9, 10, "a\N{REPLACEMENT CHARACTER}[31m: b", "        ^"),
    ],
)
def test_lines_that_are_hard_to_mark(line: str, column: int, end: int | None, shown: str, caret: str) -> None:
    assert render([at(1, column, end)], {"a.yaml": line}).split("\n")[1:3] == [f"1 | {shown}", f"  | {caret}"]


def test_a_long_line_is_cut_around_what_is_meant() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    _, source, caret, _ = render([at(1, 501, 505)], {"a.yaml": line}).split("\n")
    assert len(source) < 150
    assert source[caret.index("^") : caret.rindex("^") + 1] == "HERE"


def test_without_a_place_or_a_source() -> None:
    nowhere = Diagnostic(code="wrong", message="this is wrong", severity=Severity.WARNING)
    assert render([nowhere], {}) == "warning[wrong]: this is wrong\n"
    assert render([at(3, 1)], {}).startswith("a.yaml:3:1: error[wrong]")


def test_pieces_say_what_they_are() -> None:
    parts = [part for part, _ in segments(at(1, 1, hint="x"), {"a.yaml": "abc"})]
    assert parts[:3] == [Part.PLACE, Part.ERROR, Part.MESSAGE]
    assert {Part.SOURCE, Part.CARET, Part.HINT} <= set(parts)


def test_as_json() -> None:
    (found,) = json.loads(to_json([at(2, 6, 13, hint="x")]))
    assert found == {
        "code": "wrong",
        "severity": "error",
        "message": "this is wrong",
        "hint": "x",
        "source": "a.yaml",
        "line": 2,
        "column": 6,
        "end": 13,
    }


def test_how_many() -> None:
    warning = Diagnostic(code="w", message="w", severity=Severity.WARNING)
    assert summary([at(1, 1), at(2, 1), warning]) == "2 errors, 1 warning"
    assert summary([]) == ""


def test_in_the_order_of_their_places_and_once() -> None:
    assert in_order([at(2, 1), at(1, 5), at(2, 1), at(1, 2)]) == (at(1, 2), at(1, 5), at(2, 1))


def test_the_nearest_name() -> None:
    known = ["category", "price", "Product"]
    assert nearest("catgory", known) == "category"
    assert nearest("product", known) == "Product"
    assert nearest("zzz", known) is None
    assert did_you_mean("zzz", known, "look again") == "look again"
    assert listing(["a", "b", "c"]) == "`a`, `b` or `c`"


def test_passages_know_their_places() -> None:
    passage = Passage(text="  ab cd", source="a.yaml", line=3, column=10)
    assert passage.stripped().origin == Origin(source="a.yaml", line=3, column=12, end=17)
    assert passage.part(5, 7).at(1) == Origin(source="a.yaml", line=3, column=16, end=17)
    folded = Passage(text="a b", source="a.yaml", places=((1, 5), (2, 3), (2, 4), (2, 5)))
    assert folded.at(2, 3) == Origin(source="a.yaml", line=2, column=4, end=5)
    assert folded.at(0, 3) == Origin(source="a.yaml", line=1, column=5, end=6)
