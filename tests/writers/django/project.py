"""A Django project with the tables of a design, and an interpreter that runs it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from backsmith.design.model import Design
from backsmith.writers.django import code, names

PYTHON = os.environ.get("DJANGO_PYTHON", sys.executable)
"""The interpreter that has Django; this one need not have it."""
PARTS = Path(code.__file__).parent / "parts"
CORE = (
    "__init__",
    "arithmetic",
    "caller",
    "clock",
    "fields",
    "models",
    "overlap",
    "sql",
    "sqlite",
    "statements",
    "uuids",
)
OTHER_TABLES = re.compile(r"^from apps\.core\.(?:idempotency|jobs) .*\n", re.MULTILINE)
"""The tables of `apps.core` that requests and jobs need."""
SETTINGS = """import os
from urllib.parse import parse_qs, urlsplit

SECRET_KEY, USE_TZ, TIME_ZONE = "for tests", True, "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = {apps}
found = urlsplit(os.environ["DATABASE_URL"])
server = {{"USER": found.username, "PASSWORD": found.password or "", "PORT": found.port or ""}}
server["HOST"] = found.hostname or parse_qs(found.query).get("host", [""])[0]
sqlite = found.scheme == "sqlite"
engine = "django.db.backends." + ("sqlite3" if sqlite else "postgresql")
DATABASES = {{"default": {{"ENGINE": engine, "NAME": found.path[1:], **({{}} if sqlite else server)}}}}
"""
APP = """from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CoreConfig(AppConfig):
    name = "apps.core"

    def ready(self) -> None:
        from apps.core import sqlite

        connection_created.connect(sqlite.prepare)
"""


def write_project(folder: Path, design: Design) -> None:
    """The project, without what answers requests."""
    core = folder / "apps" / "core"
    core.mkdir(parents=True)
    for module in CORE:
        text = (PARTS / "apps" / "core" / f"{module}.py").read_text("utf-8")
        (core / f"{module}.py").write_text(OTHER_TABLES.sub("", text))
    (core / "apps.py").write_text(APP)
    (folder / "apps" / "__init__.py").touch()
    (folder / "config").mkdir()
    (folder / "config" / "__init__.py").touch()
    labels = ["apps.core", *(f"apps.{label}" for label in names.apps(design))]
    (folder / "config" / "settings.py").write_text(SETTINGS.format(apps=labels))
    for path, text in code.files(design).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def django(folder: Path, url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of Django in the project."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [PYTHON, "-m", "django", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


EMPTY = """
from django.db import connection
if connection.vendor == "postgresql":
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
"""


def emptied(folder: Path, url: str) -> None:
    """Leave nothing of other designs in the database."""
    done = django(folder, url, "shell", "--no-imports", "--command", EMPTY)
    assert done.returncode == 0, done.stderr


def lacks_django() -> bool:
    """Whether there is no interpreter that has Django."""
    found: Any = shutil.which(PYTHON)
    return not found or bool(
        subprocess.run([PYTHON, "-c", "import django"], capture_output=True, check=False).returncode
    )
