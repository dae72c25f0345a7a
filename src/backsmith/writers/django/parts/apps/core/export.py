"""Lists as files, streamed in batches: no connection is held while a slow reader takes its time."""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import chain
from typing import Any

import msgspec
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from apps.core.caller import Caller
from apps.core.pagination import beyond
from apps.core.rows import Level, Sort, encode
from apps.core.shown import Rows

BATCH = 1000
FORMULA = re.compile(r"[=+@\t\r]|-(?!\d+\.\d{7,}$)")  # text that a spreadsheet takes for a formula (CWE-1236)


def stream(rows: Rows, caller: Caller, found: "QuerySet[Any]", order: Sequence[Sort], format: str) -> StreamingHttpResponse:
    """All rows of a list as a file. What is wrong with the first batch is raised before the answer begins."""
    kind = "text/csv; charset=utf-8" if format == "csv" else "application/jsonl"
    chunks = _chunks(rows, caller, found, order, format)
    headers = {"Content-Disposition": f'attachment; filename="{rows.model._meta.db_table}.{format}"'}
    return StreamingHttpResponse(chain([next(chunks)], chunks), content_type=kind, headers=headers)


def _chunks(rows: Rows, caller: Caller, found: "QuerySet[Any]", order: Sequence[Sort], format: str) -> Iterator[bytes]:
    level = Level(rows, caller, [name for name in rows.fields if name not in rows.assembled])
    keys = [level.add(each.column) for each in order]
    after: list[Any] | None = None
    while True:
        batch = found if after is None else found.filter(beyond(order, after))
        selected = list(level.select(batch.order_by(*(each.directed for each in order)))[:BATCH])
        items = level.fetch(selected, {})
        if format == "csv":
            yield _csv([level.names] if after is None else [], items)
        else:
            yield b"".join(encode(item) + b"\n" for item in items)
        if len(selected) < BATCH:
            return
        after = [selected[-1][place] for place in keys]


def _csv(head: Sequence[Sequence[str]], items: Sequence[Any]) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows(head)
    writer.writerows([_cell(value) for value in msgspec.structs.astuple(item)] for item in items)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) else value
    return "" if value is None or value is msgspec.UNSET else encode(value).decode().strip('"')
