"""The pristine text of what was last written, kept in the project itself, so that every clone can evolve."""

import base64
import gzip
import json

from backsmith.writers.tree import File, FileTree, tree

PATH = ".backsmith/base.json.gz"


def with_base(written: FileTree, version: str) -> FileTree:
    """The tree with its own pristine text beside it: the same bytes for the same tree."""
    return tree({**written.files, PATH: File(content=pack(written, version))})


def pack(written: FileTree, version: str) -> bytes:
    """The files as compressed JSON, without a moment in it."""
    files = {path: _packed(file) for path, file in written.files.items()}
    document = json.dumps({"backsmith": version, "files": files}, ensure_ascii=False, sort_keys=True)
    return gzip.compress(document.encode(), mtime=0)


def unpack(packed: bytes) -> FileTree:
    """The files that `pack` was given. Raises ValueError where it is no base."""
    try:
        document = json.loads(gzip.decompress(packed))
        return tree({path: _unpacked(entry) for path, entry in document["files"].items()})
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise ValueError("this is not what backsmith keeps") from error


def _packed(file: File) -> dict[str, str | bool]:
    try:
        entry: dict[str, str | bool] = {"text": file.content.decode()}
    except UnicodeDecodeError:
        entry = {"base64": base64.b64encode(file.content).decode()}
    return entry | ({"executable": True} if file.executable else {})


def _unpacked(entry: dict[str, str | bool]) -> File:
    content = str(entry["text"]).encode() if "text" in entry else base64.b64decode(str(entry["base64"]))
    return File(content=content, executable=bool(entry.get("executable", False)))
