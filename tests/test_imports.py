"""Imports point one way: diagnostics, design, features and contract, readers and writers, project, doors."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "backsmith"

LAYERS = (
    {"diagnostics"},
    {"design"},
    {"features", "contract", "samples"},
    {"readers", "writers"},
    {"project", "verify", "checks", "doctor", "gate"},
    {"doors"},
)
"""The innermost first. A package may import from the layers before its own, and from itself."""

RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}


def own_modules() -> Iterator[Path]:
    """The modules of backsmith itself; what it writes into projects is no part of it."""
    for path in sorted(SOURCE.rglob("*.py")):
        if not {"parts", "templates"} & set(path.relative_to(SOURCE).parts):
            yield path


def imported(source: str) -> Iterator[tuple[int, str]]:
    """The line and the dotted name of everything that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (node.module or "")
            yield node.lineno, prefix
            yield from ((node.lineno, f"{prefix}.{alias.name}") for alias in node.names)


def against_the_rule(module: Path, source: str) -> list[str]:
    """Each import of the module, which lies at this path under `backsmith`, that points outward or sideways."""
    package = module.parts[0] if len(module.parts) > 1 else ""
    wrong = []
    for line, name in imported(source):
        steps = name.split(".")
        if name.startswith("."):
            wrong.append(f"{module}:{line}: imports are absolute")
        elif steps[0] == "backsmith" and len(steps) > 1 and package and not _allowed(package, steps[1]):
            wrong.append(f"{module}:{line}: {package} may not import {steps[1]}")
    return wrong


def _allowed(package: str, target: str) -> bool:
    if target not in RANK:
        return target == "__version__"
    return target == package or RANK[target] < RANK[package]


def test_every_package_has_a_layer() -> None:
    packages = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    assert packages <= set(RANK)


def test_imports_point_one_way() -> None:
    wrong = [line for path in own_modules() for line in against_the_rule(path.relative_to(SOURCE), path.read_text())]
    assert wrong == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("design/model.py", "from backsmith.features import lower"),
        ("design/model.py", "import backsmith.writers.fastapi"),
        ("diagnostics/model.py", "from backsmith import design"),
        ("features/owner.py", "from backsmith.contract import contract"),
        ("readers/blueprint/reader.py", "def read():\n    from backsmith.writers import fastapi"),
        ("writers/fastapi/writer.py", "from backsmith.project import files"),
        ("project/gate.py", "from backsmith.doors import cli"),
        ("design/model.py", "from .. import features"),
        ("doors/cli.py", "from backsmith import read"),
    ],
)
def test_the_rule_is_seen_to_fail(module: str, source: str) -> None:
    assert len(against_the_rule(Path(module), source)) >= 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("design/model.py", "from backsmith.diagnostics.origin import Origin"),
        ("doors/cli.py", "from backsmith import __version__"),
        ("__init__.py", "from backsmith.doors import cli"),
    ],
)
def test_the_rule_lets_inward_imports_pass(module: str, source: str) -> None:
    assert against_the_rule(Path(module), source) == []
