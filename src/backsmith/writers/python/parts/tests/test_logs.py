"""Lines of the log: JSON in production, for our own events and for those of libraries, and never a secret."""

import logging
from collections.abc import Iterator

import msgspec
import pytest
import structlog

from core import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**before)
    root.handlers[:], root.level = handlers, level


def lines(output: str) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in output.splitlines()]


def test_production_writes_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", json=True)
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        structlog.get_logger().info("paid", order=7, access_token="hunter2")
        structlog.get_logger().debug("not written")
    logging.getLogger("some.library").warning("careful %s", "now")
    try:
        fail("")
    except RuntimeError:
        logging.getLogger("some.library").exception("unhandled")
    own, other, failed = lines(capsys.readouterr().out)
    assert "RuntimeError: broken" in str(failed["exception"])
    assert (own["event"], own["order"], own["request_id"], own["level"]) == ("paid", 7, "abc", "info")
    assert own["access_token"] == "[redacted]"
    assert (other["event"], other["level"]) == ("careful now", "warning")


def fail(password: str) -> None:
    raise RuntimeError("broken")


def test_an_exception_is_written_without_what_its_variables_hold(capsys: pytest.CaptureFixture[str]) -> None:
    for json in (True, False):
        logs.configure("info", json=json)
        try:
            fail("hun" + "ter2")
        except RuntimeError:
            structlog.get_logger().exception("unhandled")
    output = capsys.readouterr().out
    assert output.count("RuntimeError: broken") == 2
    assert "hunter2" not in output
