"""`links` in answers, as an admin meets them: what stands in them, and that they lead somewhere.

That they stand there for whoever may follow them, and for nobody else, is in `test_access.py`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests import factories
from tests.conftest import As

LINKED: list[Any] = [
    (
        "/api/v1/items",
        factories.item,
        [],
        ["self", "update", "delete"],
        {"take": ["state", "new"], "shut": ["phase", "open"]},
        [],
    ),
]
"""The path, what makes a row and what it takes, and the names of its links: those that are always there, those of its
moves with the field and the states that they start from, and those that are there with a reference."""


@pytest.mark.parametrize(("path", "make", "takes", "always", "moves", "maybe"), LINKED)
async def test_links(
    as_: As,
    path: str,
    make: Callable[..., Awaitable[Any]],
    takes: list[str],
    always: list[str],
    moves: dict[str, list[str]],
    maybe: list[str],
) -> None:
    client = await as_("admin")
    given: dict[str, Any] = {}
    place = f"{path}/{await make(**given)}"
    row = (await client.get(place)).json()
    links = row["links"]
    open_moves = {name for name, (field, *states) in moves.items() if row[field] in states}
    assert links.keys() == {*always, *open_moves, *(name for name in maybe if row[name] is not None)}
    assert links["self"] == {"href": place, "method": "GET"}
    assert all(links[name] == {"href": f"{place}/{name.replace('_', '-')}", "method": "POST"} for name in open_moves)
    for link in links.values():
        if link["method"] == "GET":
            assert (await client.get(link["href"])).status_code == 200, link
    assert (await client.get(path)).json()["items"][0]["links"] == links
    assert (await client.get(f"{place}?fields=id")).json().keys() == {"id"}
    assert "links" not in (await client.get(f"{path}/export?format=jsonl")).text
