"""The commands that read a blueprint and print what it means."""

import json
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from backsmith.contract import contract
from backsmith.design.json import to_json as design_to_json
from backsmith.design.model import Design
from backsmith.diagnostics.json import to_json as diagnostics_to_json
from backsmith.diagnostics.model import Diagnostic, Severity
from backsmith.doors.console import console, tell
from backsmith.doors.exits import Exit
from backsmith.features import lower
from backsmith.project.failure import Refused
from backsmith.readers.blueprint import read_blueprint
from backsmith.readers.blueprint.schema import schema as schema_of_the_language
from backsmith.writers.documents.explain import explain as explain_design
from backsmith.writers.documents.svg import svg as svg_of
from backsmith.writers.frameworks import unsupported


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A blueprint that was read: its text, its design where it has no mistakes, and all that was found."""

    source: str
    content: bytes
    design: Design | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    @property
    def writable(self) -> Design | None:
        """The design, where nothing stands in the way of writing it."""
        mistaken = any(each.severity is Severity.ERROR for each in self.diagnostics)
        return None if mistaken else self.design

    def tell(self, to: Console) -> None:
        """Print what was found."""
        tell(self.diagnostics, {self.source: self.text}, to)


def read(file: Path) -> Reading:
    """Read a blueprint. Raises Refused where there is no such file."""
    try:
        content = file.read_bytes()
    except OSError as error:
        hint = "name a blueprint, or make a project with one: backsmith new shop"
        raise Refused(f"{file} cannot be read: {error.strerror}.", hint) from error
    return read_content(content, str(file))


def read_content(content: bytes, source: str) -> Reading:
    """Read the text of a blueprint."""
    result = read_blueprint(content, source)
    more = unsupported(result.design) if result.design is not None else ()
    return Reading(source=source, content=content, design=result.design, diagnostics=(*result.diagnostics, *more))


def explain(file: Path, svg: Path | None) -> Exit:
    """Print the sections about a blueprint, and draw its relations."""
    reading = read(file)
    reading.tell(console(stderr=True))
    if reading.design is None:
        return Exit.MISTAKES
    out = console()
    for section in explain_design(reading.design, contract(lower(reading.design))):
        out.print(Text(section.title, "bold"))
        out.print(section.body + "\n")
    if svg is not None:
        _write(svg, svg_of(reading.design))
    return Exit.DONE


def validate(file: Path, *, as_json: bool) -> Exit:
    """Print what was found, as text or as JSON."""
    reading = read(file)
    if as_json:
        print(diagnostics_to_json(reading.diagnostics), end="")
    else:
        out = console()
        reading.tell(out)
        if reading.writable is not None:
            out.print(f"{file}: no mistakes")
    return Exit.DONE if reading.writable is not None else Exit.MISTAKES


def schema() -> Exit:
    """Print the JSON Schema of the language."""
    print(json.dumps(schema_of_the_language(), indent=2))
    return Exit.DONE


def design(file: Path, only: str | None) -> Exit:
    """Print the design as JSON, before and after the features."""
    if only not in (None, "written", "lowered"):
        raise Refused(f"A design is not `{only}`.", "write --only written, --only lowered, or leave it out")
    reading = read(file)
    reading.tell(console(stderr=True))
    if reading.design is None:
        return Exit.MISTAKES
    both = {"written": design_to_json(reading.design), "lowered": design_to_json(lower(reading.design))}
    print(json.dumps(both[only] if only else both, indent=2, ensure_ascii=False))
    return Exit.DONE


def _write(place: Path, text: str) -> None:
    try:
        place.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(f"{place} cannot be written: {error.strerror}.", "choose another file") from error
