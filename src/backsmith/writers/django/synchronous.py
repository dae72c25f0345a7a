"""Tests that are printed for asyncio, as a Django project has them: without `await`, with its client and its factories.

Elasticsearch, httpcore and psycopg write code once and take `async` out of it by rules (`unasync`), and so does this.
What has another shape in the two frameworks is no rule: a `Dialect` says it.
"""

import re
from collections.abc import Callable, Iterator, Mapping

ROWS = re.compile(r"^ *((?:\w+(?:, | = ))+)\[?await (?:factories\.(?!\w*_body\b)|thing\.row\(|make\()", re.MULTILINE)
APPENDED = re.compile(r"\b(\w+)\.append\(await factories\.(?!\w*_body\b)")
LATER = re.compile(r"(?<!await )\bboss\.(get|post|put|patch|delete)\(")
FACTORIES = re.compile(r"\bfactories\.(\w+)")
TEXT = re.compile(r"(, \w+)?\.text\b(\n)?")
AT_ONCE = "from functools import partial\nfrom tests.conftest import at_once\n"
RULES = (
    (re.compile(r"^from collections\.abc import Awaitable\n", re.MULTILINE), ""),
    (re.compile(r"^from collections\.abc import Awaitable, ", re.MULTILINE), "from collections.abc import "),
    (
        re.compile(r"^import asyncio\n", re.MULTILINE),
        "from functools import partial\nfrom tests.conftest import at_once\n",
    ),
    (re.compile(r"^from httpx2 import AsyncClient\n", re.MULTILINE), "from tests.conftest import Client\n"),
    (re.compile(r"\bAsyncClient\b"), "Client"),
    (re.compile(r"\basync (def|with)\b"), r"\1"),
    (re.compile(r", json="), ", "),
    (re.compile(r"\bawait posting\b"), "posting.result()"),
    (re.compile(r"\bawait "), ""),
    (re.compile(r"\b(\w+)\.id (if whose)"), r"\1.user \2"),
    (re.compile(r'("(?:account|owned_by)": \w+)\.id\b'), r"\1.user"),
    (re.compile(r'startswith\("SELECT memberships\."\)'), "startswith('SELECT \"memberships\".')"),
)


def synchronous(text: str, factories: Mapping[str, str]) -> str:
    """The same tests without asyncio. `factories` has what makes rows in place of each function that does."""
    text = "\n\n\n".join(map(_with_keys, text.split("\n\n\n")))
    text = LATER.sub(r"partial(boss.\1, ", text)
    text = _calls(text, r"await asyncio\.gather\(", lambda _, inner, __: f"at_once([{_listed(inner)}])")
    text = _calls(text, r"\bAwaitable\[", lambda _, inner, __: inner)
    text = _calls(text, r"(?<!\w)\((?=await )", _bare)
    for pattern, put in RULES:
        text = pattern.sub(put, text)
    text = FACTORIES.sub(lambda found: f"factories.{factories.get(found[1], found[1])}", text)
    return TEXT.sub(_told, text)


def _with_keys(function: str) -> str:
    """A function whose paths have `{row.pk}` for `{row}`, where `row` is an instance of a model."""
    for name in set(_rows(function)):
        function = re.sub(rf"\{{({name}(?:\[0\])?)\}}", r"{\1.pk}", function)
    return _calls(function, r"\{await ([\w.]+)\(", lambda found, inner, _: f"{{{found[1]}({inner}).pk")


def _rows(function: str) -> Iterator[str]:
    """The variables that hold what factories answered, one or several."""
    names = [name for found in ROWS.findall(function) for name in re.findall(r"\w+", found)]
    for name in (*names, *APPENDED.findall(function)):
        yield name
        yield from re.findall(rf"\bfor (\w+) in {name}\b", function)


def _listed(inner: str) -> str:
    """The requests of a list, which may be one comprehension."""
    return inner[2:-1] if inner.startswith("*(") else inner


def _bare(_: re.Match[str], inner: str, after: str) -> str:
    """What needs no parentheses any more, now that it is not awaited."""
    return inner if after in (".", "[") else f"({inner})"


def _told(found: re.Match[str]) -> str:
    """What an answer is told by when an assertion fails is no file; exports are, and come in pieces."""
    reason, end = found[1], found[2] or ""
    return found[0] if reason and end else f"{reason or ''}.getvalue().decode(){end}"


def _calls(text: str, opening: str, put: Callable[[re.Match[str], str, str], str]) -> str:
    """The text with each of these calls put otherwise: what opened it, what is inside, and what comes next."""
    for found in reversed(list(re.finditer(opening, text))):
        close = _closing(text, found.end())
        inner = text[found.end() : close]
        text = text[: found.start()] + put(found, inner, text[close + 1 : close + 2]) + text[close + 1 :]
    return text


def _closing(text: str, start: int) -> int:
    """The place of the bracket that closes what was opened before."""
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if not depth:
            return place
    raise AssertionError("a bracket is not closed")
