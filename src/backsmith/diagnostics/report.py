"""Where diagnostics are gathered while a source is read."""

from collections.abc import Iterable
from difflib import get_close_matches

from backsmith.diagnostics.model import Diagnostic, Severity
from backsmith.diagnostics.origin import Origin


class Report:
    """The diagnostics so far, in the order in which they were found."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def error(self, code: str, message: str, origin: Origin | None, hint: str = "") -> None:
        """Add a mistake."""
        self.found.append(Diagnostic(code=code, message=message, hint=hint, origin=origin))

    def warn(self, code: str, message: str, origin: Origin | None, hint: str = "") -> None:
        """Add a doubt: the design can still be used."""
        self.found.append(Diagnostic(code=code, message=message, hint=hint, origin=origin, severity=Severity.WARNING))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add what another reader found."""
        self.found.extend(diagnostics)

    @property
    def failed(self) -> bool:
        """Whether there is a mistake among them."""
        return any(each.severity is Severity.ERROR for each in self.found)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Without repetitions, by place: source, line, column."""

    def place(each: Diagnostic) -> tuple[str, int, int]:
        return (each.origin.source, each.origin.line, each.origin.column) if each.origin else ("", 0, 0)

    return tuple(sorted(dict.fromkeys(diagnostics), key=place))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    by_fold = {each.casefold(): each for each in known}
    if name.casefold() in by_fold:
        return by_fold[name.casefold()]
    found = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint with the nearest name, or `otherwise`."""
    found = nearest(name, known)
    return f"did you mean `{found}`?" if found else otherwise


def listing(names: Iterable[str], last: str = "or") -> str:
    """`a, b or c`, each in backquotes."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
