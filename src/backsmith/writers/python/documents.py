"""What `README.md` and `AGENTS.md` tell of a written project, on any framework: to people, and to coding agents."""

from collections.abc import Callable
from dataclasses import dataclass

from backsmith.contract import Contract
from backsmith.contract.model import Endpoint, Kind
from backsmith.design import naming
from backsmith.design.model import Design, Entity, Register
from backsmith.writers.python import names

REGISTRATION = {
    Register.OPEN: "Everybody may make an account at `POST {api}/auth/register`; it gets the role `{role}`.",
    Register.INVITE: "Admins invite people at `POST {api}/auth/invitations`; who is invited registers at"
    " `POST {api}/auth/register`.",
    Register.CLOSED: "Accounts are made by admins alone, at `POST {api}/users`.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One entity, as the documents tell of it."""

    entity: Entity
    name: str
    phrases: str
    path: str
    doc: str
    module: str
    router: str
    requests: str
    """The moves and actions, as they are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What both documents tell."""

    api: str
    version: str
    kept: tuple[Kept, ...]
    one: Kept
    """The one that paths are shown by."""
    roles: str
    registration: str
    verified: bool
    tenant: str
    computed: bool
    has_moves: bool
    actions: tuple[str, ...]
    """The functions that are still to be written."""
    history: bool


def told(design: Design, contract: Contract, services: Callable[[Entity], str]) -> Told:
    """What there is to tell. services: the path of the functions of an entity."""
    shown = [entity for entity in design.entities if not _is_within(entity)] or [design.entity("User")]
    kept = tuple(_kept(design, contract, entity) for entity in shown)
    return Told(
        api=contract.prefix,
        version=design.api.version,
        kept=kept,
        one=kept[0],
        roles=", ".join(f"`{role}`" for role in design.auth.roles),
        registration=REGISTRATION[design.auth.register].format(api=contract.prefix, role=design.auth.roles[0]),
        verified=design.auth.verify,
        tenant=names.phrase(design.tenant) if design.tenant is not None else "",
        computed=any(field.computed is not None for entity in design.entities for field in entity.fields),
        has_moves=any(entity.moves for entity in design.entities),
        actions=tuple(
            f"`{action.name}` in `{services(entity)}`" for entity in design.entities for action in entity.actions
        ),
        history=any(entity.history for entity in design.entities),
    )


def _is_within(entity: Entity) -> bool:
    return entity.whole is not None or entity.builtin


def _kept(design: Design, contract: Contract, entity: Entity) -> Kept:
    endpoints = tuple(contract.of(entity.name))
    return Kept(
        entity=entity,
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
