"""The figures as Markdown, and as a plot."""

import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from xml.sax.saxutils import escape

from bench.compare import Measured, medians, shares
from bench.load import KINDS
from bench.load import TITLES as ASKED
from bench.servers import TITLES

PACKAGES = ("FastAPI", "SQLAlchemy", "asyncpg", "aiosqlite", "Django", "djangorestframework")
COLORS = {
    "ceiling": "#9aa0a6",
    "written": "#0b6e4f",
    "signed in": "#5fb49c",
    "django": "#4464ad",
    "django signed in": "#9bb1e0",
    "fastapi": "#d08c60",
    "drf": "#b56576",
}
LEFT, WIDTH, ROW, GAP = 290, 420, 17, 14


def machine() -> str:
    """When and on what, in general words."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{date.today()}, two shared virtual cores, Python {platform.python_version()}, PostgreSQL 18, {packages}"


def table(found: Sequence[Measured]) -> str:
    """By stack: the share of the ceiling's throughput per core, with the server's CPU per request."""
    kinds = [kind for kind in KINDS if any(one.kind == kind for one in found)]
    share, middle = shares(found), medians(found)
    lines = ["| | " + " | ".join(kinds) + " | at rest |", "| --- |" + " --- |" * (len(kinds) + 1)]
    for stack in dict.fromkeys(one.stack for one in found):
        cells = [f"{share[stack, kind]:.2f} ({_time(middle[stack, kind]['cpu'])})" for kind in kinds]
        lines.append(f"| {TITLES[stack]} | " + " | ".join(cells) + f" | {middle[stack, kinds[0]]['memory']:.0f} MB |")
    return "\n".join(lines)


def _time(microseconds: float) -> str:
    return f"{microseconds:.0f} us" if microseconds < 10_000 else f"{microseconds / 1000:.1f} ms"


def plot(found: Sequence[Measured]) -> str:
    """The shares as bars, in SVG."""
    share = shares(found)
    stacks = [name for name in dict.fromkeys(one.stack for one in found) if name != "ceiling"]
    kinds = [kind for kind in KINDS if any(one.kind == kind for one in found)]
    parts, top = list[str](), 44
    for kind in kinds:
        parts.append(_text(LEFT - 12, top + ROW * len(stacks) / 2 + 4, ASKED[kind], "end", "#333"))
        for stack in stacks:
            parts.append(_bar(top, share[stack, kind], COLORS[stack]))
            top += ROW
        top += GAP
    marks = [_mark(each / 4, top - GAP) for each in range(5)]
    legend = [_legend(place, stack, top + 12) for place, stack in enumerate(stacks)]
    title = _text(
        LEFT, 20, "Throughput per core, as a share of bare ASGI with SQL by hand on the same driver", "start", "#111"
    )
    size = f'width="{LEFT + WIDTH + 60}" height="{top + 40}" viewBox="0 0 {LEFT + WIDTH + 60} {top + 40}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    ground = '<rect width="100%" height="100%" fill="white"/>'
    return "\n".join([head, ground, title, *marks, *parts, *legend, "</svg>", ""])


def _bar(top: float, value: float, color: str) -> str:
    bar = f'<rect x="{LEFT}" y="{top + 2}" width="{value * WIDTH:.0f}" height="{ROW - 3}" fill="{color}"/>'
    return bar + _text(LEFT + value * WIDTH + 5, top + ROW - 5, f"{value:.2f}", "start", "#333")


def _mark(value: float, bottom: float) -> str:
    x = LEFT + value * WIDTH
    line = f'<line x1="{x}" y1="36" x2="{x}" y2="{bottom}" stroke="#ddd"/>'
    return line + _text(x, 34, f"{value:g}", "middle", "#888")


def _legend(place: int, stack: str, y: float) -> str:
    x = 20 + place * 175
    return f'<rect x="{x}" y="{y}" width="11" height="11" fill="{COLORS[stack]}"/>' + _text(
        x + 16, y + 10, TITLES[stack], "start", "#333"
    )


def _text(x: float, y: float, text: str, anchor: str, color: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{color}">{escape(text)}</text>'


def pages(found: Sequence[tuple[int, str, int, float]]) -> str:
    """Milliseconds of a page, by sort and depth, for each size of the table."""
    sizes = list(dict.fromkeys(row[0] for row in found))
    lines = ["| sorted by | page | " + " | ".join(f"{size:,} rows" for size in sizes) + " |"]
    lines.append("| --- | --- |" + " --- |" * len(sizes))
    for sort in dict.fromkeys(row[1] for row in found):
        for deep in (False, True):
            row = {size: (depth, time) for size, known, depth, time in found if known == sort and bool(depth) is deep}
            cells = [f"{time:.1f} ms" + (f" ({depth:,} deep)" if deep else "") for depth, time in row.values()]
            lines.append(f"| `{sort}` | {'deep' if deep else 'first'} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def document(parts: Mapping[str, str]) -> str:
    """All that was measured: Markdown by title."""
    sections = [f"## {title}\n\n{text}" for title, text in parts.items()]
    return "\n\n".join(["# What a request costs", f"Measured by `bench/run` on {machine()}.", *sections]) + "\n"
