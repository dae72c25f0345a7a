"""Other programs: their outcome, and that none outlives us."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backsmith.project.processes import end, ended_with_us, run

SLEEPER = "import subprocess, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state.strip()[:1] not in ("", "Z")


def test_an_outcome_has_exit_code_and_both_outputs(tmp_path: Path) -> None:
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    outcome = run([sys.executable, "-c", program], tmp_path, os.environ)
    assert outcome.exit == 3
    assert not outcome.good
    assert sorted(outcome.output.split()) == ["err", "out"]


def test_a_program_that_is_not_there_is_an_outcome_too(tmp_path: Path) -> None:
    assert run(["no-such-program"], tmp_path, os.environ).exit == 127


def test_interrupting_ends_the_program_and_its_children() -> None:
    process = subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    with pytest.raises(KeyboardInterrupt), ended_with_us(process):
        raise KeyboardInterrupt
    time.sleep(0.1)
    assert process.poll() is not None
    assert not alive(child)
    process.stdout.close()


def test_what_does_not_listen_is_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    end(process, patience=0.2)
    assert process.returncode == -9
    process.stdout.close()
