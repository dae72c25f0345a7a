"""What surrounds the code of a project: what it installs, and which modules it shares with every other."""

from dataclasses import dataclass
from pathlib import Path

from backsmith.design import naming, types
from backsmith.design.model import Design
from backsmith.writers.django import names
from backsmith.writers.python import parts
from backsmith.writers.python.accounts import left_out
from backsmith.writers.python.code import quoted
from backsmith.writers.python.pins import requirements
from backsmith.writers.python.project import USUAL_RATE, distribution, rate_of, used_types

PARTS = Path(__file__).parent / "parts"

RUN_TIME = (
    "a2wsgi>=1.10",
    "argon2-cffi>=25.1",
    "django>=5.2.16",
    "django-cors-headers>=4.9",
    "django-filter>=25.2",
    "django-unfold>=0.90",
    "djangorestframework>=3.18",
    "drf-spectacular>=0.30",
    "drf-spectacular-sidecar>=2026.1",
    "email-validator>=2.3",
    "httptools>=0.7; sys_platform != 'win32'",
    "msgspec>=0.20",
    "prometheus-client>=0.23",
    "psycopg[binary,pool]>=3.3",
    "pydantic-settings>=2.12",
    "pyjwt>=2.13",
    "structlog>=25.5",
    "uvicorn>=0.54",
    "uvloop>=0.22; sys_platform != 'win32'",
    "whitenoise>=6.9",
)
PHONE_NUMBERS = "phonenumbers>=9.0"
DEVELOPMENT = (
    "django-stubs>=6",
    "djangorestframework-stubs>=3.18",
    "factory-boy>=3.3",
    "mypy>=1.18",
    "openapi-spec-validator>=0.7",
    "pytest>=9",
    "pytest-cov>=7",
    "pytest-django>=4.12",
    "pytest-timeout>=2.4",
    "pytest-xdist>=3.8",
    "ruff>=0.14",
)

EXECUTABLE = frozenset({"bin/check", "manage.py"})
ACCOUNTS = f"apps/{names.ACCOUNTS}"


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
    apps: tuple[str, ...]
    routed: tuple[str, ...]
    """The apps that have paths."""
    dependencies: tuple[str, ...]
    dev_dependencies: tuple[str, ...]


def project_of(design: Design) -> Project:
    """What is known of the project."""
    snake = naming.snake(design.name)
    title = snake.replace("_", " ").capitalize()
    own = [label for label in names.apps(design) if label != names.ACCOUNTS]
    history = ["history"] if any(entity.history for entity in design.entities) else []
    return Project(
        name=naming.kebab(snake),
        title=title,
        description=f"{title}: a backend.",
        database=snake,
        version=design.api.version,
        rate=USUAL_RATE if design.api.rate is None else rate_of(design.api.rate),
        tenant=design.tenant is not None,
        apps=tuple(sorted([*own, *history])),
        routed=tuple(sorted(own)),
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
    development = [*needed, *map(distribution, DEVELOPMENT)]
    return {"requirements.txt": requirements(needed), "requirements-dev.txt": requirements(development)}


def part_files(design: Design) -> dict[str, str]:
    """The modules that projects share."""
    modules = left_out(design)
    absent = {path for module in modules for path in (f"{ACCOUNTS}/{module}.py", f"tests/test_auth_{module}.py")}
    absent |= {f"{ACCOUNTS}/apps.py"} if "tenants" in modules else set()
    absent |= set() if design.api.links else {"apps/core/hyperlinks.py"}
    absent |= set() if any(entity.history for entity in design.entities) else {"apps/history"}
    absent |= set() if PHONE_NUMBERS in run_time(design) else {"apps/core/phones.py"}
    return parts.part_files(PARTS, "apps", absent)
