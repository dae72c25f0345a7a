"""What a written project is told on the command line, whatever its framework."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Arguments of Python: what brings the database to the newest migration, and what serves the application."""

    migrate: tuple[str, ...]
    serve: tuple[str, ...]


FASTAPI = Commands(migrate=("-m", "alembic", "upgrade", "head"), serve=("-m", "app"))
DJANGO = Commands(migrate=("manage.py", "migrate", "--verbosity", "1"), serve=("manage.py", "serve"))


def commands_of(project: Path) -> Commands | None:
    """The commands of a project; None where backsmith did not write it."""
    if (project / "app" / "__main__.py").exists():
        return FASTAPI
    return DJANGO if (project / "config" / "wsgi.py").exists() else None
