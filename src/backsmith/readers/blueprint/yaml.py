"""Reads YAML 1.2 with ruamel.yaml into nodes. Whatever the bytes are, the answer is a tree or diagnostics."""

import re

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report
from backsmith.readers.blueprint.nodes import Mapping, Node, Scalar, Sequence

LARGEST = 1_000_000
"""Characters of a file."""

_ALIGN = "keys of one mapping begin in the same column"

MOST_NODES = 30_000
"""Values of a file, with every alias written out: a few lines of aliases can stand for billions."""


def decode(data: bytes, source: str, report: Report) -> str | None:
    """The text of a file in UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        origin = Origin(source=source, line=before.count("\n") + 1, column=len(before) - (before.rfind("\n") + 1) + 1)
        report.error("encoding", "the file is not UTF-8", origin, "save it as UTF-8")
        return None


def read_yaml(text: str, source: str, report: Report) -> Node | None:
    """The tree of a file, or None."""
    text = text.removeprefix("\ufeff")
    if len(text) > LARGEST:
        report.error("too-large", f"a blueprint has at most {LARGEST:,} characters", Origin(source=source))
        return None
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        tree = _Tree(text, source, report)
        found = tree.node(root) if root is not None else None
        return found if tree.count < MOST_NODES else None
    except MarkedYAMLError as error:
        _syntax_error(error, text, source, report)
    except ReaderError:
        _bad_character(text, source, report)
    except (YAMLError, ValueError, AttributeError, IndexError, TypeError) as error:
        report.error(
            "yaml",
            f"this is not YAML: {str(error).splitlines()[0] if str(error) else 'unreadable'}",
            Origin(source=source),
        )
    except RecursionError:
        report.error("yaml", "values stand too deep inside one another", Origin(source=source))
    return None


def _syntax_error(error: MarkedYAMLError, text: str, source: str, report: Report) -> None:
    mark = error.problem_mark or error.context_mark
    origin = Origin(source=source, line=mark.line + 1, column=mark.column + 1) if mark else Origin(source=source)
    problem = error.problem or error.context or "unreadable"
    lines = text.splitlines()
    line = lines[origin.line - 1] if origin.line <= len(lines) else ""
    above = next((each for each in reversed(lines[: origin.line - 1]) if each.strip()), "")
    code, message, hint = _explained(problem, line[: origin.column - 1], above)
    report.error(code, message, origin, hint)


def _explained(problem: str, before: str, above: str) -> tuple[str, str, str]:
    """Code, message and hint for what ruamel says, `before` it in the line, and in the line `above`."""
    if "\\t" in problem or "\t" in problem:
        return "tab", "a tab cannot indent", "indent with two spaces"
    if "mapping values are not allowed" in problem:
        if re.search(r"\S:\s", before):
            return "split-value", "YAML reads the second `: ` as another key", "put the whole value in quotes"
        if ":" not in above:
            return "yaml", "the line above is no key, so nothing can stand below it", "write `name:`"
        return "indentation", "this line is indented like part of the value above", _ALIGN
    if "block end" in problem or "block mapping" in problem or "block collection" in problem:
        return "indentation", "this line does not line up with the ones above", _ALIGN
    if "undefined alias" in problem:
        return "alias", problem.replace("found undefined alias", "an alias of nothing:"), "name it before: `&name`"
    if "':'" in problem or "simple key" in problem:
        return "yaml", "a key has no `: `, or a bracket above is not closed", "write `name: value`; close `{` and `[`"
    if found := re.search(r"expected ',' or .*, but got '(.*)'", problem):
        message = f"a list or mapping is not closed before `{found.group(1)}`"
        return "yaml", message, "close it; put a value that holds brackets in quotes"
    if "another document" in problem:
        return "yaml", "a second document begins here", "a blueprint is one document: leave out `---`"
    return "yaml", f"this is not YAML: {problem}", "put values that begin with or hold special characters in quotes"


def _bad_character(text: str, source: str, report: Report) -> None:
    found = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    offset = found.start() if found else 0
    before = text[:offset]
    origin = Origin(source=source, line=before.count("\n") + 1, column=offset - (before.rfind("\n") + 1) + 1)
    report.error("encoding", "this character cannot stand in a YAML file", origin, "leave it out")


class _Tree:
    """Turns ruamel's nodes into ours, and counts them."""

    def __init__(self, text: str, source: str, report: Report) -> None:
        self.text = text
        self.source = source
        self.report = report
        self.count = 0
        self.above: set[int] = set()

    def node(self, node: object) -> Node | None:
        """Our node; None where the tree is without end."""
        self.count += 1
        if self.count == MOST_NODES:
            self.report.error(
                "alias", "aliases write this file out to far too many values", self._origin(node), "leave out aliases"
            )
        if self.count >= MOST_NODES:
            return None
        if id(node) in self.above:
            self.report.error(
                "alias", "an alias stands inside of what it stands for", self._origin(node), "leave it out"
            )
            return None
        self.above.add(id(node))
        found = self._made(node)
        self.above.discard(id(node))
        return found

    def _made(self, node: object) -> Node | None:
        if isinstance(node, ScalarNode):
            return Scalar(passage=self._passage(node), quoted=node.style in ("'", '"'))
        if isinstance(node, SequenceNode):
            items = self._whole(node.value) if node.flow_style else list(map(self.node, node.value))
            found = tuple(item for item in items if item is not None)
            return Sequence(items=found, origin=self._origin(node))
        assert isinstance(node, MappingNode)
        return Mapping(entries=tuple(self._entries(node)), origin=self._origin(node))

    def _entries(self, node: MappingNode) -> list[tuple[Scalar, Node]]:
        entries: dict[str, tuple[Scalar, Node]] = {}
        pairs = self._whole_pairs(node.value) if node.flow_style else node.value
        for key_node, value_node in pairs:
            key, value = self.node(key_node), value_node if isinstance(value_node, Scalar) else self.node(value_node)
            if not isinstance(key, Scalar):
                if key is not None:
                    self.report.error("yaml", "a key is a single word", key.origin)
            elif key.text in entries:
                first = entries[key.text][0].origin.line
                self.report.error(
                    "duplicate-key", f"`{key.text}` stands here twice", key.origin, f"the first is in line {first}"
                )
            elif value is not None:
                entries[key.text] = (key, value)
        return list(entries.values())

    # Values that YAML split at a comma

    def _whole(self, nodes: list[object]) -> list[Node | None]:
        """The items of a list; those that are pieces of one value are put together again, and told."""
        found: list[Node | None] = []
        pieces = list(nodes)
        while pieces:
            count = _pieces([self._raw(piece) for piece in pieces])
            found.append(self._joined(pieces[:count]) if count > 1 else self.node(pieces[0]))
            del pieces[:count]
        return found

    def _whole_pairs(self, pairs: list[tuple[object, object]]) -> list[tuple[object, object]]:
        """The same for the values of a mapping: a piece looks like a key without a value."""
        found: list[tuple[object, object]] = []
        left = list(pairs)
        while left:
            key, value = left[0]
            after = [each for each, empty in left[1:] if isinstance(empty, ScalarNode) and not empty.value]
            count = _pieces([self._raw(value), *map(self._raw, after)]) if after and after[0] is left[1][0] else 1
            found.append((key, self._joined([value, *after[: count - 1]]) if count > 1 else value))
            del left[:count]
        return found

    def _raw(self, node: object) -> str | None:
        """A value as it was written without quotes; None where it is something else."""
        if not isinstance(node, ScalarNode) or node.style is not None:
            return None
        return self.text[node.start_mark.index : node.end_mark.index]

    def _joined(self, pieces: list[object]) -> Scalar:
        first, last = pieces[0], pieces[-1]
        assert isinstance(first, ScalarNode)
        assert isinstance(last, ScalarNode)
        written = self.text[first.start_mark.index : last.end_mark.index]
        mark = first.start_mark
        places = tuple(_positions(written, mark.line + 1, mark.column + 1))
        whole = Passage(text=written, source=self.source, line=mark.line + 1, column=mark.column + 1, places=places)
        self.report.error(
            "split-value",
            "YAML ends a value inside of {} and [] at the comma",
            whole.origin,
            "put the whole value in quotes",
        )
        return Scalar(passage=whole, quoted=True)

    def _origin(self, node: object) -> Origin:
        mark = node.start_mark  # type: ignore[attr-defined]
        return Origin(source=self.source, line=mark.line + 1, column=mark.column + 1)

    def _passage(self, node: ScalarNode) -> Passage:
        value, start, end = str(node.value), node.start_mark, node.end_mark
        raw = self.text[start.index : end.index]
        lead = 1 if node.style in ("'", '"') else 0
        if node.style not in ("|", ">") and raw[lead : lead + len(value)] == value:
            return Passage(text=value, source=self.source, line=start.line + 1, column=start.column + 1 + lead)
        places = tuple(_places(value, raw, lead, start.line + 1, start.column + 1))
        return Passage(
            text=value, source=self.source, line=start.line + 1, column=start.column + 1 + lead, places=places
        )


def _places(value: str, raw: str, lead: int, line: int, column: int) -> list[tuple[int, int]]:
    """Where each character of a folded, escaped or block value was written, and where the value ends."""
    positions = _positions(raw, line, column)
    places: list[tuple[int, int]] = []
    at = lead if raw[:1] not in ("|", ">") else raw.find("\n") + 1
    for character in value:
        found, at = _written(raw, at, character)
        places.append(positions[min(found, len(raw))])
    places.append(positions[min(at, len(raw))])
    return places


_ESCAPES = {"x": 4, "u": 6, "U": 10}
"""Characters of an escape between double quotes; of all others 2."""


def _written(raw: str, at: int, character: str) -> tuple[int, int]:
    """Where the character was written, at or after `at`, and where the next one may be."""
    if raw.startswith('"'):
        while raw.startswith("\\\n", at):
            at += 2 + len(raw[at + 2 :]) - len(raw[at + 2 :].lstrip(" \t"))
        if raw.startswith("\\", at):
            return at, at + _ESCAPES.get(raw[at + 1 : at + 2], 2)
    if character.isspace():
        return at, at + 1
    found = raw.find(character, at)
    return (at, at) if found < 0 else (found, found + 1)


def _pieces(raw: list[str | None]) -> int:
    """How many of these texts, from the first on, are one value that YAML has split."""
    joined = raw[0]
    if joined is None or _closed(joined):
        return 1
    for count, piece in enumerate(raw[1:], 2):
        if piece is None:
            return 1
        joined = f"{joined},{piece}"
        if _closed(joined):
            return count
    return 1


def _closed(text: str) -> bool:
    """Whether every round bracket, and a regex, is closed."""
    _, tilde, pattern = text.partition("~")
    return text.count("(") == text.count(")") and (not tilde or pattern.count("/") != 1)


def _positions(raw: str, line: int, column: int) -> list[tuple[int, int]]:
    positions: list[tuple[int, int]] = []
    for character in raw:
        positions.append((line, column))
        line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
    return [*positions, (line, column)]
