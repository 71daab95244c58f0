"""Trace: the whole story of one record, in order, from both sides."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connector.engine.system import System
from connector.messages import load
from connector.store import deliveries, journal, links, snapshots
from connector.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    at: datetime
    where: str
    what: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A record: where it stands, what it is linked to, and what happened."""

    object: str
    connection: str
    key: str
    number: str
    record: dict[str, Any]
    deliveries: list[dict[str, Any]]
    links: list[dict[str, Any]]
    events: list[Event]


def trace(system: System, object: str, number: str) -> list[Story]:
    """The story of every record of this object that has this number, or this key."""
    with system.store.reading() as tx:
        found = snapshots.by_number(tx, object, [number])
        if not found:
            found = snapshots.by_key(tx, object, number)
        stories = [_story(system, tx, row) for row in found]
    told = [story for story in stories if story.deliveries]
    return told or stories


def _story(system: System, tx: Tx, row: Any) -> Story:
    flows = [f.name for f in system.taking(row.connection, row.object)]
    events = [
        Event(_at(change.at), row.connection, f"source_{change.kind}", _changed(change))
        for change in snapshots.history(tx, row.connection, row.object, row.key)
    ]
    events += [
        Event(_at(attempt.at), attempt.flow, attempt.outcome, str(load(attempt.words)))
        for attempt in journal.attempts_of(tx, row.key, flows)
    ]
    linked = links.about(tx, row.object, row.connection, row.key)
    events += [
        Event(_at(link.at), link.target, f"link_{link.origin}", link.target_number)
        for link in linked
        if link.at
    ]
    return Story(
        object=row.object,
        connection=row.connection,
        key=row.key,
        number=row.number,
        record=dict(snapshots.data(row)),
        deliveries=[_delivery(item) for item in deliveries.about(tx, row.key, flows)],
        links=[dict(link._mapping) for link in linked],
        events=sorted(events, key=lambda event: event.at),
    )


def _delivery(row: Any) -> dict[str, Any]:
    names = ("flow", "state", "reason", "step", "attempts", "reference", "since", "due_at")
    return {name: getattr(row, name) for name in names} | {"words": str(load(row.detail))}


def _changed(change: Any) -> str:
    found = json.loads(change.diff or "{}")
    return ", ".join(f"{name}: {old} → {new}" for name, (old, new) in found.items())


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
