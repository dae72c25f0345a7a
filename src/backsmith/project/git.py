"""The project's repository: made with the project, with one commit in it."""

import os
import shutil
from pathlib import Path

from backsmith.project.failure import Failure, tail
from backsmith.project.processes import run

FALLBACK = {
    "GIT_AUTHOR_NAME": "backsmith",
    "GIT_AUTHOR_EMAIL": "backsmith@localhost",
    "GIT_COMMITTER_NAME": "backsmith",
    "GIT_COMMITTER_EMAIL": "backsmith@localhost",
}
"""Who commits where git does not know its user yet."""

INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR")
"""What a hook of another repository sets, and what would lead git there."""


def require_git() -> None:
    """Raises Failure where there is no git."""
    if shutil.which("git") is None:
        raise Failure("git is not installed.", "install git, or leave it out: --no-git")


def first_commit(project: Path, message: str) -> None:
    """Make the repository, with everything that is not ignored in its first commit. Raises Failure."""
    _git(project, "init", "--quiet", "--initial-branch=main")
    _git(project, "add", "--all")
    _git(project, "commit", "--quiet", "--no-verify", f"--message={message}")


def _git(project: Path, *arguments: str) -> None:
    variables = {name: value for name, value in os.environ.items() if name not in INHERITED}
    if arguments[0] == "commit" and not _knows_its_user(project, variables):
        variables |= FALLBACK
    outcome = run(["git", *arguments], project, variables)
    if not outcome.good:
        raise Failure(
            f"git {arguments[0]} failed.", "see what git says, or leave it out: --no-git", tail(outcome.output)
        )


def _knows_its_user(project: Path, variables: dict[str, str]) -> bool:
    named = {"GIT_AUTHOR_EMAIL", "EMAIL"} & set(variables)
    return bool(named) or run(["git", "config", "user.email"], project, variables).good
