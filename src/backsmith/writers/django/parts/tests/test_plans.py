"""What is read is planned once for callers of the same roles, and asked for by each of them."""

from datetime import datetime
from typing import Any

from apps.accounts.models import User
from apps.accounts.serializers import UserRead
from apps.core import plans
from apps.core.caller import Caller, is_caller
from apps.core.shown import Rows
from apps.core.statements import Statement
from tests.conftest import As

STRANGER, ACCOUNT = Caller(), Caller(id=1, roles=frozenset({"signed_in"}))


def test_a_plan_is_made_once_for_each_kind_of_caller() -> None:
    made: list[Any] = []

    @plans.kept
    def plan(_: Rows, caller: Caller, asked: str) -> str:
        made.append(caller.id)
        return asked

    for caller in (STRANGER, ACCOUNT, Caller(id=2, roles=frozenset({"signed_in"})), STRANGER):
        assert [plan(UserRead.rows, caller, asked) for asked in ("a", "b", "a")] == ["a", "b", "a"]
    assert len(made) == 4
    assert not {1, 2}.intersection(each for each in made if isinstance(each, int))


def test_what_asked_for_the_time_is_planned_anew() -> None:
    @plans.kept
    def plan(_: Rows, caller: Caller) -> datetime:
        return caller.moment

    first, second = Caller(), Caller()
    assert plan(UserRead.rows, first) == first.at
    assert plan(UserRead.rows, second) == second.at


def test_the_caller_is_given_to_the_plan(as_: As) -> None:
    @plans.kept
    def plan(_: Rows, caller: Caller) -> Statement:
        return Statement(User.objects.filter(is_caller(caller, "id")).values_list("id"))

    for own in (as_(), as_()):
        found = plan(UserRead.rows, Caller(id=own.id, roles=frozenset({"signed_in"})))
        assert list(found.first(caller=own.id) or ()) == [own.id]
