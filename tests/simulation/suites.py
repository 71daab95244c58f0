"""The suites: many runs side by side, and what came of them in Jepsen's words."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.simulation import exhaustive, scene
from tests.simulation.day import Day
from tests.simulation.exhaustive import Plan
from tests.simulation.run import Outcome, Run

COMMAND = "python -m tests.simulation"


@dataclass
class Report:
    """One run, in a form that travels between processes."""

    command: str
    """What replays it."""
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    met: frozenset[str] = frozenset()
    """Fault points at which something happened."""

    def __str__(self) -> str:
        folded = {text.split(" ", 1)[0]: text for text in self.violations}
        return "\n".join([*list(folded.values())[:4], f"    {self.command}"])


def swarm(
    seeds: Iterable[int], url: str = "", jobs: int = 0, *, restored: bool = False
) -> Iterator[Report]:
    """T2: each seed a company of its own, in its own weather; `restored`: in each of them a
    backup is put back."""
    return _side_by_side(partial(_seed, url=url, restored=restored), list(seeds), jobs)


def single(seeds: Iterable[int], url: str = "", jobs: int = 0, **rest: Any) -> Iterator[Report]:
    """T1: each fault point of the product, each kind of trouble."""
    return _side_by_side(partial(_plan, url=url), list(exhaustive.single(seeds, url, **rest)), jobs)


def double(count: int, url: str = "", jobs: int = 0) -> Iterator[Report]:
    """T1: two crashes in one run."""
    return _side_by_side(partial(_plan, url=url), list(exhaustive.double(count)), jobs)


def days(seeds: Iterable[int], jobs: int = 0) -> Iterator[Report]:
    """T10: each seed a day and a night."""
    return _side_by_side(_day, list(seeds), jobs, chunk=1)


def _side_by_side(
    work: Callable[[Any], Report], items: list[Any], jobs: int, chunk: int = 4
) -> Iterator[Report]:
    """Work them off in as many processes; one keeps to this process."""
    jobs = jobs or os.cpu_count() or 1
    if jobs == 1 or len(items) == 1:
        yield from map(work, items)
        return
    # Not forked: whoever calls may have threads. Replaced now and then: a greenlet's stack leaves
    # something behind in the C library, a megabyte a run.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, spawn, max_tasks_per_child=100) as pool:
        yield from pool.map(work, items, chunksize=chunk)


def _seed(seed: int, url: str, restored: bool) -> Report:
    command = f"{COMMAND} --seed {seed}" + " --restored" * restored
    return _carried_out(partial(replay, seed, "", url, restored=restored), command)


def _day(seed: int) -> Report:
    return _carried_out(partial(Day(seed).go), f"{COMMAND} --day {seed}")


def _plan(plan: Plan, url: str) -> Report:
    command = f"{COMMAND} --seed {plan.seed} --happens {plan}"
    report = _carried_out(partial(exhaustive.carry_out, plan, url), command)
    if report.counts["crash"] + report.counts["error"] + report.counts["stop"]:
        report.met = frozenset(name for name, _, _ in plan.happens)
    return report


def _carried_out(go: Callable[[], Outcome], command: str) -> Report:
    try:
        outcome = go()
    except Exception:  # noqa: BLE001 - told with the command that replays it
        return Report(command, violations=[f"simulation {traceback.format_exc()[-1500:]}"])
    verdict = outcome.verdict
    counts = Counter(
        ok=verdict.ok,
        listed=verdict.listed,
        withdrawn=verdict.withdrawn,
        recovered=verdict.recovered,
    )
    counts.update({kind: verdict.count(kind) for kind in ("lost", "duplicated", "unexpected")})
    counts.update(outcome.happened)
    return Report(command, counts, [str(violation) for violation in verdict.violations])


def replay(seed: int, happens: str, url: str, *, restored: bool = False) -> Outcome:
    """A run once more: a swarm's, or a planned one."""
    if happens:
        return exhaustive.carry_out(Plan.read(seed, happens), url)
    return Run(seed, draw=scene.restored if restored else scene.swarm, url=url).go()
