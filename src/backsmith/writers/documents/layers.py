"""A layered drawing of a graph: columns from left to right, edges forward, few crossings. After Sugiyama, Tagawa and
Toda (1981)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[str, str]
SWEEPS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything is: the column and the top of each node, and for each edge the points between its ends: (column,
    height)."""

    columns: Mapping[str, int]
    tops: Mapping[str, float]
    bends: Mapping[Edge, tuple[tuple[int, float], ...]]


def layout(heights: Mapping[str, float], edges: Iterable[Edge], gap: float) -> Layout:
    """Lay out nodes of these heights. Edges from a node to itself take no part; those that would go backward are turned
    for the while."""
    forward = _without_cycles(list(heights), [edge for edge in dict.fromkeys(edges) if edge[0] != edge[1]])
    ranks = _ranks(list(heights), forward)
    chains = {edge: _chain(edge, ranks) for edge in forward}
    columns: dict[int, list[str]] = defaultdict(list)
    for name in heights:
        columns[ranks[name]].append(name)
    for chain in chains.values():
        for offset, name in enumerate(chain[1:-1], start=1):
            columns[ranks[chain[0]] + offset].append(name)
    steps = [pair for chain in chains.values() for pair in pairwise(chain)]
    _order(columns, steps)
    tops = _tops(columns, steps, heights, gap)
    bends = {
        edge: tuple((ranks[chain[0]] + offset, tops[name]) for offset, name in enumerate(chain[1:-1], start=1))
        for edge, chain in chains.items()
    }
    turned = {(b, a): tuple(reversed(points)) for (a, b), points in bends.items()}
    return Layout(columns=ranks, tops={name: tops[name] for name in heights}, bends={**turned, **bends})


def _without_cycles(nodes: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges, with those turned around that lead back to where the walk came from."""
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        after[source].append(target)
    done: set[str] = set()
    path: set[str] = set()
    forward: dict[Edge, None] = {}

    def walk(node: str) -> None:
        path.add(node)
        for target in after[node]:
            forward[(target, node) if target in path else (node, target)] = None
            if target not in done and target not in path:
                walk(target)
        path.discard(node)
        done.add(node)

    for node in nodes:
        if node not in done:
            walk(node)
    return list(forward)


def _ranks(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Each node right of all that lead to it, and no further left of what it leads to than it must be."""
    ranks = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for source, target in edges:
            ranks[target] = max(ranks[target], ranks[source] + 1)
    for _ in nodes:
        for node in nodes:
            after = [ranks[target] for source, target in edges if source == node]
            before = [ranks[source] for source, target in edges if target == node]
            if after and not before:
                ranks[node] = min(after) - 1
    least = min(ranks.values(), default=0)
    return {node: rank - least for node, rank in ranks.items()}


def _chain(edge: Edge, ranks: Mapping[str, int]) -> tuple[str, ...]:
    """The edge's ends with a point in every column between them."""
    source, target = edge
    between = range(ranks[source] + 1, ranks[target])
    return (source, *(f"{source}>{target}@{column}" for column in between), target)


def _order(columns: dict[int, list[str]], steps: Sequence[Edge]) -> None:
    """Sort every column by where the neighbours of its nodes are, to and fro."""
    left: dict[str, list[str]] = defaultdict(list)
    right: dict[str, list[str]] = defaultdict(list)
    for source, target in steps:
        right[source].append(target)
        left[target].append(source)
    for sweep in range(SWEEPS):
        to_the_right = sweep % 2 == 0
        neighbours = left if to_the_right else right
        for column in sorted(columns, reverse=not to_the_right):
            places = {name: place for names in columns.values() for place, name in enumerate(names)}

            def middle(name: str, places: dict[str, int] = places, near: dict[str, list[str]] = neighbours) -> float:
                found = [places[each] for each in near[name]]
                return sum(found) / len(found) if found else places[name]

            columns[column].sort(key=middle)


def _tops(
    columns: Mapping[int, Sequence[str]], steps: Sequence[Edge], heights: Mapping[str, float], gap: float
) -> dict[str, float]:
    """Heights at which nodes are level with their neighbours, as far as there is room."""
    near: dict[str, list[str]] = defaultdict(list)
    for source, target in steps:
        near[source].append(target)
        near[target].append(source)
    tops: dict[str, float] = {}
    for names in columns.values():
        place = 0.0
        for name in names:
            tops[name] = place
            place += heights.get(name, 0.0) + gap
    for _ in range(SWEEPS):
        for names in columns.values():
            wanted = [_level(name, near[name], tops, heights) for name in names]
            tops |= _apart(names, wanted, heights, gap)
    least = min(tops.values(), default=0.0)
    return {name: top - least for name, top in tops.items()}


def _level(name: str, near: Sequence[str], tops: Mapping[str, float], heights: Mapping[str, float]) -> float:
    """The top at which a node's middle is that of its neighbours' middles."""
    if not near:
        return tops[name]
    middle = sum(tops[each] + heights.get(each, 0.0) / 2 for each in near) / len(near)
    return middle - heights.get(name, 0.0) / 2


def _apart(names: Sequence[str], wanted: Sequence[float], heights: Mapping[str, float], gap: float) -> dict[str, float]:
    """The wanted tops, pushed apart, half of the push upward and half downward."""
    down, up = list(wanted), list(wanted)
    for index in range(1, len(names)):
        down[index] = max(down[index], down[index - 1] + heights.get(names[index - 1], 0.0) + gap)
    for index in range(len(names) - 2, -1, -1):
        up[index] = min(up[index], up[index + 1] - heights.get(names[index], 0.0) - gap)
    return {name: (a + b) / 2 for name, a, b in zip(names, down, up, strict=True)}
