"""Names: words of the language, roles, the caller's account, inputs, and paths from field to field."""

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from backsmith.design import expressions as e
from backsmith.design.naming import CONSTANTS
from backsmith.design.ownership import owner_path
from backsmith.design.paths import Walk, dotted, walk
from backsmith.design.resolve.constants import read_constant
from backsmith.design.scope import AGGREGATES, FUNCTIONS, Use, is_broken, leads_to_many, target_of
from backsmith.design.types import Enum, Ref
from backsmith.diagnostics.report import did_you_mean, listing

if TYPE_CHECKING:
    from backsmith.design.resolve.resolver import Resolver


def read_name(resolver: "Resolver", node: ast.expr) -> e.Expr | None:
    """`staff`, `now`, `user.team`, `category.name`."""
    names = dotted(node)
    if names is None:
        return resolver.wrong(node, "not-in-language", "a path begins with a name", "write `customer.name`")
    first = names[0]
    own = any(field.name == first for field in resolver.scope.start.fields)
    if len(names) == 1 and first.lower() in CONSTANTS and not own:
        return read_constant(resolver, ast.copy_location(ast.Constant(CONSTANTS[first.lower()]), node))
    if first == "user" or (first == "input" and not own):
        return _user(resolver, node, names) if first == "user" else _input(resolver, node, names)
    if len(names) == 1 and not own and (word := _word(resolver, node, first)) is not NotImplemented:
        return word if isinstance(word, e.Expr) else None
    return _field(resolver, node, names)


def _word(resolver: "Resolver", node: ast.expr, name: str) -> object:
    """The expression of a word or a role; None where it means nothing here, NotImplemented where it is neither."""
    origin = resolver.origin(node)
    words: dict[str, e.Expr] = {
        "owner": e.Owner(origin=origin),
        "anyone": e.Anyone(origin=origin),
        "signed_in": e.SignedIn(origin=origin),
        "now": e.Now(origin=origin),
        "today": e.Today(origin=origin),
    }
    if name in words:
        return _allowed_word(resolver, node, name, words[name])
    if name == "tenant" and resolver.scope.design.lowered and resolver.scope.design.tenant:
        nullable = resolver.scope.use in (Use.RULE, Use.CONDITION)
        return e.Tenant(type=Ref(targets=(resolver.scope.design.tenant.name,)), may_be_null=nullable, origin=origin)
    if name not in resolver.scope.design.auth.roles:
        return NotImplemented
    if not resolver.scope.roles:
        return resolver.wrong(node, "word-not-here", f"the role `{name}` means nothing in {resolver.scope.use.called}")
    return e.Role(name=name, origin=origin)


def _allowed_word(resolver: "Resolver", node: ast.expr, name: str, found: e.Expr) -> e.Expr | None:
    if name not in resolver.scope.use.words:
        hint = "the moment would change what holds; compare stored fields" if resolver.scope.use is Use.CHECK else ""
        return resolver.wrong(node, "word-not-here", f"`{name}` means nothing in {resolver.scope.use.called}", hint)
    if name == "owner" and resolver.scope.outer:
        return resolver.wrong(node, "word-not-here", "`owner` is about the outer row", "compare with `user` instead")
    if name == "owner" and owner_path(resolver.scope.design, resolver.scope.entity) is None:
        if is_broken(resolver.scope.entity):
            return None
        message = f"{resolver.scope.entity.name} has no owner"
        return resolver.wrong(node, "no-owner", message, "mark a field with it: `customer: User owner`")
    return found


def _user(resolver: "Resolver", node: ast.expr, names: list[str]) -> e.Expr | None:
    if "user" not in resolver.scope.use.words:
        return resolver.wrong(node, "word-not-here", f"`user` means nothing in {resolver.scope.use.called}")
    account = resolver.scope.design.entity("User")
    way = walk(resolver.scope.design, account, names[1:])
    if not found_all(resolver, node, way, names[1:]):
        return None
    if way.many:
        return resolver.wrong(
            node,
            "user-to-many",
            "a path from `user` cannot lead to many rows",
            "begin at the row: `user in project.members`",
        )
    nullable = way.may_be_null or resolver.scope.use in (Use.RULE, Use.CONDITION)
    kind = way.fields[-1].type if way.fields else Ref(targets=("User",))
    return e.User(steps=tuple(names[1:]), type=kind, may_be_null=nullable, origin=resolver.origin(node))


def _input(resolver: "Resolver", node: ast.expr, names: list[str]) -> e.Expr | None:
    if "input" not in resolver.scope.use.words:
        return resolver.wrong(node, "word-not-here", f"`input` means nothing in {resolver.scope.use.called}")
    known = {field.name: field for field in resolver.scope.input}
    if len(names) != 2 or names[1] not in known:
        declared = f"it has {listing(known, 'and')}" if known else "declare it: `input: {reason: str(200)}`"
        message = "the input has no such field" if len(names) == 2 else "an input is one name: `input.NAME`"
        return resolver.wrong(node, "unknown-input", message, did_you_mean(names[-1], known, declared))
    field = known[names[1]]
    return e.Input(name=field.name, type=field.type, may_be_null=field.optional, origin=resolver.origin(node))


def _field(resolver: "Resolver", node: ast.expr, names: list[str]) -> e.Expr | None:
    way = walk(resolver.scope.design, resolver.scope.start, names)
    if not found_all(resolver, node, way, names):
        return None
    if resolver.scope.outer:
        inner = _inner(resolver, node, names)
        if inner is None or not inner[0]:
            return inner[1] if inner else None
        names, way = inner[0], replace(way, fields=way.fields[len(resolver.scope.prefix) :])
    if way.many:
        path = ".".join(names)
        return resolver.wrong(
            node,
            "many-rows",
            f"`{path}` is many values, not one",
            f"put it inside of a function of many: `count({path})`, `any({path} == ...)`",
        )
    if resolver.scope.use is Use.CHECK and not _own_column(resolver, node, way):
        return None
    steps = tuple(names)
    return e.Path(
        entity=resolver.scope.entity.name,
        steps=steps,
        type=way.fields[-1].type,
        may_be_null=way.may_be_null,
        origin=resolver.origin(node),
    )


def _inner(resolver: "Resolver", node: ast.expr, names: list[str]) -> tuple[list[str], e.Expr | None] | None:
    """The names that are left without the way to the rows; no names, and the row itself, where none is."""
    prefix = list(resolver.scope.prefix)
    if names[: len(prefix)] != prefix:
        rows = ".".join(prefix)
        hint = f"only paths that begin with `{rows}` are allowed here"
        back = next(
            (f.name for f in resolver.scope.entity.fields if target_of(f.type) == resolver.scope.start.name), None
        )
        if len(prefix) == 1 and back and not leads_to_many(resolver.scope.entity.field(back).type):
            hint += f"; the outer row is `{rows}.{back}`"
        return resolver.wrong(node, "outer-path", f"`{'.'.join(names)}` is not about a row of `{rows}`", hint)
    if len(names) > len(prefix):
        return names[len(prefix) :], None
    at = resolver.scope.entity.name
    return [], e.Path(entity=at, steps=("id",), type=Ref(targets=(at,)), origin=resolver.origin(node))


def _own_column(resolver: "Resolver", node: ast.expr, way: Walk) -> bool:
    name = way.fields[0].name
    if len(way.fields) > 1:
        resolver.wrong(
            node, "not-own-row", "a check is about the row's own fields only", f"`{name}` leads to another row"
        )
        return False
    if way.fields[0].computed is not None:
        resolver.wrong(
            node,
            "not-own-row",
            f"`{name}` is computed, and a check is about stored fields only",
            "write out what it stands for",
        )
        return False
    return True


def found_all(resolver: "Resolver", node: ast.expr, way: Walk, names: list[str]) -> bool:
    """Whether every name was found; tells where not."""
    if way.problem is None:
        return not way.broken
    index, code, message, hint = way.problem
    attribute: ast.expr = node
    for _ in range(len(names) - 1 - index):
        assert isinstance(attribute, ast.Attribute)
        attribute = attribute.value
    start, end = resolver.span(attribute)
    if isinstance(attribute, ast.Attribute):
        start = max(start, end - len(names[index]))
    elif index == 0:
        message, hint = _unknown_name(resolver, names[0], hint)
    resolver.report.error(code, message, resolver.passage.at(start, end), hint)
    return False


ELSEWHERE = {
    "anyone": ("everyone", "everybody", "public", "all", "guest", "anonymous"),
    "signed_in": ("authenticated", "logged_in", "login", "is_authenticated", "authorized"),
    "user": ("current_user", "me", "self", "request", "caller"),
    "now": ("utcnow", "current_timestamp", "timestamp"),
    "today": ("current_date",),
    "True": ("yes", "on", "y"),
    "False": ("no", "off", "n"),
    "None": ("nil", "undefined"),
}
"""What is called otherwise in other languages."""
MEANT = {habit: word for word, habits in ELSEWHERE.items() for habit in habits}


def _unknown_name(resolver: "Resolver", name: str, hint: str) -> tuple[str, str]:
    known = resolver.scope.names()
    if (meant := MEANT.get(name.lower())) in {*known, "True", "False", "None"}:
        return f"unknown name `{name}`", f"did you mean `{meant}`?"
    for field in resolver.scope.start.fields:
        if isinstance(field.type, Enum) and name in field.type.words:
            hint = f"a word of an enum is in quotes: `{field.name} == '{name}'`"
            return f"{resolver.scope.start.name} has no field `{name}`", hint
    if name in (*FUNCTIONS, *AGGREGATES):
        return f"`{name}` is a function", f"write `{name}(...)`"
    return f"unknown name `{name}`", did_you_mean(name, known, hint)
