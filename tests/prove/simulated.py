"""T1, T2, T6, T10, T12: the product in virtual time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from tests.database import serving
from tests.prove.suite import Evidence, Suite
from tests.simulation import poison, suites
from tests.simulation.exhaustive import points
from tests.simulation.planted import PLANTED, hunt
from tests.simulation.suites import Report

SEEDS = 40
FOUND = (282, 337, 366, 408, 428, 443, 592, 608, 758, 763, 1008, 1067, 1086, 1145, 1458, 1493)
"""Seeds beyond those that once showed a bug of the product; as long as the simulation is as it
was then. What they showed is told in `tests/engine`, too."""

PUT_BACK = (1, 23, 52, 74, 82, 145, 153, 238, 312)
"""The same of companies in which a backup is put back."""

SCENES = (10, 2)
"""Seeds in whose scenes, between them, every fault point is met while things still go wrong."""

ON_POSTGRESQL = (3, 7, 2)
"""The same on PostgreSQL; there the first meets all but a lost connection to the database."""

HANDED_OVER = {"command_taken", "command_done"}
"""Fault points that SQLite alone has: there a command is given to the daemon that has the store."""

QUICK = {
    "no settling": 0,
    "outcomes without compare-and-set": 0,
    "the cursor moves before its page": 0,
    "documents are cached across claims": 0,
    "whatever has our number is adopted": 1,
    "what was approved once is approved for good": 1,
    "what is told is noted in a later transaction": 0,
}
"""Planted bugs that are found soon, and by which seed."""


def told(what: str, reports: Iterable[Report]) -> tuple[Evidence, frozenset[str]]:
    """The evidence of many runs, and the fault points at which something happened in them."""
    evidence, runs, met = Evidence(), 0, frozenset[str]()
    for report in reports:
        runs += 1
        met |= report.met
        evidence.counts.update(report.counts)
        if report.violations:
            evidence.violations.append(str(report))
    evidence.ran = f"{runs:,} {what}"
    return evidence, met


def swarm(seeds: Sequence[int], *, restored: bool = False) -> Evidence:
    """T2, and T6 without real processes: every third company has two or three daemons."""
    return told("runs", suites.swarm(seeds, restored=restored))[0]


def single(
    scenes: Sequence[int],
    kinds: Sequence[str],
    url: str = "",
    *,
    every: int = 1,
    in_turn: bool = False,
) -> Evidence:
    """T1: each fault point, or every so many, and each kind of trouble; `in_turn`: one a scene."""
    jobs = 1 if url else 0  # there is one database at a URL
    some = points()[::every]
    runs = suites.single(scenes, url, jobs, kinds=kinds, among=some, in_turn=in_turn)
    evidence, met = told("runs, one trouble each", runs)
    missed = sorted(set(some) - met - (HANDED_OVER if url else set()))
    if missed:
        evidence.violations.append(f"nothing ever happened at {', '.join(missed)}")
    return evidence


def on_postgresql(scenes: Sequence[int], kinds: Sequence[str], *, every: int = 1) -> Evidence:
    """T1 once more on the other database, on which daemons work side by side."""
    with serving() as server:
        server.never_flush()
        return single(scenes, kinds, server.database("single"), every=every)


def double(count: int) -> Evidence:
    """T1: two crashes in one run."""
    return told("runs, two crashes each", suites.double(count))[0]


def planted(seeds: dict[str, range]) -> Evidence:
    """T12: with each of these mechanisms taken away, the simulation must find out."""
    evidence = Evidence(f"{len(seeds)} mechanisms taken away")
    for bug in PLANTED:
        if bug.name in seeds:
            seed, _ = hunt(bug, seeds[bug.name])
            evidence.counts["caught"] += seed >= 0
            if seed < 0:
                evidence.violations.append(f"missed: {bug.name}")
    return evidence


def days(seeds: Sequence[int]) -> Evidence:
    """T10: from noon to noon, at dates at which clocks and months turn."""
    return told("days and nights", suites.days(seeds))[0]


def poisoned(seeds: Sequence[int]) -> Evidence:
    """P7: for each kind of poison, the same companies with and without."""
    evidence, waits = Evidence(), []
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = pool.map(partial(poison.compared, seeds=seeds), poison.KINDS)
        for kind, compared in zip(poison.KINDS, found, strict=True):
            evidence.counts["ok"] += len(compared.with_it)
            command = f"\n    python -m tests.simulation.poison {kind} {len(seeds)}"
            evidence.violations += [text + command for text in compared.broken]
            if compared.times > poison.MOST:
                words = f"the healthy wait {compared.times:.1f} times as long beside {kind}"
                evidence.violations.append(words + command)
            waits.append(f"{kind} {compared.times:.2f}")
    pairs = len(seeds) * len(poison.KINDS)
    evidence.ran = (
        f"{pairs:,} pairs of runs; 95 of 100 wait so many times longer: {', '.join(waits)}"
    )
    return evidence


ALL = ("crash", "error", "stop", "suspend")

SUITES = (
    Suite(
        "T1 single",
        "each fault point: crash, error, long pause",
        partial(single, SCENES, ALL[:3], in_turn=True),
        partial(single, range(30), ALL),
    ),
    Suite(
        "T1 PostgreSQL",
        "the same on PostgreSQL",
        partial(on_postgresql, ON_POSTGRESQL[:1], ALL[:1], every=4),
        partial(on_postgresql, ON_POSTGRESQL, ALL),
    ),
    Suite(
        "T1 double",
        "a crash in the mending of another",
        partial(double, 20),
        partial(double, 500),
    ),
    Suite(
        "T2",
        "a swarm of companies in all weathers",
        partial(swarm, [*range(SEEDS), *FOUND]),
        partial(swarm, range(10_000)),
    ),
    Suite(
        "T2 backups",
        "in each company a backup is put back: our store's, or the ERP's",
        partial(swarm, PUT_BACK, restored=True),
        partial(swarm, range(1_000), restored=True),
    ),
    Suite(
        "T2 poison",
        "one record in twenty is poison; the healthy wait at most twice as long",
        partial(poisoned, range(1)),
        partial(poisoned, range(25)),
    ),
    Suite(
        "T10",
        "a day and a night: sessions, maintenance, a new password, clocks that turn",
        partial(days, range(1)),
        partial(days, range(50)),
    ),
    Suite(
        "T12",
        "mechanisms taken away one by one",
        partial(planted, {name: range(first, first + 10) for name, first in QUICK.items()}),
        partial(planted, {bug.name: range(40) for bug in PLANTED}),
    ),
)
