"""Putting a tree on disk: all or nothing, and never over anything."""

import stat
from pathlib import Path

import pytest

from backsmith.project.base import PATH, pack, unpack, with_base
from backsmith.project.failure import Failure, Refused
from backsmith.project.files import put
from backsmith.writers.tree import File, file, tree

TREE = tree({"app/main.py": file("print()\n"), "bin/check": file("#!/bin/sh\n", executable=True), "a.txt": file("ä\n")})


def test_all_files_are_written_with_their_modes(tmp_path: Path) -> None:
    put(TREE, tmp_path / "shop")
    assert (tmp_path / "shop/a.txt").read_text("utf-8") == "ä\n"
    assert (tmp_path / "shop/bin/check").stat().st_mode & stat.S_IXUSR
    assert not (tmp_path / "shop/app/main.py").stat().st_mode & stat.S_IXUSR
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_is_there_is_never_overwritten(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "shop"
    match kind:
        case "folder":
            target.mkdir()
        case "file":
            target.write_text("mine")
        case _:
            target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Refused, match="is there already"):
        put(TREE, target)
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]
    if kind == "file":
        assert target.read_text() == "mine"
    elif kind == "folder":
        assert list(target.iterdir()) == []


def test_a_missing_parent_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no folder"):
        put(TREE, tmp_path / "a" / "shop")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    written = Path.write_bytes

    def interrupted(path: Path, data: bytes) -> int:
        if path.name == "check":
            raise interruption
        return written(path, data)

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(interruption):
        put(TREE, tmp_path / "shop")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refused)
    with pytest.raises(Failure, match="Permission denied"):
        put(TREE, tmp_path / "shop")


# The pristine text


def test_the_base_holds_every_file_and_is_the_same_twice() -> None:
    mixed = tree({**TREE.files, "logo.png": File(content=b"\x89PNG\xff")})
    packed = pack(mixed, "0.1.0")
    assert packed == pack(mixed, "0.1.0")
    assert unpack(packed).files == mixed.files


def test_a_project_carries_its_base_beside_its_files() -> None:
    carried = with_base(TREE, "0.1.0")
    assert set(carried) == {*TREE, PATH}
    assert unpack(carried[PATH].content).hash == TREE.hash


@pytest.mark.parametrize("packed", [b"", b"no gzip", pack(TREE, "1")[:40]])
def test_what_is_no_base_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match="not what backsmith keeps"):
        unpack(packed)
