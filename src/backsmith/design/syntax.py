"""Python's own parser, kept from ever raising: what it cannot read becomes a diagnostic at its place."""

import ast
import re
import warnings

from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report

LONGEST = 4_000
"""Characters of an expression."""

DEEPEST = 100
"""Levels of an expression: brackets in brackets, or terms of one sum."""

_HINTS = (
    (re.compile(r"^\s*\d{4}-\d"), "days and moments have no constants: write `default today` or `default now`"),
    (re.compile(r"^\s*\d?\d:\d\d"), "times have no constants: make the field optional with `?`"),
    (re.compile(r"^\s*=(?!=)"), "`= 5` is a default, `default now` one that is worked out: leave one of the two out"),
    (re.compile(r"&&"), "write `and`"),
    (re.compile(r"\|\|"), "write `or`"),
    (re.compile(r"!(?!=)"), "write `not`"),
    (re.compile(r"(?<![=!<>])=(?!=)"), "two values are compared with `==`"),
    (re.compile(r"<>"), "write `!=`"),
    (re.compile(r"\bwhere\b"), "rows are not chosen here: `any(lines.price > 5)` and `all(...)` ask about them"),
    (re.compile(r"\bAND\b|\bOR\b|\bNOT\b|\bIN\b"), "write `and`, `or`, `not` and `in` in small letters"),
)


def parse_expression(passage: Passage, report: Report) -> ast.expr | None:
    """The syntax tree of an expression; its columns are offsets into the passage's text."""
    tree = _parse(passage, report, "eval")
    if not isinstance(tree, ast.Expression):
        return None
    return tree.body if _complete(tree.body, passage, report) else None


def parse_statement(passage: Passage, report: Report) -> ast.stmt | None:
    """The syntax tree of a single statement, such as an assignment."""
    tree = _parse(passage, report, "exec")
    if not isinstance(tree, ast.Module):
        return None
    if len(tree.body) == 1 and _complete(tree.body[0], passage, report):
        return tree.body[0]
    if len(tree.body) != 1:
        report.error("syntax", "one effect stands here at a time", passage.origin, "write a list: one effect an item")
    return None


def _parse(passage: Passage, report: Report, mode: str) -> ast.AST | None:
    text = passage.text
    if not text.strip():
        return _wrong(report, passage, 0, "nothing stands here", "write an expression")
    if len(text) > LONGEST:
        return _wrong(
            report,
            passage,
            LONGEST,
            f"an expression has at most {LONGEST} characters",
            "give parts of it names: computed fields",
        )
    lead = len(text) - len(text.lstrip())
    line = re.sub(r"\s", " ", text[lead:])
    if any(0xD800 <= ord(c) <= 0xDFFF or (ord(c) < 32) for c in line):
        return _wrong(report, passage, lead, "a character here cannot be read", "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(line, mode=mode)
        if _deep(tree):
            raise RecursionError
        return _moved(tree, len(text[:lead].encode()))
    except SyntaxError as error:
        return _syntax_error(report, passage, lead, error)
    except (ValueError, RecursionError, MemoryError):
        return _wrong(
            report, passage, lead, "this expression cannot be read: it is too long or too deep", "make it simpler"
        )


def _deep(tree: ast.AST) -> bool:
    """Whether an expression is nested beyond what anybody reads."""
    level = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return bool(level)


def _moved(tree: ast.AST, by: int) -> ast.AST:
    if by:
        for node in ast.walk(tree):
            if isinstance(node, (ast.expr, ast.stmt)):
                node.col_offset += by
                node.end_col_offset = (node.end_col_offset or 0) + by
    return tree


def _syntax_error(report: Report, passage: Passage, lead: int, error: SyntaxError) -> None:
    offset = lead + max(0, (error.offset or 1) - 1)
    hint = next((hint for pattern, hint in _HINTS if pattern.search(_without_strings(passage.text))), "")
    message = (error.msg or "").lower()
    said = (
        "a bracket or quote is not closed"
        if "never closed" in message or "unterminated" in message
        else "this is not an expression"
    )
    _wrong(report, passage, min(offset, len(passage.text)), said, hint)


def _without_strings(text: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", "''", text)


def _wrong(report: Report, passage: Passage, offset: int, message: str, hint: str) -> None:
    report.error("syntax", message, passage.at(offset), hint)


def _complete(node: ast.expr | ast.stmt, passage: Passage, report: Report) -> bool:
    """Whether the node is all there is: Python would take the rest after `#` or `;` silently."""
    written = passage.text.encode()
    rest = written[node.end_col_offset or 0 :].decode(errors="replace")
    left = re.match(r"[\s)]*", rest)
    assert left is not None
    if left.end() == len(rest):
        return True
    offset = len(passage.text) - len(rest) + left.end()
    report.error("syntax", "the expression has ended here", passage.at(offset, len(passage.text)), "leave out the rest")
    return False
