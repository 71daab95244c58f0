"""Run the suites, or replay one run with a log that people can read.

python -m tests.simulation --seeds 200 [--from N] [--restored] [--store URL] [--jobs 2]
python -m tests.simulation --exhaustive 3 | --double 500 | --planted
python -m tests.simulation --seed N [--happens POINT:HIT:crash | --restored] | --day N
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from tests.simulation import suites
from tests.simulation.day import Day
from tests.simulation.planted import PLANTED, hunt
from tests.simulation.run import Outcome
from tests.simulation.suites import Report


def main() -> int:
    """The exit code: 0 if every promise held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="swarm: so many")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first of them")
    parser.add_argument("--restored", action="store_true", help="a backup is put back in each")
    parser.add_argument("--exhaustive", type=int, help="every fault point, with so many seeds")
    parser.add_argument("--double", type=int, help="so many pairs of crashes")
    parser.add_argument("--planted", action="store_true", help="take each mechanism away")
    parser.add_argument("--seed", type=int, help="replay this one")
    parser.add_argument("--day", type=int, help="replay this day and night")
    parser.add_argument("--happens", default="", help="what happened in it")
    parser.add_argument("--store", default="", help="URL of an empty database; default: SQLite")
    parser.add_argument("--jobs", type=int, default=0, help="processes; default: one a core")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    if options.seed is not None:
        run = partial(suites.replay, options.seed, options.happens, options.store)
        return replay(partial(run, restored=options.restored))
    if options.day is not None:
        return replay(Day(options.day).go)
    if options.planted:
        return plant()
    if options.exhaustive:
        some = range(options.first, options.first + options.exhaustive)
        return tell(suites.single(some, options.store, options.jobs))
    if options.double:
        return tell(suites.double(options.double, options.store, options.jobs))
    return tell(suites.swarm(seeds, options.store, options.jobs, restored=options.restored))


def replay(go: Callable[[], Outcome]) -> int:
    """One run, told line by line."""
    outcome = go()
    print("\n".join(outcome.log))
    print(f"\n{outcome.scene}\n\nseed {outcome.seed}: {outcome.verdict}\nledgers {outcome.digest}")
    for violation in outcome.verdict.violations:
        print(f"  {violation}")
    return 0 if outcome.verdict.good else 1


def tell(reports: Iterable[Report]) -> int:
    """Print what is broken as it is found, and the sums at the end."""
    started, runs, broken = time.monotonic(), 0, 0
    totals: Counter[str] = Counter()
    for report in reports:
        runs += 1
        totals.update(report.counts)
        if report.violations:
            broken += 1
            print(report, flush=True)
    sums = ", ".join(f"{name} {number}" for name, number in sorted(totals.items()))
    print(f"{runs} runs in {time.monotonic() - started:.0f} s, {broken} broken: {sums}")
    return 1 if broken else 0


def plant() -> int:
    """Each planted bug must be found."""
    missed = 0
    for planted in PLANTED:
        seed, text = hunt(planted)
        missed += seed < 0
        print(
            f"{planted.name}: " + (f"seed {seed}, {text[:150]}" if text else "MISSED"), flush=True
        )
    print(f"{len(PLANTED)} planted, {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
