"""The exact versions, with hashes, that a written project installs: those of `pins.txt` which it can reach."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One pinned package: its requirement with hashes, and the names of what needs it."""

    name: str
    text: str
    needed_by: tuple[str, ...]


def requirements(direct: Iterable[str]) -> str:
    """These packages, by name, and all that they need, as a requirements file. KeyError where one has no pin."""
    pins = read_pins(files("backsmith.writers.python").joinpath("pins.txt").read_text("utf-8"))
    return "".join(pin.text for pin in reachable(pins, direct))


@cache
def read_pins(text: str) -> tuple[Pin, ...]:
    """The pins of a file that `uv pip compile --generate-hashes` wrote, in its order."""
    return tuple(_pin(block) for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if block[:1].isalnum())


def reachable(pins: tuple[Pin, ...], direct: Iterable[str]) -> Iterator[Pin]:
    """The pins of these names and of all that they need, in the order of the file. KeyError where a name has none."""
    known = {pin.name for pin in pins}
    kept, waiting = set[str](), list(direct)
    while waiting:
        name = waiting.pop()
        if name not in known:
            raise KeyError(name)
        if name not in kept:
            kept.add(name)
            waiting += [pin.name for pin in pins if name in pin.needed_by]
    return (pin for pin in pins if pin.name in kept)


def _pin(block: str) -> Pin:
    lines = block.splitlines()
    kept = [line for line in lines if not line.lstrip().startswith("#")]
    notes = " ".join(line.strip().lstrip("# ") for line in lines if line.lstrip().startswith("#"))
    needed_by = tuple(notes.removeprefix("via").split())
    return Pin(name=block.partition("==")[0].partition("[")[0], text="\n".join(kept) + "\n", needed_by=needed_by)
