"""T3: `kill -9` again and again, in the middle of deliveries, while answers get lost.

    python -m tests.prove.kills --seed 7 --store sqlite [--kills 20]

Every cycle starts the daemon, lets people work, and kills it: most times some moments after a
request that writes has arrived in one of the systems. The next cycle's daemon finds what this one
left. Of the ERP's answers every tenth is lost after the work was done, and some saves are still on
their way when their sender is dead. On SQLite a restart takes up at once what was being sent; on
PostgreSQL it may be somebody else's and is left alone until the claim ends (see `live.HASTE`).
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial

from tests.prove.live import LEASE, Live, live, stores
from tests.prove.suite import Evidence, Suite
from tests.system.processes import Command

SEED = 1
KILLS = {"sqlite": 20, "postgresql": 3}
MANY = 1000
WRITES = 4
"""One of the next so many writes is the one that is killed."""
PAUSE = {"sqlite": 1.0, "postgresql": LEASE + 2}
"""Seconds beyond those of a start, to wait for a write. There may be nothing to do; and on
PostgreSQL what a dead daemon was reading is read by the next one once its lease has ended."""
BUSY = 1.0
"""Seconds to wait for the next delivery where that one is done already."""
ENOUGH = 1 / 3
"""Share of the kills that must have met a delivery under way; as a rule four of five do."""


def kill(store: str, kills: int, seed: int) -> Evidence:
    """T3 on one kind of store."""
    command = f"python -m tests.prove.kills --seed {seed} --store {store} --kills {kills}"
    evidence = Evidence(f"{kills:,} kills on {store}, seed {seed}")
    with stores(store) as url, live(url, seed) as company:
        began = time.monotonic()
        first = company.start()
        company.people.work(3)
        company.wait_for_writes(1, 30.0)
        pause = time.monotonic() - began + PAUSE[store]
        first.kill()
        company.trouble()
        for _ in range(kills):
            evidence.counts["under way"] += _cycle(company, pause)
        company.start()
        company.reckon(evidence, command)
    if evidence.counts["under way"] < kills * ENOUGH:
        evidence.violations.append(f"too gentle: {evidence.counts['under way']} met a delivery")
    return evidence


def _cycle(company: Live, pause: float) -> bool:
    """One life of a daemon; whether its death left a delivery under way."""
    daemon = company.start()
    company.people.work(company.random.randint(2, 4))
    _its_moment(company, daemon, pause)
    code = daemon.poll()
    daemon.kill()
    company.daemons.remove(daemon)
    assert code is None, f"it ended by itself: {company.log()[-2000:]}"
    return company.sending(daemon) > 0


def _its_moment(company: Live, daemon: Command, pause: float) -> None:
    """Wait for it. A tenth die at any moment: before they have begun, while they read."""
    if company.random.random() < 0.1:
        time.sleep(company.random.uniform(0.0, 1.5))
    elif company.wait_for_writes(company.random.randint(1, WRITES), pause):
        time.sleep(company.random.choice((0.0, 0.002, 0.01, 0.1)) * company.random.random())
        end = time.monotonic() + BUSY
        while time.monotonic() < end and not company.sending(daemon):
            time.sleep(0.005)


SUITES = tuple(
    Suite(
        f"T3 {name}",
        f"kill -9 while delivering, on {name}; every tenth answer lost",
        partial(kill, store, KILLS[store], SEED),
        partial(kill, store, MANY, SEED),
    )
    for name, store in (("SQLite", "sqlite"), ("PostgreSQL", "postgresql"))
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--store", choices=tuple(KILLS), default="sqlite")
    parser.add_argument("--kills", type=int, default=0)
    options = parser.parse_args()
    evidence = kill(options.store, options.kills or KILLS[options.store], options.seed)
    print(evidence.ran, dict(evidence.counts), *evidence.violations, sep="\n")
    return 0 if evidence.holds else 1


if __name__ == "__main__":
    sys.exit(main())
