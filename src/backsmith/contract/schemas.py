"""Bodies and answers, as schemas."""

from collections.abc import Iterator
from dataclasses import replace

from backsmith.contract import hyperlinks
from backsmith.contract.model import Property, Rule, Schema
from backsmith.contract.rules import rule
from backsmith.design.expressions import Expr
from backsmith.design.model import Action, Design, Entity, Field, Given, Move
from backsmith.design.naming import title
from backsmith.design.types import Embedded, Inverse, Many, Parts, Ref, ToMany, Type


def schemas(design: Design) -> Iterator[Schema]:
    """The schemas of every entity and of every embedded type."""
    for embedded in design.embedded:
        yield Schema(name=embedded.name, properties=tuple(_plain(field) for field in embedded.fields))
    yield from hyperlinks.schemas(design)
    for entity in design.entities:
        yield answer(design, entity)
        if entity.name == "User":
            yield from accounts(design, entity)
        elif entity.whole is not None:
            yield item(design, entity)
        else:
            yield from bodies(design, entity)


SENT_BY_ADMINS = {"Create": ("email", "name", "roles"), "Update": ("name", "roles", "active")}
"""What admins may say of an account, beside the fields that the design adds."""


def accounts(design: Design, user: Entity) -> Iterator[Schema]:
    """What makes and changes an account, said by admins; and what its owner may change of it."""
    for ending, sent in SENT_BY_ADMINS.items():
        fields = (_of_account(design, user, field, sent) for field in user.fields if not _is_hidden(field))
        properties = (*fields, *hyperlinks.of_body(design, user))
        optional = ending == "Update"
        yield Schema(
            name=f"User{ending}",
            properties=tuple(replace(each, required=each.required and not optional) for each in properties),
        )
    own = [_of_account(design, user, field, ("name",)) for field in user.fields if not _is_hidden(field)]
    own += hyperlinks.of_body(design, user)
    yield Schema(name="MeUpdate", properties=tuple(replace(each, required=False) for each in own))


def _of_account(design: Design, user: Entity, field: Field, sent: tuple[str, ...]) -> Property:
    if field.name in sent:
        field = replace(field, given=Given.CLIENT)
    return _sent(design, user, field)


def bodies(design: Design, entity: Entity) -> Iterator[Schema]:
    """What makes, replaces and changes a row, and what moves and actions are sent."""
    fields = (_sent(design, entity, field) for field in entity.fields if not _is_hidden(field))
    sent = (*fields, *hyperlinks.of_body(design, entity))
    yield Schema(name=f"{entity.name}Create", properties=sent)
    kept = tuple(_not_again(each) for each in sent)
    yield Schema(name=f"{entity.name}Replace", properties=kept)
    yield Schema(name=f"{entity.name}Update", properties=tuple(replace(each, required=False) for each in kept))
    for move in entity.moves:
        if move.input:
            yield Schema(name=input_name(entity, move), properties=tuple(_plain(field) for field in move.input))
    for action in entity.actions:
        if action.input:
            yield Schema(name=input_name(entity, action), properties=tuple(_plain(field) for field in action.input))
        if action.output:
            yield Schema(name=result_name(entity, action), properties=tuple(_plain(field) for field in action.output))


def item(design: Design, part: Entity) -> Schema:
    """A part within the body of its whole: with `id` it changes that part, without it is a new one."""
    properties = tuple(_sent(design, part, field) for field in part.fields if not _is_hidden(field))
    return Schema(name=f"{part.name}Item", properties=tuple(_as_item(part, each) for each in properties))


def answer(design: Design, entity: Entity) -> Schema:
    """A row. Keys that lead to many rows are there where they are expanded, and parts in the answers to writing."""
    shown = tuple(_shown(design, entity, field) for field in entity.fields if not field.private)
    own = tuple(each for each in shown if each.name != entity.whole)
    return Schema(name=f"{entity.name}Read", properties=(*own, *hyperlinks.of_answer(design, entity)))


def input_name(entity: Entity, does: Move | Action) -> str:
    """The name of the schema that a move or an action is sent: `RefundOrder`."""
    return f"{title(does.name)}{entity.name}"


def result_name(entity: Entity, action: Action) -> str:
    """The name of the schema that an action answers with: `QuoteOrderResult`."""
    return f"{input_name(entity, action)}Result"


def _sent(design: Design, entity: Entity, field: Field) -> Property:
    return Property(
        name=field.name,
        type=field.type,
        required=not _may_be_absent(field),
        nullable=field.optional,
        given=_given(field),
        many=isinstance(field.type, ToMany),
        schema=_sent_schema(field.type),
        bounds=field.bounds,
        pattern=field.pattern,
        default=field.default,
        rule=_field_rule(design, entity, field.name, writing=True),
    )


def _shown(design: Design, entity: Entity, field: Field) -> Property:
    narrower = _field_rule(design, entity, field.name, writing=False)
    many = isinstance(field.type, ToMany)
    return Property(
        name=field.name,
        type=field.type,
        required=narrower is None and not many and not _is_private_to_accounts(entity, field),
        nullable=field.optional or isinstance(field.type, Ref),
        given=field.given,
        many=many,
        schema=_shown_schema(field.type),
        bounds=field.bounds,
        pattern=field.pattern,
        rule=narrower,
    )


def _plain(field: Field) -> Property:
    return Property(
        name=field.name,
        type=field.type,
        required=not field.optional and field.default is None,
        nullable=field.optional,
        schema=_sent_schema(field.type),
        bounds=field.bounds,
        pattern=field.pattern,
        default=field.default,
    )


def _given(field: Field) -> Given:
    return Given.SERVER if isinstance(field.type, Inverse) else field.given


def _may_be_absent(field: Field) -> bool:
    many = isinstance(field.type, ToMany)
    return field.optional or many or field.default is not None or _given(field) in {Given.SERVER, Given.CALLER}


def _is_hidden(field: Field) -> bool:
    """A private field can be sent where it is the client's to give; what the server keeps for itself is `unknown`, like
    any other name."""
    return field.private and field.given is Given.SERVER and field.name != "version"


def _not_again(sent: Property) -> Property:
    """What is sent once, when the row is made, is read-only afterwards."""
    return replace(sent, given=Given.SERVER, required=False) if sent.given is Given.ONCE else sent


def _as_item(part: Entity, sent: Property) -> Property:
    if sent.name == part.whole:
        return replace(sent, given=Given.SERVER, required=False)
    return replace(sent, given=Given.CLIENT) if sent.name == "id" else sent


def _sent_schema(type_: Type) -> str | None:
    match type_:
        case Parts(target=target):
            return f"{target}Item"
        case Embedded(name=name):
            return name
    return None


def _shown_schema(type_: Type) -> str | None:
    match type_:
        case Ref() | Many() | Inverse() | Parts():
            target = type_.targets[0] if isinstance(type_, Ref) else type_.target
            return f"{target}Read"
        case Embedded(name=name):
            return name
    return None


def _is_private_to_accounts(entity: Entity, field: Field) -> bool:
    """Others than admins and its owner are shown the id and the name of an account alone."""
    return entity.name == "User" and field.name not in ("id", "name")


def _field_rule(design: Design, entity: Entity, name: str, *, writing: bool) -> Rule | None:
    for access in entity.access.fields:
        condition: Expr | None = access.write if writing else access.read
        if access.field == name and condition is not None:
            return rule(design, entity, condition)
    return None
