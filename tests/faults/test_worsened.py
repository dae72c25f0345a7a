"""The table of worsened projects keeps up with what is written; the faults themselves are a ring of their own."""

import shutil
from pathlib import Path

from .worsened import WORSENED, worsen


def test_every_text_of_the_table_is_there(written: Path, tmp_path: Path) -> None:
    wrong = []
    for name in WORSENED:
        shutil.copytree(written, tmp_path / name)
        try:
            worsen(tmp_path / name, name)
        except ValueError as error:
            wrong.append(str(error))
    assert wrong == []
