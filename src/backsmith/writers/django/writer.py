"""From a lowered design and its contract to the files of a Django project."""

from collections.abc import Iterator

from backsmith.contract import Contract
from backsmith.contract import contract as contract_of
from backsmith.design.model import Design, Entity
from backsmith.writers.django import accounts, documents, migrations, names, seeds, tests
from backsmith.writers.django.admin import admin_page
from backsmith.writers.django.computed import computed_page, has_page
from backsmith.writers.django.core_tables import tables
from backsmith.writers.django.effects import effects_page, has_effects
from backsmith.writers.django.enums import enums_page
from backsmith.writers.django.filters import filters_page
from backsmith.writers.django.limits import unsupported
from backsmith.writers.django.models import models_page
from backsmith.writers.django.page import rendered
from backsmith.writers.django.permissions import permissions_page
from backsmith.writers.django.serializers import serializers_page, values_page
from backsmith.writers.django.services import services_page
from backsmith.writers.django.surroundings import EXECUTABLE, part_files, project_of, requirement_files
from backsmith.writers.django.views import urls_page, views_page
from backsmith.writers.python.format import formatted
from backsmith.writers.python.page import printed
from backsmith.writers.python.unused import without_unused
from backsmith.writers.tree import File, FileTree, file, tree

__all__ = ["unsupported", "write"]

PROJECT_FILES = (
    *("config/environment.py", "config/settings.py", "config/urls.py"),
    *("pyproject.toml", "compose.yaml", ".env.example"),
)

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
        **_app_files(design, contract),
        **accounts.files(design, contract),
        **migrations.files(design, tables(design)),
        **seeds.files(design),
        **documents.files(design, contract),
        **_project_files(design),
        **requirement_files(design),
        **tests.files(design, contract),
    }
    return without_unused(texts, parts)


def _app_files(design: Design, contract: Contract) -> Texts:
    found: Texts = {}
    for label, entities in names.apps(design).items():
        if label != names.ACCOUNTS:
            found |= {f"apps/{label}/{path}": text for path, text in _files_of(design, contract, entities)}
    if design.embedded:
        found["apps/core/values.py"] = printed(values_page(design, contract))
    if design.enums:
        found["apps/core/enums.py"] = printed(enums_page(design))
    return found


def _files_of(design: Design, contract: Contract, entities: tuple[Entity, ...]) -> Iterator[tuple[str, str]]:
    label = names.app(design, entities[0])
    yield "__init__.py", ""
    yield "models.py", printed(models_page(design, label))
    yield "permissions.py", printed(permissions_page(design, label))
    if has_page(design, label):
        yield "computed.py", printed(computed_page(design, label))
    yield "serializers.py", printed(serializers_page(design, contract, entities))
    yield "admin.py", printed(admin_page(design, entities))
    if has_effects(entities[0]):
        yield "effects.py", printed(effects_page(design, entities[0]))
    yield "filters.py", printed(filters_page(design, entities))
    yield "services.py", printed(services_page(design, contract, entities))
    yield "views.py", printed(views_page(design, contract, entities[0]))
    yield "urls.py", printed(urls_page(design, contract, entities[0]))


def _project_files(design: Design) -> Texts:
    project = project_of(design)
    return {path: rendered(f"{path}.j2", project=project) for path in PROJECT_FILES}
