"""Run seeds, or replay one with a log that people can read.

python -m tests.simulation --seeds 200 [--from N] [--store URL] [--jobs 2]
python -m tests.simulation --seed N
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.run import Outcome, Run


def main() -> int:
    """The exit code: 0 if every promise held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--store", default="", help="URL of an empty database; default: SQLite")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if options.seed is not None:
        return replay(options.seed, options.store)
    return many(options.first, options.seeds, options.jobs, options.store)


def replay(seed: int, url: str) -> int:
    """One seed, told line by line."""
    outcome = Run(seed, url=url).go()
    print("\n".join(outcome.log))
    print(f"\n{outcome.scene}\n\nseed {seed}: {outcome.verdict}\nledgers {outcome.digest}")
    for violation in outcome.verdict.violations:
        print(f"  {violation}")
    return 0 if outcome.verdict.good else 1


def many(first: int, count: int, jobs: int, url: str) -> int:
    """Many seeds, side by side; only violations are told."""
    started = time.monotonic()
    totals: Counter[str] = Counter()
    broken: list[int] = []
    with ProcessPoolExecutor(jobs) as pool:
        work = partial(verdict, url=url)
        for seed, counts, violations in pool.map(work, range(first, first + count), chunksize=5):
            totals.update(counts)
            if violations:
                broken.append(seed)
                folded = {text.split(" ", 1)[0]: text for text in violations}
                print(f"seed {seed}: " + "\n    ".join(list(folded.values())[:4]))
                print(f"    python -m tests.simulation --seed {seed}", flush=True)
    seconds = time.monotonic() - started
    told = ", ".join(f"{name} {number}" for name, number in sorted(totals.items()))
    print(f"{count} seeds from {first} in {seconds:.0f} s: {told}; broken: {broken or 'none'}")
    return 1 if broken else 0


def verdict(seed: int, url: str = "") -> tuple[int, Counter[str], list[str]]:
    """A run in a form that travels between processes."""
    try:
        return seed, *tally(Run(seed, url=url).go())
    except Exception:  # noqa: BLE001 - told with its seed
        return seed, Counter(), [f"simulation: {traceback.format_exc()}"]


def tally(outcome: Outcome) -> tuple[Counter[str], list[str]]:
    """The counts and the violations of a run."""
    verdict = outcome.verdict
    counts = Counter(
        ok=verdict.ok,
        listed=verdict.listed,
        withdrawn=verdict.withdrawn,
        recovered=verdict.recovered,
        lost=verdict.count("lost"),
        duplicated=verdict.count("duplicated"),
        unexpected=verdict.count("unexpected"),
    )
    counts.update(outcome.happened)
    return counts, [str(violation) for violation in verdict.violations]


if __name__ == "__main__":
    sys.exit(main())
