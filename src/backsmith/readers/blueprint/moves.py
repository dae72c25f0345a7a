"""Moves and actions: what rows can do beside being made, changed and deleted."""

from backsmith.design.expressions import Expr
from backsmith.design.model import Action, Design, Entity, Field, Move
from backsmith.design.scope import BROKEN
from backsmith.design.types import Enum
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report, did_you_mean, listing
from backsmith.readers.blueprint.access import ADMIN, read_rule
from backsmith.readers.blueprint.effects import read_effects
from backsmith.readers.blueprint.fields import plain, read_field
from backsmith.readers.blueprint.keys import flag, known_keys, mapping, text, texts
from backsmith.readers.blueprint.kinds import Names
from backsmith.readers.blueprint.nodes import Mapping, Node, Scalar

MOVE_KEYS = ("from", "to", "by", "do", "input", "field", "doc")
ACTION_KEYS = ("input", "output", "by", "item", "doc")


def read_moves(node: Node | None, design: Design, entity: Entity, names: Names, report: Report) -> tuple[Move, ...]:
    """The moves of an entity."""
    found: list[Move] = []
    for key, value in mapping(node, "moves", report) or ():
        move = mapping(value, f"the move `{key.text}`", report, "write `{from: draft, to: paid, by: owner}`")
        if move is not None:
            known_keys(move, MOVE_KEYS, f"the move `{key.text}`", report)
            read = _move(key, move, design, entity, names, report)
            found += [read] if read else []
        elif isinstance(value, Scalar) and value.empty:
            report.error(
                "missing-key",
                f"the move `{key.text}` says nothing",
                key.origin,
                "write `{from: draft, to: paid, by: owner}`",
            )
    return tuple(found)


def _move(key: Scalar, move: Mapping, design: Design, entity: Entity, names: Names, report: Report) -> Move | None:
    by = _by(key, move, design, entity, report)
    input = read_input(move.get("input"), names, report)
    effects = read_effects(move.get("do"), design, entity.name, input, report)
    source, target = texts(move.get("from"), "`from`", report), text(move.get("to"), "`to`", report)
    for name, present in (("from", bool(source)), ("to", target is not None)):
        if not present and move.get(name) is None:
            report.error(
                "missing-key", f"the move `{key.text}` does not say `{name}`", key.origin, f"write `{name}: STATE`"
            )
    if not source or target is None:
        return None
    field = _state(key, move, entity, [*source, target], report)
    return (
        None
        if field is None
        else Move(
            name=key.text,
            field=field.name,
            source=tuple(dict.fromkeys(each.text for each in source)),
            target=target.text,
            by=by,
            input=input,
            effects=effects,
            doc=_doc(move),
            origin=key.origin,
        )
    )


def _doc(node: Mapping) -> str | None:
    found = node.get("doc")
    return found.text if isinstance(found, Scalar) and not found.empty else None


def _by(key: Scalar, node: Mapping, design: Design, entity: Entity, report: Report) -> Expr:
    if node.get("by") is None:
        report.error("missing-key", f"`{key.text}` does not say who may do it", key.origin, "write `by: owner`")
        return ADMIN
    return read_rule(node.get("by"), design, entity.name, "a rule", report) or ADMIN


def _state(key: Scalar, move: Mapping, entity: Entity, words: list[Passage], report: Report) -> Field | None:
    """The field that a move changes: the one that is named, else the only enum that holds its words."""
    enums = [field for field in entity.fields if isinstance(field.type, Enum)]
    named = text(move.get("field"), "`field`", report)
    if named is not None:
        chosen = [field for field in enums if field.name == named.text]
        if not chosen:
            hint = did_you_mean(named.text, (field.name for field in enums))
            report.error("move-state", f"`{named.text}` is no enum of {entity.name}", named.origin, hint)
            return None
        return chosen[0] if _has_words(chosen[0], words, report) else None
    if not enums:
        if not any(field.name == "*" or field.type == BROKEN for field in entity.fields):
            report.error(
                "move-state", f"{entity.name} has no enum to move", key.origin, "add one: `status: draft|paid = draft`"
            )
        return None
    return _guessed(key, enums, words, report)


def _guessed(key: Scalar, enums: list[Field], words: list[Passage], report: Report) -> Field | None:
    fitting = [field for field in enums if all(word.text in _words(field) for word in words)]
    if len(fitting) > 1:
        names = listing((field.name for field in fitting), "and")
        report.error(
            "move-state", f"{names} both hold these words", key.origin, f"say which: `field: {fitting[0].name}`"
        )
        return None
    if fitting:
        return fitting[0]
    nearest = max(enums, key=lambda field: sum(word.text in _words(field) for word in words))
    _has_words(nearest, words, report)
    return None


def _words(field: Field) -> tuple[str, ...]:
    return field.type.words if isinstance(field.type, Enum) else ()


def _has_words(field: Field, words: list[Passage], report: Report) -> bool:
    known = _words(field)
    missing = [word for word in words if word.text not in known]
    for word in missing:
        hint = did_you_mean(word.text, known, f"it is one of {listing(known)}")
        report.error("unknown-word", f"`{word.text}` is no word of `{field.name}`", word.origin, hint)
    return not missing


# Actions


def read_actions(node: Node | None, design: Design, entity: Entity, names: Names, report: Report) -> tuple[Action, ...]:
    """The actions of an entity."""
    found: list[Action] = []
    for key, value in mapping(node, "actions", report) or ():
        action = mapping(value, f"the action `{key.text}`", report, "write `{by: owner, input: {...}, output: {...}}`")
        if action is None:
            report.error("missing-key", f"the action `{key.text}` says nothing", key.origin, "write `{by: owner}`")
            continue
        known_keys(action, ACTION_KEYS, f"the action `{key.text}`", report)
        found.append(
            Action(
                name=key.text,
                input=read_input(action.get("input"), names, report),
                output=read_input(action.get("output"), names, report),
                by=_by(key, action, design, entity, report),
                item=flag(action.get("item"), "`item`", report),
                doc=_doc(action),
                origin=key.origin,
            )
        )
    return tuple(found)


def read_input(node: Node | None, names: Names, report: Report) -> tuple[Field, ...]:
    """The fields of an input or an output: plain ones, with `?`, bounds, a regex and a constant default."""
    found: list[Field] = []
    for key, value in mapping(node, "an input", report, "write `{reason: str(200)}`") or ():
        draft = read_field(key, value, names, report)
        found.append(plain(draft, "an input", report))
    return tuple(found)
