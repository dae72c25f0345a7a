"""The manual of `verify` lists the checks and the rules that there are, in their words.

`UPDATE=1 pytest tests/verify/test_manual.py` writes both tables anew.
"""

import os
import re
from pathlib import Path

from backsmith.samples.rows import FIXED
from backsmith.verify.checks import CHECKS
from backsmith.verify.mistakes import LIKELY, WRONG
from backsmith.verify.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "verify.md"
SOURCE = Path(__file__).parents[2] / "src" / "backsmith" / "verify"


def checks() -> str:
    rows = [f"| `{name}` | {summary(check.__doc__)} |" for name, check in CHECKS.items()]
    return "\n".join(["| check | does |", "| --- | --- |", *rows])


def rules() -> str:
    rows = [f"| `{rule}` | {says} |" for rule, says in RULES.items()]
    return "\n".join(["| rule | says |", "| --- | --- |", *rows])


def summary(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((text or "").split("\n\n")[0].split())


def test_the_manual_has_both_tables() -> None:
    text = told = PAGE.read_text("utf-8")
    for name, table in (("checks", checks()), ("rules", rules())):
        block = f"<!-- {name} -->\n{table}\n<!-- /{name} -->"
        told = re.sub(rf"<!-- {name} -->\n.*?<!-- /{name} -->", lambda _, block=block: block, told, flags=re.DOTALL)  # type: ignore[misc]
    if os.environ.get("UPDATE"):
        PAGE.write_text(told, encoding="utf-8")
    assert told == text, "docs/verify.md is not up to date (UPDATE=1)"


def test_every_rule_is_named_by_code() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py") if path.name != "rules.py")
    unnamed = [rule for rule in RULES if f'"{rule}"' not in code]
    assert set(unnamed) <= PLANNED, f"no check names {sorted(set(unnamed) - PLANNED)}"


PLANNED = {
    *("expand-access", "no-probing", "create-access", "update-access", "delete-access", "move-access", "tenants"),
    *("order-of-answers", "filters", "search", "sorts", "pages", "pages-while-changing", "total", "fields", "expand"),
    *("exports", "hyperlinks", "effects", "broken-bounds", "race-moves", "race-stock", "race-overlap", "race-unique"),
    *("etag", "if-match", "race-etag", "idempotency", "race-idempotency"),
}
"""Rules that the manual promises and that nothing looks at yet."""


def test_mistakes_are_known_of_every_type() -> None:
    worked_out = {"Json", "Enum", "Embedded", "Values", "Many", "Parts", "Inverse", "Upload", "Null"}
    known = {type_.__name__ for type_ in WRONG}
    assert {type_.__name__ for type_ in FIXED} <= known | worked_out
    assert known - worked_out == {type_.__name__ for type_ in LIKELY} - worked_out
