"""What surrounds the code of a project: what it installs, and which modules it shares with every other."""

from dataclasses import dataclass
from pathlib import Path

from backsmith.design import naming, types
from backsmith.design.model import Design
from backsmith.writers.python import parts
from backsmith.writers.python.accounts import left_out
from backsmith.writers.python.code import quoted
from backsmith.writers.python.pins import requirements
from backsmith.writers.python.project import USUAL_RATE, distribution, rate_of, used_types

PARTS = Path(__file__).parent / "parts"

RUN_TIME = (
    "aiosqlite>=0.22",
    "alembic>=1.20",
    "argon2-cffi>=25.1",
    "asyncpg>=0.31",
    "email-validator>=2.3",
    "fastapi>=0.165",
    "fastapi-offline>=1.7.7",
    "httptools>=0.7; sys_platform != 'win32'",
    "msgspec>=0.20",
    "prometheus-client>=0.23",
    "pydantic>=2.14",
    "pydantic-settings>=2.12",
    "pyjwt>=2.13",
    "python-multipart>=0.0.27",
    "sqlalchemy[asyncio]>=2.1",
    "starlette>=1.0.1",
    "structlog>=25.5",
    "uvicorn>=0.54",
    "uvloop>=0.22; sys_platform != 'win32'",
)
PHONE_NUMBERS = "phonenumbers>=9.0"
DEVELOPMENT = (
    "asyncpg-stubs>=0.31",
    "httpx2>=2",
    "mypy>=1.18",
    "openapi-spec-validator>=0.7",
    "pytest>=9",
    "pytest-asyncio>=1.3",
    "pytest-cov>=7",
    "pytest-timeout>=2.4",
    "pytest-xdist>=3.8",
    "ruff>=0.14",
)

EXECUTABLE = frozenset({"bin/check"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What the files around the code say of the project."""

    name: str
    title: str
    description: str
    database: str
    version: str
    rate: str
    tenant: bool
    """Whether requests are about a tenant."""
    imported: tuple[str, ...]
    """The modules of endpoints, as `app.main` imports them."""
    routers: tuple[str, ...]
    """What it calls them."""
    dependencies: tuple[str, ...]
    dev_dependencies: tuple[str, ...]


IN_MAIN = frozenset(
    {
        *("api", "app", "auth", "docs", "entities", "errors", "health", "limits", "logs", "middleware", "routes"),
        *("settings", "startup", "tenants", "title", "version", "worker"),
    }
)
"""What `app.main` means by these words."""


def _in_main(module: str) -> str:
    """What `app.main` calls a module of endpoints."""
    return f"{module}_" if module in IN_MAIN else module


def project_of(design: Design) -> Project:
    """What is known of the project."""
    snake = naming.snake(design.name)
    routers = {each: _in_main(each) for each in sorted(each.plural for each in design.entities if each.whole is None)}
    title = snake.replace("_", " ").capitalize()
    return Project(
        name=naming.kebab(snake),
        title=title,
        description=f"{title}: a backend.",
        database=snake,
        version=design.api.version,
        rate=USUAL_RATE if design.api.rate is None else rate_of(design.api.rate),
        tenant=design.tenant is not None,
        imported=tuple(each if each == called else f"{each} as {called}" for each, called in routers.items()),
        routers=tuple(routers.values()),
        dependencies=tuple(map(quoted, run_time(design))),
        dev_dependencies=tuple(map(quoted, DEVELOPMENT)),
    )


def run_time(design: Design) -> tuple[str, ...]:
    """The packages that the application imports."""
    phones = (PHONE_NUMBERS,) if any(isinstance(type_, types.Phone) for type_ in used_types(design)) else ()
    return tuple(sorted((*RUN_TIME, *phones)))


def requirement_files(design: Design) -> dict[str, str]:
    """What is installed to serve the application, and to work on it, by exact version and hash."""
    needed = [distribution(package) for package in run_time(design)]
    development = [*needed, *(distribution(package) for package in DEVELOPMENT)]
    return {"requirements.txt": requirements(needed), "requirements-dev.txt": requirements(development)}


def part_files(design: Design) -> dict[str, str]:
    """The modules that projects share."""
    modules = left_out(design)
    absent = {path for module in modules for path in (f"app/auth/{module}.py", f"tests/test_auth_{module}.py")}
    return parts.part_files(PARTS, "app", absent)
