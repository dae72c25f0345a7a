"""Fields: from their lines to those of the design; first without expressions, then, when all are known, with them."""

import ast
import dataclasses
import re
from dataclasses import dataclass, replace

from backsmith.design import types as t
from backsmith.design.check import Use, literal, value
from backsmith.design.expressions import Expr, Literal
from backsmith.design.model import Design, Field, OnDelete
from backsmith.design.naming import CONSTANTS
from backsmith.design.operations import TO_MANY, named
from backsmith.design.paths import dotted_names
from backsmith.design.scope import AGGREGATES, BROKEN, find_field
from backsmith.design.syntax import parse_expression
from backsmith.design.values import constant
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report, did_you_mean, listing
from backsmith.readers.blueprint.kinds import Names, read_type
from backsmith.readers.blueprint.limits import read_bounds, read_pattern
from backsmith.readers.blueprint.line import Line, read_line
from backsmith.readers.blueprint.nodes import Mapping, Node, Scalar

UNREAD = Literal(value=None, type=BROKEN, may_be_null=True)
"""Stands for an expression that is read later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A field without its expressions, and these as they were written: default, set, computed. `places` are those of
    its modifiers."""

    field: Field
    places: dict[str, Origin] = dataclasses.field(default_factory=dict)
    default: Passage | None = None
    set: Passage | None = None
    computed: Passage | None = None


def read_field(key: Scalar, node: Node, names: Names, report: Report) -> Draft:
    """The field that a key and its value describe."""
    written, doc = _line_and_doc(key, node, report)
    if written is None:
        return Draft(field=Field(name=key.text, type=BROKEN, origin=key.origin))
    line = read_line(written, report)
    kind = read_type(line, names, report)
    if line.broken:
        kind = BROKEN
    default, computed = _equals(line, kind)
    if default is not None and line.default is not None:
        report.error(
            "wrong-modifier", "a field has one default", line.default.origin, "leave out `= ...` or `default ...`"
        )
    field = Field(
        name=key.text,
        type=kind,
        optional="optional" in line.flags,
        unique="unique" in line.flags,
        index="index" in line.flags,
        search="search" in line.flags,
        private="private" in line.flags,
        readonly="readonly" in line.flags,
        owner="owner" in line.flags,
        fixed="fixed" in line.flags,
        bounds=read_bounds(line, kind, report),
        pattern=read_pattern(line, kind, report),
        default=UNREAD if default or line.default else None,
        set=UNREAD if line.set else None,
        computed=UNREAD if computed else None,
        on_delete=OnDelete(line.on_delete.text) if line.on_delete else _on_delete(kind),
        was=line.was.text if line.was else None,
        doc=doc,
        origin=key.origin,
    )
    if line.on_delete and not isinstance(kind, (t.Ref, *TO_MANY)) and kind != BROKEN:
        report.error("wrong-modifier", "only a reference has `on delete`", line.on_delete.origin, "leave it out")
    places = _places(line, default, computed)
    return Draft(field=field, places=places, default=default or line.default, set=line.set, computed=computed)


def _places(line: Line, default: Passage | None, computed: Passage | None) -> dict[str, Origin]:
    written = {
        "type": line.type.passage if line.type else None,
        "default": default or line.default,
        "set": line.set,
        "computed": computed,
        "pattern": line.pattern,
        "on_delete": line.on_delete,
        "by": line.by,
    }
    return {**line.flags, **{name: passage.origin for name, passage in written.items() if passage is not None}}


def _on_delete(kind: t.Type) -> OnDelete:
    return OnDelete.CASCADE if isinstance(kind, t.Parts) else OnDelete.RESTRICT


def _line_and_doc(key: Scalar, node: Node, report: Report) -> tuple[Passage | None, str | None]:
    if isinstance(node, Mapping):
        inner, doc = node.get("type"), node.get("doc")
        known = {"type", "doc"} >= {each.text for each, _ in node}
        if known and isinstance(inner, Scalar) and not inner.empty:
            return inner.passage, doc.text if isinstance(doc, Scalar) else None
    if isinstance(node, Scalar) and not node.empty:
        return node.passage, None
    origin = node.origin if not isinstance(node, Scalar) else key.origin
    report.error("field-syntax", f"the type of `{key.text}` is missing", origin, f"write `{key.text}: str(80)`")
    return None, None


def _equals(line: Line, kind: t.Type) -> tuple[Passage | None, Passage | None]:
    """What `= ...` says, as a default or as what the field is computed from: the latter names fields."""
    if line.equals is None:
        return None, None
    if isinstance(kind, t.Enum) and line.equals.text.strip() in kind.words:
        return line.equals, None
    node = parse_expression(line.equals, Report())
    if node is None or not _names_something(node):
        return line.equals, None
    return None, line.equals


def _names_something(node: ast.expr) -> bool:
    calls = (each for each in ast.walk(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name))
    names = (name for name in dotted_names(node) if len(name) > 1 or name[0].lower() not in CONSTANTS)
    return any(True for _ in names) or any(getattr(call.func, "id", "") in AGGREGATES for call in calls)


# Expressions, when every field is known


def finish(draft: Draft, design: Design, entity: str, report: Report) -> Field:
    """The field with its expressions."""
    field = draft.field
    if field.type == BROKEN or isinstance(field.type, TO_MANY):
        return field
    default = _value(draft.default, field, design, entity, Use.VALUE, report)
    return replace(
        field,
        default=None if isinstance(default, Literal) and default.value is None else default,
        set=_value(draft.set, field, design, entity, Use.VALUE, report),
        computed=_value(draft.computed, field, design, entity, Use.COMPUTED, report),
    )


def _value(passage: Passage | None, field: Field, design: Design, entity: str, use: Use, report: Report) -> Expr | None:
    if passage is None:
        return None
    if use is Use.COMPUTED and _is_of_the_moment(passage.text):
        word = passage.text.strip()
        message = f"`= {word}` would be another value at every look"
        report.error("computed-moment", message, passage.origin, f"write `default {word}` or `set {word}`")
        return None
    if use is Use.COMPUTED and _is_meant_as_word(passage.text.strip(), field, design, entity):
        assert isinstance(field.type, t.Enum)
        word = passage.text.strip()
        hint = did_you_mean(word, field.type.words, f"it is one of {listing(field.type.words)}")
        report.error("unknown-word", f"`{word}` is not one of its words", passage.origin, hint)
        return None
    read = value(passage, design, entity, field, use)
    report.extend(read.diagnostics)
    return read.value


def _is_of_the_moment(text: str) -> bool:
    """Whether this is `now`, `today`, `user` or a field of the account."""
    return re.fullmatch(r"\s*(now|today|user(\.\w+)*)\s*", text) is not None


def _is_meant_as_word(text: str, field: Field, design: Design, entity: str) -> bool:
    """Whether a bare name stands where a word of an enum belongs."""
    return isinstance(field.type, t.Enum) and text.isidentifier() and find_field(design.entity(entity), text) is None


def plain(draft: Draft, where: str, report: Report) -> Field:
    """A field outside of an entity: a type, `?`, bounds, a regex, a constant default."""
    field = draft.field
    modifiers = ("unique", "index", "search", "private", "readonly", "owner", "fixed", "set", "computed")
    wrong = next((name for name in modifiers if getattr(field, name)), None)
    if wrong:
        report.error(
            "wrong-modifier",
            f"{where} has no `{wrong}` fields",
            field.origin,
            "there are `?`, bounds, a regex and a constant default",
        )
    if isinstance(field.type, (*TO_MANY, t.Upload)):
        report.error("wrong-type", f"{where} holds plain values, not {named(field.type)}", field.origin)
        return replace(field, type=BROKEN, default=None, set=None, computed=None)
    default = _constant(draft.default, field, report) if draft.default else None
    return replace(field, default=default, set=None, computed=None)


def _constant(passage: Passage, field: Field, report: Report) -> Expr | None:
    if isinstance(field.type, t.Enum) and passage.text.strip() in field.type.words:
        return Literal(value=passage.text.strip(), type=field.type, origin=passage.origin)
    read = literal(passage)
    report.extend(read.diagnostics)
    if read.value is None or field.type == BROKEN:
        return None
    found = constant(read.value, field.type)
    if isinstance(found, Literal):
        return found
    code, message, hint = found
    report.error(code, message, passage.origin, hint)
    return None
