"""A new project: written, installed, proven, committed; or nothing at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backsmith.project import environment as environments
from backsmith.project import evidence, gate, git
from backsmith.project.base import with_base
from backsmith.project.environment import Environment
from backsmith.project.files import put, refuse_existing
from backsmith.project.gate import Proof, Written
from backsmith.project.watch import Watch
from backsmith.writers.tree import File, FileTree
from backsmith.writers.tree import tree as tree_of

BLUEPRINT = "backend.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done beyond writing. `python`: the interpreter of a prepared environment, in place of installing."""

    git: bool = True
    install: bool = True
    gate: bool = True
    python: Path | None = None


def with_blueprint(tree: FileTree, blueprint: bytes) -> FileTree:
    """The tree with the blueprint that it was made from, as its author wrote it."""
    return tree_of({**tree.files, BLUEPRINT: File(content=blueprint)})


def new(target: Path, tree: FileTree, version: str, plan: Plan, watch: Watch) -> Proof | None:
    """Put the project at `target` and prove it; None where the plan has no gate.

    A project that does not pass its gate stays, with its evidence. Whatever goes wrong before that, or interrupts,
    leaves nothing behind.
    Raises Failure.
    """
    refuse_existing(target)
    if plan.git:
        git.require_git()
    shared = environments.prepared(plan.python)
    put(with_base(tree, version), target)
    with _nothing_half_made(target):
        environments.write_secrets(target)
        proof = _proven(target, tree, version, plan, shared, watch)
        if proof is not None:
            evidence.keep(target, proof.evidence)
        if plan.git:
            git.first_commit(target, f"As backsmith {version} wrote it from backend.yaml")
    return proof


def _proven(
    target: Path, tree: FileTree, version: str, plan: Plan, shared: Environment | None, watch: Watch
) -> Proof | None:
    if not plan.install and shared is None:
        return None
    environment = shared or environments.install(target, watch)
    if not plan.gate:
        return None
    return gate.prove(target, environment, Written(backsmith=version, tree=tree.hash, files=len(tree)), watch)


@contextmanager
def _nothing_half_made(target: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
