"""The command that writes a project."""

from pathlib import Path

from rich.console import Console

from backsmith import __version__
from backsmith.contract import contract
from backsmith.design.model import Framework
from backsmith.design.support import WHICH_FRAMEWORK
from backsmith.diagnostics.report import did_you_mean
from backsmith.doors.console import Progress, console
from backsmith.doors.exits import Exit
from backsmith.doors.reading import Reading, read, read_content
from backsmith.features import lower
from backsmith.project import new as projects
from backsmith.project.evidence import PATH, Evidence, Step
from backsmith.project.failure import Refused, tail
from backsmith.project.files import refuse_existing
from backsmith.project.gate import Proof
from backsmith.project.start import starting_blueprint
from backsmith.readers.blueprint.framework import with_framework
from backsmith.writers.documents.explain import table
from backsmith.writers.frameworks import write


def new(
    name: Path,
    source: Path | None,
    framework: str | None,
    *,
    python: Path | None,
    git: bool,
    install: bool,
    gate: bool,
) -> Exit:
    """Read, write, install, prove; tell each step. `framework` goes before what the blueprint says."""
    target = Path.cwd() / name
    refuse_existing(target)
    out = console(stderr=True)
    wanted = _framework(framework) if framework is not None else None
    reading = read(source) if source else read_content(starting_blueprint(target.name).encode(), "backend.yaml")
    if wanted is not None:
        reading = _for(reading, wanted)
    reading.tell(out)
    design = reading.writable
    if design is None:
        return Exit.MISTAKES
    lowered = lower(design)
    tree = projects.with_blueprint(write(lowered, contract(lowered)), reading.content)
    plan = projects.Plan(git=git, install=install, gate=gate, python=python)
    progress = Progress(out)
    try:
        proof = projects.new(target, tree, __version__, plan, progress)
    finally:
        progress.stop()
    _tell(name, proof, len(tree), out)
    return Exit.DONE if proof is None or proof.evidence.good else Exit.GATE


def _framework(name: str) -> Framework:
    try:
        return Framework(name.lower())
    except ValueError:
        hint = did_you_mean(name.lower(), tuple(Framework), WHICH_FRAMEWORK)
        raise Refused(f"No project is written for {name}.", hint) from None


def _for(reading: Reading, framework: Framework) -> Reading:
    """The same blueprint for this framework: what is written says what it was made from."""
    read = read_content(with_framework(reading.text, framework).encode(), reading.source)
    if read.design is not None and read.design.framework is not framework:
        raise Refused(f"{reading.source} cannot be told its framework.", f"write `framework: {framework}` into it")
    return read


def _tell(name: Path, proof: Proof | None, files: int, out: Console) -> None:
    if proof is None:
        out.print(f"\n{name}: {files} files. Not proven yet: run bin/check in it.")
        return
    for step, output in proof.outputs.items():
        out.print(f"\n{step} failed; the end of what it said:", style="bold red")
        out.print(tail(output, 40))
    out.print()
    for line in summary(proof.evidence):
        out.print(line)
    if proof.evidence.good:
        out.print(f"\n{name}: {files} files, proven; the evidence is in {name}/{PATH}")
        out.print(f"  next: cd {name} && backsmith up")
    else:
        out.print(f"\n{name}: {files} files, NOT proven; the evidence is in {name}/{PATH}", style="bold red")
        out.print(f"  next: cd {name} && bin/check {next(iter(proof.outputs))}")


def summary(evidence: Evidence) -> list[str]:
    """The evidence as a short table."""
    rows = [("step", "result", "time", "counted"), *(_row(step) for step in evidence.steps)]
    versions = ", ".join(f"{name} {version}" for name, version in list(evidence.versions.items())[:5])
    return [*table(rows), f"  on {evidence.database}, with {versions}; tree {evidence.tree[:12]}"]


def _row(step: Step) -> tuple[str, str, str, str]:
    result = "ok" if step.good else f"exit {step.exit}"
    counted = ", ".join(
        f"{name} {count} %" if name == "coverage" else f"{count} {name}" for name, count in step.counts.items()
    )
    return step.name, result, f"{step.seconds:.1f} s", counted
