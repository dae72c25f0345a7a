"""How often somebody may ask, and who counts as one."""

from ipaddress import ip_network

import httpx2
import pytest
from fastapi import Depends, FastAPI
from starlette.types import Receive, Scope, Send

from app.config import settings
from app.core import errors, limits, middleware, server
from app.core.limits import Limiter, client_address, network, read_rate


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
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # nobody that is trusted says so
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66, 198.51.100.1"], "198.51.100.1"),  # the first is the client's own invention
        ("10.0.0.1", ["192.0.2.66", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("", ["198.51.100.1"], ""),
    ],
)
async def test_the_address_of_a_client(
    monkeypatch: pytest.MonkeyPatch, peer: str, forwarded: list[str], address: str
) -> None:
    proxies = {"trusted_proxies": (ip_network("10.0.0.0/8"),)}
    monkeypatch.setattr(server, "settings", settings.model_copy(update=proxies))
    found: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(client_address(scope))

    served = server.configuration(app)
    served.load()
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    scope = {"type": "http", "client": (peer, 1) if peer else None, "headers": headers}
    await served.loaded_app(scope, None, None)
    assert found == [address]


@pytest.mark.parametrize(
    ("address", "one"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("testclient", "testclient")],
)
def test_what_counts_as_one_client(address: str, one: str) -> None:
    assert network(address) == one


async def test_too_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "limiter", Limiter(2, 60))
    app = FastAPI(dependencies=[Depends(limits.by_address)])

    @app.get("/")
    async def answer() -> None: ...

    errors.install(app)
    middleware.install(app)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        answers = [await client.get("/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"default";q=2;w=60'}
    assert 0 < int(answers[2].headers["retry-after"]) <= 120
    assert answers[2].json()["errors"][0]["code"] == "rate"
