"""Takes out of the shared parts what a project has no use for: modules, definitions, methods, rows of tables, imports.

What is used is found from the code that the design asked for, along names and attributes, to a fixed point: too much
may count as used, never too little. What stays is not changed. A test goes with what it tests.
"""

import ast
import re
from collections.abc import Collection, Iterable, Mapping

from backsmith.writers.python.pieces import Import, Module, Name, Piece, Place, end, imported, named, parsed, read

SHARED = re.compile(
    r"app/(?:core|auth)/\w+\.py"
    r"|apps/core/(?!apps\.|models\.)\w+\.py"
    r"|apps/accounts/(?!admin\.|apps\.|models\.|urls\.)\w+\.py"
)
"""Which of the parts lose what is not used. Others, such as `app/work.py`, use all that they have, and so do the
modules that Django looks for by itself.
"""
TESTS = re.compile(r"tests/test_\w+\.py")
WHOLE = frozenset({"app/core/types.py", "apps/core/fields.py"})
"""What is kept whole: migrations that were applied long ago name column types that no model has any more.

What one column type names of another does not count as used, but for what it stands on, so that tables keyed by column
types have the rows that are needed.
"""

FROM_MODULE = re.compile(r"^ *from (apps?\.(?:core|auth|accounts)\.\w+) import (\([^)]*\)|[^\n#]+)", re.MULTILINE)
FROM_PACKAGE = re.compile(r"^ *(?:from apps?\.(?:core|auth|accounts) import|import apps?\.)", re.MULTILINE)
"""What imports a whole module: of what it asks of that, only a parser can tell."""
IMPORTED = re.compile(r"(\w+)(?: as \w+)?")
QUOTED = re.compile(r"[\"'](apps?\.(?:core|auth|accounts)\.\w+)\.(\w+)")
"""A name in quotes, as `monkeypatch` and the settings of Django take them."""
ATTRIBUTE = re.compile(r"\.([a-z_]\w*)")
HOOKS = frozenset({"process_exception", "process_view"})
"""Methods that Django calls of classes without a base: of middleware."""
ALL = "*"


def without_unused(texts: Mapping[str, str], parts: Collection[str]) -> dict[str, str]:
    """The files, without what is not used of those that are `parts`."""
    python = {path for path in texts if path.endswith(".py")}
    shared = {path for path in python & {*parts} if SHARED.fullmatch(path) and not path.endswith("__init__.py")}
    tests = {path for path in python & {*parts} if TESTS.fullmatch(path)}
    use = Use({_dotted(path): read(texts[path]) for path in shared})
    for path in sorted(python - shared - tests):
        use.whole(texts[path])
    use.settle()
    found = dict(texts)
    for path in shared:
        found[path] = _used_of(path, use)
    for path in tests:
        found[path] = _tests_of(read(texts[path]), use)
    return {path: text for path, text in found.items() if text or not texts[path]}


def _dotted(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _used_of(path: str, use: "Use") -> str:
    """What stays of a part; nothing where nobody needs it."""
    dotted = _dotted(path)
    module = use.parts[dotted]
    if dotted not in use.loaded or path in WHOLE:
        return module.text if dotted in use.loaded else ""
    return _printed(module, use.reached)


def _tests_of(module: Module, use: "Use") -> str:
    """What stays of a file of tests, without what only those need that go; nothing where all go."""
    tests = {piece: _needed(module, piece) for piece in module.pieces if _is_test(piece)}
    going = {test for test, needed in tests.items() if not all(_has(use, module, each) for each in needed)}
    staying = tests.keys() - going
    if not staying:
        return ""
    gone = set[Piece]().union(*(tests[test] for test in going)) - set[Piece]().union(*(tests[test] for test in staying))
    return _printed(module, {*module.pieces} - gone) if gone else module.text


def _has(use: "Use", module: Module, piece: Piece) -> bool:
    """Whether the project has all that a piece of a test names."""
    return all(use.has(module.places[name], asked) for name, asked in piece.uses if name in module.places)


def _is_test(piece: Piece) -> bool:
    return any(name.startswith("test_") for name in piece.defines)


def _needed(module: Module, piece: Piece) -> set[Piece]:
    """A piece, and what it needs of its module."""
    found, waiting = set[Piece](), [piece]
    while waiting:
        current = waiting.pop()
        if current not in found:
            inner = module.with_inner(current)
            found.update(inner)
            waiting += [module.defined[name] for name in named(inner) if name in module.defined]
    return found


class Use:
    """What is used of the parts, which are given by their dotted names."""

    def __init__(self, parts: Mapping[str, Module]) -> None:
        self.parts = parts
        self.loaded: set[str] = set()
        self.reached: set[Piece] = set()
        self._attributes: set[str] = {*HOOKS}
        self._whole = {parts[_dotted(path)] for path in WHOLE if _dotted(path) in parts}
        self._homes = {piece: module for module in parts.values() for piece in module.pieces}
        self._waiting: list[Piece] = []

    def whole(self, text: str) -> None:
        """All that a file has is used."""
        self._attributes.update(ATTRIBUTE.findall(text))
        for dotted, names in FROM_MODULE.findall(text):
            for name in IMPORTED.findall(names):
                self._place((dotted, name))
        for place in QUOTED.findall(text):
            self._place(place)
        if FROM_PACKAGE.search(text):
            module = parsed(text)
            asked = {name for piece in module.pieces for name in piece.uses if name[0] in module.places}
            for name, attribute in asked | {(name, "") for name in module.unnamed}:
                self._place(module.places[name], attribute)
            self._load_for_itself(module)

    def settle(self) -> None:
        """Follow what is used, until that is all."""
        while self._waiting:
            while self._waiting:
                self._follow(self._waiting.pop())
            for piece in self._homes.keys() - self.reached:
                if piece.within in self.reached and self._goes_along(piece):
                    self._reach(piece)

    def has(self, place: Place, attribute: str) -> bool:
        """Whether the project has this; what is of no part, it has."""
        dotted, name = self._aimed(place, attribute)
        if dotted not in self.parts:
            return not any(part.startswith(f"{dotted}.{name}") for part in self.parts.keys() - self.loaded)
        piece = self.parts[dotted].defined.get(name)
        return dotted in self.loaded and (piece is None or piece in self.reached)

    def _place(self, place: Place, attribute: str = "") -> None:
        dotted, name = self._aimed(place, attribute)
        if dotted not in self.parts:
            return
        module = self.parts[dotted]
        self._load(dotted)
        if name in module.defined:
            self._reach(module.defined[name])
        elif name in module.places:
            self._place(module.places[name])
        elif name == ALL:
            for piece in module.pieces:
                self._reach(piece)

    def _aimed(self, place: Place, attribute: str) -> Place:
        """The place itself; where that is a part, what is asked of it, or all of it."""
        whole = ".".join(filter(None, place))
        return (whole, attribute or ALL) if whole in self.parts else place

    def _load(self, dotted: str) -> None:
        if dotted not in self.loaded:
            self.loaded.add(dotted)
            module = self.parts[dotted]
            for piece in module.pieces:
                if piece.is_run:
                    self._reach(piece)
            for name in module.unnamed:
                self._place(module.places[name])
            self._load_for_itself(module)

    def _load_for_itself(self, module: Module) -> None:
        """Load the parts that a function imports for what they do."""
        for place in module.loaded:
            if (dotted := ".".join(filter(None, place))) in self.parts:
                self._load(dotted)

    def _reach(self, piece: Piece) -> None:
        if piece not in self.reached:
            self.reached.add(piece)
            self._waiting.append(piece)

    def _follow(self, piece: Piece) -> None:
        module = self._homes[piece]
        self._attributes |= piece.attributes
        for name, attribute in piece.uses:
            if name in module.defined:
                if module not in self._whole or (name, attribute) in piece.bases:
                    self._reach(module.defined[name])
            elif name in module.places:
                self._place(module.places[name], attribute)

    def _goes_along(self, piece: Piece) -> bool:
        """Whether a method or a row is used, now that its class or its table is."""
        module = self._homes[piece]
        if piece.method:
            assert piece.within is not None
            return piece.method in self._attributes or not self._is_our_own(module, piece.within)
        about = self._piece(module, piece.key)
        return about is None or about in self.reached

    def _is_our_own(self, module: Module, class_: Piece) -> bool:
        """Whether a class stands on classes of the parts alone, so that nobody else calls its methods."""
        bases = [self._piece(module, base) for base in class_.bases]
        return all(base is not None and self._is_our_own(self._homes[base], base) for base in bases)

    def _piece(self, module: Module, name: Name) -> Piece | None:
        """What a name stands for, where a part defines that."""
        if name[0] in module.defined:
            return module.defined[name[0]]
        if name[0] not in module.places:
            return None
        dotted, called = self._aimed(module.places[name[0]], name[1])
        return self.parts[dotted].defined.get(called) if dotted in self.parts else None


def _printed(module: Module, kept: Collection[Piece]) -> str:
    """The module with these of its pieces, and with the imports that they need."""
    lines = list[str | None](module.text.splitlines())
    for piece in module.pieces:
        if piece not in kept:
            _take_out(lines, piece.first, piece.last)
    names = named(piece for piece in module.pieces if piece in kept) | module.unnamed
    for guard in module.guards:
        if any(name in names for node in guard.body if isinstance(node, Import) for name, _ in imported(node)):
            names.add("TYPE_CHECKING")
        else:
            _take_out(lines, guard.lineno, end(guard))
    for node in module.imports:
        _narrow(lines, node, names)
    return "\n".join(line for line in lines if line is not None).rstrip("\n") + "\n"


def _narrow(lines: list[str | None], node: Import, names: Collection[str]) -> None:
    """Import these names only."""
    used = [alias for alias in node.names if (alias.asname or alias.name) in names]
    first, last = node.lineno, end(node)
    if not used:
        _take_out(lines, first, last)
    elif len(used) < len(node.names):
        shorter = ast.Import(used) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, used, node.level)
        comment = (lines[last - 1] or "")[node.end_col_offset or 0 :]
        only = [f"{' ' * node.col_offset}{ast.unparse(shorter)}{comment}"]
        lines[first - 1 : last] = [*only, *[None] * (last - first)]


def _take_out(lines: list[str | None], first: int, last: int) -> None:
    """Empty these lines, counted from 1, and the blank ones above or below them, whichever are fewer."""
    lines[first - 1 : last] = [None] * (last - first + 1)
    above, below = _blank(lines, range(first - 2, -1, -1)), _blank(lines, range(last, len(lines)))
    for number in min(above, below, key=len):
        lines[number] = None


def _blank(lines: list[str | None], numbers: Iterable[int]) -> list[int]:
    """The blank lines from here to the next that is not."""
    found = []
    for number in numbers:
        if lines[number] == "":
            found.append(number)
        elif lines[number] is not None:
            break
    return found
