"""How often somebody may ask, and who counts as one."""

import pytest

from apps.accounts.rules import API
from apps.core import limits
from apps.core.limits import Limiter, network, read_rate
from tests.conftest import As, Client


@pytest.mark.parametrize(
    ("moments", "allowed"),
    [
        ([0, 0, 0, 0], [True, True, True, False]),
        ([0, 0, 0, 10, 20], [True, True, True, False, True]),  # two thirds of the earlier window have faded
        ([0, 9, 9, 11, 14], [True, True, True, False, True]),
        ([0, 0, 0, 25], [True, True, True, True]),
    ],
)
def test_a_window_that_slides(moments: list[float], allowed: list[bool]) -> None:
    limiter = Limiter(3, 10)
    assert [limiter.hit("a", moment)[1] == 0 for moment in moments] == allowed


@pytest.mark.parametrize("moments", [[0, 0, 0], [0, 9, 9], [0, 5, 12, 17]])
def test_after_the_wait_the_next_is_allowed(moments: list[float]) -> None:
    limiter = Limiter(3, 10)
    waits = [limiter.hit("a", moment)[1] for moment in moments]
    _, wait = limiter.hit("a", moments[-1])
    assert waits == [0] * len(moments)
    assert 0 < wait <= 20
    assert limiter.hit("a", moments[-1] + wait - 0.01)[1] > 0
    assert limiter.hit("a", moments[-1] + wait + 0.01)[1] == 0


def test_callers_do_not_count_for_each_other() -> None:
    limiter = Limiter(1, 10)
    assert [limiter.hit(key, 0)[1] for key in ("a", "b")] == [0, 0]
    assert limiter.hit("a", 1)[1] > 0


def test_the_oldest_callers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KNOWN", 2)
    limiter = Limiter(1, 10)
    for key in "abc":
        limiter.hit(key, 0)
    assert list(limiter.windows) == ["b", "c"]


def test_off() -> None:
    assert read_rate("off") is None


@pytest.mark.parametrize(
    ("address", "one"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("testclient", "testclient")],
)
def test_what_counts_as_one_client(address: str, one: str) -> None:
    assert network(address) == one


def test_too_many_requests(stranger: Client, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "limiter", Limiter(2, 60))
    answers = [stranger.post(f"{API}/auth/password/forgot", {"email": "ada@example.org"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"default";q=2;w=60'}
    assert 0 < int(answers[2].headers["retry-after"]) <= 120
    assert answers[2].json()["errors"][0]["code"] == "rate"
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post(f"{API}/auth/password/forgot", {"email": "ada@example.org"}).status_code == 202


def test_accounts_count_for_themselves(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = as_("admin"), as_("admin")
    monkeypatch.setattr(limits, "limiter", Limiter(2, 60))
    for client in (ada, bob):
        statuses = [client.get(f"{API}/users/{client.id}").status_code for _ in range(3)]
        assert statuses == [200, 200, 429]


def test_bad_credentials_count_for_where_they_came_from(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "limiter", Limiter(2, 60))
    forged = {"Authorization": "Bearer nonsense"}
    statuses = [stranger.get(f"{API}/users", headers=forged).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
