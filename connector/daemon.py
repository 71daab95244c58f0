"""The daemon: the scheduler says when, the engine does what, signals say stop.

One process: APScheduler (jobs in memory, coalesced, one instance each) wakes feeds by their
`every`; a short beat derives, delivers what is due, takes commands that were handed over and
looks whether the configuration changed. A broken edit never stops it: the last good version
stays active and the log says where the mistake is.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from connector import __version__, log
from connector.app import App
from connector.clock import SystemClock
from connector.contract import Hint, WebhookCall
from connector.door import Door
from connector.engine import deriving, restored
from connector.engine.dispatch import Dispatcher, Done, ordered
from connector.engine.system import Feed
from connector.errors import ConfigError, Problem
from connector.health import Health
from connector.messages import say
from connector.objects.sights import PERSONAL
from connector.overlay import files_of, stamps
from connector.runs import StoreInUse
from connector.store import feeds as feed_store
from connector.store import forgetting, journal, rules
from connector.store.engine import StoreUnavailable

BEAT = 1.0
"""Seconds between looks for what is due."""
FOLLOW = 5.0
"""Seconds between looks for what rules and reviews have to tell: people read no faster."""
RECOVER = 5.0
"""Seconds between looks for claims whose holder let the deadline pass; a beat may take long."""
PLAN = 60.0
"""Seconds between looks for what planning has to do anew; it may take long and keeps nobody
waiting."""
RECKON = 300.0
"""The same, for figures that are made of everything."""
SIGN = 20.0
"""Seconds between signs that it is alive."""
AGE = 60.0
"""Seconds from which on the loss of what was stored since a backup is noticed."""
RELOAD = 5.0
"""Seconds between looks for an edited configuration."""
REPORT = (8, 30)
"""Hour and minute of the daily report on what only observes, in the first connection's zone."""
PRUNE = 3600.0
"""Seconds between clearing history that is kept no longer."""
WATCH = 3600.0
"""Seconds between looks whether a system shows another version; its forms are looked at daily."""

_log = log.get(__name__)


class Daemon:
    """One configuration, served until stopped."""

    _released_until: date | None = None
    """What had to begin by this day was released by itself."""

    def __init__(self, path: Path, clock: SystemClock | None = None, *, speak: bool = True) -> None:
        """Raises ConfigError: a daemon that cannot start says so at once.

        `speak`: in the configuration's language, else in the one that is set.
        """
        self._speak = speak
        self._path = path
        self._files = files_of(path)
        self._clock = clock or SystemClock()
        self._app = App.open(path, self._clock, speak=speak)
        self._seen = self._stamps()
        self._stop = threading.Event()
        self._changed = threading.Event()
        self._served = False
        self.health = Health()
        self.door = Door(self.health.report, self._hear, self._page)
        self._scheduler: BackgroundScheduler | None = None

    def serve(self) -> None:
        """Work until `stop`. Raises StoreInUse if another process serves this store."""
        try:
            while True:
                self._changed.clear()
                if self._stop.is_set():  # after the clear, which may take a signal's wake with it
                    break
                self._serve_version(self._app)
        finally:
            self.door.close()
            self._app.close()
            _log.info("stopped")

    def stop(self, *_: Any) -> None:
        """Finish what is under way and end. Safe in a signal handler."""
        self._stop.set()
        self._changed.set()

    def _serve_version(self, app: App) -> None:
        """Serve one version of the configuration until it changes or we are stopped."""
        with ExitStack() as held:
            engine = self._engine(app, held)
            if engine is None:
                return
            self.door.open(app.config.health)
            self._end_pauses(app)
            self._sign(app)
            scheduler = self._scheduler = self._scheduled(app, engine)
            scheduler.start()
            _log.info("started", version=__version__, flows=len(app.system.flows), pid=os.getpid())
            self._served = True
            try:
                # A signal that arrives just before a wait is handled after it: so it has an end.
                while not self._changed.wait(BEAT):
                    pass
            finally:
                self._scheduler = None
                engine.stop()
                scheduler.shutdown(wait=True)
                self._sign_off(app)
        if app is not self._app:
            app.close()

    def _engine(self, app: App, held: ExitStack) -> Dispatcher | None:
        """Be the engine. Between two versions a command may have come first: it is waited for."""
        while not self._stop.is_set():
            try:
                return held.enter_context(app.engine())
            except StoreInUse:
                if not self._served:
                    raise
                self._stop.wait(BEAT)
        return None

    def _end_pauses(self, app: App) -> None:
        """Whoever starts us, or edits a file, has perhaps mended what kept a connection from us."""
        store = app.system.store
        with store.transaction() as tx:
            feed_store.end_pauses(tx, store.now(tx))

    def _hear(self, name: str, call: WebhookCall) -> Hint | None:
        """A webhook: what it hints at is read at once. A hint that comes while nobody serves is
        lost, as any may be: all is read in its time."""
        hint, feeds = self._app.hear(name, call)
        scheduler = self._scheduler
        if scheduler is not None:
            for feed in feeds:
                scheduler.modify_job(_reads(feed), next_run_time=_now())
        return hint

    def _page(self, method: str, token: str, form: Mapping[str, str]) -> tuple[int, str]:
        return self._app.review_page(method, token, form)

    def _scheduled(self, app: App, engine: Dispatcher) -> BackgroundScheduler:
        feeds = list(app.system.feeds.values())
        made = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(len(feeds) + 7)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        engine.introduce()
        for feed in feeds:
            every = min(flow.settings.every for flow in feed.flows)
            name, seconds = _reads(feed), max(every, BEAT)
            job = self._safely(name, partial(self._read, engine, feed))
            made.add_job(job, "interval", id=name, seconds=seconds, next_run_time=_now())
        beats: list[tuple[str, Callable[[], None], float]] = [
            ("recover", lambda: self._recover(engine), RECOVER),
            ("sign", lambda: self._sign(app), SIGN),
            ("age", lambda: self._age(app), AGE),
            ("deliver", lambda: self._deliver(app, engine), BEAT),
            ("rules", lambda: self._follow_rules(app), FOLLOW),
            ("plan", lambda: self._plan(app, engine), PLAN),
            ("reckon", lambda: self._reckon(engine), RECKON),
            ("reload", self._reload, RELOAD),
            ("prune", lambda: self._prune(app), PRUNE),
            ("watch", lambda: self._watch(app), WATCH),
        ]
        for name, work, seconds in beats:
            made.add_job(self._safely(name, work), "interval", seconds=seconds)
        hour, minute = REPORT
        zone = next(c.settings.zone for c in app.system.connections.values())
        report = self._safely("observe", lambda: self._observe(app))
        made.add_job(report, "cron", hour=hour, minute=minute, timezone=zone)
        return made

    def _safely(self, name: str, work: Callable[[], None]) -> Callable[[], None]:
        """A job whose failure is logged and never ends the schedule."""

        def job() -> None:
            try:
                work()
            except StoreUnavailable as error:
                self.health.trouble(name, str(error))
                _log.error("store_unavailable", job=name, why=str(error))
            except Exception as error:  # noqa: BLE001 - one job must not end the others
                self.health.trouble(name, repr(error))
                _log.exception("job_failed", job=name)
            else:
                self.health.well(name)

        return job

    # -- jobs -------------------------------------------------------------------------------

    def _read(self, engine: Dispatcher, feed: Feed) -> None:
        if engine.paused(feed.connection):
            return
        engine.capture([feed], Done(), reread=self._reread_due(feed))

    def _reread_due(self, feed: Feed) -> bool:
        store = self._app.system.store
        with store.reading() as tx:
            reread_at = feed_store.last(tx, feed.connection.name, feed.object, "reread_at")
            return store.now(tx) - reread_at >= feed.connection.settings.reread

    def _recover(self, engine: Dispatcher) -> None:
        engine.recover(alone=False)

    def _sign(self, app: App) -> None:
        store = app.system.store
        with store.transaction() as tx:
            feed_store.sign(store, tx, app.system.owner)

    def _age(self, app: App) -> None:
        restored.grow_older(app.system)

    def _sign_off(self, app: App) -> None:
        with suppress(StoreUnavailable), app.system.store.transaction() as tx:
            feed_store.sign_off(tx, app.system.owner)

    def _deliver(self, app: App, engine: Dispatcher) -> None:
        app.carry_out_commands()
        deriving.run(app.system)
        engine.deliver(ordered(list(app.system.flows.values())), Done())

    def _follow_rules(self, app: App) -> None:
        app.mind_reviews()
        app.follow_rules()

    def _plan(self, app: App, engine: Dispatcher) -> None:
        changed, until = engine.plan(), app.releases_until()
        if until is not None and (changed or until != self._released_until):
            app.release_ahead(until)
            self._released_until = until

    def _reckon(self, engine: Dispatcher) -> None:
        engine.reckon()

    def _observe(self, app: App) -> None:
        app.observe()

    def _watch(self, app: App) -> None:
        app.watch_forms()

    def _prune(self, app: App) -> None:
        store, keep = app.system.store, app.system.keep
        with store.transaction() as tx:
            now = store.now(tx)
            journal.prune(tx, now, keep_attempts=keep.attempts, keep_changes=keep.changes)
            forgetting.age(tx, now - keep.personal, PERSONAL)
            rules.prune(tx, now - keep.changes)

    # -- a new version of the configuration -------------------------------------------------

    def _stamps(self) -> dict[str, float]:
        """When each file that makes up the configuration was last written."""
        return stamps(self._files, self._app.files)

    def _reload(self) -> None:
        if self._stamps() == self._seen:
            return
        self._files = files_of(self._path)
        self._seen = self._stamps()  # before they are read: what is edited meanwhile is seen
        try:
            fresh = App.open(self._path, self._clock, speak=self._speak)
        except ConfigError as error:
            self.health.trouble("configuration", str(error))
            _log.error("configuration_broken", problems=[str(p) for p in error.problems])
            return
        self.health.well("configuration")
        _log.info("configuration_changed")
        self._app = fresh
        self._changed.set()


def _reads(feed: Feed) -> str:
    """The job that reads it."""
    return f"read {feed.name}"


def _now() -> datetime:
    return datetime.now(UTC)


def serve(path: Path, *, speak: bool = True, log_file: Path | None = None) -> int:
    """`connector run`: set logging and signals up, serve, end orderly. The exit code.

    `log_file`: where the log goes instead of standard error.
    """
    log.configure(json=True, stream=_opened(log_file) if log_file else None)
    daemon = Daemon(path, speak=speak)

    signals = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, n)]

    def stop(number: int, _: FrameType | None) -> None:
        _log.info("stopping", signal=signal.Signals(number).name)
        daemon.stop()
        for one in signals:  # the same again ends at once, which does no harm either
            signal.signal(one, signal.SIG_DFL)

    for one in signals:
        signal.signal(one, stop)
    daemon.serve()
    return 0


def _opened(path: Path) -> log.LogFile:
    try:
        return log.LogFile(path)
    except OSError as error:
        words = say("file_unwritable", detail=error.strerror)
        raise ConfigError([Problem(path.as_posix(), words)]) from None
