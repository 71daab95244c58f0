"""One run: a company at work, everything going wrong, then calm; and what the oracle reads of it."""

from __future__ import annotations

import hashlib
import json
import logging
import random as global_random
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from random import Random
from typing import Any
from unittest import mock

from sqlalchemy import select

from connector import faults, messages
from connector.app import App
from connector.contract import Settings
from connector.engine import dispatch
from connector.store.engine import StoreUnavailable
from connector.store.tables import connections, deliveries, derivations, feeds
from tests.oracle import judge
from tests.oracle.history import Found, History, Listed, Terms, Waiting
from tests.oracle.verdict import Verdict
from tests.simulation import company, database
from tests.simulation.crm import Crm, Salespeople
from tests.simulation.erp import Clerks, Erp
from tests.simulation.perils import Fate, Mishap, Seams, by_chance
from tests.simulation.process import Pool, VirtualClock, VirtualDaemon
from tests.simulation.scene import Scene, swarm
from tests.simulation.scheduler import Process, Scheduler, Task, Turn
from tests.simulation.wire import VirtualHttp, Wire

START = 1_795_000_000.0
"""When virtual time begins: some day in November 2026."""
PATIENCE = 3 * 3600.0
"""Seconds of calm after which everything must have come to rest, long backoffs included."""
FEEDS = 4
"""Readings that the configuration has."""
LOOK = 20.0
"""Seconds between looks at what stands too long."""


@dataclass
class Outcome:
    """What came of a run."""

    seed: int
    scene: Scene
    history: History
    verdict: Verdict
    hits: dict[str, int]
    happened: dict[str, int]
    log: list[str]

    @property
    def digest(self) -> str:
        """Equal for equal runs, byte for byte."""
        history = self.history
        ledgers = [asdict(entry) for entry in (*history.erp, *history.crm, *history.versions)]
        ledgers += [asdict(call) for call in history.calls]
        return hashlib.sha256(json.dumps(ledgers, default=str).encode()).hexdigest()


class Run:
    """Everything that belongs to one run."""

    def __init__(
        self, seed: int, scene: Scene | None = None, fate: Fate | None = None, url: str = ""
    ) -> None:
        self.seed = seed
        self.scene = scene or swarm(self.random("scene"))
        self.scheduler = Scheduler(self.random("scheduler"), START)
        self.log: list[str] = []
        perils = self.scene.perils
        chance = fate or by_chance(perils, self.random("perils"))
        self.seams = Seams(self.scheduler, self.random("seams"), perils, chance, self.note)
        self.store = database.store(url)
        self.store.empty()
        self.store.take_turns(Turn(self.scheduler, database.PATIENCE))
        database.VirtualStore.shared = self.scene.daemons > 1
        self._worlds()
        self._starts = 0
        self._daemons: dict[Process, VirtualDaemon] = {}
        self.trouble: list[str] = []
        self.late: list[Waiting] = []
        self.calm_at = 0.0

    def random(self, what: str) -> Random:
        """A stream of chance of its own, so that one more draw here changes nothing there."""
        return Random(f"{self.seed}/{what}")

    def note(self, text: str) -> None:
        """A line of the readable log."""
        self.log.append(f"{self.scheduler.now - START:10.3f}  {text}")

    def _worlds(self) -> None:
        scene = self.scene
        self.crm = Crm(self.scheduler, skew=scene.skew, grain=scene.grain)
        self.erp = Erp(self.scheduler, self.random("erp"), scene.nature, skew=0.0)
        late, lookback = scene.late, scene.lookback
        self.sales = Salespeople(self.crm, self.random("sales"), late=late, longest=lookback * 0.9)
        self.clerks = Clerks(self.erp, self.random("clerks"))
        self.crm.note = self.erp.note = self.note
        self.sales.open_shop(scene.customers)
        self.erp.open_shop(self.sales.MATERIALS)
        self.erp.on_save = self._meddle(self.random("meddling"))

    def _meddle(self, random: Random) -> Callable[[str], None]:
        def meddle(mark: str) -> None:
            key = mark.removeprefix("crm:")
            if not self.seams.calm and random.random() < self.scene.meddling:
                self.sales.edit(key)

        return meddle

    # -- people ---------------------------------------------------------------------------

    def _schedule_people(self) -> None:
        random, scene, keys = self.random("people"), self.scene, []
        for n in range(scene.orders):
            key = f"o{n + 1}"
            keys.append(key)
            self._life(random, key)
        for _ in range(int(scene.clerks * scene.orders)):
            self._soon(random, 0.3, self.clerks.do_something)
        for n in range(scene.customers):
            if random.random() < 0.3:
                self._soon(random, 0.2, partial(self.sales.rename, f"c{n + 1}"))

    def _life(self, random: Random, key: str) -> None:
        scene = self.scene
        customer = f"c{random.randint(1, scene.customers)}"
        if random.random() < 0.15:
            customer = f"late-{key}"
            self._soon(random, 0.0, partial(self.sales.customer, customer))
        status = random.choice(("confirmed", "confirmed", "confirmed", "in_approval", "draft"))
        born = random.random() * 0.6
        at = START + scene.seconds * born
        self.scheduler.at(at, partial(self.sales.order, key, customer, status=status))
        if status != "confirmed":
            self._soon(random, born, partial(self.sales.status, key, "confirmed"))
        for _ in range(int(random.uniform(0, 2 * scene.edits) + 0.5)):
            self._soon(random, born, partial(self.sales.edit, key))
        if random.random() < scene.cancels:
            self._soon(random, born, partial(self.sales.status, key, "cancelled"))
        if random.random() < scene.deletes:
            self._soon(random, born, partial(self.sales.delete, key))

    def _soon(self, random: Random, after: float, work: Callable[[], None]) -> None:
        """At some time in what is left of the run."""
        share = after + random.random() * (0.95 - after)
        self.scheduler.at(START + self.scene.seconds * share, work)

    # -- processes ------------------------------------------------------------------------

    def start(self, slot: int) -> None:
        """Start a daemon; when it dies, somebody starts another one."""
        self._starts += 1
        process = Process(f"d{slot}.{self._starts}")
        self.note(f"{process.name}: starts")
        self.scheduler.spawn(process, partial(self._live, process, self._starts))
        self.scheduler.at(self.scheduler.now + 1.0, partial(self._watch, slot, process))

    def _watch(self, slot: int, process: Process) -> None:
        """As a service manager does."""
        if process.dead or not process.tasks:
            wait = self.random(f"restart {self._starts}").choice((0.5, 5.0, 60.0))
            self.scheduler.kill(process)
            self.scheduler.at(self.scheduler.now + wait, partial(self.start, slot))
        else:
            self.scheduler.at(self.scheduler.now + 1.0, partial(self._watch, slot, process))

    def _live(self, process: Process, number: int) -> None:
        app = self.open(process, number)
        beat = self.random(f"beat {number}").choice((1.0, 2.0, 5.0))
        daemon = VirtualDaemon(app, self.scheduler, beat)
        self._daemons[process] = daemon
        try:
            daemon.live()
        except (StoreUnavailable, Mishap) as error:
            self.note(f"{process.name}: ends, {error}")
        finally:
            process.dead = True

    def open(self, process: Process, number: int) -> App:
        """The product as this process sees it."""
        clock = VirtualClock(self.scheduler, process)
        random = self.random(f"process {number}")
        servers = {"crm": self.crm, "erp": self.erp}

        def make_http(name: str, settings: Settings) -> VirtualHttp:
            wire = Wire(servers[name], self.scene.weather, self.scheduler, random, process.name)
            return VirtualHttp(settings, clock, wire)

        store = self.store.of(clock)
        return company.opened(self.scene, store, clock, process.name, random, make_http)

    def command(self, name: str, work: Callable[[App], Any]) -> Any:
        """Somebody runs a command; waits for it in virtual time."""
        self._starts += 1
        process = Process(name)
        task = self.scheduler.spawn(process, lambda: work(self.open(process, self._starts)))
        while not task.done:
            self.scheduler.run(self.scheduler.now + 1.0)
        if task.error is not None:
            raise task.error
        return task.value

    # -- the run --------------------------------------------------------------------------

    def go(self) -> Outcome:
        """Work, trouble, calm, verdict."""
        with self._installed():
            self._schedule_people()
            for slot in range(self.scene.daemons):
                self.start(slot)
            self.scheduler.run(START + self.scene.seconds)
            self._calm()
            rested = self._rest()
            history = self._history(rested)
            self.scheduler.bury()
        verdict = judge(history)
        return Outcome(
            self.seed, self.scene, history, verdict,
            dict(self.seams.hits), dict(self.seams.done), self.log,
        )  # fmt: skip

    @contextmanager
    def _installed(self) -> Iterator[None]:
        pool = partial(Pool, self.scheduler)
        known = global_random.getstate()
        global_random.seed(self.seed)  # tenacity draws its waits from there
        logger = logging.getLogger("connector")
        listener = _Listener(self)
        level = logger.level
        logger.addHandler(listener)
        logger.setLevel(logging.INFO)
        faults.install(self.seams)
        try:
            with mock.patch.object(dispatch, "ThreadPoolExecutor", pool):
                with speaking("en"):
                    yield
        finally:
            faults.install(None)
            self.scheduler.bury()
            logger.removeHandler(listener)
            logger.setLevel(level)
            global_random.setstate(known)

    def _calm(self) -> None:
        """From here on nothing goes wrong, and nobody changes anything."""
        self.note("calm")
        self.calm_at = self.scheduler.now
        self.seams.calm = self.erp.calm = True
        self.scene.weather.calm = True
        for process in self._daemons:
            self.scheduler.thaw(process)

    def _rest(self) -> bool:
        """Wait until nothing is left to do; False: it never came to that."""
        sweeps = 2 * self.scene.compare + 130.0
        earliest = self.calm_at + sweeps
        while self.scheduler.now < self.calm_at + PATIENCE:
            self.scheduler.run(self.scheduler.now + LOOK)
            self._look()
            if self.scheduler.now > earliest:
                if not self._busy():
                    return True
                for daemon in self._daemons.values():
                    daemon.pace = 4.0
        return False

    def _busy(self) -> bool:
        with self.store.reading() as tx:
            if tx.execute(select(derivations)).first() is not None:
                return True
            read = [row.run_at or 0.0 for row in tx.execute(select(feeds))]
            if len(read) < FEEDS or min(read) < self.calm_at + 2 * self.scene.compare:
                return True
            rows = tx.execute(select(deliveries).where(deliveries.c.state != "stopped")).all()
        return any(row.state != "in_sync" and not _idle(row) for row in rows)

    def _look(self) -> None:
        """Note doubts and dead claims that stand longer than they may."""
        now = self.scheduler.now
        with self.store.reading() as tx:
            paused = [row.paused_until or 0.0 for row in tx.execute(select(connections))]
            rows = tx.execute(
                select(deliveries).where(deliveries.c.state.in_(("in_doubt", "sending")))
            ).all()
        since = max(self.calm_at, *paused, 0.0)
        for row in rows:
            # One slow call after another: a beat takes the flows in turn.
            begun = max(row.due_at or 0.0, since) + 60.0 * (1 + self.scene.weather.latency)
            if row.state == "sending":
                begun = max(row.deadline, since) + 15.0
            if now > begun:
                self.late.append(_waiting(row))

    # -- what the oracle reads --------------------------------------------------------------

    def _history(self, rested: bool) -> History:
        scene = self.scene
        terms = Terms(
            scene.idempotency, scene.until, scene.gone, scene.on_conflict,
            "unaudit" in scene.on_change, scene.attempts, scene.nature.numbering,
        )  # fmt: skip
        history = History(terms)
        history.versions = self.crm.versions
        history.erp, history.crm = self.erp.ledger, self.crm.ledger
        history.calls = [*self.erp.calls, *self.crm.calls]
        history.calm_at, history.ended_at = self.calm_at, self.scheduler.now
        history.late = self.late
        history.trouble = list(self.trouble)
        history.secrets = list(company.SECRETS.values())
        listed = self.command("failures", lambda app: app.failures())
        history.failures = [
            Listed(f["flow"], f["key"], f["reason"], f["words"], f["who"]) for f in listed
        ]
        for flow in ("orders", "customers"):
            found = self.command("reconcile", lambda app, flow=flow: app.reconcile(flow))
            history.reconciled += [
                Found(f.kind, f.key, tuple(d.path for d in f.differences)) for f in found
            ]
        with self.store.reading() as tx:
            query = select(deliveries).where(deliveries.c.state.not_in(("in_sync", "stopped")))
            history.waiting = [_waiting(row) for row in tx.execute(query)]
        if not rested:
            history.trouble.append("it never came to rest")
        contents = self.store.contents()
        history.texts = [json.dumps(contents, default=str), json.dumps(listed), *self.log]
        return history


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """The product's sentences in a language, for a while."""
    before = messages.language()
    messages.set_language(language)
    try:
        yield
    finally:
        messages.set_language(before)


class _Listener(logging.Handler):
    """Takes the product's log lines along, and hears when it finds a bug in itself."""

    BUGS = ("planning_bug", "adapter_bug", "job_failed")

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        task = self._run.scheduler.current
        who = task.process.name if task and task.process else "?"
        text = record.getMessage()
        self._run.note(f"{who}: {text}")
        error = sys.exc_info()[1]
        if not isinstance(error, Mishap) and any(bug in text for bug in self.BUGS):
            where = "".join(traceback.format_exception(error)[-3:])
            self._run.trouble.append(f"{text} {where}")
            self._run.note(where)


def _idle(row: Any) -> bool:
    """It waits for something that no clock brings."""
    return row.state == "pending" and row.due_at is None


def _waiting(row: Any) -> Waiting:
    return Waiting(row.flow, row.key, row.state, row.reason, row.since, row.due_at, row.deadline)


def simulate(seed: int, scene: Scene | None = None, fate: Fate | None = None) -> Outcome:
    """Run a seed."""
    return Run(seed, scene, fate).go()


__all__ = ["Outcome", "Run", "Task", "feeds", "simulate"]
