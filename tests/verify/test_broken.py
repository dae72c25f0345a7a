"""A judge must be judged: each broken server is found, by the rule that it breaks, and a whole one is not."""

import asyncio
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import backsmith
from backsmith.design.model import Design
from backsmith.features import lower
from backsmith.project.environment import Environment
from backsmith.project.files import put
from backsmith.project.judged import ADMIN, judged
from backsmith.verify import CHECKS, Report, verify
from backsmith.verify.court import Mailbox, Target

from .broken import SERVERS, Broken

ROOT = Path(__file__).parents[2]
BLUEPRINTS = {"small": Path(__file__).with_name("small.yaml"), "shop": ROOT / "examples" / "shop.yaml"}
QUICK = ("logout",)
"""The broken server that is judged on every run; the others with `bin/test --full`."""


def written(name: str, folder: Path) -> Design:
    """Write the project of a blueprint into a folder."""
    reading = backsmith.read(BLUEPRINTS[name].read_text("utf-8"))
    assert reading.design is not None, reading.diagnostics
    put(backsmith.write(reading.design), folder)
    return lower(reading.design)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Design]:
    """The project that broken servers are copies of."""
    folder = tmp_path_factory.mktemp("broken") / "small"
    return folder, written("small", folder)


def judge(project: Path, design: Design, only: Sequence[str] = ()) -> Report:
    """The verdict about the server of a project."""
    with judged(project, Environment(python=Path(sys.executable))) as server:
        mailbox = Mailbox(take=server.mail.take)
        target = Target(url=server.url, admin=ADMIN, mailbox=mailbox, secret=server.secret)
        return asyncio.run(verify(design, target, only=only))


def told(report: Report) -> list[str]:
    """The failures of a report, in lines that begin with their rules."""
    return [f"{each.rule}: {each.about}: {each.message}" for each in report.failures]


def marked() -> list[object]:
    quick = [pytest.param(each, id=each.name) for each in SERVERS if each.name in QUICK]
    slow = [pytest.param(each, id=each.name, marks=pytest.mark.judge) for each in SERVERS if each.name not in QUICK]
    return [*quick, *slow]


@pytest.mark.parametrize("server", marked())
def test_a_broken_server_is_found(server: Broken, small: tuple[Path, Design], tmp_path: Path) -> None:
    project, design = small
    copy = tmp_path / "small"
    shutil.copytree(project, copy)
    server.apply(copy)
    report = judge(copy, design, [server.check])
    found = {each.split(":")[0] for each in told(report)}
    unsure = {each.rule for each in report.untested} | {"enumeration-by-time"}
    if server.rule in unsure - found:
        pytest.skip(f"{server.rule} could not be judged: {[each.reason for each in report.untested]}")
    assert server.rule in found, f"{server.rule} is not among {sorted(found)}"


@pytest.mark.judge
@pytest.mark.parametrize("name", BLUEPRINTS)
def test_a_whole_server_is_good(name: str, tmp_path: Path) -> None:
    design = written(name, tmp_path / name)
    report = judge(tmp_path / name, design)
    # No test fails on time: on a busy machine one answer is slower than another.
    assert [line for line in told(report) if not line.startswith("enumeration-by-time:")] == []
    assert report.held["no-5xx"] > 1000


def test_every_text_of_the_table_is_there(small: tuple[Path, Design], tmp_path: Path) -> None:
    wrong = []
    for server in SERVERS:
        copy = tmp_path / server.name
        for part in ("app", "migrations"):
            shutil.copytree(small[0] / part, copy / part)
        try:
            server.apply(copy)
        except ValueError as error:
            wrong.append(str(error))
    assert wrong == []


def test_the_table_names_checks_that_there_are() -> None:
    assert {server.check for server in SERVERS} <= CHECKS.keys()
    assert len({server.name for server in SERVERS}) == len(SERVERS)
