"""Whoever asks: connections that each send a request when the last one is answered, by wrk or, without it, by us."""

import asyncio
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.databases import SHOP_SIZE
from bench.places import BENCH, HOST, OTHER_CORE, PORT, PYTHON, ROOT, WORK, pinned, prefer

CONNECTIONS = 32
KINDS = ("item", "list", "nested", "insert")
TITLES = {
    "item": "one product with its category",
    "list": "50 products of a category, sorted, with their total",
    "nested": "50 orders with customer, lines and products",
    "insert": "a new product",
}


def requests(kind: str, seed: int, count: int = 1000) -> list[str]:
    """Lines of method, path and body."""
    dice = random.Random(seed)
    return [_request(kind, dice) for _ in range(count)]


def _request(kind: str, dice: random.Random) -> str:
    category, price = dice.randint(1, 50), dice.randint(1, 100)
    match kind:
        case "item":
            return f"GET /api/v1/products/{dice.randint(1, SHOP_SIZE.products)}?expand=category"
        case "list":
            asked = f"category={category}&price__gte={price}&sort=-price&limit=50&count=true"
            return f"GET /api/v1/products?{asked}"
        case "nested":
            order = dice.randint(1000, SHOP_SIZE.orders)
            return f"GET /api/v1/orders?id__lt={order}&expand=customer,lines.product&limit=50"
    body = {"sku": "{n}", "name": "New product", "description": "lorem ipsum " * 16, "price": f"{price}.99"}
    return "POST /api/v1/products " + json.dumps({**body, "stock": 5, "category": category})


def load(lines: list[str], seconds: float, run: str, token: str = "", connections: int = CONNECTIONS) -> dict[str, Any]:
    """Ask for so many seconds: requests, microseconds, p50 and p99 in microseconds, and how many answers were bad."""
    file = WORK / "requests.txt"
    file.write_text("\n".join(lines))
    environment = {**os.environ, "REQUESTS": str(file), "RUN": run} | ({"TOKEN": token} if token else {})
    wrk = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "--latency",
        "-s",
        str(BENCH / "requests.lua"),
    ]
    own = [str(PYTHON), "-m", "bench.load", str(file), str(seconds), run, token, str(connections)]
    command = [*wrk, f"http://{HOST}:{PORT}"] if shutil.which("wrk") else own
    with subprocess.Popen(
        pinned(OTHER_CORE, *command),
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        prefer(process.pid)
        found: dict[str, Any] = json.loads(process.communicate()[0].split("@@")[1])
    return found


async def _asked(
    lines: list[bytes], until: float, token: str, run: str, numbers: Iterator[int]
) -> list[tuple[float, bool]]:
    reader, writer = await asyncio.open_connection(HOST, PORT)
    answers = []
    for line in itertools.cycle(lines):
        method, path, body = (*line.split(b" ", 2), b"")[:3]
        body = body.replace(b"{n}", f"{run}-{next(numbers)}".encode())
        head = b"%s %s HTTP/1.1\r\nHost: shop\r\nContent-Length: %d\r\n" % (method, path, len(body))
        who = f"Authorization: Bearer {token}\r\n".encode() if token else b""
        begun = time.perf_counter()
        writer.write(head + who + b"Content-Type: application/json\r\n\r\n" + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(int(each[15:]) for each in answer.split(b"\r\n") if each.lower().startswith(b"content-length"))
        await reader.readexactly(length)
        ended = time.perf_counter()
        answers.append((ended - begun, answer[9:10] == b"2"))
        if ended > until:
            break
    writer.close()
    return answers


async def _main(file: str, seconds: str, run: str, token: str, connections: str) -> None:
    lines, numbers = Path(file).read_bytes().splitlines(), itertools.count()
    begun = time.perf_counter()
    asking = [_asked(lines[each:], begun + float(seconds), token, run, numbers) for each in range(int(connections))]
    answers = sorted(itertools.chain(*await asyncio.gather(*asking)))
    us = (time.perf_counter() - begun) * 1e6
    at = {f"p{each}": answers[len(answers) * each // 100][0] * 1e6 for each in (50, 99)}
    print("@@" + json.dumps({"requests": len(answers), "us": us, **at, "bad": sum(not good for _, good in answers)}))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
