"""The endpoints of entities."""

from collections.abc import Iterable, Iterator

from backsmith.contract import parameters
from backsmith.contract.model import PROBLEM, Answer, Body, Endpoint, Kind, Parameter, Rule
from backsmith.contract.rules import conjunction, rule
from backsmith.contract.schemas import input_name, result_name
from backsmith.design import naming
from backsmith.design.model import Action, Design, Entity, Move
from backsmith.design.types import Text

CODES: dict[int, tuple[str, ...]] = {
    400: ("json",),
    401: ("credentials", "expired"),
    403: ("forbidden",),
    404: (),
    409: ("duplicate", "in_use", "bound", "check", "overlap", "wrong_state", "in_flight"),
    412: ("stale",),
    413: ("body_size",),
    415: ("media_type",),
    422: (
        *("required", "type", "format", "too_short", "too_long", "too_small", "too_large", "pattern", "choice"),
        *("unknown", "read_only", "forbidden", "not_found", "check", "cursor", "sort", "expand", "limit", "key_reused"),
    ),
    429: ("rate",),
    501: (),
    503: (),
}
"""What `errors[].code` may be, for each status."""

_READ = (401, 403, 422)
_ITEM = (401, 404, 422)
_BODY = (400, 415)


def problems(*statuses: int) -> tuple[Answer, ...]:
    """Answers of RFC 9457, in the order of their statuses."""
    return tuple(
        Answer(status=status, schema="ProblemDocument", media=(PROBLEM,), codes=CODES[status])
        for status in sorted(set(statuses))
    )


def endpoints(design: Design, entity: Entity) -> Iterator[Endpoint]:
    """What one entity shows: reading, writing, moves and actions. A part shows nothing of its own."""
    if entity.whole is not None:
        return
    offered = [*_reading(design, entity), *_writing(design, entity)]
    # Accounts are switched off, not deleted: what they did still names them.
    kept = (Kind.LIST, Kind.ITEM, Kind.HISTORY, Kind.CREATE, Kind.UPDATE)
    yield from (each for each in offered if entity.name != "User" or each.kind in kept)
    for move in entity.moves:
        yield _move(design, entity, move)
    for action in entity.actions:
        yield _action(design, entity, action)


def path(design: Design, entity: Entity) -> str:
    """`/api/v1/price-lists`."""
    return f"/api/{design.api.version}/{naming.kebab(entity.plural)}"


def one(entity: Entity) -> str:
    """The name of one row, in operation ids."""
    return naming.snake(entity.name)


def _reading(design: Design, entity: Entity) -> Iterator[Endpoint]:
    read, filters = rule(design, entity, entity.access.read), parameters.filters(design, entity)
    listed = f"{entity.name}Read"
    yield Endpoint(
        operation=f"list_{entity.plural}",
        method="GET",
        path=path(design, entity),
        kind=Kind.LIST,
        rule=read,
        entity=entity.name,
        action="read",
        parameters=(*tenant_header(design), *parameters.list_parameters(design, entity)),
        filters=filters,
        answers=(Answer(status=200, schema=listed, page=True, headers=("Link",)), *problems(*_READ)),
    )
    yield Endpoint(
        operation=f"export_{entity.plural}",
        method="GET",
        path=f"{path(design, entity)}/export",
        kind=Kind.EXPORT,
        rule=read,
        entity=entity.name,
        action="read",
        parameters=(*tenant_header(design), *parameters.export_parameters(entity)),
        filters=filters,
        answers=(Answer(status=200, media=("text/csv", "application/jsonl")), *problems(*_READ)),
    )
    yield Endpoint(
        operation=f"get_{one(entity)}",
        method="GET",
        path=f"{path(design, entity)}/{{id}}",
        kind=Kind.ITEM,
        rule=read,
        entity=entity.name,
        action="read",
        parameters=(
            parameters.path_id(entity),
            *tenant_header(design),
            *parameters.item_parameters(design, entity),
            parameters.header("If-None-Match", Text()),
        ),
        answers=(Answer(status=200, schema=listed, headers=("ETag",)), *problems(*_ITEM)),
    )
    if entity.history:
        yield _history(design, entity, read)


def _history(design: Design, entity: Entity, read: Rule) -> Endpoint:
    return Endpoint(
        operation=f"{one(entity)}_history",
        method="GET",
        path=f"{path(design, entity)}/{{id}}/history",
        kind=Kind.HISTORY,
        rule=read,
        entity=entity.name,
        action="read",
        parameters=(parameters.path_id(entity), *tenant_header(design), *parameters.page_parameters()),
        answers=(Answer(status=200, schema="HistoryRead", page=True), *problems(*_ITEM)),
    )


def _writing(design: Design, entity: Entity) -> Iterator[Endpoint]:
    access, listed = entity.access, f"{entity.name}Read"
    update, delete = rule(design, entity, access.read, access.update), rule(design, entity, access.read, access.delete)
    yield Endpoint(
        operation=f"create_{one(entity)}",
        method="POST",
        path=path(design, entity),
        kind=Kind.CREATE,
        rule=rule(design, entity, access.create),
        entity=entity.name,
        action="create",
        parameters=(*tenant_header(design), _key()),
        body=Body(schema=f"{entity.name}Create"),
        answers=(
            Answer(status=201, schema=listed, headers=("Location", "ETag")),
            *problems(*_READ, *_BODY, 409),
        ),
    )
    for kind, method, ending in ((Kind.UPDATE, "PATCH", "Update"), (Kind.REPLACE, "PUT", "Replace")):
        yield Endpoint(
            operation=f"{kind.value}_{one(entity)}",
            method=method,
            path=f"{path(design, entity)}/{{id}}",
            kind=kind,
            rule=update,
            entity=entity.name,
            action="update",
            parameters=(parameters.path_id(entity), *tenant_header(design), _match()),
            body=Body(schema=f"{entity.name}{ending}"),
            answers=(Answer(status=200, schema=listed, headers=("ETag",)), *_changing(*_BODY)),
        )
    yield Endpoint(
        operation=f"delete_{one(entity)}",
        method="DELETE",
        path=f"{path(design, entity)}/{{id}}",
        kind=Kind.DELETE,
        rule=delete,
        entity=entity.name,
        action="delete",
        parameters=(parameters.path_id(entity), *tenant_header(design), _match()),
        answers=(Answer(status=204, media=()), *_changing()),
    )
    if entity.soft_delete:
        yield _item_post(design, entity, "restore", Kind.RESTORE, delete, action="delete")


def _move(design: Design, entity: Entity, move: Move) -> Endpoint:
    allowed = rule(design, entity, entity.access.read, move.by)
    body = Body(schema=input_name(entity, move)) if move.input else None
    return _item_post(
        design, entity, move.name, Kind.MOVE, allowed, action=move.name, body=body, summary=move.doc or ""
    )


def _action(design: Design, entity: Entity, action: Action) -> Endpoint:
    rules = (entity.access.read, action.by) if action.item else (action.by,)
    allowed = rule(design, entity, conjunction(rules))
    body = Body(schema=input_name(entity, action)) if action.input else None
    success = Answer(status=200, schema=result_name(entity, action)) if action.output else Answer(status=204, media=())
    if action.item:
        return _item_post(
            *(design, entity, action.name, Kind.ACTION, allowed),
            action=action.name,
            body=body,
            success=success,
            also=(501,),
            summary=action.doc or "",
        )
    return Endpoint(
        operation=f"{action.name}_{entity.plural}",
        method="POST",
        path=f"{path(design, entity)}/{naming.kebab(action.name)}",
        kind=Kind.ACTION,
        rule=allowed,
        entity=entity.name,
        action=action.name,
        parameters=(*tenant_header(design), _key()),
        body=body,
        answers=(success, *problems(*_READ, 409, 501, *(_BODY if body else ()))),
        summary=action.doc or "",
    )


def _item_post(
    design: Design,
    entity: Entity,
    name: str,
    kind: Kind,
    allowed: Rule,
    *,
    action: str,
    body: Body | None = None,
    success: Answer | None = None,
    also: Iterable[int] = (),
    summary: str = "",
) -> Endpoint:
    """`POST /orders/{id}/pay`."""
    success = success or Answer(status=200, schema=f"{entity.name}Read", headers=("ETag",))
    return Endpoint(
        operation=f"{name}_{one(entity)}",
        method="POST",
        path=f"{path(design, entity)}/{{id}}/{naming.kebab(name)}",
        kind=kind,
        rule=allowed,
        entity=entity.name,
        action=action,
        parameters=(parameters.path_id(entity), *tenant_header(design), _match(), _key()),
        body=body,
        answers=(success, *_changing(*also, *(_BODY if body else ()))),
        summary=summary,
    )


def _changing(*also: int) -> tuple[Answer, ...]:
    return problems(*_READ, 404, 409, 412, *also)


def tenant_header(design: Design) -> tuple[Parameter, ...]:
    """`X-Tenant`, where there are tenants."""
    if design.tenant is None:
        return ()
    return (parameters.header("X-Tenant", parameters.path_id(design.tenant).type),)


def _key() -> Parameter:
    return parameters.header("Idempotency-Key", Text(length=255))


def _match() -> Parameter:
    return parameters.header("If-Match", Text())
