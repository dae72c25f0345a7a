"""Lists as files, streamed in batches: no connection is held while a slow reader takes its time."""

import csv
import re
from collections.abc import AsyncIterator, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import Response
from fastapi.responses import StreamingResponse

from app.core import database, queries, statements
from app.core.caller import Caller

if TYPE_CHECKING:
    from app.core.views import View

BATCH = 1000
FORMULA = re.compile(r"[=+@\t\r]|-(?!\d+\.\d{7,}$)")  # text that a spreadsheet takes for a formula (CWE-1236)

encode = msgspec.json.Encoder(decimal_format="string").encode


async def stream(view: "View", caller: Caller, query: queries.Query) -> Response:
    """All rows of a list as a file. What is wrong with the first batch is raised before the answer begins."""
    kind = "text/csv; charset=utf-8" if query.format == "csv" else "application/jsonl"
    chunks = _chunks(view, caller, query)
    first = await anext(chunks)
    headers = {"Content-Disposition": f'attachment; filename="{view.model.__tablename__}.{query.format}"'}
    return StreamingResponse(_from(first, chunks), media_type=kind, headers=headers)


async def _from(first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in chunks:
        yield chunk


async def _chunks(view: "View", caller: Caller, query: queries.Query) -> AsyncIterator[bytes]:
    query.limit, after, head = BATCH - 1, None, True
    while True:
        plan, values = view.listed(caller, query, after)
        async with database.reading() as db:
            rows = await statements.rows(db, plan.statement, values)
            items = await plan.level.fetch(db, values, rows)
        if query.format == "csv":
            yield _csv([plan.level.names] if head else [], items)
        else:
            yield b"".join(encode(item) + b"\n" for item in items)
        if len(rows) < BATCH:
            return
        after, head = [rows[-1][place] for place in plan.keys], False


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
