"""The lease of a reading: one process at a time, and fenced by its epoch."""

from __future__ import annotations

from connector.engine.system import Feed, System
from connector.errors import LeaseLost
from connector.faults import fault
from connector.messages import say
from connector.store import feeds
from connector.store.engine import Tx


class Lease:
    """A reading belongs to one process at a time, however long it takes."""

    def __init__(self, system: System, feed: Feed) -> None:
        self._system = system
        self._store = system.store
        self._feed = feed.name
        self._name = f"feed:{feed.name}"
        self._seconds = feed.connection.lease
        self._epoch = 0
        self._kept = 0.0

    def __enter__(self) -> None:
        self._kept = self._system.clock.monotonic()
        with self._store.transaction() as tx:
            held = feeds.take_lease(self._store, tx, self._name, self._system.owner, self._seconds)
        if held is None:
            raise LeaseLost(say("feed_taken", feed=self._feed))
        self._epoch = held
        fault("lease_taken")

    def hold(self, tx: Tx) -> None:
        """Still ours, until this transaction ends at least. Raises LeaseLost."""
        mine = (self._name, self._system.owner, self._epoch)
        if not feeds.keep_lease(self._store, tx, *mine, self._seconds):
            raise LeaseLost(say("feed_taken", feed=self._feed))
        self._kept = self._system.clock.monotonic()

    def keep(self) -> None:
        """The same where nothing is to be written: the store is left alone as long as it can be."""
        if self._system.clock.monotonic() - self._kept > self._seconds / 4:
            with self._store.transaction() as tx:
                self.hold(tx)

    def __exit__(self, *_: object) -> None:
        fault("before_release")
        with self._store.transaction() as tx:
            feeds.drop_lease(tx, self._name, self._system.owner)
