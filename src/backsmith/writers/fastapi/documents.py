"""`README.md` and `AGENTS.md` of a written project: for people, and for coding agents."""

from dataclasses import dataclass
from typing import ClassVar

from backsmith.contract import Contract
from backsmith.contract.model import Endpoint, Kind
from backsmith.design import naming
from backsmith.design.model import Design, Entity, Register
from backsmith.writers.fastapi import names
from backsmith.writers.fastapi.page import Page
from backsmith.writers.fastapi.surroundings import project_of
from backsmith.writers.python.page import printed

REGISTRATION = {
    Register.OPEN: "Everybody may make an account at `POST {api}/auth/register`; it gets the role `{role}`.",
    Register.INVITE: "Admins invite people at `POST {api}/auth/invitations`; who is invited registers at"
    " `POST {api}/auth/register`.",
    Register.CLOSED: "Accounts are made by admins alone, at `POST {api}/users`.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One entity, as the documents tell of it."""

    name: str
    phrases: str
    path: str
    doc: str
    module: str
    router: str
    requests: str
    """The moves and actions, as they are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmePage(Page):
    template: ClassVar[str] = "README.md.j2"

    title: str
    name: str
    api: str
    kept: tuple[Kept, ...]
    roles: str
    registration: str
    tenant: str
    rate: str
    verified: bool
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsPage(Page):
    template: ClassVar[str] = "AGENTS.md.j2"

    title: str
    one: Kept
    version: str
    computed: bool
    has_moves: bool
    actions: tuple[str, ...]
    """The functions that are still to be written."""
    tenant: str
    history: bool


def files(design: Design, contract: Contract) -> dict[str, str]:
    """Both documents, by their paths."""
    shown = [entity for entity in design.entities if not _is_within(entity)] or [design.entity("User")]
    kept = tuple(_kept(design, contract, entity) for entity in shown)
    return {"README.md": printed(_readme(design, contract, kept)), "AGENTS.md": printed(_agents(design, kept))}


def _is_within(entity: Entity) -> bool:
    return entity.whole is not None or entity.builtin


def _readme(design: Design, contract: Contract, kept: tuple[Kept, ...]) -> ReadmePage:
    project = project_of(design)
    return ReadmePage(
        title=project.title,
        name=project.name,
        api=contract.prefix,
        kept=kept,
        roles=", ".join(f"`{role}`" for role in design.auth.roles),
        registration=REGISTRATION[design.auth.register].format(api=contract.prefix, role=design.auth.roles[0]),
        tenant=names.phrase(design.tenant) if design.tenant is not None else "",
        rate=project.rate,
        example=kept[0].path,
        verified=design.auth.verify,
    )


def _agents(design: Design, kept: tuple[Kept, ...]) -> AgentsPage:
    actions = [
        f"`{action.name}` in `app/services/{names.module(entity)}.py`"
        for entity in design.entities
        for action in entity.actions
    ]
    return AgentsPage(
        title=project_of(design).title,
        one=kept[0],
        version=design.api.version,
        computed=any(field.computed is not None for entity in design.entities for field in entity.fields),
        has_moves=any(entity.moves for entity in design.entities),
        actions=tuple(actions),
        tenant=names.phrase(design.tenant) if design.tenant is not None else "",
        history=any(entity.history for entity in design.entities),
    )


def _kept(design: Design, contract: Contract, entity: Entity) -> Kept:
    endpoints = tuple(contract.of(entity.name))
    return Kept(
        name=entity.name,
        phrases=names.phrases(entity),
        path=next(endpoint.path for endpoint in endpoints if endpoint.kind is Kind.LIST),
        doc=entity.doc or _parts(design, entity),
        module=names.module(entity),
        router=entity.plural,
        requests=", ".join(
            f"`{_last(endpoint)}`" for endpoint in endpoints if endpoint.kind in (Kind.MOVE, Kind.ACTION)
        ),
    )


def _parts(design: Design, entity: Entity) -> str:
    """`with its order lines`."""
    parts = [other for other in design.entities if other.whole == naming.snake(entity.name)]
    return f"with its {' and '.join(map(names.phrases, parts))}" if parts else ""


def _last(endpoint: Endpoint) -> str:
    return endpoint.path.rpartition("/")[2]
