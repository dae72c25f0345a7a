"""Writes examples, breaks one line of their applications at a time, and tells which of their own tests notices.

Everything that a mutation needs is in `mutations.py`; what comes out is `docs/proof.md`.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import backsmith
from backsmith.design.model import Framework
from backsmith.project.environment import Environment
from backsmith.project.files import put
from backsmith.project.services import postgres
from tests.proof import django, mutations
from tests.proof.mutation import Mutation

ROOT = Path(__file__).parents[2]
BLUEPRINTS = (ROOT / "examples", Path(__file__).parent)
MUTATIONS = (*mutations.MUTATIONS, *django.MUTATIONS)
NAMES = {Framework.FASTAPI: "", Framework.DJANGO: " on Django"}
FAILED = re.compile(r"^(?:FAILED|ERROR) tests/test_(\S+?)\.py(?:::(\w+))?", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+::\w+)`")
UNTRIED = "not tried"
SECONDS = 900
UNTOUCHED = ("tests/test_server.py", "tests/test_jobs.py")
"""Tests of signals and clocks, which no mutation is about and a busy machine is enough to fail."""


class RottenError(Exception):
    """A mutation whose text is not found once in what is written, or which breaks more than it says."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutation: `killed_by` is the test that failed, or nothing."""

    mutation: Mutation
    killed_by: str


Project = tuple[Framework, str]
"""An example, by its framework and its name."""


def write(project: Project, folder: Path) -> Path:
    """The written project of an example, in this folder."""
    framework, name = project
    source = next(place for each in BLUEPRINTS if (place := each / f"{name}.yaml").exists())
    result = backsmith.read(source.read_bytes(), str(source))
    assert result.design is not None, result.diagnostics
    place = folder / framework / name
    place.parent.mkdir(exist_ok=True)
    put(backsmith.write(replace(result.design, framework=framework)), place)
    return place


def written(chosen: Iterable[Mutation], folder: Path) -> dict[Project, Path]:
    """The projects that these mutations are of."""
    return {each: write(each, folder) for each in sorted({(each.framework, each.project) for each in chosen})}


def place_of(mutation: Mutation, project: Path) -> Path:
    """The file that a mutation changes. Raises RottenError where its text does not stand in just one place."""
    counted = {path: path.read_text("utf-8").count(mutation.old) for path in sorted(project.glob(mutation.files))}
    found = [path for path, count in counted.items() for _ in range(count)]
    if len(found) != 1:
        where = ", ".join(str(path.relative_to(project)) for path in found) or "nowhere"
        raise RottenError(
            f"{mutation.kind}: {mutation.says}: in {mutation.project} its text stands {where}:\n{mutation.old}"
        )
    return found[0]


def mutate(mutation: Mutation, project: Path) -> None:
    """Change the project. Raises RottenError."""
    path = place_of(mutation, project)
    path.write_text(path.read_text("utf-8").replace(mutation.old, mutation.new), "utf-8")


@dataclass(frozen=True, slots=True)
class Bench:
    """A written project, and the database that its tests run on: SQLite where there is no address."""

    project: Path
    environment: Environment
    database: str
    sound: dict[str, bool] = field(default_factory=dict)
    """Tests that were seen to pass, or not, without any mutation."""

    def try_out(self, mutation: Mutation, name: str) -> Outcome:
        """Run the tests of a changed copy until one fails, the likeliest first.

        Raises RottenError where they do not run.
        """
        with TemporaryDirectory() as folder:
            project = Path(folder) / "project"
            shutil.copytree(self.project, project)
            mutate(mutation, project)
            first = [f"tests/test_{each}.py" for each in mutation.first]
            every = sorted(path.relative_to(project).as_posix() for path in project.glob("tests/test_*.py"))
            rest = [path for path in every if path not in (*first, *UNTOUCHED)]
            for paths in (first, rest):
                killer = self._killer(mutation, project, paths, name)
                if killer:
                    return Outcome(mutation, killer)
        return Outcome(mutation, "")

    def _killer(self, mutation: Mutation, project: Path, paths: list[str], name: str) -> str:
        """The first test that fails, again when it runs alone, and not without the mutation; or nothing."""
        passed_over: list[str] = []
        while (ended := self._run(project, [*paths, *passed_over], name)).returncode != 0:
            failed = FAILED.search(ended.stdout)
            if ended.returncode != 1 or failed is None or not failed[2]:
                told = f"{ended.stdout[-3000:]}{ended.stderr[-500:]}"
                raise RottenError(f"{mutation.kind}: {mutation.says}: the tests do not run:\n{told}")
            test = f"tests/test_{failed[1]}.py::{failed[2]}"
            if self._run(project, [test], name).returncode != 0:
                if test not in self.sound:
                    self.sound[test] = self._run(self.project, [test], f"{name}_sound").returncode == 0
                if self.sound[test]:
                    return f"test_{failed[1]}::{failed[2]}"
            passed_over.append(f"--deselect={test}")
        return ""

    def _run(self, project: Path, tests: Iterable[str], name: str) -> "subprocess.CompletedProcess[str]":
        python = str(self.environment.python)
        variables = self.environment.variables(TEST_DATABASE_URL=self.database, ENVIRONMENT="test", RATE_LIMIT="off")
        if self.database:  # each in a database of its own, as if it were one of several processes
            variables["PYTEST_XDIST_WORKER"] = name
        return subprocess.run(
            [python, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
            cwd=project,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )


def outcomes(chosen: Iterable[Mutation], environment: Environment, jobs: int) -> Iterator[Outcome]:
    """What becomes of the mutations, each as soon as it is known. Raises RottenError where one rots."""
    chosen = list(chosen)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        projects = written(chosen, folder)
        for each in chosen:
            place_of(each, projects[each.framework, each.project])
        for project in projects.values():  # compiles it, for all copies
            environment.run(project, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider")
        needed = any(each.postgresql for each in chosen)
        server = stack.enter_context(postgres(folder, environment, "proof", folder / "data")) if needed else ""
        benches = {
            (each.framework, each.project, each.postgresql): Bench(
                projects[each.framework, each.project], environment, server if each.postgresql else ""
            )
            for each in chosen
        }
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        tried = [
            pool.submit(benches[each.framework, each.project, each.postgresql].try_out, each, f"m{number}")
            for number, each in enumerate(chosen)
        ]
        for ended in as_completed(tried):
            yield ended.result()


def table(found: Mapping[Mutation, str | None]) -> str:
    """The page that tells of every mutation which test killed it: none, or None where it was not tried."""
    killed = sum(map(bool, found.values()))
    equal = sum(test == "" and bool(mutation.equivalent) for mutation, test in found.items())
    untried = sum(test is None for test in found.values())
    lines = [
        "# The proof that written tests are real",
        "",
        "`bin/proof` writes examples, breaks one line of an application at a time, and runs its tests until one fails.",
        "This page is what it found; the mutations stand in `tests/proof/mutations.py` and `tests/proof/django.py`.",
        "",
        f"{len(found)} mutations: {killed} killed, {len(found) - killed - equal - untried} survived, {equal} equivalent"
        + (f", {untried} not tried." if untried else "."),
    ]
    for kind, group in groupby(found.items(), lambda each: each[0].kind):
        lines += ["", f"## {kind}", "", "| what is broken | in | killed by |", "| --- | --- | --- |"]
        lines += [f"| {mutation.says} | {_where(mutation)} | {_how(mutation, test)} |" for mutation, test in group]
    return "\n".join([*lines, ""])


def known(page: str) -> dict[Mutation, str | None]:
    """What a page tells of the mutations that there are."""
    rows = {tuple(line.strip("| ").split(" | ")[:2]): line for line in page.splitlines() if line.startswith("| ")}
    return {each: _told(rows.get((each.says, _where(each)), UNTRIED)) for each in by_kind()}


def _told(line: str) -> str | None:
    named = NAMED.search(line)
    return named[1] if named else None if UNTRIED in line else ""


def _where(mutation: Mutation) -> str:
    database = ("," if NAMES[mutation.framework] else " on") + " PostgreSQL" if mutation.postgresql else ""
    return f"{mutation.project}{NAMES[mutation.framework]}{database}"


def _how(mutation: Mutation, test: str | None) -> str:
    if test is None:
        return UNTRIED
    if test:
        return f"`{test}`"
    return f"equivalent: {mutation.equivalent}" if mutation.equivalent else "**survived**"


def by_kind(mutations: Iterable[Mutation] = MUTATIONS) -> list[Mutation]:
    """The mutations with those of a kind together, kinds in the order of their first."""
    mutations = list(mutations)
    kinds = list(dict.fromkeys(each.kind for each in mutations))
    return sorted(mutations, key=lambda each: kinds.index(each.kind))
