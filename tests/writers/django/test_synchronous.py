"""Tests without asyncio: every rule, by an example of what it changes and of what it leaves."""

import pytest

from backsmith.writers.django.synchronous import synchronous

CLASSES = {"order": "OrderFactory.create", "user": "UserFactory.create"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "async def test_create() -> None:\n    await boss.get(PATH)",
            "def test_create() -> None:\n    boss.get(PATH)",
        ),
        ("answer = await boss.post(PATH, json=body)", "answer = boss.post(PATH, body)"),
        ("(await boss.get(PATH)).json()", "boss.get(PATH).json()"),
        ("name(await boss.get(PATH))", "name(boss.get(PATH))"),
        ("place, row = (await boss.get(PATH), 1)", "place, row = (boss.get(PATH), 1)"),
        ("row = await factories.order(n=1)", "row = factories.OrderFactory.create(n=1)"),
        ("body = await factories.order_body()", "body = factories.order_body()"),
        ("make: Callable[..., Awaitable[dict[str, Any]]]", "make: Callable[..., dict[str, Any]]"),
        ("from collections.abc import Awaitable, Callable\n", "from collections.abc import Callable\n"),
        ("from collections.abc import Awaitable\n", ""),
        ("from httpx2 import AsyncClient\n", "from tests.conftest import Client\n"),
        ("import asyncio\n", "from functools import partial\nfrom tests.conftest import at_once\n"),
        ("answers = await asyncio.gather(*(f() for _ in a))", "answers = at_once([f() for _ in a])"),
        ("answers = await asyncio.gather(one, *others)", "answers = at_once([one, *others])"),
        ("(boss.post(path, json=body) for _ in a)", "(partial(boss.post, path, body) for _ in a)"),
        ("refused(await posting, 422)", "refused(posting.result(), 422)"),
        ("StringIO(answer.text)", "StringIO(answer.getvalue().decode())"),
        ("assert answer.status_code == 200, answer.text\n", "assert answer.status_code == 200, answer.text\n"),
    ],
)
def test_rules(before: str, after: str) -> None:
    assert synchronous(before, CLASSES) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'row = await factories.order()\nawait boss.get(f"{PATH}/{row}")',
            'row = factories.OrderFactory.create()\nboss.get(f"{PATH}/{row.pk}")',
        ),
        (
            'rows = [await make() for _ in range(3)]\nplace = f"{path}/{rows[0]}"',
            'rows = [make() for _ in range(3)]\nplace = f"{path}/{rows[0].pk}"',
        ),
        (
            'rows.append(await factories.order())\nfor row in rows:\n    f"{row}"',
            'rows.append(factories.OrderFactory.create())\nfor row in rows:\n    f"{row.pk}"',
        ),
        ('row = await made(boss)\nf"{row}"', 'row = made(boss)\nf"{row}"'),
        ('f"{self.path}/{await self.row(a=b)}"', 'f"{self.path}/{self.row(a=b).pk}"'),
    ],
)
def test_paths_have_the_keys_of_rows(before: str, after: str) -> None:
    assert synchronous(before, CLASSES) == after


def test_a_name_is_that_of_a_row_in_its_own_function_only() -> None:
    before = 'def one():\n    row = await factories.order()\n\n\ndef other(row):\n    return f"{row}"'
    assert synchronous(before, CLASSES).endswith('return f"{row}"')
