"""The servers that are measured: how each is started, one process on one core."""

import json
import os
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from bench.places import BENCH, HOST, PORT, PYTHON, SERVER_CORE, SHOP, WORK, pinned, prefer

ADDRESS = f"http://{HOST}:{PORT}"
ADMIN, PASSWORD = "admin@example.com", "a long enough pass phrase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One way to serve the shop."""

    name: str
    command: tuple[str, ...]
    folder: str = str(BENCH / "peers")


def uvicorn(app: str) -> tuple[str, ...]:
    return ("uvicorn", app, "--host", HOST, "--port", str(PORT), "--no-access-log", "--log-level", "warning")


GUNICORN = ("gunicorn", "-b", f"{HOST}:{PORT}", "-w", "1", "-k", "gthread", "--threads", "4", "--keep-alive", "30")
CEILING = Stack(name="ceiling", command=uvicorn("ceiling:app"))
WRITTEN = Stack(name="written", command=("app",), folder=str(SHOP))
USUAL = Stack(name="fastapi", command=uvicorn("usual:app"))
DRF = Stack(name="drf", command=(*GUNICORN, "drf.wsgi:application"))
TITLES = {
    "ceiling": "ceiling: bare ASGI, SQL by hand",
    "written": "written by backsmith",
    "signed in": "the same, signed in",
    "fastapi": "FastAPI as usually written",
    "drf": "Django REST framework",
}
SETTINGS = {
    "ENVIRONMENT": "production",
    "SMTP_HOST": HOST,
    "METRICS_TOKEN": "only-for-measuring",
    "SECRET_KEY": "only-for-measuring-only-for-measuring",
    "ADMIN_EMAIL": ADMIN,
    "ADMIN_PASSWORD": PASSWORD,
    "RATE_LIMIT": "1000000000/minute",  # counted, and never reached
    "HOST": HOST,
    "PORT": str(PORT),
}


@contextmanager
def served(stack: Stack, url: str, settings: Mapping[str, str] = {}) -> Iterator[psutil.Process]:
    """The process of a server that answers inside the block."""
    if _answers():
        raise SystemExit(f"Something answers on port {PORT} already.")
    environment = {
        **os.environ,
        **SETTINGS,
        "DATABASE_URL": url,
        "PYTHONPATH": f"{stack.folder}:{BENCH / 'hidden'}",
        **settings,
    }
    command = pinned(SERVER_CORE, PYTHON, "-m", *stack.command)
    log = WORK / f"{stack.name}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=stack.folder, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    prefer(process.pid)
    try:
        begun = time.monotonic()
        while not _answers():
            if process.poll() is not None or time.monotonic() - begun > 60:
                raise SystemExit(f"{stack.name} does not start: {log.read_text()[-3000:]}")
            time.sleep(0.05)
        yield psutil.Process(process.pid)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _answers() -> bool:
    try:
        urllib.request.urlopen(f"{ADDRESS}/api/v1/products/1?expand=category", timeout=2).read()
    except OSError as error:
        return isinstance(error, urllib.error.HTTPError)
    return True


def token() -> str:
    """A token of an account of the written shop."""
    form = urllib.parse.urlencode({"username": ADMIN, "password": PASSWORD}).encode()
    with urllib.request.urlopen(f"{ADDRESS}/api/v1/auth/token", form) as answer:
        found: str = json.load(answer)["access_token"]
    return found
