"""The line of a field, `money >= 0 = 0 unique`: a small tokenizer that keeps offsets, and what the line says."""

import re
from dataclasses import dataclass, field

from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report, did_you_mean

FLAGS = ("unique", "index", "search", "private", "readonly", "owner", "fixed")
"""Modifiers that are a single word."""

MODIFIERS = (*FLAGS, "default", "set", "on", "was", "part", "by")
ON_DELETE = ("cascade", "restrict", "null")

_TOKEN = re.compile(
    r"""(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*)
      | (?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<sign>>=|<=|==|!=|\*\*|//|[^\sA-Za-z0-9_])
      | (?P<space>\s+)
      | (?P<other>.)""",
    re.VERBOSE,
)

_REGEX = re.compile(r"/((?:[^/\\\[]|\\.|\[(?:[^\]\\]|\\.)*\])*)/|/((?:[^/\\]|\\.)*)/")
"""A slash inside of `[...]` closes nothing, unless the bracket itself is not closed."""

_JOINING = frozenset({"and", "or", "not", "in", "is", "if", "else", "for", "lambda"})
_COMPARING = frozenset({">=", "<=", ">", "<", "==", "!="})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word or sign of the line, and its span."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeText:
    """A type as it was written: `decimal(10,2)`, `draft|paid`, `A or B`, `Tag[]`."""

    names: tuple[Passage, ...]
    arguments: tuple[Passage, ...] | None
    many: bool
    passage: Passage


@dataclass(slots=True, kw_only=True)
class Line:
    """What the line of a field says, part by part, each with its place."""

    type: TypeText | None
    passage: Passage
    flags: dict[str, Origin] = field(default_factory=dict)
    """`optional`, `part` and the words of FLAGS."""
    bounds: list[tuple[str, Passage]] = field(default_factory=list)
    pattern: Passage | None = None
    equals: Passage | None = None
    default: Passage | None = None
    set: Passage | None = None
    by: Passage | None = None
    on_delete: Passage | None = None
    was: Passage | None = None
    broken: bool = False


def tokens(text: str, start: int = 0) -> list[Token]:
    """The tokens of a line, without the space between them."""
    found = [
        Token(kind=match.lastgroup or "other", text=match.group(), start=match.start(), end=match.end())
        for match in _TOKEN.finditer(text, start)
    ]
    return [token for token in found if token.kind != "space"]


def read_line(passage: Passage, report: Report) -> Line:
    """What a field's line says. Mistakes are in the report, and mark the line as broken."""
    return _Parser(passage, report).line()


class _Parser:
    """Goes over the tokens once, from the left."""

    def __init__(self, passage: Passage, report: Report) -> None:
        self.passage = passage
        self.report = report
        self.tokens = tokens(passage.text)
        self.at = 0
        self.found = Line(type=None, passage=passage)

    def line(self) -> Line:
        """The whole line."""
        self.found.type = self._type()
        if self.found.type is None:
            self.found.broken = True
            return self.found
        while (token := self._peek()) is not None:
            self._modifier(token)
        return self.found

    # Tokens

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _next_is(self, *texts: str) -> bool:
        token = self._peek()
        return token is not None and token.text in texts

    def _take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _accept(self, *texts: str) -> Token | None:
        return self._take() if self._next_is(*texts) else None

    def _wrong(self, token: Token | None, message: str, hint: str = "", code: str = "field-syntax") -> None:
        end = len(self.passage.text)
        origin = self.passage.at(token.start, token.end) if token else self.passage.at(end)
        self.report.error(code, message, origin, hint)
        self.found.broken = True

    def _part(self, token: Token) -> Passage:
        return self.passage.part(token.start, token.end)

    # The type

    def _type(self) -> TypeText | None:
        first = self._peek()
        if first is not None and first.text in MODIFIERS:
            self._wrong(first, "a field begins with its type", f"write `str {first.text}`")
            return None
        if first is None or first.kind not in ("name", "number"):
            self._wrong(first, "a field begins with its type", "write `name: str(80)`")
            return None
        names = [self._part(self._take())]
        arguments = self._arguments()
        separated = first
        while separator := self._accept("|", "or"):
            token = self._peek()
            if token is None or token.kind not in ("name", "number"):
                self._wrong(
                    token or separator, f"a word is missing after `{separator.text}`", "write `draft|paid|shipped`"
                )
                return None
            names.append(self._part(self._take()))
        many = bool(self._next_is("[") and self._take())
        if many and not self._accept("]"):
            self._wrong(self._peek() or separated, "`[` is not closed", "write `Tag[]`")
            return None
        end = self.tokens[self.at - 1].end
        return TypeText(names=tuple(names), arguments=arguments, many=many, passage=self.passage.part(first.start, end))

    def _arguments(self) -> tuple[Passage, ...] | None:
        opened = self._accept("(")
        if opened is None:
            return None
        arguments: list[Passage] = []
        while (token := self._peek()) is not None and token.text != ")":
            self._take()
            if token.text != ",":
                arguments.append(self._part(token))
        if not self._accept(")"):
            self._wrong(opened, "`(` is not closed", "close it")
        return tuple(arguments)

    # Modifiers

    def _modifier(self, token: Token) -> None:
        self._take()
        match token.text:
            case "?":
                self._flag("optional", token)
            case ">=" | "<=" | ">" | "<":
                self._bound(token)
            case "=":
                self._once("equals", token, self._expression(token))
            case "default" | "set":
                self._once(token.text, token, self._expression(token))
            case "~":
                self._once("pattern", token, self._regex(token))
            case "by" | "was":
                self._once(token.text, token, self._word(token))
            case "on":
                self._once("on_delete", token, self._on_delete(token))
            case "part":
                self._flag("part", token)
            case text if text in FLAGS:
                self._flag(text, token)
            case _:
                self._unknown(token)

    def _unknown(self, token: Token) -> None:
        if token.text in ("==", "!="):
            self._wrong(token, f"`{token.text}` does not bound a field", "bounds are >= > <= <; a default is `= value`")
            self._expression(token)
            return
        hint = did_you_mean(
            token.text,
            MODIFIERS,
            "after the type come ? unique index search private readonly owner fixed, bounds, ~ /regex/, = value",
        )
        if token.text in ("nullable", "null", "optional", "maybe"):
            hint = "a field may be left out with `?`: `str?`"
        elif token.text in ("required", "not", "mandatory", "notnull"):
            hint = "leave it out: a field has to be sent unless it has `?` or a default"
        elif token.text == "/":
            hint = "a regex comes after `~`: `~ /^[a-z]+$/`"
        elif token.text == "|":
            hint = "the words of an enum are joined: `draft|paid`"
        self._wrong(token, f"`{token.text}` is not known here", hint, "unknown-modifier")
        self._skip()

    def _skip(self) -> None:
        """Go on at the next modifier, so that one mistake is told once."""
        while (after := self._peek()) is not None and after.text not in MODIFIERS:
            self._take()

    def _flag(self, name: str, token: Token) -> None:
        if name in self.found.flags:
            self._wrong(token, f"`{token.text}` stands here twice", "leave one out")
        self.found.flags[name] = self.passage.at(token.start, token.end)

    def _once(self, name: str, token: Token, value: Passage | None) -> None:
        if value is None:
            return
        if getattr(self.found, name) is not None:
            self._wrong(token, f"`{token.text}` stands here twice", "leave one out")
            return
        setattr(self.found, name, value)

    def _bound(self, token: Token) -> None:
        minus = self._accept("-")
        value = self._peek()
        if value is None or value.kind not in ("number", "string", "name"):
            self._wrong(value or token, f"a number is missing after `{token.text}`", f"write `{token.text} 0`")
            return
        self._take()
        start = minus.start if minus else value.start
        self.found.bounds.append((token.text, self.passage.part(start, value.end)))

    def _word(self, token: Token) -> Passage | None:
        word = self._peek()
        if word is None or word.kind != "name":
            self._wrong(word or token, f"a name is missing after `{token.text}`", f"write `{token.text} NAME`")
            return None
        return self._part(self._take())

    def _on_delete(self, token: Token) -> Passage | None:
        if not self._accept("delete"):
            self._wrong(self._peek() or token, "`delete` is missing after `on`", "write `on delete cascade`")
            self._skip()
            return None
        word = self._peek()
        if word is None or word.text not in ON_DELETE:
            hint = did_you_mean(word.text if word else "", ON_DELETE, "write `on delete cascade`, `restrict` or `null`")
            self._wrong(word or token, "what happens on delete is missing", hint)
            if word and word.kind == "name":
                self._take()
            return None
        return self._part(self._take())

    def _regex(self, token: Token) -> Passage | None:
        start = len(self.passage.text) - len(self.passage.text[token.end :].lstrip())
        if self.passage.text[start : start + 1] != "/":
            self._wrong(self._peek() or token, "a regex stands between slashes", "write `~ /^[a-z]+$/`")
            self._skip()
            return None
        match = _REGEX.match(self.passage.text, start)
        if match is None:
            hint = "quote the whole value: YAML ends it at ` #`, and in {} at a comma"
            self.report.error(
                "split-value", "the regex has no closing slash", self.passage.at(start, len(self.passage.text)), hint
            )
            self.found.broken = True
            self.at = len(self.tokens)
            return None
        self.tokens = [*self.tokens[: self.at], *tokens(self.passage.text, match.end())]
        return self.passage.part(match.start() + 1, match.end() - 1)

    def _expression(self, token: Token) -> Passage | None:
        """What follows, up to where an expression cannot go on: at a second value side by side, or at a bound."""
        first, depth, operand = self.at, 0, False
        while (after := self._peek()) is not None:
            if depth == 0 and operand and (self._begins_modifier(after)):
                break
            depth += (after.text in ("(", "[", "{")) - (after.text in (")", "]", "}"))
            operand = after.text in (")", "]", "}") or (
                after.kind in ("name", "number", "string") and after.text not in _JOINING
            )
            self._take()
        if self.at == first:
            self._wrong(token, f"a value is missing after `{token.text}`", f"write `{token.text} 0`")
            return None
        return self.passage.part(self.tokens[first].start, self.tokens[self.at - 1].end)

    def _begins_modifier(self, token: Token) -> bool:
        if token.kind == "sign":
            bounded = token.text in _COMPARING and not self._compares
            return token.text in ("?", "~", "=") or bounded
        return token.kind in ("name", "number", "string") and token.text not in _JOINING

    @property
    def _compares(self) -> bool:
        """Whether the field may hold what a comparison is worth."""
        return self.found.type is not None and self.found.type.names[0].text == "bool"
