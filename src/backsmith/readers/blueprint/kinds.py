"""The types of fields: from what was written to what it means."""

from dataclasses import dataclass, field

from backsmith.design import types as t
from backsmith.design.naming import WORD
from backsmith.design.scope import BROKEN
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report, did_you_mean, nearest
from backsmith.readers.blueprint.line import Line, TypeText

PLAIN: dict[str, t.Type] = {
    "str": t.Text(length=255),
    "text": t.Text(),
    "int": t.Int(),
    "bigint": t.BigInt(),
    "float": t.Float(),
    "money": t.Decimal(precision=12, scale=2),
    "bool": t.Bool(),
    "date": t.Date(),
    "time": t.Time(),
    "datetime": t.DateTime(),
    "duration": t.Duration(),
    "uuid": t.Uuid(),
    "email": t.Email(),
    "url": t.Url(),
    "slug": t.Slug(),
    "phone": t.Phone(),
    "ip": t.Ip(),
    "json": t.Json(),
    "file": t.Upload(),
    "image": t.Upload(image=True),
}
"""The types that are a single word."""

WRITTEN = (*PLAIN, "decimal")
"""Every type that comes with the language."""

_ELSEWHERE = {
    "string": "str",
    "varchar": "str",
    "char": "str",
    "integer": "int",
    "number": "decimal(12,2)",
    "boolean": "bool",
    "timestamp": "datetime",
    "timestamptz": "datetime",
    "double": "float",
    "numeric": "decimal(P,S)",
    "long": "bigint",
    "enum": "draft|paid|shipped",
    "guid": "uuid",
    "timedelta": "duration",
    "interval": "duration",
    "array": "str[]",
    "list": "str[]",
    "dict": "json",
    "jsonb": "json",
    "blob": "file",
}
"""What other languages call them."""

MOST_DIGITS = 18
"""Of a decimal: SQLite keeps it in 64 bits."""

LONGEST_TEXT = 65_535
"""Characters of `str(N)`; more is `text`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a type may name."""

    entities: frozenset[str]
    enums: dict[str, t.Enum] = field(default_factory=dict)
    embedded: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()
    """Shared types that could not be read."""

    def all(self) -> list[str]:
        """Every name, for hints."""
        return [*WRITTEN, *sorted(self.entities), *self.enums, *sorted(self.embedded)]


def read_type(line: Line, names: Names, report: Report) -> t.Type:
    """The type of a field; `BROKEN` where it could not be read."""
    text = line.type
    if text is None:
        return BROKEN
    if len(text.names) > 1:
        return _alternatives(text, names, report)
    if text.many:
        return _many(line, text, names, report)
    kind = _single(text, names, report)
    if kind != BROKEN:
        _no_many_words(line, report)
    return kind


def _no_many_words(line: Line, report: Report) -> None:
    if "part" in line.flags:
        report.error(
            "wrong-modifier", "only many rows can be parts", line.flags["part"], "write `lines: OrderLine[] part`"
        )
    if line.by is not None:
        report.error(
            "wrong-modifier",
            "only many rows stand at the other end of a reference",
            line.by.origin,
            "write `products: Product[] by category`",
        )


def _alternatives(text: TypeText, names: Names, report: Report) -> t.Type:
    words = [name.text for name in text.names]
    if text.many or text.arguments is not None:
        report.error("wrong-type", "an enum is its words alone", text.passage.origin, "write `draft|paid|shipped`")
        return BROKEN
    entities = [word for word in words if word in names.entities]
    if len(entities) == len(words):
        return t.Ref(targets=tuple(dict.fromkeys(words)))
    if entities:
        wrong = next(name for name in text.names if name.text not in names.entities)
        report.error(
            "unknown-type", f"there is no entity `{wrong.text}`", wrong.origin, did_you_mean(wrong.text, names.entities)
        )
        return BROKEN
    return _enum(text, words, report)


def _enum(text: TypeText, words: list[str], report: Report) -> t.Type:
    for index, name in enumerate(text.names):
        if name.text in words[:index]:
            report.error("duplicate-word", f"the word `{name.text}` stands here twice", name.origin, "leave one out")
            return BROKEN
        if not WORD.fullmatch(name.text):
            report.error(
                "bad-name",
                f"`{name.text}` is no word of an enum",
                name.origin,
                "a word begins with a letter: `draft`, `in_stock`",
            )
            return BROKEN
    return t.Enum(words=tuple(words))


def _many(line: Line, text: TypeText, names: Names, report: Report) -> t.Type:
    name = text.names[0]
    if name.text in names.entities:
        return _rows(line, name)
    if name.text in names.enums or name.text in names.embedded:
        report.error(
            "wrong-type",
            f"there are no lists of {name.text}",
            text.passage.origin,
            "make it an entity, and its rows parts",
        )
        return BROKEN
    item = _single(text, names, report)
    if item == BROKEN:
        return BROKEN
    _no_many_words(line, report)
    if (isinstance(item, t.Text) and item.length is not None) or isinstance(item, t.Int):
        return t.Values(item=item)
    report.error(
        "wrong-type",
        f"there are no lists of {name.text}",
        text.passage.origin,
        "there are `str[]` and `int[]`, and `Name[]` of an entity",
    )
    return BROKEN


def _rows(line: Line, name: Passage) -> t.Type:
    if "part" in line.flags:
        return t.Parts(target=name.text, by="")
    if line.by is not None:
        return t.Inverse(target=name.text, by=line.by.text)
    return t.Many(target=name.text)


def _single(text: TypeText, names: Names, report: Report) -> t.Type:
    name = text.names[0]
    if text.arguments is not None:
        return _with_arguments(text, name, names, report)
    if name.text == "decimal":
        report.error("wrong-type", "a decimal needs its digits and places", name.origin, "write `decimal(10,2)`")
        return BROKEN
    if name.text in PLAIN:
        return PLAIN[name.text]
    if name.text in names.entities:
        return t.Ref(targets=(name.text,))
    if name.text in names.enums:
        return names.enums[name.text]
    if name.text in names.embedded:
        return t.Embedded(name=name.text)
    if name.text not in names.broken:
        report.error("unknown-type", f"unknown type `{name.text}`", name.origin, _meant(name.text, names))
    return BROKEN


def _meant(name: str, names: Names) -> str:
    if name.lower() in _ELSEWHERE:
        return f"write `{_ELSEWHERE[name.lower()]}`"
    meant = nearest(name, [*names.all(), *_ELSEWHERE])
    if meant is None:
        return "a type of the language, an entity, or a name under `types:`"
    return f"did you mean `{_ELSEWHERE.get(meant, meant)}`?"


def _with_arguments(text: TypeText, name: Passage, names: Names, report: Report) -> t.Type:
    if name.text not in WRITTEN:
        report.error("unknown-type", f"unknown type `{name.text}`", name.origin, _meant(name.text, names))
        return BROKEN
    numbers = [int(each.text) for each in text.arguments or () if each.text.isdigit() and len(each.text) < 9]
    if len(numbers) != len(text.arguments or ()):
        report.error(
            "wrong-type", f"`{name.text}` takes whole numbers", text.passage.origin, "write `str(80)`, `decimal(10,2)`"
        )
        return BROKEN
    match name.text, numbers:
        case "str", [length] if 1 <= length <= LONGEST_TEXT:
            return t.Text(length=length)
        case "decimal", [precision, scale] if 1 <= precision <= MOST_DIGITS and scale <= precision:
            return t.Decimal(precision=precision, scale=scale)
        case "str", _:
            hint = f"write `str(80)`: from 1 to {LONGEST_TEXT} characters; longer ones are `text`"
        case "decimal", _:
            hint = f"write `decimal(10,2)`: at most {MOST_DIGITS} digits, and no more places than digits"
        case _:
            hint = "only `str(N)` and `decimal(P,S)` take numbers"
    report.error("wrong-type", f"`{text.passage.text}` is no type", text.passage.origin, hint)
    return BROKEN
