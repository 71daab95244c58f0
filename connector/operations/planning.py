"""Plan: what a run would write, field by field, against what the target really holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.engine.claim import Claimer
from connector.engine.jobs import Result
from connector.engine.plan import Difference
from connector.engine.send import Sender
from connector.engine.system import Flow, System
from connector.errors import MappingFault
from connector.messages import dump, load
from connector.objects import content
from connector.store import deliveries, snapshots


@dataclass(slots=True)
class Planned:
    """What would become of one record."""

    key: str
    number: str
    action: str
    """`create`, `update`, `advance`, `adopt`, `cancel`, `close`, `wait`, `stop`, `drop`, `none`."""
    target_number: str = ""
    reason: str = ""
    writes: list[Difference] = field(default_factory=list)
    conflicts: list[Difference] = field(default_factory=list)
    drift: list[Difference] = field(default_factory=list)


_ACTIONS = {
    "created": "create",
    "updated": "update",
    "advanced": "advance",
    "adopted": "adopt",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A record as it is now, by today's mapping; like a row of `snapshots`."""

    data: str = ""
    number: str = ""
    fault: str = ""
    deleted: int = 0


def plan(system: System, flow: Flow, keys: Sequence[str] | None, limit: int = 0) -> list[Planned]:
    """What a run would do now for everything that is not in sync, up to `limit` records.

    With `keys`, what reading these records again would lead to, in sync or not.
    """
    assert flow.target is not None
    store = system.store
    claimer, sender = Claimer(system, flow), Sender(system, flow)
    anew = _read_anew(system, flow, keys) if keys else {}
    with store.reading() as tx:
        now = store.now(tx)
        rows = _chosen(tx, flow, keys, limit)
        claimed = claimer.consider(tx, rows, now, anew)
        numbers = {
            key: row.number
            for key, row in snapshots.load(
                tx, flow.source, flow.object, [row.key for row in rows]
            ).items()
        }
    planned = [
        Planned(
            row["key"],
            numbers.get(row["key"], ""),
            {"pending": "wait", "stopped": "stop"}.get(row["state"], "none"),
            reason=str(load(row["detail"])),
        )
        for row in claimed.settled
    ]
    planned += [Planned(key, numbers.get(key, ""), "drop") for key in claimed.dropped]
    planned += [_of(result) for result in sender.preview(claimed.jobs)]
    return sorted(planned, key=lambda item: item.number or item.key)


def _read_anew(system: System, flow: Flow, keys: Sequence[str]) -> dict[str, Read]:
    """Nothing of it is stored: an edited mapping changes nothing before `resync`."""
    feed = system.feeds.get(f"{flow.source}/{flow.object}")
    if feed is None:
        return {}  # derived here, not read
    anew: dict[str, Read] = {}
    for record in feed.connection.adapter.fetch(feed.reader.shape, keys):
        try:
            anew[record.key] = Read(content(feed.reader(record)), record.number)
        except MappingFault as error:
            anew[record.key] = Read(number=record.number, fault=dump(error.words))
    return anew


def _chosen(tx: Any, flow: Flow, keys: Sequence[str] | None, limit: int) -> list[Any]:
    if keys is None:
        return deliveries.unsettled(tx, flow.name, limit)
    return list(deliveries.load(tx, flow.name, keys).values())


def _of(result: Result) -> Planned:
    made = result.plan
    job = result.job
    return Planned(
        job.row.key,
        job.number,
        "stop" if result.error else _ACTIONS.get(result.did, result.did),
        job.link.number if job.link else "",
        str(result.error) if result.error else "",
        list(made.writes) if made and not result.error else [],
        list(made.conflicts) if made else [],
        list(made.drift) if made else [],
    )
