"""Texts that match a pattern, told apart by a number: read from the pattern itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

codes: Any = import_module("re._constants")  # of Python itself, and in no stub
parser: Any = import_module("re._parser")

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CATEGORIES = {
    codes.CATEGORY_DIGIT: "0123456789",
    codes.CATEGORY_WORD: LETTERS + "0123456789",
    codes.CATEGORY_SPACE: " ",
}
OFTEN = 4
"""How often something is repeated, where the pattern leaves it open."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Texts of the form `head`, then `count` characters of `alphabet` that spell a number, then `tail`."""

    head: str
    alphabet: str
    count: int
    tail: str

    def text(self, number: int) -> str:
        """The text of this number."""
        digits = ""
        for _ in range(self.count):
            number, place = divmod(number, len(self.alphabet))
            digits = self.alphabet[place] + digits
        return self.head + digits + self.tail


def spelling(pattern: str, length: int | None) -> Spelling | None:
    """How to write texts that match; None where the pattern is more than this understands."""
    try:
        runs = list(_runs(parser.parse(pattern)))
    except (ValueError, KeyError, re.error):
        return None
    widest = max(range(len(runs)), key=lambda place: len(runs[place][0]) ** runs[place][1], default=None)
    if widest is None:
        return None
    fixed = [alphabet[0] * count for alphabet, count in runs]
    found = Spelling("".join(fixed[:widest]), *runs[widest], "".join(fixed[widest + 1 :]))
    fits = length is None or len(found.text(0)) <= length
    return found if fits and all(re.search(pattern, found.text(number)) for number in range(30)) else None


def _runs(items: Any, times: int = 1) -> Iterator[tuple[str, int]]:
    """An alphabet, and how many of its characters follow each other."""
    for code, value in items:
        if code is codes.LITERAL:
            yield chr(value), times
        elif code is codes.IN:
            yield _alphabet(value), times
        elif code is codes.ANY:
            yield LETTERS, times
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            least, most, inner = value
            count = max(least, min(int(most), OFTEN))
            if len(inner) == 1 and inner[0][0] in (codes.LITERAL, codes.IN, codes.ANY):
                yield from _runs(inner, count)
            else:
                for _ in range(least):
                    yield from _runs(inner)
        elif code is codes.SUBPATTERN:
            yield from _runs(value[-1])
        elif code is codes.BRANCH:
            yield from _runs(value[1][0])
        elif code is not codes.AT:
            raise ValueError(code)


def _alphabet(items: Any) -> str:
    found = ""
    for code, value in items:
        if code is codes.NEGATE:
            raise ValueError(code)
        if code is codes.RANGE:
            found += "".join(map(chr, range(value[0], value[1] + 1)))
        else:
            found += CATEGORIES[value] if code is codes.CATEGORY else chr(value)
    return "".join(sorted(set(found), key=lambda character: (not character.isalnum(), character)))
