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
from connector.messages import load
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
    "found": "adopt",
    "none": "none",
}


def plan(system: System, flow: Flow, keys: Sequence[str] | None, limit: int) -> list[Planned]:
    """What a run would do now for these records, or for everything that is not in sync."""
    assert flow.target is not None
    store = system.store
    claimer, sender = Claimer(system, flow), Sender(system, flow)
    with store.reading() as tx:
        now = store.now(tx)
        rows = _chosen(tx, flow, keys, limit)
        claimed = claimer.consider(tx, rows, now)
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
