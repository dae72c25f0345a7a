"""What is read is planned once for callers of the same roles, and asked for by each of them."""

from datetime import timedelta
from typing import Any

from django.db.models import DateField, DateTimeField, ExpressionWrapper

from apps.accounts.models import User
from apps.accounts.serializers import UserRead
from apps.core import clock, plans
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


def test_the_moment_is_given_to_the_plan(as_: As) -> None:
    made: list[Any] = []

    @plans.kept
    def plan(_: Rows, caller: Caller) -> Statement:
        made.append(caller)
        day = timedelta(days=1)
        found = User.objects.filter(created_at__lte=caller.moment, created_at__gt=caller.moment - day)
        return Statement(found.values_list("id"))

    own = as_()
    moment = Caller().at
    for hours, found in ((0, [own.id]), (-1, []), (1, [own.id]), (24, [])):
        caller = Caller(at=moment + timedelta(hours=hours))
        assert [row[0] for row in plan(UserRead.rows, caller).rows(plans.who(caller))] == found
    assert len(made) == 1


def test_what_is_computed_of_the_time_is_planned_too(as_: As) -> None:
    @plans.kept
    def plan(_: Rows, caller: Caller) -> Statement:
        time = ExpressionWrapper(clock.At.of(clock.now()), output_field=DateTimeField())
        day = ExpressionWrapper(clock.At.of(clock.now().date() - timedelta(days=1)), output_field=DateField())
        return Statement(User.objects.annotate(time=time, day=day).values_list("time", "day"))

    as_()
    for hours in (0, 30):
        caller = Caller(at=Caller().at + timedelta(hours=hours))
        row = plan(UserRead.rows, caller).first(**plans.who(caller))
        assert list(row or ()) == [caller.at, caller.at.date() - timedelta(days=1)]
    assert clock.now() <= Caller().at


def test_the_caller_is_given_to_the_plan(as_: As) -> None:
    @plans.kept
    def plan(_: Rows, caller: Caller) -> Statement:
        return Statement(User.objects.filter(is_caller(caller, "id")).values_list("id"))

    for own in (as_(), as_()):
        found = plan(UserRead.rows, Caller(id=own.id, roles=frozenset({"signed_in"})))
        assert list(found.first(caller=own.id) or ()) == [own.id]
