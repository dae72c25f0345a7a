"""Each option of the language in a folder: `backend.yaml`, and under `written/` the files that it is about.

`UPDATE=1 pytest tests/writers/test_cases.py` writes the files anew; read the difference before committing it. A file
that does not exist yet is first made by `touch`.
"""

import os
from pathlib import Path

import pytest

from backsmith.contract import contract
from backsmith.features import lower
from backsmith.readers.blueprint import read_blueprint
from backsmith.writers.frameworks import unsupported, write
from backsmith.writers.tree import FileTree

CASES = Path(__file__).parents[1] / "cases"
OPTIONS = sorted(folder.parent for folder in CASES.glob("*/written"))


def written(folder: Path) -> FileTree:
    source = (folder / "backend.yaml").read_text("utf-8")
    result = read_blueprint(source, "backend.yaml")
    assert result.design is not None, result.diagnostics
    assert [found for found in result.diagnostics if found.severity == "error"] == []
    assert unsupported(result.design) == ()
    design = lower(result.design)
    return write(design, contract(design))


@pytest.mark.parametrize("folder", OPTIONS, ids=lambda folder: folder.name)
def test_what_is_written(folder: Path) -> None:
    tree = written(folder)
    for committed in sorted((folder / "written").rglob("*.*")):
        path = committed.relative_to(folder / "written").as_posix()
        assert path in tree, f"{path} is not written any more"
        if os.environ.get("UPDATE"):
            committed.write_text(tree[path].text, "utf-8")
        assert committed.read_text("utf-8") == tree[path].text, f"{folder.name}: {path} is written otherwise (UPDATE=1)"
