"""`bin/cover`: tries the covering set and each option alone, and writes what became of it into `docs/cover.md`."""

import argparse
import sys
import time

from backsmith.design.model import Framework
from tests.cover.designs import alone, designs
from tests.cover.options import NEWEST, OLDEST
from tests.cover.pythons import environments, version
from tests.cover.run import outcomes
from tests.cover.sample import sample
from tests.cover.table import PAGE, known, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/cover", description=__doc__)
    parser.add_argument("--only", type=int, nargs="+", metavar="NUMBER", help="only these designs")
    parser.add_argument("--framework", action="append", choices=list(Framework), help="only for this framework")
    parser.add_argument("--sample", type=int, metavar="COUNT", help="only so many: small ones that differ")
    parser.add_argument("-n", type=int, default=2, metavar="JOBS", help="how many are tried at a time (2)")
    given = parser.parse_args()
    frameworks = [Framework(each) for each in given.framework or Framework]
    every = (design for framework in frameworks for design in (*designs(framework), *alone(framework)))
    chosen = tuple(every) if given.sample is None else sample(given.sample)
    chosen = tuple(each for each in chosen if not given.only or each.number in given.only)
    pythons = environments()
    oldest, newest = (version(pythons[name].python) for name in (OLDEST, NEWEST))
    print(f"on Python {oldest} and {newest}" if oldest != newest else f"on Python {oldest} alone: none is newer")
    began, found, failed, cpu = time.monotonic(), known(PAGE), 0, 0.0
    for outcome, before in outcomes(chosen, pythons, given.n):
        found[outcome.name] = outcome
        failed += not outcome.good
        cpu += 0 if before else outcome.cpu
        told = "good" if outcome.good else f"FAILED: {', '.join(outcome.wrong)}"
        told += " (known)" if before else f", {outcome.seconds:.0f} s, {outcome.cpu:.0f} s of CPU"
        print(f"{time.monotonic() - began:6.0f} s  {outcome.name}: {told}", flush=True)
        for step, text in outcome.wrong.items():
            print(f"  == {step}\n    " + text.replace("\n", "\n    "), flush=True)
        PAGE.write_text(table(found), "utf-8")
    wall = time.monotonic() - began
    print(f"{len(chosen)} designs, {failed} failed; {wall / 60:.1f} minutes, {cpu / 60:.1f} minutes of CPU")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
