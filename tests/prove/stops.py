"""T6: two and three daemons on one PostgreSQL store, stopped for longer than their claims last.

    python -m tests.prove.stops --seed 7 [--daemons 3] [--stops 3]

Each daemon is stopped by SIGSTOP, most times with a delivery under way, and goes on by SIGCONT
after its claim has ended and, as a rule, after the others have looked up and done what it had
claimed. What it does then, it does without knowing that it slept: no clock that it could read
between two steps tells it so.

A claim lasts `2 x the longest request + 60 s` at a site, and real stops longer than that would take
minutes each. So in these processes the constant in it is 1 s and the longest request 2 s (see
`live.HASTE`): five seconds, during which nothing is begun that could not end. What is proven is how
they fence each other, and that does not depend on the constant: it is read from the store's clock,
which all daemons share, and compared by the same code. The swarm (T2) has stops with the real one.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tests.prove.live import LEASE, SETTLE, Live, live, stores
from tests.prove.suite import Evidence, Suite
from tests.system.processes import Command

SEED = 1
STOPS = 2
MANY = 200
AWAKE = (0.5, 4.0)
"""Seconds for which a daemon works between two stops."""
BEYOND = (0.5, SETTLE + 2)
"""Seconds for which it is stopped beyond the end of its claims."""
BUSY = 3.0
"""Seconds to wait for a delivery under way, before one is stopped all the same."""
ENOUGH = 1 / 3
"""Share of the stops that must have met a delivery under way; as a rule two of three do."""


@dataclass
class Sleeper:
    """A daemon that is stopped now and then."""

    daemon: Command
    until: float
    """When it is to be stopped, or to go on."""
    asleep: bool = False


def stop(stops: int, daemons: int, seed: int) -> Evidence:
    """T6: so many daemons, until so many stops are over."""
    command = f"python -m tests.prove.stops --seed {seed} --daemons {daemons} --stops {stops}"
    evidence = Evidence(f"{stops} stops longer than the claim, {daemons} daemons, seed {seed}")
    with stores("postgresql") as url, live(url, seed) as company:
        first = company.start()
        company.people.work(3)
        company.wait_for_writes(1, 30.0)
        company.trouble()
        some = [first, *(company.start() for _ in range(daemons - 1))]
        sleepers = [Sleeper(daemon, _after(company, AWAKE)) for daemon in some]
        left = stops
        while left or any(sleeper.asleep for sleeper in sleepers):
            company.people.work(1)
            time.sleep(company.random.uniform(0.1, 0.4))
            for sleeper in sleepers:
                if time.monotonic() < sleeper.until:
                    continue
                if sleeper.asleep:
                    _wake(company, sleeper)
                elif left:
                    left -= 1
                    awake = [one for one in sleepers if not one.asleep]
                    evidence.counts["under way"] += _put_one_to_sleep(company, awake)
        company.reckon(evidence, command)
        if any(sleeper.daemon.poll() is not None for sleeper in sleepers):
            words = f"a daemon has ended: {company.log()[-1500:]}\n    {command}"
            evidence.violations.append(words)
    if evidence.counts["under way"] < stops * ENOUGH:
        evidence.violations.append(f"too gentle: {evidence.counts['under way']} met a delivery")
    return evidence


def _after(company: Live, span: tuple[float, float]) -> float:
    return time.monotonic() + company.random.uniform(*span)


def _put_one_to_sleep(company: Live, awake: Sequence[Sleeper]) -> bool:
    """The first that has a delivery under way; whether it still had when it was stopped."""
    company.people.work(2)
    busy, end = awake[0], time.monotonic() + BUSY
    while time.monotonic() < end:
        found = [one for one in awake if company.sending(one.daemon)]
        if found:
            busy = found[0]
            break
        time.sleep(0.005)
    busy.daemon.send_signal(signal.SIGSTOP)
    busy.asleep, busy.until = True, _after(company, BEYOND) + LEASE
    return company.sending(busy.daemon) > 0


def _wake(company: Live, sleeper: Sleeper) -> None:
    sleeper.daemon.send_signal(signal.SIGCONT)
    sleeper.asleep, sleeper.until = False, _after(company, AWAKE)


def both(stops: int, seed: int) -> Evidence:
    """The full form: half of the stops with two daemons, half with three."""
    two, three = (stop(stops // 2, daemons, seed) for daemons in (2, 3))
    ran = f"{two.ran}; {three.ran}"
    return Evidence(ran, two.counts + three.counts, two.violations + three.violations)


SUITES = (
    Suite(
        "T6",
        "daemons on one store stopped beyond their claims",
        partial(stop, STOPS, 2, SEED),
        partial(both, MANY, SEED),
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--daemons", type=int, default=2)
    parser.add_argument("--stops", type=int, default=STOPS)
    options = parser.parse_args()
    evidence = stop(options.stops, options.daemons, options.seed)
    print(evidence.ran, dict(evidence.counts), *evidence.violations, sep="\n")
    return 0 if evidence.holds else 1


if __name__ == "__main__":
    sys.exit(main())
