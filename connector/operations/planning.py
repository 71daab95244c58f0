"""Plan: what a run would write, field by field, against what the target really holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.contract import chunks
from connector.engine.claim import Claimer
from connector.engine.jobs import Result
from connector.engine.plan import Difference
from connector.engine.send import Sender, TooEarly, Yielded
from connector.engine.system import Flow, System
from connector.errors import MappingFault, Words
from connector.messages import dump, load, say
from connector.objects import content
from connector.objects.showing import labels
from connector.store import deliveries, snapshots

GROUP = 200
"""Records that are looked at in the target together."""


@dataclass(slots=True)
class Planned:
    """What would become of one record."""

    key: str
    number: str
    action: str
    """`create`, `update`, `advance`, `adopt`, `cancel`, `close`, `wait`, `stop`, `drop`, `none`."""
    target_number: str = ""
    reason: str = ""
    note: str = ""
    """What the target may have against it, as far as it can be known before."""
    writes: list[Difference] = field(default_factory=list)
    conflicts: list[Difference] = field(default_factory=list)
    drift: list[Difference] = field(default_factory=list)
    lines: Mapping[str, str] = field(default_factory=dict)
    """`{line key: its number}`, to read the differences' paths by."""


@dataclass(slots=True)
class Plan:
    """What would become of all that was asked for."""

    items: list[Planned] = field(default_factory=list)
    more: bool = False
    """There is more than was asked for."""
    errors: dict[str, Words] = field(default_factory=dict)
    """Feeds that could not be read now: of them, what was known before is shown."""


_ACTIONS = {
    "created": "create",
    "updated": "update",
    "advanced": "advance",
    "adopted": "adopt",
    "found": "adopt",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A record as it is now, by today's mapping; like a row of `snapshots`."""

    data: str = ""
    number: str = ""
    fault: str = ""
    deleted: int = 0
    mark: str = ""


def plan(
    system: System,
    flow: Flow,
    keys: Sequence[str] | None,
    limit: int,
    *,
    after: float = 0.0,
    errors: Mapping[str, Words] | None = None,
) -> Plan:
    """What a run would do now for everything that is not in sync, or came to be so `after`.

    With `keys`, what reading these records again would lead to, in sync or not; those for
    which there is nothing to do are left out. `errors`: feeds that could not be read just before.
    """
    made = Plan(errors=dict(errors or {}))
    for some in _groups(system, flow, keys, limit, after):
        anew = {} if keys is None else _read_anew(system, flow, some)
        items = _group(system, flow, some, anew)
        made.items += items if keys is None else [i for i in items if i.action != "none"]
        if len(made.items) > limit:
            break
    made.items.sort(key=lambda item: item.number or item.key)
    made.more = len(made.items) > limit
    del made.items[limit:]
    return made


def _groups(
    system: System, flow: Flow, keys: Sequence[str] | None, limit: int, after: float
) -> Iterator[Sequence[str]]:
    if keys is None:
        with system.store.reading() as tx:
            rows = deliveries.unsettled(tx, flow.name, limit + 1, after)
        keys = [row.key for row in rows]
    return chunks(keys, GROUP)


def _read_anew(system: System, flow: Flow, keys: Sequence[str]) -> dict[str, Read]:
    """Nothing of it is stored: an edited mapping changes nothing before `resync`."""
    feed = system.feeds.get(f"{flow.source}/{flow.object}")
    if feed is None:
        return {}  # derived here, not read
    anew: dict[str, Read] = {}
    for record in feed.connection.adapter.fetch(feed.reader.shape, keys):
        try:
            mark = feed.reader.mark(record)
            anew[record.key] = Read(content(feed.reader(record)), record.number, mark=mark)
        except MappingFault as error:
            anew[record.key] = Read(number=record.number, fault=dump(error.words))
    return anew


def _group(system: System, flow: Flow, keys: Sequence[str], anew: dict[str, Read]) -> list[Planned]:
    with system.store.reading() as tx:
        rows = deliveries.load(tx, flow.name, keys)
        known = snapshots.load(tx, flow.source, flow.object, list(rows))
        now = system.store.now(tx)
        claimed = Claimer(system, flow).consider(tx, list(rows.values()), now, anew)
    planned = [_settled(row) for row in claimed.settled]
    planned += [Planned(key, "", "drop") for key in claimed.dropped]
    planned += [_of(flow, result) for result in Sender(system, flow).preview(claimed.jobs)]
    for item in planned:
        row, snapshot = rows[item.key], known.get(item.key)
        item.number = snapshot.number if snapshot else ""
        item.lines = labels(snapshots.data(snapshot)) if snapshot else {}
        if row.state == "stopped":
            item.action, item.note = "stop", ""
            item.reason = str(load(row.detail)) or item.reason
    return planned


def _settled(row: Any) -> Planned:
    action = {"pending": "wait", "stopped": "stop"}.get(row["state"], "none")
    return Planned(row["key"], "", action, reason=str(load(row["detail"])))


def _of(flow: Flow, result: Result) -> Planned:
    made, job = result.plan, result.job
    action = "stop" if result.error else _ACTIONS.get(result.did, result.did)
    if isinstance(result.error, Yielded | TooEarly):
        action = "wait"
    return Planned(
        job.row.key,
        job.number,
        action,
        target_number=job.link.number if job.link else "",
        reason=str(result.error) if result.error else "",
        note=_note(flow, action, job.row.step),
        writes=list(made.writes) if made and not result.error else [],
        conflicts=list(made.conflicts) if made else [],
        drift=list(made.drift) if made else [],
    )


BEYOND = {"change_bill": "by_change_bill", "unaudit": "unaudits"}
"""What is said of the first way that a flow allows."""


def _note(flow: Flow, action: str, step: str) -> str:
    """A bill that went beyond saving may not simply change; only the write itself can tell."""
    if action not in ("update", "cancel", "close") or step not in ("submitted", "audited"):
        return ""
    allowed = flow.settings.on_change or flow.mapping.on_change
    way = next((BEYOND[name] for name in allowed if name in BEYOND), "beyond_editing")
    return str(say(way, step=step))
