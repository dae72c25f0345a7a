"""The folders of these tests, which a PostgreSQL of another user must be able to reach while other tests start."""

import subprocess
import sys
import tempfile
from pathlib import Path

INNER = "def test_it_has_a_folder(tmp_path):\n    assert tmp_path.is_dir()\n"


def test_a_pytest_that_starts_does_not_close_them(tmp_path: Path) -> None:
    top = Path(tempfile.gettempdir()).resolve()
    above = [folder for folder in tmp_path.resolve().parents if folder.is_relative_to(top) and folder != top]
    for folder in above:
        folder.chmod(0o755)
    (tmp_path / "test_inner.py").write_text(INNER)

    inner = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "no:cacheprovider", "test_inner.py"]
    ended = subprocess.run(inner, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout
    assert above, tmp_path
    assert [oct(folder.stat().st_mode & 0o777) for folder in above] == ["0o755"] * len(above)
