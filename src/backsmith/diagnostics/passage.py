"""A piece of text that knows where each of its characters was written, whatever quoting or folding lay between."""

from dataclasses import dataclass

from backsmith.diagnostics.origin import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """`text` as it is meant. It begins at `line` and `column`.

    Where it was quoted or folded, `places` holds line and column of each character, and of the end.
    """

    text: str
    source: str = ""
    line: int = 1
    column: int = 1
    places: tuple[tuple[int, int], ...] | None = None

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        if self.places is None:
            return self.line, self.column + offset
        return self.places[min(offset, len(self.places) - 1)]

    def at(self, start: int, end: int | None = None) -> Origin:
        """The origin of `text[start:end]`; of one character without `end`. Only the first line of a span is marked."""
        line, column = self.place(start)
        last = max(start, (start + 1 if end is None else end) - 1)
        while last > start and self.place(last)[0] != line:
            last -= 1
        return Origin(source=self.source, line=line, column=column, end=self.place(last)[1] + 1)

    def part(self, start: int, end: int) -> "Passage":
        """`text[start:end]` as a passage of its own."""
        line, column = self.place(start)
        places = None if self.places is None else self.places[start : end + 1]
        return Passage(text=self.text[start:end], source=self.source, line=line, column=column, places=places)

    def stripped(self) -> "Passage":
        """Without the space around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self.part(start, max(start, len(self.text.rstrip())))

    @property
    def origin(self) -> Origin:
        """The origin of the whole."""
        return self.at(0, max(1, len(self.text)))
