"""Limits: what a connection's quota of calls and its closed hours let us do now.

Requests are counted in memory where they are sent, and added to the store every few seconds:
all processes share one count, and no request costs a transaction. Nothing that is under way is
ever cut: a reading asks before each page, a delivery before each group and each batch of it,
and the last calls of a quota are left to what had begun.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from connector import log
from connector.clock import Clock
from connector.closed import closed_until
from connector.contract import Adapter, Settings
from connector.messages import Message, say
from connector.quota import Quota
from connector.store import calls
from connector.store.engine import Store

EVERY = 5.0
"""Seconds between two additions to the store: what a kill forgets."""
WARNED = 80
"""Per cent of a quota at which the log warns, once a day."""
BEGUN, READERS = 10, 4
"""Calls that a record, or a reading, may still need once it has begun; and how many readings may
be under way."""

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Rest:
    """Why a connection is left alone for now, by all or by what is not vital."""

    kind: Literal["closed", "short", "used_up"]
    """Nothing may be written there; only what is vital may go on; nothing may be called."""
    until: datetime
    words: Message
    doubts: bool = False
    """Records in doubt are looked up all the same."""


@dataclass(frozen=True, slots=True)
class Count:
    """What is known of a day's calls."""

    day: date
    stored: int
    """By all processes, as the store had it last."""
    ours: int
    """How many we had sent by then since we started."""
    at: float


@dataclass(frozen=True, slots=True)
class Told:
    """What the system itself said of a day's calls, other programs' included."""

    day: date
    used: int
    ours: int
    """How many we had sent by then since we started."""


class Limits:
    """Those of one connection. Thread-safe."""

    def __init__(
        self, name: str, settings: Settings, adapter: Adapter, store: Store, clock: Clock
    ) -> None:
        self._name = name
        self._settings = settings
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._count: Count | None = None
        self._told: Told | None = None
        self._counting = threading.Lock()

    # -- deciding: no I/O -------------------------------------------------------------------

    def reading(self, *, vital: bool) -> Rest | None:
        """Why nothing is to be read there now; None: go on."""
        quota = self._settings.quota
        return self._spent(quota, vital=vital) if quota else None

    def writing(self, *, vital: bool, onto: bool = False) -> Rest | None:
        """Why nothing is to be written there now; None: go on.

        `onto`: onto records of others, where a doubt is ended by writing once more.
        """
        spent = self.reading(vital=vital)
        if spent is not None and spent.kind == "used_up":
            return spent
        return self._closed(doubts=not onto) or spent

    def _spent(self, quota: Quota, *, vital: bool) -> Rest | None:
        left, now = quota.day - self.used, self._clock.now()
        begun = min(BEGUN * (self._writing_at_once + READERS), quota.day // 20)
        params = {"name": self._name, "left": max(left, 0), "day": quota.day}
        if left <= begun:
            until = self._midnight(now)
            return Rest("used_up", until, say("quota_used_up", until=self._shown(until), **params))
        if left < quota.kept and not vital:
            until = self._midnight(now)
            words = say("quota_short", until=self._shown(until), **params)
            return Rest("short", until, words, doubts=True)
        return None

    def closed_until(self) -> datetime | None:
        """When it opens again; None: it is open."""
        settings = self._settings
        return closed_until(settings.closed, self._clock.now(), settings.zone)

    def _closed(self, *, doubts: bool) -> Rest | None:
        until = self.closed_until()
        if until is None:
            return None
        words = say("is_closed", name=self._name, until=self._shown(until))
        return Rest("closed", until, words, doubts)

    @property
    def _writing_at_once(self) -> int:
        """Records that may be under way."""
        known = self._adapter.capabilities
        return self._settings.parallel * max(f.batch for f in (known.other, *known.forms.values()))

    def _midnight(self, now: datetime) -> datetime:
        """When the quota of today ends."""
        zone = self._settings.zone
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), zone).astimezone(UTC)

    def _shown(self, moment: datetime) -> str:
        """A moment by the clock of the connection's zone, which need not be that of a reader."""
        zone = self._settings.zone
        return f"{moment.astimezone(zone):%m-%d %H:%M} ({zone})"

    # -- counting ---------------------------------------------------------------------------

    @property
    def used(self) -> int:
        """Calls of today, as far as we know: all of the store's, and ours since; more where the
        system itself says so."""
        count, told, ours = self._count, self._told, self._adapter.http.calls
        known = ours
        if count is not None:
            known = ours - count.ours + (count.stored if count.day == self._today() else 0)
        if told is None or told.day != self._today():
            return known
        return max(known, told.used + ours - told.ours)

    def hear(self, used: int) -> None:
        """The system says how many calls were used, whoever made them."""
        self._told = Told(self._today(), used, self._adapter.http.calls)

    def settle(self, *, at_once: bool = False) -> None:
        """Add our calls to the store and learn of the others', if that was seconds ago.

        Not for where something is claimed and unsent: raises StoreUnavailable.
        """
        # Never waited for: whoever is at it does it for all.
        if not self._counting.acquire(blocking=False):
            return
        try:
            count = self._count
            if at_once or count is None or self._clock.monotonic() - count.at >= EVERY:
                self._settle(count.ours if count else 0)
        finally:
            self._counting.release()

    def _settle(self, before: int) -> None:
        """What was sent around midnight counts for the new day."""
        day, ours = self._today(), self._adapter.http.calls
        stored = self._add(day, ours - before) if ours > before else self._stored(day)
        self._count = Count(day, stored, ours, self._clock.monotonic())

    def _stored(self, day: date) -> int:
        with self._store.reading() as tx:
            return calls.sent(tx, self._name, day)

    def _add(self, day: date, count: int) -> int:
        quota = self._settings.quota
        with self._store.transaction() as tx:
            calls.add(self._store, tx, self._name, day, count)
            stored = calls.sent(tx, self._name, day)
            most = quota is not None and stored * 100 >= quota.day * WARNED
            warns = most and calls.warn(tx, self._name, day)
        if quota is not None and warns:
            _log.warning("quota_low", connection=self._name, used=stored, allowed=quota.day)
        return stored

    def _today(self) -> date:
        return self._clock.now().astimezone(self._settings.zone).date()
