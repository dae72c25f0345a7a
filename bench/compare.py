"""Every stack once, then again: what a request costs each server, as a share of what it costs the ceiling."""

import json
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bench import databases
from bench.load import KINDS, load, requests
from bench.servers import ADDRESS, CEILING, Stack, served, token

TURN, LONGEST = 2, 6
"""Seconds of one call of the load generator, and how many calls there are at most for one figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One server on one endpoint in one round. `cpu`: its own microseconds a request; `memory`: MB at rest.

    Memory is the proportional set: what processes share counts once (`smaps_rollup` in proc(5)).
    """

    round: int
    stack: str
    kind: str
    cpu: float
    rate: float
    p99: float
    busy: float
    memory: float
    bad: int


def compare(
    urls: Mapping[Path, str], stacks: Sequence[Stack], rounds: int, seconds: float, kinds: Sequence[str] = KINDS
) -> list[Measured]:
    """Measure these stacks in alternating rounds, each on the database of the shop whose tables it serves."""
    found: list[Measured] = []
    for turn in range(rounds):
        for stack in stacks:
            with served(stack, urls[stack.shop]) as process:
                memory = _memory(process)
                who = {stack.name: ""} | ({stack.signed_in: token()} if stack.signed_in else {})
                for name, secret in who.items():
                    for kind in kinds:
                        found.append(_measure(process, turn, name, kind, seconds, secret, memory))
                        print(_line(found[-1]), flush=True)
            databases.clean(urls[stack.shop])
    return found


def _measure(
    process: psutil.Process, turn: int, stack: str, kind: str, seconds: float, secret: str, memory: float
) -> Measured:
    lines, run = requests(kind, turn), f"{time.time_ns() // 10**6 % 10**9}"
    connections = 8 if kind == "nested" else 32  # few enough that what is in flight at the end is little
    _asked(process, lines, seconds / 2, f"{run}w", secret, connections)
    used, wall, answers = _asked(process, lines, seconds, run, secret, connections)
    good = sum(each["requests"] - each["bad"] for each in answers)
    return Measured(
        round=turn,
        stack=stack,
        kind=kind,
        cpu=used / max(good, 1) * 1e6,
        rate=good / sum(each["us"] for each in answers) * 1e6,
        p99=median(each["p99"] for each in answers) / 1000,
        busy=used / wall,
        memory=memory,
        bad=sum(each["bad"] for each in answers),
    )


def _asked(
    process: psutil.Process, lines: list[str], seconds: float, run: str, secret: str, connections: int
) -> tuple[float, float, list[dict[str, Any]]]:
    """Ask until the server has used so many seconds of its core: those, the seconds that passed, and the answers."""
    before, begun, answers = _cpu(process), time.perf_counter(), list[dict[str, Any]]()
    while not answers or (_cpu(process) - before < seconds and len(answers) < LONGEST):
        answers.append(load(lines, TURN, f"{run}-{len(answers)}", secret, connections))
    return _cpu(process) - before, time.perf_counter() - begun, answers


def _cpu(process: psutil.Process) -> float:
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def _memory(process: psutil.Process) -> float:
    return sum(each.memory_full_info().pss for each in (process, *process.children(recursive=True))) / 1e6


def _line(one: Measured) -> str:
    tail = f" {one.bad} BAD" if one.bad else ""
    figures = f"{one.cpu:7.0f} us {one.rate:7.0f}/s p99 {one.p99:6.1f} ms busy {one.busy:.2f} {one.memory:.0f} MB"
    return f"{one.round} {one.stack:17}{one.kind:8}{figures}{tail}"


def shares(found: Iterable[Measured]) -> dict[tuple[str, str], float]:
    """By stack and endpoint: the ceiling's CPU per request over the stack's, the median of the ratios within rounds."""
    cpu = {(one.round, one.stack, one.kind): one.cpu for one in found}
    ratios: dict[tuple[str, str], list[float]] = defaultdict(list)
    for (turn, stack, kind), used in cpu.items():
        ratios[stack, kind].append(cpu[turn, CEILING.name, kind] / used)
    return {key: median(each) for key, each in ratios.items()}


def medians(found: Iterable[Measured]) -> dict[tuple[str, str], dict[str, float]]:
    """By stack and endpoint: the medians of what was measured."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        rows[one.stack, one.kind].append(asdict(one))
    names = ("cpu", "rate", "p99", "busy", "memory")
    return {key: {name: median(row[name] for row in each) for name in names} for key, each in rows.items()}


def check_alike(urls: Mapping[Path, str], stacks: Sequence[Stack]) -> None:
    """Raises SystemExit where two stacks answer something else: numbers as text, moments by their UTC seconds."""
    asked = [requests(kind, 7, 1)[0] for kind in ("item", "list", "nested")]
    answers: dict[str, list[Any]] = {}
    for stack in stacks:
        with served(stack, urls[stack.shop]):
            answers[stack.name] = [
                _plain(json.load(urllib.request.urlopen(ADDRESS + line.split()[1]))) for line in asked
            ]
    first, *others = answers
    for other in others:
        for line, left, right in zip(asked, answers[first], answers[other], strict=True):
            if left != right:
                raise SystemExit(f"{first} and {other} differ on {line}:\n{left!s:.800}\n{right!s:.800}")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if name != "next"}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.replace("+00:00", "Z") if isinstance(value, str) else value
