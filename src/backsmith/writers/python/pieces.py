"""A file of Python, cut into pieces that stay or go together, so that a part can lose what a project does not use."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

TEXT_OF_TYPE = re.compile(r"[A-Za-z_][\w.]*(?:\[.*\])?(?: \| [\w.\[\], ]+)*")
"""A string that may be an annotation: `View`, `Callable[[], View]`, `View | None`."""
REGISTER = frozenset({"register", "register_lookup"})
"""Decorators that make a class known to a framework."""
ON_METHODS = frozenset({"property", "cached_property", "classmethod", "staticmethod"})

Name = tuple[str, str]
"""A name of the module, and the attribute that is asked of it, or nothing: `("schemas", "Text")`, `("now", "")`."""
Place = tuple[str, str]
"""A module, and a name in it, or nothing: `("app.core.schemas", "Text")`, `("msgspec", "")`."""
Import = ast.Import | ast.ImportFrom
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Piece:
    """Lines of a module, counted from 1: a definition, a method, a row of a table, or what is only run."""

    first: int
    last: int
    uses: frozenset[Name]
    attributes: frozenset[str]
    """What it asks of anything at all; words that `getattr` could be given are among them."""
    defines: frozenset[str] = frozenset()
    bases: tuple[Name, ...] = ()
    within: "Piece | None" = None
    """The class of a method, the table of a row."""
    method: str = ""
    key: Name = ("", "")
    """What a row of a table is about."""

    @property
    def is_run(self) -> bool:
        """Whether it defines nothing, and so is there for what it does."""
        return not self.defines and self.within is None


@dataclass(frozen=True, eq=False, kw_only=True)
class Module:
    """A file of Python."""

    text: str
    pieces: tuple[Piece, ...]
    imports: tuple[Import, ...]
    """At the head of the module, `if TYPE_CHECKING:` included."""
    guards: tuple[ast.If, ...]
    inner: tuple[Import, ...]
    """Within functions."""

    @cached_property
    def defined(self) -> dict[str, Piece]:
        return {name: piece for piece in self.pieces for name in piece.defines}

    @cached_property
    def places(self) -> dict[str, Place]:
        """What each name that is imported stands for."""
        return {name: place for node in (*self.imports, *self.inner) for name, place in imported(node)}

    @cached_property
    def unnamed(self) -> frozenset[str]:
        """What is imported and not named again: for what the import does, or for others to import from here."""
        heads = {name for node in self.imports for name, _ in imported(node)}
        return frozenset(heads - named(self.pieces) - {"TYPE_CHECKING"})

    @cached_property
    def loaded(self) -> frozenset[Place]:
        """What functions import and do not name: for what the import does."""
        within = {name: place for node in self.inner for name, place in imported(node)}
        return frozenset(within[name] for name in within.keys() - named(self.pieces))

    def with_inner(self, piece: Piece) -> list[Piece]:
        """A piece, and what stands within it."""
        return [piece, *(each for each in self.pieces if each.within is piece)]


def named(pieces: Iterable[Piece]) -> set[str]:
    """The names of the module that stand in these pieces."""
    return {name for piece in pieces for name, _ in piece.uses}


def imported(node: Import) -> Iterator[tuple[str, Place]]:
    """Each name, with what it stands for."""
    for alias in node.names:
        place = (node.module or "", alias.name) if isinstance(node, ast.ImportFrom) else (alias.name, "")
        yield alias.asname or alias.name, place


def end(node: ast.stmt | ast.expr) -> int:
    """The last line."""
    return node.end_lineno or node.lineno


def parsed(text: str) -> Module:
    """A file, cut into pieces."""
    tree = ast.parse(text)
    guards = [node for node in tree.body if isinstance(node, ast.If) and _is_guard(node)]
    heads = [each for node in tree.body for each in (node.body if node in guards else [node])]
    imports = [each for each in heads if isinstance(each, Import)]
    following = [*tree.body[1:], None]
    cut = Cutter(tree, text.splitlines())
    return Module(
        text=text,
        pieces=tuple(
            piece
            for node, after in zip(tree.body, following, strict=True)
            if node not in (*guards, *imports) and not _is_text(node)
            for piece in cut.pieces(node, after if _is_text(after) else None)
        ),
        imports=tuple(imports),
        guards=tuple(guards),
        inner=tuple(each for each in ast.walk(tree) if isinstance(each, Import) and each not in imports),
    )


read = lru_cache(256)(parsed)


def _is_guard(node: ast.If) -> bool:
    """Whether this imports for type checkers alone; what it is otherwise, is run."""
    return ast.unparse(node.test) == "TYPE_CHECKING" and not node.orelse


def _is_text(node: ast.stmt | None) -> bool:
    """Whether this is a docstring: of the module, or of the definition above it."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


class Cutter:
    """Cuts the statements of one module. A comment above a statement and a docstring below it belong to it."""

    def __init__(self, tree: ast.Module, lines: list[str]) -> None:
        self.lines = lines
        assigned = (node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign))
        self.variables = frozenset(name for node in assigned for name in _stored(node))
        self.named = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))

    def pieces(self, node: ast.stmt, doc: ast.stmt | None) -> Iterator[Piece]:
        """A statement, and then what goes on its own within it."""
        last = end(doc or node)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                defines = () if self._is_registered(node) else (node.name,)
                yield self._piece(node, [node], last=last, defines=defines)
            case ast.ClassDef():
                methods = [each for each in node.body if isinstance(each, Function) and _is_method(each)]
                rest = [each for each in ast.iter_child_nodes(node) if each not in methods]
                bases = tuple(_name(base) for base in node.bases)
                defines = () if self._is_registered(node) or self._is_for_itself(node) else (node.name,)
                class_ = self._piece(node, rest, last=last, defines=defines, bases=bases)
                yield class_
                yield from (self._piece(each, [each], within=class_, method=each.name) for each in methods)
            case ast.Assign() | ast.AnnAssign():
                rows = list(_rows(node.value))
                inner = {id(each) for row in rows for each in row}
                table = self._piece(node, [node], last=last, defines=_stored(node), but=inner)
                yield table
                yield from (self._piece(row[0], row, last=end(row[1]), within=table, key=_name(row[0])) for row in rows)
            case _:
                yield self._piece(node, [node], last=last)

    def _is_registered(self, node: Function | ast.ClassDef) -> bool:
        """Whether a decorator hands this to an object of this module, as `@router.get` does, or makes it known."""
        decorators = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
        called = {each.attr for each in decorators if isinstance(each, ast.Attribute)}
        return not called.isdisjoint(REGISTER) or any(_name(each)[0] in self.variables for each in decorators)

    def _is_for_itself(self, class_: ast.ClassDef) -> bool:
        """Whether a class is there for being one of its base's: nobody else can name it, and here nobody does."""
        return class_.name.startswith("_") and class_.name not in self.named and bool(class_.bases)

    def _piece(
        self,
        node: ast.stmt | ast.expr,
        content: Iterable[ast.AST],
        *,
        last: int = 0,
        defines: Iterable[str] = (),
        bases: tuple[Name, ...] = (),
        within: Piece | None = None,
        method: str = "",
        key: Name = ("", ""),
        but: Collection[int] = (),
    ) -> Piece:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        while first > 1 and self.lines[first - 2].lstrip().startswith("#"):
            first -= 1
        uses, attributes = set[Name](), set[str]()
        for each in content:
            _collect(each, uses, attributes, but)
        return Piece(
            first=first,
            last=last or end(node),
            uses=frozenset(uses),
            attributes=frozenset(attributes),
            defines=frozenset(defines),
            bases=bases,
            within=within,
            method=method,
            key=key,
        )


def _is_method(function: Function) -> bool:
    """Whether only those who name it call it."""
    decorators = {_name(each)[0] for each in function.decorator_list}
    return not function.name.startswith("__") and decorators <= ON_METHODS


def _stored(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    flat = [each for target in targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [each.id for each in flat if isinstance(each, ast.Name)]


def _rows(value: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The rows of a table that is keyed by names, where each has lines of its own."""
    if isinstance(value, ast.Dict):
        ends = [value.lineno, *map(end, value.values)]
        for key, row, before in zip(value.keys, value.values, ends, strict=False):
            if isinstance(key, ast.Name | ast.Attribute) and key.lineno > before and end(row) < end(value):
                yield key, row


def _name(node: ast.expr) -> Name:
    """The name that an expression begins with."""
    match node:
        case ast.Name(id=name):
            return name, ""
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return name, attribute
        case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
            return _name(inner)
    return "", ""


def _collect(node: ast.AST, uses: set[Name], attributes: set[str], but: Collection[int] = ()) -> None:
    """Gather what a node names, except in the nodes whose ids are in `but`."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            uses.add((name, attribute))
            attributes.add(attribute)
            return
        case ast.Attribute(attr=attribute):
            attributes.add(attribute)
        case ast.Name(id=name) | ast.arg(arg=name):  # tests ask for fixtures by the names of arguments
            uses.add((name, ""))
        case ast.Constant(value=str() as text) if TEXT_OF_TYPE.fullmatch(text):
            words = re.findall(r"\w+", text)
            uses.update((word, "") for word in words)
            attributes.update(words)
    for inner in ast.iter_child_nodes(node):
        if id(inner) not in but:
            _collect(inner, uses, attributes, but)
