"""Getting values of an expected shape out of nodes; what has another shape is told where it stands."""

from collections.abc import Iterable

from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report, did_you_mean, listing
from backsmith.readers.blueprint.nodes import Mapping, Node, Scalar


def mapping(node: Node | None, what: str, report: Report, hint: str = "") -> Mapping | None:
    """A mapping. Nothing written counts as an empty one."""
    if isinstance(node, Mapping):
        return node
    if node is None or (isinstance(node, Scalar) and node.empty):
        return None
    report.error("wrong-shape", f"{what} is a mapping", node.origin, hint or "write `key: value` pairs")
    return None


def known_keys(node: Mapping, known: Iterable[str], what: str, report: Report) -> None:
    """Tell of the keys that mean nothing here."""
    known = tuple(known)
    for key, _ in node:
        if key.text not in known:
            hint = did_you_mean(key.text, known, f"there are {listing(known, 'and')}")
            report.error("unknown-key", f"{what} has no `{key.text}`", key.origin, hint)


def text(node: Node | None, what: str, report: Report) -> Passage | None:
    """A single value."""
    if isinstance(node, Scalar) and not node.empty:
        return node.passage
    if node is not None:
        origin = node.origin
        report.error(
            "wrong-shape", f"{what} is a single value", origin, "quote a value that holds brackets, a comma or `: `"
        )
    return None


def word(node: Node | None, known: Iterable[str], what: str, report: Report, otherwise: str = "") -> str | None:
    """One of the known words. `otherwise` says what to write in place of one that resembles none of them."""
    found = text(node, what, report)
    known = tuple(known)
    if found is None or found.text in known:
        return found.text if found else None
    report.error(
        "unknown-word",
        f"{what} is not `{found.text}`",
        found.origin,
        did_you_mean(found.text, known, otherwise or f"it is {listing(known)}"),
    )
    return None


def flag(node: Node | None, what: str, report: Report) -> bool:
    """True or false."""
    return word(node, ("true", "false"), what, report) == "true"


def texts(node: Node | None, what: str, report: Report) -> list[Passage]:
    """A list of single values; one value stands for a list of one."""
    if node is None or (isinstance(node, Scalar) and node.empty):
        return []
    if isinstance(node, Scalar):
        return [node.passage]
    if isinstance(node, Mapping):
        report.error("wrong-shape", f"{what} is a list", node.origin, "write `[a, b]`")
        return []
    return [found for found in (text(item, f"an item of {what}", report) for item in node.items) if found]
