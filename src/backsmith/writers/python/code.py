"""Fragments of Python that carry the imports they need, so that a file's imports are gathered and printed once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

MARK = "\ue000"
"""Stands in front of imported classes until `resolved` has seen the whole file."""
MODELS = re.compile(r"app\.(?:models|schemas)\.\w+|apps\.(?!core\b)\w+\.models")
"""The modules with the classes of a design."""


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """`from module import name`; without a name, `import module`."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def marked(self) -> str:
        """The name, marked where it is a class that the design could have one of too: `Document`, `Text`."""
        ours = MODELS.match(self.module) is not None
        return self.name if ours or self.alias or not self.name[:1].isupper() else MARK + self.name

    def __str__(self) -> str:
        as_ = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.marked}{as_}" if self.name else f"import {self.module}{as_}"


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of Python and what has to be imported for it."""

    text: str
    imports: frozenset[Import] = frozenset()

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def name(module: str, name: str) -> Code:
    """A name that is imported: `name("sqlalchemy", "select")`."""
    found = Import(module, name)
    return Code(found.marked, frozenset({found}))


def code(template: str, *parts: Code | str | int) -> Code:
    """The template with its `{}` filled in, and everything that the parts import."""
    imports: frozenset[Import] = frozenset()
    return Code(template.format(*parts), imports.union(*(part.imports for part in parts if isinstance(part, Code))))


def joined(separator: str, parts: Iterable[Code]) -> Code:
    """The parts in a row."""
    parts = tuple(parts)
    return Code(separator.join(part.text for part in parts), frozenset().union(*(part.imports for part in parts)))


def call(function: Code, *arguments: Code | str) -> Code:
    """`function(argument, ...)`."""
    given = (argument if isinstance(argument, Code) else Code(argument) for argument in arguments)
    return code("{}({})", function, joined(", ", given))


def literal(value: object) -> Code:
    """A plain Python constant, strings in double quotes."""
    if isinstance(value, str):
        return Code(quoted(value))
    return Code(repr(value))


def quoted(text: str) -> str:
    """The string as a Python literal in double quotes, as `ruff format` writes it."""
    inner = repr(text)[1:-1]
    if repr(text)[0] == '"' or '"' not in text:
        return f'"{inner}"' if repr(text)[0] == '"' else '"' + inner + '"'
    return repr(text)


def tuple_of(words: tuple[str, ...]) -> str:
    """The words as a Python tuple of strings."""
    inner = ", ".join(map(quoted, words))
    return f"({inner},)" if len(words) == 1 else f"({inner})"


def plain(text: str) -> str:
    """The text without marks."""
    return text.replace(MARK, "")


def resolved(text: str) -> str:
    """The file, with other names for imported classes that have the name of one of the design's: `Text as TextType`."""
    taken = set(DEFINED.findall(text))
    taken.update(name for line in OURS.findall(text) for name in WORD.findall(line))
    clashing = taken & set(MARKED.findall(text))
    if clashing:
        text = IMPORTED.sub(lambda m: f"import {m[1]} as {m[1]}Type" if m[1] in clashing else m[0], text)
        text = MARKED.sub(lambda m: f"{m[1]}Type" if m[1] in clashing else m[1], text)
    return plain(text)


DEFINED = re.compile(r"^(?:class )?(\w+)(?: = |\()", re.MULTILINE)
OURS = re.compile(rf"^from {MODELS.pattern} import (.+)$", re.MULTILINE)
WORD = re.compile(r"\w+")
MARKED = re.compile(f"{MARK}(\\w+)")
IMPORTED = re.compile(f"import {MARK}(\\w+)$", re.MULTILINE)


def import_lines(*values: Any) -> tuple[str, ...]:
    """One line for each import that any Code inside the values asks for, sorted."""
    return tuple(str(found) for found in sorted(set(_imports(values))))


def _imports(value: Any) -> Iterable[Import]:
    if isinstance(value, Code):
        yield from value.imports
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _imports(item)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _imports(getattr(value, part.name))
