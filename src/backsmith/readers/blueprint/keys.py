"""Getting values of an expected shape out of nodes; what has another shape is told where it stands."""

from collections.abc import Iterable

from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report, did_you_mean, listing
from backsmith.readers.blueprint.nodes import Mapping, Node, Scalar, Sequence


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
    for key, value in node:
        if key.text not in known:
            _unknown_key(node, key, value, known, what, report)


def _unknown_key(node: Mapping, key: Scalar, value: Node, known: tuple[str, ...], what: str, report: Report) -> None:
    if node.flow and isinstance(value, Scalar) and value.empty and split(key.text, node):
        report.error(
            "split-value", "YAML ended the value before this at the comma", key.origin, "quote the whole value"
        )
        return
    report.error(
        "unknown-key",
        f"{what} has no `{key.text}`",
        key.origin,
        did_you_mean(key.text, known, f"there are {listing(known, 'and')}"),
    )


def split(text: str, node: Mapping | Sequence) -> bool:
    """Whether this, or what stands before it, has a bracket without its other half: YAML has cut a value in two."""
    return unbalanced(text) or any(unbalanced(each) for each in _texts(node))


def _texts(node: Mapping | Sequence) -> list[str]:
    values = node.items if isinstance(node, Sequence) else [value for _, value in node.entries]
    return [value.text for value in values if isinstance(value, Scalar)]


def unbalanced(text: str) -> bool:
    """Whether round brackets do not match, or a regex is not closed."""
    return text.count("(") != text.count(")")


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


def word(node: Node | None, known: Iterable[str], what: str, report: Report) -> str | None:
    """One of the known words."""
    found = text(node, what, report)
    known = tuple(known)
    if found is None or found.text in known:
        return found.text if found else None
    report.error(
        "unknown-word",
        f"{what} is not `{found.text}`",
        found.origin,
        did_you_mean(found.text, known, f"it is {listing(known)}"),
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
