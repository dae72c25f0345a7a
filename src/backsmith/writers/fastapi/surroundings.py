"""What surrounds the code of a project: what it installs, and which modules it shares with every other."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from backsmith.design import naming, types
from backsmith.design.model import Design, Field, Rate
from backsmith.writers.fastapi import accounts
from backsmith.writers.fastapi.code import quoted
from backsmith.writers.fastapi.pins import requirements

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

IMPORTS = re.compile(
    r"^\s*(?:from (?P<module>[\w.]+) import (?P<names>\([^)]*\)|[^\n(]+)|import (?P<plain>[\w.]+))", re.MULTILINE
)
EXECUTABLE = frozenset({"bin/check"})
LEFT_OUT = frozenset({"__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache"})
PERIODS = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}
USUAL_RATE = "600/minute"


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
    routers: tuple[str, ...]
    dependencies: tuple[str, ...]
    dev_dependencies: tuple[str, ...]


def project_of(design: Design) -> Project:
    """What is known of the project."""
    snake = naming.snake(design.name)
    title = snake.replace("_", " ").capitalize()
    return Project(
        name=naming.kebab(snake),
        title=title,
        description=f"{title}: a backend.",
        database=snake,
        version=design.api.version,
        rate=USUAL_RATE if design.api.rate is None else _rate(design.api.rate),
        tenant=design.tenant is not None,
        routers=tuple(sorted(entity.plural for entity in design.entities if entity.whole is None)),
        dependencies=tuple(map(quoted, run_time(design))),
        dev_dependencies=tuple(map(quoted, DEVELOPMENT)),
    )


def _rate(rate: Rate) -> str:
    """`100/minute`; a period that has no name is brought to the next smaller one that has."""
    period = max(seconds for seconds in PERIODS if rate.seconds % seconds == 0)
    return f"{max(rate.requests * period // rate.seconds, 1)}/{PERIODS[period]}"


def run_time(design: Design) -> tuple[str, ...]:
    """The packages that the application imports."""
    phones = (PHONE_NUMBERS,) if any(isinstance(type_, types.Phone) for type_ in used_types(design)) else ()
    return tuple(sorted((*RUN_TIME, *phones)))


def used_types(design: Design) -> Iterator[types.Type]:
    """The type of every field, of inputs, outputs and embedded values too."""
    for field in _fields(design):
        yield field.type
        if isinstance(field.type, types.Values):
            yield field.type.item


def _fields(design: Design) -> Iterator[Field]:
    for entity in design.entities:
        yield from entity.fields
        for move in entity.moves:
            yield from move.input
        for action in entity.actions:
            yield from (*action.input, *action.output)
    for embedded in design.embedded:
        yield from embedded.fields


def requirement_files(design: Design) -> dict[str, str]:
    """What is installed to serve the application, and to work on it, by exact version and hash."""
    needed = [_name(package) for package in run_time(design)]
    development = [*needed, *(_name(package) for package in DEVELOPMENT)]
    return {"requirements.txt": requirements(needed), "requirements-dev.txt": requirements(development)}


def _name(requirement: str) -> str:
    return requirement.partition(">=")[0].partition("[")[0]


def part_files(design: Design) -> dict[str, str]:
    """The modules that projects share."""
    modules = accounts.left_out(design) | ({"tenants"} if design.tenant is None else set())
    left_out = {path for module in modules for path in (f"app/auth/{module}.py", f"tests/test_auth_{module}.py")}
    found = {}
    for path in sorted(PARTS.rglob("*")):
        relative = path.relative_to(PARTS)
        if path.is_file() and not LEFT_OUT & set(relative.parts) and relative.as_posix() not in left_out:
            found[relative.as_posix()] = path.read_text("utf-8")
    return found


def without_unused(texts: Mapping[str, str]) -> dict[str, str]:
    """The files without modules of `app/core` that nothing of the application leads to, and without their tests."""
    modules = {path.removesuffix(".py").replace("/", "."): path for path in texts if path.endswith(".py")}
    waiting = [path for path in texts if path.endswith(".py") and not path.startswith(("app/core/", "tests/"))]
    reached = set(waiting)
    while waiting:
        for module in _imported(texts[waiting.pop()]):
            path = modules.get(module)
            if path is not None and path not in reached:
                reached.add(path)
                waiting.append(path)
    unused = {path for path in texts if path.startswith("app/core/") and path.endswith(".py")} - reached
    unused.discard("app/core/__init__.py")
    kept = {module for module, path in modules.items() if path not in unused}
    return {
        path: text
        for path, text in texts.items()
        if path not in unused and not (path.startswith("tests/test_") and _lacks(text, kept))
    }


def _lacks(text: str, modules: set[str]) -> bool:
    """Whether a test imports a module of the application's own parts that this project does not have."""
    named = (module for module in _imported(text) if module.startswith(("app.core.", "app.auth.")))
    return any(module.count(".") == 2 and module not in modules for module in named)


def _imported(text: str) -> Iterator[str]:
    """What is imported, by dotted names; of `from a.b import c` both `a.b` and `a.b.c`, for `c` may be a module."""
    for line in IMPORTS.finditer(text):
        module, listed, plain = line["module"], line["names"], line["plain"]
        if plain:
            yield plain
            continue
        yield module
        for word in re.findall(r"(\w+)(?: as \w+)?,?", listed):
            yield f"{module}.{word}"
