"""Fragments of Python that carry the imports they need, so that a file's imports are gathered and printed once."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """`from module import name`; without a name, `import module`."""

    module: str
    name: str = ""
    alias: str = ""

    def __str__(self) -> str:
        as_ = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.name}{as_}" if self.name else f"import {self.module}{as_}"


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
    return Code(name, frozenset({Import(module, name)}))


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
