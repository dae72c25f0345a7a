"""What written projects install is pinned, hashed, and names no address."""

from pathlib import Path

import pytest

from backsmith.writers.python.pins import Pin, reachable, read_pins, requirements

ROOT = Path(__file__).parents[1]
PINNED = (
    ROOT / "requirements" / "tool.txt",
    ROOT / "requirements" / "dev.txt",
    ROOT / "requirements" / "bench.txt",
    ROOT / "src" / "backsmith" / "writers" / "python" / "pins.txt",
)
FLOORS = {
    "starlette": (1, 0, 1),
    "pyjwt": (2, 13, 0),
    "python-multipart": (0, 0, 27),
}
BANNED = {"python-jose", "passlib", "motor"}


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_no_address_stands_in_the_file(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith("-")]


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_every_pin_has_a_hash(path: Path) -> None:
    pins = read_pins(path.read_text())
    assert len(pins) >= 10
    assert [pin.name for pin in pins if "--hash=sha256:" not in pin.text] == []


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_floors_hold_and_nothing_banned_is_pinned(path: Path) -> None:
    versions = {pin.name: pin.text.split("==")[1].split()[0] for pin in read_pins(path.read_text())}
    assert not BANNED & set(versions)
    for name, floor in FLOORS.items():
        assert name not in versions or tuple(int(part) for part in versions[name].split(".")) >= floor, name


def test_a_project_installs_what_it_can_reach_and_nothing_else() -> None:
    text = requirements(["fastapi"])
    assert "starlette==" in text
    assert "alembic==" not in text
    assert "#" not in text


def test_needs_are_followed_through_each_other() -> None:
    pins = tuple(
        Pin(name=name, text=name, needed_by=needed_by)
        for name, needed_by in (("a", ()), ("b", ("a",)), ("c", ("b", "x")), ("x", ()))
    )
    assert [pin.name for pin in reachable(pins, ["a"])] == ["a", "b", "c"]
    with pytest.raises(KeyError):
        reachable(pins, ["unknown"])
