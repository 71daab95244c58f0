"""What is seen of a run from outside: whether it rests, what stands too long, what was said."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import select

from connector import messages
from connector.daemon import RECOVER
from connector.rules.evaluate import REVIEW
from connector.store import facts
from connector.store.tables import (
    connections,
    deliveries,
    derivations,
    feeds,
    occasions,
    reviews,
)
from tests.oracle.history import Decision, Found, History, Listed, Terms, Waiting
from tests.simulation import company
from tests.simulation.chat import Chat
from tests.simulation.crm import Crm
from tests.simulation.database import VirtualStore
from tests.simulation.erp import Erp
from tests.simulation.machines import Machines
from tests.simulation.perils import Mishap
from tests.simulation.scene import Scene
from tests.simulation.scheduler import Scheduler

FEEDS = 4
"""Readings that the configuration has."""
CAREFUL = 330.0
"""Seconds: after the store was put back, every feed is read once before a doubt is looked at."""
BUGS = ("planning_bug", "adapter_bug", "job_failed")
"""Events by which the product says that it found a bug in itself."""


class Run(Protocol):
    """As much of a run as is looked at."""

    scheduler: Scheduler
    scene: Scene
    store: VirtualStore
    crm: Crm
    erp: Erp
    chat: Chat
    machines: Machines
    decisions: list[Decision]
    log: list[str]
    trouble: list[str]
    calm_at: float

    def note(self, text: str) -> None: ...


class Observer:
    """Looks at one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._late: list[Waiting] = []
        self._paused = 0.0
        """Until when a connection was last left alone."""
        self._run_at: dict[str, float] = {}
        self._read: dict[str, list[float]] = {}
        """When each feed was seen to have been read to its end."""

    def is_busy(self) -> bool:
        """Something is still to be done, by a clock or by a reading."""
        run = self._run
        # Twice: the first reading may only end a window that was begun long ago.
        since = run.calm_at + 2 * run.scene.compare
        if sum(sorted(times)[-2] > since for times in self._read.values()) < FEEDS:
            return True
        with run.store.reading() as tx:
            # What is kept for the report of the next morning may wait for it.
            untold = select(occasions).where(occasions.c.told_at.is_(None), occasions.c.digest == 0)
            if not run.scene.review:  # nobody does what a rule would have
                untold = untold.where(occasions.c.address != REVIEW)
            open_ = select(reviews).where(reviews.c.state.in_(("new", "open")))
            if any(tx.execute(one).first() for one in (select(derivations), untold, open_)):
                return True
            rows = tx.execute(select(deliveries).where(deliveries.c.state != "stopped")).all()
        return any(row.state != "in_sync" and not _idle(row) for row in rows)

    def look(self) -> None:
        """Note what was read, and doubts and dead claims that stand longer than they may."""
        self._look_at_feeds()
        run, states = self._run, deliveries.c.state
        daemons = run.machines.daemons.items()
        if all(process.dead or daemon.ending for process, daemon in daemons):
            return
        with run.store.reading() as tx:
            paused = [row.paused_until or 0.0 for row in tx.execute(select(connections))]
            waiting = select(deliveries).where(states.in_(("in_doubt", "sending")))
            rows = tx.execute(waiting).all()
            put_back = facts.restored_at(tx)
        self._paused = max(self._paused, *paused, 0.0)
        since = max(run.calm_at, run.machines.started_at, self._paused)
        if put_back is not None:  # nothing is done before all has settled and was read
            since = max(since, put_back + run.machines.settle) + CAREFUL
        for row in rows:
            # One slow call after another: a beat takes the flows in turn.
            begun = max(row.due_at or 0.0, since) + 60.0 * (1 + run.scene.weather.latency)
            if row.state == "sending":
                begun = max(row.deadline, since) + 3 * RECOVER
            if run.scheduler.now > begun:
                self._late.append(_waiting(row))

    def _look_at_feeds(self) -> None:
        # The product notes the time of whatever machine read; we note that it changed.
        with self._run.store.reading() as tx:
            for row in tx.execute(select(feeds)):
                name = f"{row.connection}/{row.object}"
                if row.run_at and self._run_at.get(name) != row.run_at:
                    self._run_at[name] = row.run_at
                    self._read.setdefault(name, [0.0]).append(self._run.scheduler.now)

    def history(self, *, rested: bool) -> History:
        """Everything that the oracle may read."""
        run = self._run
        history = History(self._terms())
        history.versions = run.crm.versions
        history.erp, history.crm = run.erp.ledger, run.crm.ledger
        history.said = run.chat.said
        history.calls = [*run.erp.calls, *run.crm.calls, *run.chat.calls]
        history.decisions = run.decisions
        history.calm_at, history.ended_at = run.calm_at, run.scheduler.now
        history.late = self._late
        history.trouble = [*run.trouble, *map(repr, run.machines.failed)]
        if not rested:
            history.trouble.append("it never came to rest")
        history.secrets = list(company.SECRETS.values())
        self._listings(history)
        return history

    def _terms(self) -> Terms:
        scene = self._run.scene
        return Terms(
            scene.idempotency,
            scene.until,
            scene.gone,
            scene.on_conflict,
            "unaudit" in scene.on_change,
            scene.attempts,
            scene.nature.numbering,
            told=scene.chat,
            reviewed=scene.review,
        )

    def _listings(self, history: History) -> None:
        run = self._run
        listed = run.machines.command("failures", lambda app: app.failures(ignored=True))
        history.failures = [
            Listed(f["flow"], f["key"], f["reason"], f["words"], f["who"]) for f in listed
        ]
        for flow in ("orders", "customers"):
            found = run.machines.command("reconcile", lambda app, flow=flow: app.reconcile(flow))
            history.reconciled += [
                Found(f.kind, f.key, tuple(d.path for d in f.differences)) for f in found
            ]
        with run.store.reading() as tx:
            query = select(deliveries).where(deliveries.c.state.not_in(("in_sync", "stopped")))
            history.waiting = [_waiting(row) for row in tx.execute(query)]
        contents = json.dumps(run.store.contents(), default=str)
        history.texts = [contents, json.dumps(listed), *run.log]


def _idle(row: Any) -> bool:
    """It waits for something that no clock brings."""
    return row.state == "pending" and row.due_at is None


def _waiting(row: Any) -> Waiting:
    return Waiting(row.flow, row.key, row.state, row.reason, row.since, row.due_at, row.deadline)


class Listener(logging.Handler):
    """Takes the product's log lines along, and hears when it finds a bug in itself."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        task = self._run.scheduler.current
        who = task.process.name if task and task.process else "?"
        text = record.getMessage()
        self._run.note(f"{who}: {text}")
        error = sys.exc_info()[1]
        if not isinstance(error, Mishap) and any(bug in text for bug in BUGS):
            where = "".join(traceback.format_exception(error)[-3:])
            self._run.trouble.append(f"{text} {where}")
            self._run.note(where)


@contextmanager
def listening(run: Run) -> Iterator[None]:
    """The product's logs go into the run's, in English."""
    logger, listener, language = logging.getLogger("connector"), Listener(run), messages.language()
    level = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.INFO)
    messages.set_language("en")
    try:
        yield
    finally:
        messages.set_language(language)
        logger.removeHandler(listener)
        logger.setLevel(level)
