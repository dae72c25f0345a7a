"""Whether what a page costs grows with its depth or with the table, and how writing grows with the design."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

import backsmith
from bench import databases
from bench.databases import Size
from bench.servers import ADDRESS, WRITTEN, served

SIZES = (Size(1_000, 0), Size(100_000, 0), Size(1_000_000, 0))
SORTS = ("-price", "category", "-id")
DEEPEST, TIMES = 100_000, 30
ENTITIES = (25, 50, 100, 200)

ENTITY = """
  Thing{name}:
    fields:
      name: str(80) unique
      size: int >= 0 index
      before: Thing{before}?
      kind: a|b = a
      due: date?
    access: {{read: anyone, create: signed_in, write: staff}}
    moves:
      finish: {{from: a, to: b, by: staff}}
"""


def pages() -> list[tuple[int, str, int, float]]:
    """Milliseconds of a page, by the rows of the table, the sort, and how many rows are before it."""
    found = []
    for size in SIZES:
        with served(WRITTEN, databases.postgresql(size)):
            for sort in SORTS:
                depth = min(size.products // 2, DEEPEST)
                found.append((size.products, sort, 0, _milliseconds(_path(sort))))
                found.append((size.products, sort, depth, _milliseconds(_path(sort, cursor=_at(sort, depth)))))
                print(*found[-2:], flush=True)
    return found


def _path(sort: str, **more: str) -> str:
    asked = {"sort": sort, "limit": "50", **more}
    return f"/api/v1/products?{urllib.parse.urlencode(asked)}"


def _at(sort: str, depth: int) -> str:
    """The cursor behind so many rows, found as a client does: page by page."""
    cursor = _answer(_path(sort, limit="200"))["next"]
    for _ in range(depth // 200 - 1):
        cursor = _answer(_path(sort, limit="200", cursor=cursor))["next"]
    return cursor


def _answer(path: str) -> dict[str, str]:
    with urllib.request.urlopen(ADDRESS + path) as answer:
        found: dict[str, str] = json.load(answer)
    return found


def _milliseconds(path: str) -> float:
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        _answer(path)
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def writing() -> Iterator[tuple[int, float]]:
    """Seconds that writing takes, by the number of entities."""
    for count in ENTITIES:
        names = ["".join(chr(65 + int(digit)) for digit in f"{each:03}") for each in range(count)]
        entities = "".join(ENTITY.format(name=name, before=before) for before, name in pairwise([names[-1], *names]))
        begun = time.perf_counter()
        result = backsmith.read(f"backend: many\nauth: {{roles: [member, staff, admin]}}\nentities:\n{entities}")
        if result.design is None:
            raise SystemExit(result.diagnostics[0].message)
        backsmith.write(result.design)
        yield count, time.perf_counter() - begun


def growth(found: list[tuple[int, float]]) -> float:
    """How the last doubling of the design multiplies the time of writing it; 2 is linear."""
    return median(later / earlier for (_, earlier), (_, later) in pairwise(found[-3:]))
