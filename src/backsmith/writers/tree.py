"""The files of a project as a value in memory, so that writing, comparing and hashing a project need no disk."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What a file holds, and whether it may be run."""

    content: bytes
    executable: bool = False

    @property
    def text(self) -> str:
        """The content as UTF-8."""
        return self.content.decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTree:
    """Files by their path from the root of the project, with `/`, in the order of their paths."""

    files: Mapping[str, File] = field(default_factory=dict)

    def __getitem__(self, path: str) -> File:
        return self.files[path]

    def __contains__(self, path: str) -> bool:
        return path in self.files

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    @property
    def hash(self) -> str:
        """SHA-256 over every path, mode and content: equal for equal trees."""
        digest = hashlib.sha256()
        for path, file in self.files.items():
            digest.update(f"{path}\0{int(file.executable)}\0{len(file.content)}\0".encode())
            digest.update(file.content)
        return digest.hexdigest()


def file(text: str, *, executable: bool = False) -> File:
    """A text file in UTF-8."""
    return File(content=text.encode(), executable=executable)


def tree(files: Mapping[str, File]) -> FileTree:
    """These files in the order of their paths."""
    return FileTree(files=dict(sorted(files.items())))
