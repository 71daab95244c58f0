"""Flows of one object in opposite directions: they share links, and hear each other's echo.

What one of them writes is read back as a change and offered to the other. It is nobody's
change, and is never written: not where it differs because a system rounded or cut it, not
where its link is not known yet.

Three things are told apart, field by field. Our source says only what the opposite flow left
there: an echo. The target shows only what the opposite flow has carried from there: no edit
of theirs, whatever we left there. Anything else is somebody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connector import exact
from connector.contract import Record, is_empty
from connector.engine import states
from connector.engine.base import whole
from connector.engine.jobs import Job, Opposite
from connector.engine.pairing import token, unlinked_origins
from connector.engine.plan import Heard
from connector.engine.system import Flow, System
from connector.errors import AdapterError, MappingFault
from connector.mapping.document import canon, like, undigest
from connector.mapping.writing import getter
from connector.messages import say
from connector.objects import OBJECTS, content
from connector.store import deliveries, snapshots
from connector.store.engine import Tx
from connector.store.statement import Row


class Other:
    """The opposite flow, as one claim of ours asks for its knowledge."""

    def __init__(self, system: System, tx: Tx, flow: Flow, known: Mapping[str, Any]) -> None:
        """`known` are the snapshots of our records by key."""
        self._system = system
        self._tx = tx
        self._flow = flow
        self._known = known
        self._other = system.opposite(flow)

    def considered(self, jobs: list[Job], now: float) -> tuple[list[Job], list[Row]]:
        """The jobs, each told what it knows of the record; and those that wait for its link."""
        if self._other is None:
            return jobs, []
        waiting = {row["key"]: row for row in self._waiting(self._other, jobs, now)}
        self._tell(self._other, {job.key: job for job in jobs if job.key})
        return [job for job in jobs if job.row.key not in waiting], list(waiting.values())

    # -- records that it made ---------------------------------------------------------------

    def _waiting(self, other: Flow, jobs: Sequence[Job], now: float) -> Iterator[Row]:
        """Outcomes of what carries its mark and has no link: it will link that by itself.

        Where the record that it was made from is not known, one wait must do.
        """
        assert other.target is not None
        fresh = [job for job in jobs if job.verb == "put" and not job.key and not job.row.forced]
        origins = self._origins(other, fresh)
        keys = sorted(origins.values())
        there = snapshots.load(self._tx, other.source, other.object, keys)
        lost = {key for key in keys if key not in there or there[key].deleted}
        for job in jobs:
            origin = origins.get(job.row.key)
            if origin is None or (origin in lost and job.row.reason == "waits_for"):
                continue
            words = say("made_by_us", system=other.source, key=origin)
            waits_for = token(other.object, other.source, origin)
            due = now + other.target.settle
            yield states.pending(job.row, now, "waits_for", due, words, waits_for=waits_for)

    def _origins(self, other: Flow, jobs: Sequence[Job]) -> dict[str, str]:
        """From which records of its source these were made, by their own key."""
        marks = {job.row.key: self._known[job.row.key].mark for job in jobs}
        return unlinked_origins(self._tx, other.object, other.source, self._flow.source, marks)

    # -- what it left in them ---------------------------------------------------------------

    def _tell(self, other: Flow, linked: Mapping[str, Job]) -> None:
        """Note at each job what it knows of the record."""
        rows = deliveries.load(self._tx, other.name, list(linked))
        there = snapshots.load(self._tx, other.source, other.object, list(linked))
        for key, job in linked.items():
            job.opposite = self._knows(other, rows.get(key), job, there.get(key))

    def _knows(self, other: Flow, row: Any | None, job: Job, there: Any | None) -> Opposite:
        if row is None:
            return Opposite(other.name)
        in_sync, said = row.state == "in_sync", self._known[job.row.key].data
        return Opposite(
            other.name,
            self._heard(other, row, exact.loads(said), first=not job.row.document),
            in_sync=in_sync,
            in_doubt=row.state == "sending" or row.verb == "look",
            told=row.state == "stopped" and row.reason == "conflict",
            said=said,
            carried=there.data if there is not None and in_sync else "",
        )

    def _left(self, other: Flow, row: Any) -> dict[str, Any]:
        """The object as our source showed it after the other's last write, as far as that wrote;
        nothing where it does not know itself what stands there."""
        assert other.writer is not None
        base = whole(undigest(row.base), undigest(row.document), {})["f"]
        names = other.writer.levels[""].shown_as
        reader = self._system.feeds[f"{self._flow.source}/{self._flow.object}"].reader
        return reader.told_by({shown: base[n] for shown, n in names.items() if n in base})

    def _heard(
        self, other: Flow, row: Any, values: Mapping[str, Any], *, first: bool
    ) -> Heard | None:
        """What of a record as our source says it now was left so by the other, and what is news."""
        if not row.delivered:
            return None
        left = self._left(other, row)
        assert self._flow.writer is not None
        assert other.writer is not None
        get = getter(values, OBJECTS[other.object])
        same = _same(left, get)
        carries = frozenset[str]().union(*other.writer.made_of.values())
        filled = {name for name in carries - left.keys() if not is_empty(get(name))}
        echoes, news, agreed = set(), set(), set()
        for path, names in self._flow.writer.made_of.items():
            if not left or names & (left.keys() - same | filled):
                news.add(path)
            elif names and names <= same:
                echoes.add(path)
            elif names & same or all(is_empty(get(name)) for name in names):
                agreed.add(path)
        return Heard(frozenset(echoes), frozenset(news), frozenset(agreed), first)


def heard_of(system: System, flow: Flow, job: Job, shown: Record | None) -> Heard | None:
    """What comes of the opposite flow, now that the target has `shown` the record."""
    other = job.opposite
    if other is None or other.heard is None or shown is None or not other.carried:
        return other.heard if other else None
    assert flow.target is not None
    assert flow.writer is not None
    reader = system.feeds[f"{flow.target.name}/{flow.object}"].reader
    get = getter(exact.loads(other.carried), OBJECTS[flow.object])
    same = _same(reader.told_by(shown.fields), get)
    carried = {
        name
        for at, name in flow.writer.levels[""].shown_as.items()
        if (fields := reader.read_from(at)) and fields <= same
    }
    return replace(other.heard, carried=frozenset(carried))


def still_says(system: System, flow: Flow, job: Job) -> bool:
    """Whether the source shows the record as it was last read; it is asked.

    The opposite flow may have changed it since, and then what was read is older than what
    stands in the target.
    """
    assert job.opposite is not None
    feed = system.feeds[f"{flow.source}/{flow.object}"]
    try:
        found = feed.connection.adapter.fetch(feed.reader.shape, [job.row.key])
        return [content(feed.reader(record)) for record in found] == [job.opposite.said]
    except (AdapterError, MappingFault):
        return False


def _same(told: Mapping[str, Any], get: Callable[[str], Any]) -> set[str]:
    """The fields of which somebody was told just what `get` gives."""
    return {name for name, shown in told.items() if _equal(canon(get(name)), shown)}


def _equal(ours: Any, shown: Any) -> bool:
    return bool(like(ours, shown) == like(ours, ours))
