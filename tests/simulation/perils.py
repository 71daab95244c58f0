"""What happens to processes at the seams: crashes, stops, and errors nobody foresaw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Protocol

from connector.store.engine import StoreUnavailable
from tests.simulation.scene import Perils
from tests.simulation.scheduler import Killed, Process, Scheduler


class Mishap(Exception):
    """An error that nobody foresaw."""


class Fate(Protocol):
    """Decides what happens at a seam."""

    def __call__(self, name: str, count: int, process: Process) -> str:
        """`crash`, `stop`, `suspend`, `error` or nothing; `count` hits of this seam before."""


def by_chance(perils: Perils, random: Random) -> Fate:
    """Each kind as often as the scene says."""

    def fate(name: str, count: int, process: Process) -> str:
        chance = random.random()
        for kind in ("crash", "stop", "suspend", "error"):
            chance -= getattr(perils, kind)
            if chance < 0:
                return kind
        return ""

    return fate


def exactly(*planned: tuple[str, int, str]) -> Fate:
    """`(seam, hit, what)`: only that, when the seam is met for that time."""
    left = {(name, hit): what for name, hit, what in planned}

    def fate(name: str, count: int, process: Process) -> str:
        return left.pop((name, count), "")

    return fate


class Seams:
    """The hook behind `connector.faults.fault`."""

    def __init__(
        self,
        scheduler: Scheduler,
        random: Random,
        perils: Perils,
        fate: Fate,
        note: Callable[[str], None],
    ) -> None:
        self._scheduler = scheduler
        self._random = random
        self._perils = perils
        self._fate = fate
        self._note = note
        self.hits: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        """What happened, by kind."""
        self.calm = False
        self.no_database_until = 0.0

    def __call__(self, name: str) -> None:
        task = self._scheduler.current
        if task is None or task.process is None:
            return  # the world itself, which does not fail
        process = task.process
        if process.dead:
            raise Killed
        self._meet(name, process)
        if name == "transaction_begin" and self._scheduler.now < self.no_database_until:
            raise StoreUnavailable("the database is down")
        if self._random.random() < self._perils.switch:
            self._scheduler.give_way()

    def _meet(self, name: str, process: Process) -> None:
        what = "" if self.calm else self._fate(name, self.hits[name], process)
        self.hits[name] += 1
        if not what:
            return
        self.done[what] += 1
        self._note(f"{process.name}: {what} at {name}")
        if what == "crash":
            self._scheduler.kill(process)
            raise Killed
        if what == "error":
            kind = StoreUnavailable if name.startswith("transaction") else Mishap
            raise kind(f"at {name}")
        seconds = self._random.uniform(1.0, self._longest(name))
        self._scheduler.freeze(process, seconds, suspended=what == "suspend")

    def _longest(self, name: str) -> float:
        return self._perils.longest
