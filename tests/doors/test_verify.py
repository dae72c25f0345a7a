"""`backsmith verify` before it judges anything: what it refuses, and how it ends."""

from pathlib import Path

import pytest

from backsmith.project.up import free_port

from .test_cli import EXAMPLES, backsmith

SHOP = str(next(path for path in EXAMPLES if path.name == "shop.yaml"))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--only", "no_such_check"), 2, "There is no check no_such_check."),
        (("http://127.0.0.1:1",), 2, "Nobody is named to ask as."),
        (("127.0.0.1", "--admin", "a@example.com"), 2, "is no address of a server"),
        (("--project", "/"), 2, "The project has no environment."),
    ],
)
def test_what_cannot_be_judged(arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = backsmith("verify", *arguments, "--blueprint", SHOP, BACKSMITH_ADMIN_PASSWORD="a quiet river")
    assert ended.returncode == code
    assert said in ended.stderr


def test_a_server_that_is_not_there_is_this_machines_trouble(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    arguments = (url, "--admin", "a@example.com", "--blueprint", SHOP, "--json", str(tmp_path / "report.json"))
    ended = backsmith("verify", *arguments, BACKSMITH_ADMIN_PASSWORD="a quiet river")
    assert ended.returncode == 3
    assert f"Nobody answers at {url}" in ended.stderr
    assert "a quiet river" not in ended.stdout + ended.stderr
    assert not (tmp_path / "report.json").exists()
