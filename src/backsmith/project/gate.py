"""Running the gate that a project brings along: the steps of its own `bin/check`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backsmith.project import environment as environments
from backsmith.project.environment import Environment
from backsmith.project.evidence import Evidence, Step, counts
from backsmith.project.failure import Failure, tail
from backsmith.project.processes import Outcome, run
from backsmith.project.watch import Watch

CHECK = "bin/check"

TOLD = (
    *("fastapi", "starlette", "pydantic", "sqlalchemy", "alembic", "asyncpg", "aiosqlite", "uvicorn"),
    *("django", "djangorestframework", "psycopg"),
    *("pytest", "mypy", "ruff"),
)
"""The packages whose versions stand in the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The evidence, and for each step that failed what it printed."""

    evidence: Evidence
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the evidence is about: which backsmith wrote how many files, and their hash."""

    backsmith: str
    tree: str
    files: int


def prove(
    project: Path, environment: Environment, written: Written, watch: Watch, database: str | None = None
) -> Proof:
    """Run every step of the gate, also after one that failed.

    `database` is the address of a PostgreSQL to test on; without it, SQLite. Raises Failure where there is no gate.
    """
    variables = environment.variables(TEST_DATABASE_URL=database or "")
    begun = datetime.now(UTC)
    ran = [(name, command, _run(project, name, variables, watch)) for name, command in _steps(project, variables)]
    evidence = Evidence(
        backsmith=written.backsmith,
        at=begun.isoformat(timespec="seconds"),
        tree=written.tree,
        files=written.files,
        database="postgresql" if database else "sqlite",
        versions=environments.versions(project, environment, TOLD),
        steps=tuple(_step(name, command, outcome) for name, command, outcome in ran),
    )
    return Proof(evidence=evidence, outputs={name: outcome.output for name, _, outcome in ran if not outcome.good})


def _run(project: Path, name: str, variables: Mapping[str, str], watch: Watch) -> Outcome:
    watch.begins(name)
    outcome = run([f"./{CHECK}", name], project, variables)
    watch.ends(name, outcome.seconds, good=outcome.good)
    return outcome


def _step(name: str, command: str, outcome: Outcome) -> Step:
    seconds, counted = round(outcome.seconds, 2), counts(outcome.output)
    return Step(name=name, command=command, exit=outcome.exit, seconds=seconds, counts=counted)


def _steps(project: Path, variables: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The name and the command of each step, as `bin/check --list` tells them."""
    listed = run([f"./{CHECK}", "--list"], project, variables)
    steps = [line.partition("\t") for line in listed.output.splitlines() if "\t" in line]
    if not listed.good or not steps:
        raise Failure(f"{CHECK} does not list its steps.", f"see what `{CHECK} --list` says", tail(listed.output))
    return tuple((name, command) for name, _, command in steps)
