"""Reconcile: compare what the store believes with what the target shows. Repairs on request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from math import inf
from typing import Any, Literal

from connector.contract import Record
from connector.engine import adopting
from connector.engine.base import whole
from connector.engine.jobs import reference
from connector.engine.plan import Difference, Held, update
from connector.engine.system import Flow, System
from connector.mapping.document import Node, undigest
from connector.messages import dump, say
from connector.objects.showing import labels
from connector.store import deliveries, journal, links, snapshots
from connector.store.engine import Tx
from connector.store.statement import Row

GROUP = 200

Kind = Literal["missing", "withdrawn", "twice", "drift", "half_done"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One record in which the sides differ."""

    kind: Kind
    key: str
    number: str
    """What people call it in the source."""
    target_number: str
    differences: tuple[Difference, ...] = ()
    words: str = ""
    lines: Mapping[str, str] = field(default_factory=dict)
    """`{line key: its number}`, to read the differences' paths by."""


def lost(system: System, flow: Flow, since: date | None) -> list[Finding]:
    """What a target that was put back does not know any more: documents; and of those that were
    changed or withdrawn since that day that they were. Raises AdapterError."""
    kinds = ("missing", "withdrawn", "drift") if since else ("missing",)
    return [one for one in reconcile(system, flow, since) if one.kind in kinds]


def reconcile(system: System, flow: Flow, since: date | None = None) -> Iterator[Finding]:
    """Everything that differs, record by record. Of what was delivered `since` a day nothing is
    people's; and what was withdrawn since then is told if it stands there, ended or not: only its
    own system knows. Raises AdapterError."""
    after = ""
    day = _midnight(flow, since)
    while True:
        with system.store.reading() as tx:
            rows = list(deliveries.walk(tx, flow.name, after, GROUP))
            if not rows:
                return
            after = rows[-1].key
            delivered = [row for row in rows if row.delivered and _is_looked_at(row, day)]
            linked = _linked(system, tx, flow, [row.key for row in delivered])
            known = snapshots.load(tx, flow.source, flow.object, [row.key for row in delivered])
        for found in _compare(flow, delivered, linked, day):
            snapshot = known[found.key]
            lines = labels(snapshots.data(snapshot))
            yield replace(found, number=snapshot.number, lines=lines)


def _midnight(flow: Flow, day: date | None) -> float:
    assert flow.target is not None
    return datetime.combine(day, time(), flow.target.settings.zone).timestamp() if day else inf


def _is_looked_at(row: Any, day: float) -> bool:
    return not row.delivered.startswith("verb:") or _is_since(row, day)


def _is_since(row: Any, day: float) -> bool:
    return bool(row.state == "in_sync" and row.since >= day)


def _linked(system: System, tx: Any, flow: Flow, keys: Sequence[str]) -> dict[str, links.Linked]:
    assert flow.target is not None
    found = links.find(tx, flow.object, flow.source, flow.target.name, keys)
    return {item.here: item for item in found if item.owns}


def _compare(
    flow: Flow, rows: Sequence[Any], linked: dict[str, links.Linked], day: float
) -> Iterator[Finding]:
    assert flow.target is not None
    assert flow.writer is not None
    adapter, shape = flow.target.adapter, flow.writer.shape
    keys = [linked[row.key].there for row in rows if row.key in linked]
    shown = {record.key: record for record in adapter.fetch(shape, keys)} if keys else {}
    twins = _twins(flow, [row.reference for row in rows if row.reference])
    for row in rows:
        link = linked.get(row.key)
        if link is None:
            continue
        record = shown.get(link.there)
        if row.delivered.startswith("verb:"):
            yield from _withdrawn(flow, row, link, record)
            continue
        if record is None:
            words = str(say("target_gone", key=link.there))
            yield Finding("missing", row.key, "", link.number, words=words)
            continue
        if link.ours and adopting.is_another(row.reference, record, flow.mapping):
            words = str(say("target_is_another", number=record.number or link.there))
            yield Finding("missing", row.key, "", link.number, words=words)
            continue
        same = twins.get(row.reference, [])
        if len(same) > 1:
            numbers = ", ".join(r.number or r.key for r in same)
            words = str(say("found_twice", numbers=numbers))
            yield Finding("twice", row.key, "", numbers, words=words)
        yield from _drift(flow, row, link, record, lost=_is_since(row, day))


def _withdrawn(
    flow: Flow, row: Any, link: links.Linked, record: Record | None
) -> Iterator[Finding]:
    """What was ended with its source, if it stands there."""
    mark = reference(flow.source, row.key, row.part)
    if record and not (link.ours and adopting.is_another(mark, record, flow.mapping)):
        number = record.number or link.number or link.there
        yield Finding(
            "withdrawn", row.key, "", number, words=str(say("withdrawn_since", number=number))
        )


def _twins(flow: Flow, references: list[str]) -> dict[str, list[Record]]:
    assert flow.target is not None
    assert flow.writer is not None
    if flow.idempotency != "B" or not references:
        return {}
    field = flow.mapping.reference
    found: dict[str, list[Record]] = {}
    for record in flow.target.adapter.find(flow.writer.shape, field, references):
        found.setdefault(str(record.fields.get(field)), []).append(record)
    return found


def _drift(
    flow: Flow, row: Any, link: links.Linked, record: Record, *, lost: bool
) -> Iterator[Finding]:
    """Fields of ours that people changed since our last write; or, where our last write may be
    `lost`, whatever differs from it."""

    assert flow.writer is not None
    form = undigest(row.document)
    line_keys = json.loads(link.line_keys) if link.line_keys else {}
    base = whole(undigest(row.base), form, line_keys)
    held = Held(form, base, record, line_keys, unsure=lost)
    shown = _as_shown(form, base, line_keys)
    made = update(shown, form, held, flow.writer, force="ours" if lost else "")
    differences = (*made.drift, *(made.changes if lost else ()))
    if differences:
        yield Finding("drift", row.key, "", record.number or link.number, differences)
    if row.state == "in_sync" and not flow.reached(row.step):
        words = str(say("half_done", step=row.step))
        yield Finding("half_done", row.key, "", record.number or link.number, words=words)


def _as_shown(form: Any, base: Any, line_keys: Any) -> Node:
    """The delivered document with the values that the target showed for it."""
    made = Node({name: base["f"].get(name) for name in form["f"]})
    for table, rows in form.get("t", {}).items():
        keys = line_keys.get(table, {})
        shown = base.get("t", {}).get(table, {})
        made.tables[table] = {
            line: Node({n: shown.get(keys.get(line, ""), {}).get(n) for n in row["f"]})
            for line, row in rows.items()
        }
    return made


def assert_again(
    system: System, tx: Tx, flow: Flow, findings: Sequence[Finding], now: float
) -> int:
    """Write ours over drift, unless a flow goes the other way, which carries it; end once more what
    was withdrawn. Returns how many."""
    drifted = [f.key for f in findings if f.kind == "drift" and system.opposite(flow) is None]
    withdrawn = [f.key for f in findings if f.kind == "withdrawn"]
    anew: Row = {"delivered": deliveries.UNSURE}
    count = deliveries.awaken(tx, flow.name, drifted, now, forced=1, **anew)
    return count + deliveries.awaken(tx, flow.name, withdrawn, now, **anew)


def repair(system: System, flow: Flow, findings: Sequence[Finding], who: str) -> int:
    """Drift: write ours over it. Twins: stop the record. What is gone is left to `resync`."""
    twice = [f for f in findings if f.kind == "twice"]
    half = [f.key for f in findings if f.kind == "half_done"]
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        count = assert_again(system, tx, flow, findings, now)
        count += deliveries.awaken(tx, flow.name, half, now)
        for finding in twice:
            words = dump(say("found_twice", numbers=finding.target_number))
            count += deliveries.park(tx, flow.name, [finding.key], now, "twice", words)
        about: Row = {"flow": flow.name, "records": [f.key for f in findings]}
        journal.log_audit(tx, now, who, "repair", about)
    return count
