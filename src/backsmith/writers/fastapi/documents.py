"""`README.md` and `AGENTS.md` of a written project: for people, and for coding agents."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.design.model import Design, Entity
from backsmith.writers.fastapi import names
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.surroundings import Project, project_of
from backsmith.writers.python.documents import Told, told
from backsmith.writers.python.page import printed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmePage(Page):
    template: ClassVar[str] = "README.md.j2"

    project: Project
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsPage(Page):
    template: ClassVar[str] = "AGENTS.md.j2"

    project: Project
    told: Told


def files(design: Design, contract: Contract) -> dict[str, str]:
    """Both documents, by their paths."""
    project, about = project_of(design), told(design, contract, _services)
    return {
        "README.md": printed(ReadmePage(project=project, told=about)),
        "AGENTS.md": printed(AgentsPage(project=project, told=about)),
    }


def _services(entity: Entity) -> str:
    return f"app/services/{names.module(entity)}.py"
