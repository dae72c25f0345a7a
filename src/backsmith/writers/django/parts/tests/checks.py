"""What tests of every entity ask of an answer."""

import operator
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any
from urllib.parse import quote

from tests.conftest import Client, at_once
from tests.rows import sent

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "ne": operator.ne,
    "lt": lambda left, right: left is not None and left < right,
    "lte": lambda left, right: left is not None and left <= right,
    "gt": lambda left, right: left is not None and left > right,
    "gte": lambda left, right: left is not None and left >= right,
    "contains": lambda left, right: left is not None and right.casefold() in left.casefold(),
}
"""What each filter asks: of the row's value, and of what was sent."""


def made(client: Client, path: str, body: Mapping[str, Any]) -> Any:
    """A row that was just made over HTTP."""
    answer = client.post(path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def refused(answer: Any, status: int, *errors: tuple[str, str]) -> None:
    """The answer is a problem document of this status with exactly these errors: field and code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert sorted((error["field"], error["code"]) for error in document["errors"]) == sorted(errors), answer.text


def race(
    requests: Iterable[Callable[[], Any]], won: int, lost: int, *errors: tuple[str, str], winners: int = 1
) -> list[Any]:
    """The answers of this status among those to requests that are made at once. All others are refused."""
    answers = at_once(list(requests))
    first = [answer for answer in answers if answer.status_code == won]
    assert len(first) == winners, Counter(answer.status_code for answer in answers)
    for answer in answers:
        if answer.status_code != won:
            refused(answer, lost, *errors)
    return first


def shows(answer: Any, body: Any, private: Collection[str] = ()) -> bool:
    """Whether all that is in `body` is in the answer too, but for what is private."""
    if isinstance(body, dict):
        shown = {key: value for key, value in body.items() if key not in private}
        there = isinstance(answer, dict) and shown.keys() <= answer.keys()
        return there and all(shows(answer[key], value, private) for key, value in shown.items())
    if isinstance(body, list):
        return len(answer) == len(body) and all(map(shows, answer, body, repeat(private)))
    return bool(answer == body)


def listed(client: Client, path: str, query: str = "") -> list[Any]:
    """The ids of a list, in its order."""
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def walked(client: Client, path: str, query: str, limit: int) -> list[Any]:
    """The ids of all pages of a list, each page where the one before says it is."""
    found: list[Any] = []
    next_ = f"{path}?{query}&limit={limit}"
    while True:
        answer = client.get(next_)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            assert "link" not in answer.headers
            return found
        assert len(page["items"]) == limit
        next_ = answer.headers["link"].partition("<")[2].partition(">")[0]


def in_order(ids: Sequence[Any], values: Sequence[Any], *, down: bool) -> list[Any]:
    """The ids in the order of their values: nulls last, ties by id."""
    ranked = sorted((row for row in zip(values, ids, strict=True) if row[0] is not None), reverse=down)
    without = sorted((id for value, id in zip(values, ids, strict=True) if value is None), reverse=down)
    return [id for _, id in ranked] + without


def questions(name: str, operators: Iterable[str], values: Sequence[Any]) -> Iterable[tuple[str, list[int]]]:
    """Filters of a field, each with the places of those of `values` that it is to find."""
    present = [value for value in values if value is not None]
    for asked in operators:
        if asked == "isnull":
            yield f"{name}__isnull=true", [place for place, value in enumerate(values) if value is None]
            yield f"{name}__isnull=false", [place for place, value in enumerate(values) if value is not None]
        elif asked == "in":
            chosen = present[:2]
            yield f"{name}__in={','.join(map(_text, chosen))}", [i for i, value in enumerate(values) if value in chosen]
        else:
            for pivot in present:
                compared = pivot[1:].upper() if asked == "contains" else pivot
                places = [place for place, value in enumerate(values) if OPERATORS[asked](value, compared)]
                yield f"{name}{'__' if asked else ''}{asked}={_text(compared)}", places


def _text(value: Any) -> str:
    shown = sent(value)
    return quote(str(shown).lower() if isinstance(shown, bool) else str(shown), safe="")
