"""Processes of the product in virtual time: the daemon's own jobs, run as tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from connector.app import App
from connector.daemon import AGE, FOLLOW, PLAN, RECKON, RECOVER, Daemon
from connector.engine.dispatch import Dispatcher
from connector.health import Health
from tests.simulation.database import VirtualStore
from tests.simulation.scheduler import Process, Scheduler, Task

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class VirtualClock:
    """What time a process believes it is."""

    def __init__(self, scheduler: Scheduler, process: Process) -> None:
        self._scheduler = scheduler
        self._process = process

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._scheduler.now + self._process.skew)

    def monotonic(self) -> float:
        return self._scheduler.now - self._process.asleep

    def sleep(self, seconds: float) -> None:
        self._scheduler.sleep(seconds)


class Future:
    """What `Dispatcher` waits for."""

    def __init__(self, scheduler: Scheduler, task: Task) -> None:
        self._scheduler = scheduler
        self._task = task

    def result(self) -> Any:
        return self._scheduler.wait_for(self._task)


class Pool:
    """In place of a pool of threads: each piece of work is a task of the same process."""

    def __init__(self, scheduler: Scheduler, size: int = 0, **_: Any) -> None:
        self._scheduler = scheduler

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future:
        current = self._scheduler.current
        assert current is not None
        task = self._scheduler.spawn(current.process, partial(work, *arguments))
        return Future(self._scheduler, task)

    def shutdown(self, *, wait: bool = True) -> None:
        """Everything submitted was waited for."""


class VirtualDaemon(Daemon):
    """The real daemon's jobs at its own intervals; only the scheduling library is left out."""

    def __init__(self, app: App, scheduler: Scheduler, beat: float) -> None:
        self._app = app
        self._scheduler_ = scheduler
        self._beat = beat
        self.ending = False
        self.pace = 1.0
        """How many times longer it rests than it would."""
        self.health = Health()
        self._swept = False

    def live(self) -> None:
        """As `Daemon._serve_version`: start the jobs, and end them when told so."""
        with self._app.engine() as engine:
            self._end_pauses(self._app)
            engine.introduce()
            loops = []
            for feed in self._app.system.feeds.values():
                every = min(flow.settings.every for flow in feed.flows)
                work = partial(self._read, engine, feed)
                loops.append(self._spawn(f"read {feed.name}", work, every, at_once=True))
            loops.append(self._spawn("recover", partial(self._recover, engine), RECOVER))
            loops.append(self._spawn("age", partial(self._age, self._app), AGE))
            loops.append(self._spawn("plan", partial(self._plan, self._app, engine), PLAN))
            loops.append(self._spawn("reckon", partial(self._reckon, engine), RECKON))
            if self._app.reviewed or self._app.system.watched:
                work = partial(self._follow_rules, self._app)
                loops.append(self._spawn("rules", work, FOLLOW))
            deliver = partial(self._deliver, self._app, engine)
            loops.append(self._spawn("deliver", deliver, self._beat))
            for loop in loops:
                self._scheduler_.wait_for(loop)

    def end(self) -> None:
        """As by SIGTERM."""
        self.ending = True

    def _spawn(
        self, name: str, work: Callable[[], None], every: float, *, at_once: bool = False
    ) -> Task:
        job = self._safely(name, work)

        def loop() -> None:
            if not at_once:
                self._rest(every)
            while not self.ending:
                job()
                self._rest(every)

        current = self._scheduler_.current
        assert current is not None
        return self._scheduler_.spawn(current.process, loop)

    def _deliver(self, app: App, engine: Dispatcher) -> None:
        """The same; a beat that would find nothing to do is passed over, for speed."""
        store = app.system.store
        assert isinstance(store, VirtualStore)
        if store.has_work(self._scheduler_.now):
            super()._deliver(app, engine)

    def _follow_rules(self, app: App) -> None:
        """The same; all is looked at once, then a beat with nothing to do is passed over."""
        store = app.system.store
        assert isinstance(store, VirtualStore)
        if self._app.reviewed or not self._swept or store.has_to_tell():
            super()._follow_rules(app)
            self._swept = True

    def _rest(self, seconds: float) -> None:
        until = self._scheduler_.now + seconds * self.pace
        while not self.ending and self._scheduler_.now < until:
            self._scheduler_.sleep(min(until - self._scheduler_.now, 30.0))
