"""A file that is printed from a template: a typed view of what the template names, and the way from one to the text."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backsmith.writers.python.code import MARK, Code, import_lines, quoted, resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one template prints. Its fields, and `imports`, are the names that the template may use."""

    folder: ClassVar[Path]
    """Where the writer has its templates."""
    template: ClassVar[str]

    @property
    def names(self) -> Mapping[str, Any]:
        """What the template may name."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return given | {"imports": import_lines(*given.values())}


@cache
def environment(folder: Path) -> Environment:
    """Templates are Python, TOML, Markdown: nothing is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # source code
    )
    made.filters["quoted"] = quoted
    made.globals["mark"] = MARK
    return made


def printed(page: Page) -> str:
    """The text of the file, not yet formatted."""
    return resolved(environment(page.folder).get_template(page.template).render(page.names))


def rendered(folder: Path, template: str, **names: Any) -> str:
    """The text of a file whose template names nothing but these."""
    return environment(folder).get_template(template).render(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name and the code that it stands for."""

    name: str
    code: Code
