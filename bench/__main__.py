"""`bench/run`: measures a written shop beside its peers. Everything it makes stays under .cache/bench, but for the
figures that `--keep` writes into docs/speed.md and docs/speed.svg."""

import argparse
from collections.abc import Callable

from bench import compare, databases, places, project, report, series, servers
from bench.load import KINDS

POSTGRESQL = (servers.CEILING, servers.WRITTEN, servers.DJANGO, servers.USUAL, servers.DRF)
SQLITE = (servers.CEILING, servers.WRITTEN, servers.DJANGO)
WHAT = ("postgresql", "sqlite", "pages", "writing")


def main() -> None:
    """Measure what is asked for, and print it as Markdown."""
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("what", nargs="*", default=WHAT, help=f"some of {', '.join(WHAT)}; else all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1, help="of its core that a server uses for one figure")
    parser.add_argument("--only", nargs="*", help="these stacks, beside the ceiling")
    parser.add_argument("--kinds", nargs="*", default=KINDS)
    parser.add_argument("--nice", type=int, default=0, help="prefer what is measured by so much: -5, for root")
    parser.add_argument("--keep", action="store_true", help="write the figures into docs/")
    options = parser.parse_args()
    places.preference = options.nice
    project.write()
    parts: dict[str, str] = {}
    with databases.server():
        if "postgresql" in options.what:
            found = _compared(databases.postgresql, POSTGRESQL, options)
            parts["PostgreSQL"] = f"{report.table(found)}\n\n![the same as bars](speed.svg)"
            plot = report.plot(found)
        if "sqlite" in options.what:
            parts["SQLite"] = report.table(_compared(databases.sqlite, SQLITE, options))
        if "pages" in options.what:
            parts["Pages"] = report.pages(series.pages())
    if "writing" in options.what:
        written = list(series.writing())
        each = ", ".join(f"{count} in {seconds:.1f} s" for count, seconds in written)
        parts["Writing entities"] = f"{each}; twice as many take {series.growth(written):.1f} times as long."
    print(text := report.document(parts))
    if options.keep:
        (places.ROOT / "docs" / "speed.md").write_text(text)
        (places.ROOT / "docs" / "speed.svg").write_text(plot)


def _compared(
    database: Callable[..., str], stacks: tuple[servers.Stack, ...], options: argparse.Namespace
) -> list[compare.Measured]:
    asked = [each for each in stacks if not options.only or each.name in ("ceiling", *options.only)]
    urls = {each.shop: database(shop=each.shop) for each in asked}
    compare.check_alike(urls, asked)
    return compare.compare(urls, asked, options.rounds, options.seconds, options.kinds)


main()
