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
from pathlib import Path

import psutil

from bench.places import BENCH, DJANGO_SHOP, HOST, PORT, PYTHON, SERVER_CORE, SHOP, WORK, pinned, prefer

ADDRESS = f"http://{HOST}:{PORT}"
ADMIN, PASSWORD = "admin@example.com", "a long enough pass phrase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One way to serve the shop."""

    name: str
    command: tuple[str, ...]
    folder: Path = BENCH / "peers"
    shop: Path = SHOP
    """Whose tables it serves."""

    signed_in: str | None = None
    """What it is called when it is asked with the token of an account too."""


def uvicorn(app: str) -> tuple[str, ...]:
    return ("-m", "uvicorn", app, "--host", HOST, "--port", str(PORT), "--no-access-log", "--log-level", "warning")


GUNICORN = (
    "-m",
    "gunicorn",
    "-b",
    f"{HOST}:{PORT}",
    "-w",
    "1",
    "-k",
    "gthread",
    "--threads",
    "4",
    "--keep-alive",
    "30",
)
CEILING = Stack(name="ceiling", command=uvicorn("ceiling:app"))
WRITTEN = Stack(name="written", command=("-m", "app"), folder=SHOP, signed_in="signed in")
DJANGO = Stack(
    name="django",
    command=("manage.py", "serve"),
    folder=DJANGO_SHOP,
    shop=DJANGO_SHOP,
    signed_in="django signed in",
)
USUAL = Stack(name="fastapi", command=uvicorn("usual:app"))
DRF = Stack(name="drf", command=(*GUNICORN, "drf.wsgi:application"))
TITLES = {
    "ceiling": "ceiling: bare ASGI, SQL by hand",
    "written": "written by backsmith",
    "signed in": "the same, signed in",
    "django": "written by backsmith on Django",
    "django signed in": "on Django, signed in",
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
    command = pinned(SERVER_CORE, PYTHON, *stack.command)
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
    """A token of an account of the written shop that is served."""
    form = urllib.parse.urlencode({"username": ADMIN, "password": PASSWORD}).encode()
    with urllib.request.urlopen(f"{ADDRESS}/api/v1/auth/token", form) as answer:
        found: str = json.load(answer)["access_token"]
    return found
