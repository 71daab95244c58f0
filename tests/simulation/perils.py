"""What happens to processes at the seams: crashes, stops, and errors nobody foresaw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Protocol

from connector.store.engine import StoreUnavailable
from tests.simulation.scene import LONGEST, Perils, Scene
from tests.simulation.scheduler import Killed, Process, Scheduler

SETTLE = LONGEST + 60.0
"""Seconds that the product leaves a doubt alone, by default."""


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
        scene: Scene,
        fate: Fate,
        note: Callable[[str], None],
    ) -> None:
        self._scheduler = scheduler
        self._random = random
        self._scene = scene
        self._fate = fate
        self._note = note
        self.hits: Counter[str] = Counter()
        """How often each fault point was met while things still go wrong."""
        self.done: Counter[str] = Counter()
        """What happened, by kind."""
        self.calm = False
        self._no_database_until = 0.0

    def cut_off(self, seconds: float) -> None:
        """The database is not available for a while."""
        self._note(f"no database for {seconds:.0f} s")
        self._no_database_until = self._scheduler.now + seconds

    def __call__(self, name: str) -> None:
        task = self._scheduler.current
        if task is None or task.process is None:
            return  # the world itself, which does not fail
        process = task.process
        if process.dead:
            raise Killed
        self._meet(name, process)
        down = self._scheduler.now < self._no_database_until and not self.calm
        if name == "transaction_begin" and down:
            raise StoreUnavailable("the database is down")
        if self._random.random() < self._scene.perils.switch:
            self._scheduler.give_way()

    def _meet(self, name: str, process: Process) -> None:
        if self.calm:
            return
        what = self._fate(name, self.hits[name], process)
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
        """Only a unique mark helps where somebody stops between his last look at his claim and
        the sending, and wakes up when his successor has looked and found nothing. Elsewhere
        such a stop is shorter than `settle`: that is assumed, and said."""
        last_look = name == "before_write" and self._scene.idempotency != "A"
        return min(self._scene.perils.longest, SETTLE) if last_look else self._scene.perils.longest
