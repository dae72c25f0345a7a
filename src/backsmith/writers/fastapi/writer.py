"""From a lowered design and its contract to the files of a FastAPI project."""

from collections.abc import Iterator

from backsmith.contract import Contract
from backsmith.contract import contract as contract_of
from backsmith.design.model import Design, Entity
from backsmith.writers.fastapi import accounts, documents, factories, migrations, names
from backsmith.writers.fastapi.computed import computed_page, has_page
from backsmith.writers.fastapi.dialect import DIALECT
from backsmith.writers.fastapi.endpoints import endpoints_page
from backsmith.writers.fastapi.enums import enums_page
from backsmith.writers.fastapi.limits import unsupported
from backsmith.writers.fastapi.models import model_page
from backsmith.writers.fastapi.page import rendered
from backsmith.writers.fastapi.policies import policy_page
from backsmith.writers.fastapi.schemas import circles, completed_page, schema_page, values_page
from backsmith.writers.fastapi.services import service_page
from backsmith.writers.fastapi.surroundings import EXECUTABLE, part_files, project_of, requirement_files
from backsmith.writers.fastapi.views import view_page
from backsmith.writers.python import tests
from backsmith.writers.python.format import formatted
from backsmith.writers.python.page import printed
from backsmith.writers.python.unused import without_unused
from backsmith.writers.tree import File, FileTree, file, tree

__all__ = ["unsupported", "write"]

PACKAGES = ("", "api", "api/{version}", "auth", "core", "models", "policies", "schemas", "services", "views")
PROJECT_FILES = ("app/config.py", "app/main.py", "compose.yaml", "pyproject.toml", ".env.example")

Texts = dict[str, str]
"""Files by path, not yet formatted."""


def write(design: Design, contract: Contract | None = None) -> FileTree:
    """The whole project. The design is lowered, and uses nothing that is unsupported. Same design, same bytes."""
    texts = formatted(unformatted(design, contract or contract_of(design)))
    return tree({path: _file(path, text) for path, text in texts.items()})


def _file(path: str, text: str) -> File:
    return file(text, executable=path in EXECUTABLE)


def unformatted(design: Design, contract: Contract) -> Texts:
    """The project as the templates print it."""
    parts = part_files(design)
    texts = {
        **parts,
        **_packages(design),
        **_entity_files(design, contract),
        **accounts.files(design, contract),
        **_project_files(design),
        **requirement_files(design),
        **migrations.files(design),
        **factories.files(design, contract),
        **tests.files(design, contract, DIALECT),
        **documents.files(design, contract),
    }
    return without_unused(texts, parts)


def _packages(design: Design) -> Texts:
    packages = [f"app/{package.format(version=design.api.version)}" for package in PACKAGES]
    computed = ["app/computed"] if any(map(has_page, design.entities)) else []
    return {f"{package.rstrip('/')}/__init__.py": "" for package in (*packages, *computed, "migrations", "tests")}


def _entity_files(design: Design, contract: Contract) -> Texts:
    circular = circles(design)
    found = dict(_shared(design, circular))
    for entity in design.entities:
        if entity.name != "User":
            found |= dict(_files_of(design, contract, entity, circular[entity.name]))
    return found


def _files_of(design: Design, contract: Contract, entity: Entity, circle: frozenset[str]) -> Iterator[tuple[str, str]]:
    module = names.module(entity)
    yield f"app/models/{module}.py", printed(model_page(design, entity))
    yield f"app/policies/{module}.py", printed(policy_page(design, entity))
    yield f"app/views/{module}.py", printed(view_page(design, entity))
    yield f"app/schemas/{module}.py", printed(schema_page(design, contract, entity, circle))
    yield f"app/services/{module}.py", printed(service_page(design, contract, entity))
    if has_page(entity):
        yield f"app/computed/{module}.py", printed(computed_page(design, entity))
    if entity.whole is None:
        path = f"app/api/{design.api.version}/{entity.plural}.py"
        yield path, printed(endpoints_page(design, contract, entity))


def _shared(design: Design, circular: dict[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """What several entities share: answers that name each other, enums and embedded values with a name."""
    completed = completed_page(circular)
    if completed is not None:
        yield "app/schemas/__init__.py", printed(completed)
    if design.enums:
        yield "app/models/enums.py", printed(enums_page(design))
    if design.embedded:
        yield "app/schemas/values.py", printed(values_page(design))


def _project_files(design: Design) -> Texts:
    project = project_of(design)
    return {path: rendered(f"{path}.j2", project=project) for path in PROJECT_FILES}
