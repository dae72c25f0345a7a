"""`bin/proof`: breaks written applications, and writes what their tests noticed into `docs/proof.md`."""

import argparse
import sys
import time
from pathlib import Path

from backsmith.project.environment import Environment
from tests.proof.run import ROOT, RottenError, known, outcomes, table

PAGE = ROOT / "docs" / "proof.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/proof", description=__doc__)
    parser.add_argument("-k", default="", metavar="WORDS", help="only mutations whose kind, project or text has this")
    parser.add_argument("-s", action="store_true", help="only those that were not killed yet")
    parser.add_argument("-n", type=int, default=2, metavar="JOBS", help="how many run at a time (2)")
    given = parser.parse_args()
    found = known(PAGE.read_text("utf-8") if PAGE.exists() else "")
    chosen = [each for each in found if given.k in f"{each.framework} {each.kind} {each.project} {each.says}"]
    chosen = [each for each in chosen if not (given.s and (found[each] or each.equivalent))]
    began = time.monotonic()
    try:
        for outcome in outcomes(chosen, Environment(python=Path(sys.executable)), given.n):
            each, found[outcome.mutation] = outcome.mutation, outcome.killed_by
            told = outcome.killed_by or ("equivalent" if each.equivalent else "SURVIVED")
            print(f"{time.monotonic() - began:6.0f} s  {each.kind}: {each.says} ({each.project}): {told}", flush=True)
            PAGE.write_text(table(found), "utf-8")
    except RottenError as rotten:
        print(rotten, file=sys.stderr)
        return 2
    return int(any(not found[each] and not each.equivalent for each in chosen))


if __name__ == "__main__":
    sys.exit(main())
