"""Tries the designs of the covering set: each is written, gated on its database and its Python, started, and judged.

What was found stays in `.cache/cover` beside a hash of what it is about, so that a second run tries only what is not
known to be good.
"""

import asyncio
import hashlib
import json
import os
import resource
import shutil
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from queue import Queue
from time import monotonic

import backsmith
from backsmith.design.model import Framework
from backsmith.features import lower
from backsmith.project.environment import Environment
from backsmith.project.failure import Failure, tail
from backsmith.project.files import put
from backsmith.project.gate import CHECK, Written, prove
from backsmith.project.judged import ADMIN, judged
from backsmith.project.processes import run
from backsmith.project.services import postgres
from backsmith.project.watch import Nobody
from backsmith.verify import CHECKS, Mailbox, Report, Target, verify
from backsmith.verify.reports import json as report_json
from backsmith.writers.tree import FileTree
from tests.cover.designs import Design
from tests.cover.options import DATABASE, POSTGRESQL, PYTHON
from tests.cover.pythons import CACHE, ROOT, version

CHECKED = 6
"""Checks of the judge that are tried on each design."""
COVERAGE = 90
GATE, VERDICT, CLEAN = "gate", "verdict", "clean"
STATIC = ("lint", "format", "types")
"""The steps of the gate that an option alone goes through."""
JUDGE = ("contract", "design", "features", "project", "verify")
"""What a verdict depends on, beside what is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was found about the design of this name. `wrong`: what failed, by step, with the end of what it printed;
    `counts`: how much was done, by name; `python`: the version that it ran on."""

    name: str
    python: str
    wrong: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def good(self) -> bool:
        return not self.wrong


def outcomes(
    chosen: Iterable[Design], pythons: Mapping[str, Environment], jobs: int, cache: Path = CACHE
) -> Iterator[tuple[Outcome, bool]]:
    """What becomes of the designs, each as soon as it is known, and whether it was known before. cache: the folder
    where what is known stays, beside the project of each job."""
    versions = {name: version(environment.python) for name, environment in pythons.items()}
    with ExitStack() as stack:
        context = get_context("spawn")
        slots = stack.enter_context(context.Manager()).Queue()
        for slot in range(jobs):
            slots.put(slot)
        pool = stack.enter_context(ProcessPoolExecutor(jobs, mp_context=context))
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        tried = []
        for design in chosen:
            environment = pythons[design.row[PYTHON]]
            trial = Trial(design=design, environment=environment, python=versions[design.row[PYTHON]], cache=cache)
            tried.append(pool.submit(trial.run, slots))
        for ended in as_completed(tried):
            yield ended.result()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A design, and the Python that it is tried on."""

    design: Design
    environment: Environment
    python: str
    cache: Path = CACHE

    def run(self, slots: "Queue[int]") -> tuple[Outcome, bool]:
        """What is known to be good, or what is found now; and whether it was known. slots: numbers, one for each
        process at a time."""
        slot = slots.get()
        try:
            os.environ["MYPY_CACHE_DIR"] = str(self._types(slot))
            tree = self._written()
            known = [self._kept(step, key) for step, key in self._keys(tree).items()]
            if None not in known:
                return self._joined([each for each in known if each is not None]), True
            return self._run(self.cache / f"slot-{slot}", tree), False
        except Exception:  # a writer that breaks is what we are looking for
            wrong = {"written": traceback.format_exc()}
            return Outcome(name=self.design.name, python=self.python, wrong=wrong), False
        finally:
            slots.put(slot)

    def _types(self, slot: int) -> Path:
        """Where types that are known are kept. Those of a Django project are of no use to another, nor safe: what its
        plugins make of models is not told from what they made before."""
        if self.design.framework is Framework.DJANGO:
            return self.cache / f"slot-{slot}" / "mypy"
        return self.cache / f"mypy-{self.python}-{slot}"

    def _run(self, folder: Path, tree: FileTree) -> Outcome:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        project = folder / "project"  # of one name, so that what is typed already is found again
        put(tree, project)
        steps = {
            GATE: lambda: self._gate(project, tree),
            VERDICT: lambda: self._judge(project),
            CLEAN: lambda: self._clean(project),
        }
        found = []
        for step, key in self._keys(tree).items():
            outcome = self._kept(step, key)
            if outcome is None:
                outcome = _timed(steps[step])
                self._keep(step, key, outcome)
            found.append(outcome)
        return self._joined(found)

    def _written(self) -> FileTree:
        return backsmith.write(self._design())

    def _design(self) -> "backsmith.design.model.Design":
        result = backsmith.read(self.design.text, self.design.name)
        assert result.design is not None, result.diagnostics
        return result.design

    @property
    def _on_postgresql(self) -> bool:
        return self.design.row[DATABASE] == POSTGRESQL

    def _gate(self, project: Path, tree: FileTree) -> Outcome:
        """What the project's own gate says."""
        written = Written(backsmith=backsmith.__version__, tree=tree.hash, files=len(tree))
        with ExitStack() as stack:
            address = None
            if self._on_postgresql:
                data = project.parent / "postgres"
                address = stack.enter_context(postgres(project, self.environment, "gate", data))
            proof = prove(project, self.environment, written, Nobody(), address)
        counted = proof.evidence.steps[-1].counts
        wrong = {name: tail(output) for name, output in proof.outputs.items()}
        if not wrong and (counted.get("coverage", 0) < COVERAGE or counted.get("skipped", 0)):
            wrong["tests"] = f"not all is tested: {dict(counted)}"
        counts = {name: count for name, count in counted.items() if name in ("passed", "failed", "coverage")}
        return Outcome(name=self.design.name, python=self.python, wrong=wrong, counts=counts)

    def _judge(self, project: Path) -> Outcome:
        """What the judge says about the started server."""
        try:
            with judged(project, self.environment, with_postgres=self._on_postgresql) as server:
                mailbox = Mailbox(take=server.mail.take)
                target = Target(url=server.url, admin=ADMIN, mailbox=mailbox, secret=server.secret)
                design = lower(self._design())
                report = asyncio.run(verify(design, target, only=self.checks, seed=self.design.number))
        except Failure as failure:
            return Outcome(name=self.design.name, python=self.python, wrong={"server": str(failure)})
        (project.parent / "report.json").write_text(report_json(report), "utf-8")
        wrong = {VERDICT: _told(report)} if report.failures else {}
        counts = {"held": sum(report.held.values()), "requests": report.requests}
        return Outcome(name=self.design.name, python=self.python, wrong=wrong, counts=counts)

    def _clean(self, project: Path) -> Outcome:
        """Whether it is linted, formatted and typed."""
        variables = self.environment.variables()
        ended = {name: run([f"./{CHECK}", name], project, variables) for name in STATIC}
        wrong = {name: tail(outcome.output) for name, outcome in ended.items() if not outcome.good}
        return Outcome(name=self.design.name, python=self.python, wrong=wrong)

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks of this design: the next ones in their order, so that the set has all of them."""
        names = list(CHECKS)
        return tuple(names[(self.design.number * CHECKED + each) % len(names)] for each in range(CHECKED))

    # What is known

    def _keys(self, tree: FileTree) -> dict[str, str]:
        gate = _hash(tree.hash, self.python)
        if self.design.alone:
            return {CLEAN: gate}
        return {GATE: gate, VERDICT: _hash(gate, *self.checks, _sources())}

    def _kept(self, step: str, key: str) -> Outcome | None:
        place = self._place(step)
        if not place.exists():
            return None
        document = json.loads(place.read_text("utf-8"))
        outcome = Outcome(**document["outcome"])
        return outcome if document["key"] == key and outcome.good else None

    def _keep(self, step: str, key: str, outcome: Outcome) -> None:
        place = self._place(step)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_suffix(".new")
        draft.write_text(json.dumps({"key": key, "outcome": asdict(outcome)}, indent=2), "utf-8")
        draft.replace(place)

    def _place(self, step: str) -> Path:
        return self.cache / "results" / f"{self.design.name}-{step}.json"

    def _joined(self, found: list[Outcome]) -> Outcome:
        return Outcome(
            name=self.design.name,
            python=self.python,
            wrong={name: text for each in found for name, text in each.wrong.items()},
            counts={name: count for each in found for name, count in each.counts.items()},
            seconds=sum(each.seconds for each in found),
            cpu=sum(each.cpu for each in found),
        )


def _timed(work: Callable[[], Outcome]) -> Outcome:
    began, used = monotonic(), _cpu()
    outcome = work()
    found = asdict(outcome) | {"seconds": round(monotonic() - began, 1), "cpu": round(_cpu() - used, 1)}
    return Outcome(**found)


def _cpu() -> float:
    """Seconds of work of this process and of those that it has waited for."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _told(report: Report) -> str:
    return "\n".join(f"{each.rule}: {each.about}: {each.message}" for each in report.failures)


def _sources() -> str:
    """A hash of what judges."""
    folders = [ROOT / "src" / "backsmith" / name for name in JUDGE]
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return _hash(*(path.read_text("utf-8") for path in paths))


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
