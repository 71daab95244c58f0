"""Capture: bring the store up to date with a system.

Page by page: equal raw records are passed over, the others are mapped, checked and compared;
snapshots, history, the deliveries of every flow that takes the object, and the cursor are
written in one transaction. A record that cannot be read keeps its fault beside its last good
snapshot, and every flow that would take it lists it as stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from connector import exact, log
from connector.contract import Page, Record, chunks
from connector.engine import deriving, guards, pairing
from connector.engine.caught import Caught, digest_of
from connector.engine.diff import diff
from connector.engine.lease import Lease
from connector.engine.marking import mark_flow, mark_known, mark_others, take
from connector.engine.restored import unread_since
from connector.engine.system import Feed, System
from connector.errors import LeaseLost, MappingFault, UnsafeRun
from connector.faults import fault
from connector.messages import dump, say
from connector.objects import ABSENT_MEANS_ZERO, content
from connector.store import feeds, journal, snapshots
from connector.store.engine import Tx
from connector.store.statement import Row

REREAD = 200
"""Open records read again at once."""

_log = log.get(__name__)


@dataclass(slots=True)
class Counts:
    """What a reading found: read = new + changed + same + refused."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    gone: int = 0

    def add(self, other: Counts) -> None:
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))

    def as_dict(self) -> dict[str, int]:
        return {item.name: getattr(self, item.name) for item in fields(self)}


class Capture:
    """Reads one feed. Not shared between threads."""

    def __init__(self, system: System, feed: Feed) -> None:
        self._system = system
        self._store = system.store
        self._feed = feed
        self._connection = feed.connection.name
        self._object = feed.object
        self._shape = feed.shape_id
        self._lease = Lease(system, feed)
        self._allow_gone = False
        self._remembers = True
        """False: in its first reading since the store was put back. What has not changed since the
        backup may have been changed there and back, and delivered in between."""

    # -- whole readings ---------------------------------------------------------------------

    def run(self, *, allow_gone: bool = False) -> Counts:
        """Read what changed since last time. Raises AdapterError, UnsafeRun or LeaseLost."""
        self._allow_gone = allow_gone
        with self._lease:
            return self._logged(self._read_changes)

    def reread(self) -> Counts:
        """Read every record again that may change without its stamp moving."""
        with self._lease:
            return self._logged(self._read_open)

    def retry_faults(self) -> Counts:
        """Look again at what could not be read: a mapping or a value map may have been mended."""
        with self._store.reading() as tx:
            keys = snapshots.faulty_keys(tx, self._connection, self._object)
        if not keys:
            return Counts()
        with self._store.transaction() as tx:
            snapshots.forget_raw(tx, self._connection, self._object, keys)
        fault("faults_forgotten")
        return self.look_at(keys)

    def look_at(self, keys: Sequence[str]) -> Counts:
        """Read these records now, whatever the cursor says."""
        with self._lease:
            return self._fetch(keys)

    def _logged(self, work: Callable[[], Counts]) -> Counts:
        clock = self._system.clock
        at, start = clock.now().timestamp(), clock.monotonic()
        counts, error = Counts(), ""
        try:
            counts = work()
        except UnsafeRun as unsafe:
            error = dump(unsafe.words)
            raise
        finally:
            with self._store.transaction() as tx:
                seconds = clock.monotonic() - start
                journal.log_run(tx, self._feed.name, at, seconds, counts.as_dict(), error)
        return counts

    def _read_changes(self) -> Counts:
        """What changed since last time; from time to time everything, to find what no stamp
        tells: deletions, imports with old stamps, lines that vanished."""
        with self._store.reading() as tx:
            cursor = feeds.cursor(tx, self._connection, self._object)
            first = not feeds.last(tx, self._connection, self._object, "run_at")
            self._remembers = not unread_since(tx, self._connection, self._object)
            due = not first and self._compare_due(tx)
            full = self._feed.reads == "full" or due
        counts = Counts()
        seen: set[str] = set()
        latest = cursor
        for page in self._feed.connection.adapter.read(
            self._feed.reader.shape, None if full else cursor
        ):
            fault("page_read")
            self._go_on()
            latest = page.cursor or latest
            if full:
                seen.update(record.key for record in page.records)
            counts.gone += self._said_gone(page.gone)
            counts.add(self._page(page))
        fault("reading_done")
        values: Row = {} if latest is None else {"cursor": latest}
        if full:
            counts.gone += self._absent(seen)
        if due:
            for flow in filter(lambda flow: flow.delivers, self._feed.flows):
                take(self._system, flow)
        with self._store.transaction() as tx:
            self._lease.hold(tx)
            values["run_at"] = self._store.now(tx)
            if due or first:
                values["compared_at"] = values["run_at"]
            feeds.save(self._store, tx, self._connection, self._object, **values)
        return counts

    def _go_on(self) -> None:
        """Raises LeaseLost where the rest is to be left for later."""
        self._system.limits[self._connection].settle()
        rest = self._system.resting(self._feed)
        if rest is not None:
            raise LeaseLost(rest.words)
        if self._system.stopping.is_set():
            raise LeaseLost(say("feed_given_up", feed=self._feed.name))

    def _compare_due(self, tx: Tx) -> bool:
        if self._system.limits[self._connection].reading(vital=False) is not None:
            return False  # calls run short, and this takes many
        every = min((flow.settings.compare for flow in self._feed.flows), default=0.0)
        last = feeds.last(tx, self._connection, self._object, "compared_at")
        return bool(every) and self._store.now(tx) - last >= every

    def _read_open(self) -> Counts:
        with self._store.reading() as tx:
            keys = snapshots.open_keys(tx, self._connection, self._object)
        counts = self._fetch(keys)
        with self._store.transaction() as tx:
            here = (self._connection, self._object)
            feeds.save(self._store, tx, *here, reread_at=self._store.now(tx))
        return counts

    def _fetch(self, keys: Sequence[str]) -> Counts:
        counts = Counts()
        adapter, shape = self._feed.connection.adapter, self._feed.reader.shape
        for some in chunks(keys, REREAD):
            self._go_on()
            found = list(adapter.fetch(shape, some))
            fault("records_fetched")
            counts.add(self._page(Page(found)))
            absent = set(some) - {record.key for record in found}
            if absent:
                guards.check_gone(self._feed.name, len(keys), len(absent), self._share())
                counts.gone += self._mark_gone(sorted(absent))
        return counts

    # -- one page ---------------------------------------------------------------------------

    def _page(self, page: Page) -> Counts:
        counts = Counts(read=len(page.records))
        caught, restamped = self._compare(page.records, counts)
        fault("page_compared")
        if not caught and not restamped:
            self._lease.keep()
            return counts
        with self._store.transaction() as tx:
            self._store.make_links(tx)
            self._lease.hold(tx)
            snapshots.restamp(tx, self._connection, self._object, restamped)
            self._save(tx, caught, counts)
            fault("page_saved")
            if page.cursor is not None:
                feeds.save(self._store, tx, self._connection, self._object, cursor=page.cursor)
                fault("cursor_saved")
        fault("page_done")
        return counts

    def _compare(
        self, records: Sequence[Record], counts: Counts
    ) -> tuple[list[Caught], list[tuple[str, str, str, str]]]:
        """What must be looked at, and what only carries a new stamp."""
        with self._store.reading() as tx:
            keys = [record.key for record in records]
            known = snapshots.marks(tx, self._connection, self._object, keys)
        caught: dict[str, Caught] = {}
        restamped: list[tuple[str, str, str, str]] = []
        for record in records:
            raw_hash = _hash(record)
            mark = known.get(record.key)
            if mark is None or not (self._remembers and self._is_same(mark, record, raw_hash)):
                caught[record.key] = self._read(record, raw_hash)
                continue
            if record.again:
                counts.read -= 1
            else:
                counts.same += 1
            if (mark.stamp, mark.shape) != (record.stamp, self._shape):
                restamped.append((record.key, record.stamp, self._shape, raw_hash))
        counts.read -= len(records) - len({record.key for record in records})
        return list(caught.values()), restamped

    def _is_same(self, mark: Any, record: Record, raw_hash: str) -> bool:
        """Equal as read; or nobody modified it and only our mapping asks for other fields."""
        if mark.deleted:
            return False
        if mark.shape == self._shape:
            return bool(mark.raw_hash == raw_hash)
        unmodified = record.stamp and mark.stamp == record.stamp
        return bool(mark.raw_hash and unmodified and not mark.fault)

    def _read(self, record: Record, raw_hash: str) -> Caught:
        caught = Caught(record, raw_hash)
        try:
            caught.made = self._feed.reader(record)
        except MappingFault as error:
            caught.fault = dump(error.words)
            caught.values = self._feed.reader.partial(record)
            _log.warning("record_refused", feed=self._feed.name, key=record.key, why=str(error))
        else:
            caught.text = content(caught.made)
            caught.hash = digest_of(caught.text)
        return caught

    # -- writing it down --------------------------------------------------------------------

    def _save(self, tx: Tx, caught: list[Caught], counts: Counts) -> None:
        now = self._store.now(tx)
        keys = [item.record.key for item in caught]
        before = snapshots.load(tx, self._connection, self._object, keys)
        rows, history, moved = [], [], []
        for item in caught:
            old = before.get(item.record.key)
            kind = _kind(item, old)
            setattr(counts, kind, getattr(counts, kind) + 1)
            rows.append(self._snapshot(item, old, now))
            if kind != "same" and not _is_known_fault(rows[-1], old):
                moved.append(item)
                history.append(self._history(item, old, kind, now))
            elif not self._remembers:
                moved.append(item)
        snapshots.save(self._store, tx, rows)
        snapshots.log_changes(tx, history)
        fault("snapshots_saved")
        self._mark(tx, moved, now)
        fault("flows_marked")
        pairing.after_capture(self._system, tx, self._feed, caught, now)
        made = {item.record.key: item.made for item in moved if item.made}
        deriving.after_capture(self._system, tx, self._feed, made)

    def _snapshot(self, item: Caught, old: Any | None, now: float) -> Row:
        record, reader = item.record, self._feed.reader
        good = item.made is not None
        changed = good and (old is None or old.hash != item.hash)
        return {
            "connection": self._connection,
            "object": self._object,
            "key": record.key,
            "number": record.number or (item.made.number if item.made else ""),
            "data": item.text if good else (old.data if old else ""),
            "hash": item.hash if good else (old.hash if old else ""),
            "raw_hash": item.raw_hash,
            "stamp": record.stamp,
            "shape": self._shape,
            "usable": int(reader.usable(record)),
            "open": int(reader.open(record)),
            "deleted": 0,
            "fault": item.fault,
            "raw": "" if good else json.dumps(log.redact(record.fields), default=str),
            "mark": reader.mark(record),
            "version": (old.version if old else 0) + int(changed),
            "captured_at": now,
            "changed_at": now if changed or old is None else old.changed_at,
        }

    def _history(self, item: Caught, old: Any | None, kind: str, now: float) -> Row:
        found = {}
        if kind == "changed" and old is not None and old.data:
            found = diff(json.loads(old.data), json.loads(item.text))
        return {
            "connection": self._connection,
            "object": self._object,
            "key": item.record.key,
            "at": now,
            "kind": "back" if old is not None and old.deleted else kind,
            "diff": json.dumps(found, ensure_ascii=False),
        }

    def _mark(self, tx: Tx, moved: list[Caught], now: float) -> None:
        """Tell every flow that takes the object what changed."""
        flows = self._system.taking(self._connection, self._object)
        mark_others(tx, self._connection, self._object, flows, moved, now)
        for flow in flows:
            mark_flow(tx, flow, moved, now)
            faulty = [item.record.key for item in moved if item.fault]
            deriving.after_delivery(self._system, tx, flow, faulty)

    # -- absence ----------------------------------------------------------------------------

    def _absent(self, seen: set[str]) -> int:
        """After a complete reading: what was not in it is gone."""
        with self._store.reading() as tx:
            known = list(snapshots.keys(tx, self._connection, self._object))
        gone = [key for key in known if key not in seen]
        if self._feed.reads == "changes":
            gone = self._really_gone(gone)
        return self._believe(gone, len(known))

    def _said_gone(self, keys: Sequence[str]) -> int:
        """Of the records that the remote says were deleted, those that we know are forgotten."""
        if not keys:
            return 0
        with self._store.reading() as tx:
            marks = snapshots.marks(tx, self._connection, self._object, keys)
        gone = self._really_gone([key for key, mark in marks.items() if not mark.deleted])
        if not gone:
            return 0
        with self._store.reading() as tx:
            known = sum(1 for _ in snapshots.keys(tx, self._connection, self._object))
        return self._believe(gone, known)

    def _believe(self, gone: Sequence[str], known: int) -> int:
        """So many of the known records are gone, unless that is absurd."""
        if not self._allow_gone:
            guards.check_gone(self._feed.name, known, len(gone), self._share())
        fault("absence_found")
        return self._mark_gone(gone)

    def _really_gone(self, keys: Sequence[str]) -> list[str]:
        """Of records that a reading by stamps did not show, those that are not there by key.

        A record that was modified while everything was read left the window upwards; and some
        systems list no records that were cancelled. So what is there is captured as it is.
        """
        adapter, shape = self._feed.connection.adapter, self._feed.reader.shape
        there: set[str] = set()
        for some in chunks(keys, REREAD):
            self._go_on()
            found = list(adapter.fetch(shape, some))
            self._page(Page(found))
            there.update(record.key for record in found)
        return [key for key in keys if key not in there]

    def _share(self) -> int:
        return min((flow.settings.max_gone for flow in self._feed.flows), default=5)

    def _mark_gone(self, keys: Sequence[str]) -> int:
        for some in chunks(keys, REREAD):
            with self._store.transaction() as tx:
                self._lease.hold(tx)
                self._forget(tx, some)
                fault("gone_marked")
        return len(keys)

    def _forget(self, tx: Tx, keys: Sequence[str]) -> None:
        now = self._store.now(tx)
        known = snapshots.load(tx, self._connection, self._object, keys)
        zeroed = ABSENT_MEANS_ZERO.get(self._object)
        rows, history, moved = [], [], []
        for old in known.values():
            row = {**old._asdict(), "deleted": 1, "open": 0, "usable": 0, "raw_hash": ""}
            found = {}
            if zeroed and old.data:
                values = {**json.loads(old.data), zeroed: "0"}
                found = diff(json.loads(old.data), values)
                row["data"] = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
                row["hash"] = digest_of(row["data"])
            row |= {"version": old.version + 1, "changed_at": now}
            rows.append(row)
            moved.append(Caught(Record(old.key, {}), "", values=snapshots.data(old)))
            history.append(
                {
                    "connection": self._connection,
                    "object": self._object,
                    "key": old.key,
                    "at": now,
                    "kind": "deleted",
                    "diff": json.dumps(found, ensure_ascii=False),
                }
            )
        snapshots.save(self._store, tx, rows)
        snapshots.log_changes(tx, history)
        flows = self._system.taking(self._connection, self._object)
        mark_others(tx, self._connection, self._object, flows, moved, now)
        for flow in flows:
            mark_known(tx, flow, moved, now)
        deriving.after_capture(self._system, tx, self._feed, dict.fromkeys(known))


def _is_known_fault(row: Row, old: Any | None) -> bool:
    """The very record could not be read for the same reason before: nothing is new to anybody.

    Had anything else in it changed, it might belong to other flows by now.
    """
    if not row["fault"] or old is None or old.deleted:
        return False
    return bool(old.fault == row["fault"] and old.raw == row["raw"])


def _kind(item: Caught, old: Any | None) -> str:
    if item.fault:
        return "refused"
    if old is None:
        return "new"
    if old.hash == item.hash and not old.deleted and not old.fault:
        return "same"
    return "changed"


def _hash(record: Record) -> str:
    """Of all that was read: the number need not be one of the fields."""
    hash = hashlib.blake2b(exact.mark(record.fields), digest_size=16)
    hash.update(record.number.encode())
    hash.update(dump(record.fault).encode())
    return hash.hexdigest()
