"""`bin/twins examples/shop.yaml`: the judge asks both written projects at once, and tells where they differ."""

import argparse
import asyncio
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2

import backsmith
from backsmith.contract import Contract, contract
from backsmith.project.environment import Environment
from backsmith.project.files import put
from backsmith.project.judged import ADMIN, Judged, judged
from backsmith.verify import Mailbox, Target, verify
from backsmith.verify.model import Report
from backsmith.writers.django.writer import write as write_django
from backsmith.writers.fastapi.writer import write as write_fastapi
from tests.twins.documents import differences
from tests.twins.transport import Twins

ALONE = ("races", "throttling", "walking", "openapi", "fuzzing")
"""Checks whose answers depend on time, or are about what each framework says in its own words."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/twins", description=__doc__)
    parser.add_argument("blueprints", type=Path, nargs="+", metavar="BLUEPRINT")
    parser.add_argument("--only", action="append", default=[], metavar="CHECK")
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    good = [_told(each, given.only, with_postgres=given.postgres) for each in given.blueprints]
    return int(not all(good))


def _told(blueprint: Path, only: list[str], *, with_postgres: bool) -> bool:
    """Print where the projects of a blueprint differ. Returns whether they do not, and keep the contract."""
    report, twins = compared(blueprint, only=only, with_postgres=with_postgres)
    for found in twins.differences[:60]:
        print(f"{found.what}: {found.request}\n    {found.one}\n    {found.other}")
    for said in twins.said[:60]:
        print(said)
    for failure in report.failures[:20]:
        print(f"{failure.rule}: {failure.about}: {failure.message}")
    counted = f"{len(twins.differences)} differences, {len(twins.said)} of the documents"
    print(f"{blueprint}: {twins.requests} requests, {counted}; {len(report.failures)} rules broken", flush=True)
    return not (twins.differences or twins.said or report.failures)


def compared(
    blueprint: Path, *, only: list[str], with_postgres: bool = False, worsened: tuple[str, str] | None = None
) -> tuple[Report, Twins]:
    """Write, start and ask both projects of a blueprint. worsened: what is replaced in the errors of the second."""
    read = backsmith.read(blueprint.read_bytes(), blueprint.name)
    if read.design is None:
        raise SystemExit("\n".join(each.message for each in read.diagnostics))
    design = backsmith.expand(read.design)
    environment = Environment(python=Path(sys.executable))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder)
        put(write_fastapi(design), place / "fastapi")
        put(write_django(design), place / "django")
        if worsened is not None:
            errors = place / "django" / "apps" / "core" / "errors.py"
            errors.write_text(errors.read_text("utf-8").replace(*worsened), "utf-8")
        one = stack.enter_context(judged(place / "fastapi", environment, with_postgres=with_postgres))
        same = {"SECRET_KEY": one.secret, "PUBLIC_URL": one.url}
        other = stack.enter_context(judged(place / "django", environment, with_postgres=with_postgres, **same))
        twins = Twins(one=one.url, other=other.url, fixed=fixed(contract(design)))
        mailbox = Mailbox(take=lambda address, seconds: _mail(twins, one, other, address, seconds))
        target = Target(url=one.url, admin=ADMIN, mailbox=mailbox, secret=one.secret, transport=twins)
        twins.said = list(differences(_document(one.url), _document(other.url)))
        checks = only or [name for name in backsmith_checks() if name not in ALONE]
        return asyncio.run(verify(design, target, only=checks)), twins


def fixed(said: Contract) -> dict[str, frozenset[str]]:
    """The paths that end in a word where others have an id, with their methods: `/api/v1/visits/free-slots`."""
    places = {each.path.rpartition("/")[0] for each in said.endpoints if each.path.endswith("/{id}")}
    found: dict[str, set[str]] = {}
    for each in said.endpoints:
        way, _, last = each.path.rpartition("/")
        if way in places and last != "{id}":
            found.setdefault(each.path, set()).add(each.method)
    return {path: frozenset(methods) for path, methods in found.items()}


def judged_alone(blueprint: Path, *, with_postgres: bool = False) -> Report:
    """What the judge says of the Django project of a blueprint."""
    read = backsmith.read(blueprint.read_bytes(), blueprint.name)
    assert read.design is not None, read.diagnostics
    design = backsmith.expand(read.design)
    environment = Environment(python=Path(sys.executable))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "django"
        put(write_django(design), place)
        with judged(place, environment, with_postgres=with_postgres) as server:
            mailbox = Mailbox(take=server.mail.take)
            target = Target(url=server.url, admin=ADMIN, mailbox=mailbox, secret=server.secret)
            return asyncio.run(verify(design, target))


def backsmith_checks() -> list[str]:
    """The names of the checks that ask one thing after another."""
    from backsmith.verify import CHECKS

    return list(CHECKS)


def _document(url: str) -> Any:
    return httpx2.get(f"{url}/openapi.json").raise_for_status().json()


async def _mail(twins: Twins, one: Judged, other: Judged, address: str, seconds: float) -> str | None:
    """The mail of the first; what it says is learned to stand for what the second says."""
    text = await one.mail.take(address, seconds)
    if text is not None:
        also = await other.mail.take(address, seconds)
        twins.learn(text, also or "")
    return text


if __name__ == "__main__":
    sys.exit(main())
