"""Reconcile: compare what the store believes with what the target shows. Repairs on request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from connector.contract import Record
from connector.engine import adopting
from connector.engine.base import whole
from connector.engine.plan import Difference, Held, update
from connector.engine.system import Flow, System
from connector.mapping.document import Node, undigest
from connector.messages import dump, say
from connector.objects.showing import labels
from connector.store import deliveries, journal, links, snapshots
from connector.store.statement import Row

GROUP = 200

Kind = Literal["missing", "twice", "drift", "half_done"]


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


def reconcile(system: System, flow: Flow) -> Iterator[Finding]:
    """Everything that differs, record by record. Raises AdapterError."""
    after = ""
    while True:
        with system.store.reading() as tx:
            rows = list(deliveries.walk(tx, flow.name, after, GROUP))
            if not rows:
                return
            after = rows[-1].key
            delivered = [r for r in rows if r.delivered and not r.delivered.startswith("verb:")]
            linked = _linked(system, tx, flow, [row.key for row in delivered])
            known = snapshots.load(tx, flow.source, flow.object, [row.key for row in delivered])
        for found in _compare(flow, delivered, linked):
            snapshot = known[found.key]
            lines = labels(snapshots.data(snapshot))
            yield replace(found, number=snapshot.number, lines=lines)


def _linked(system: System, tx: Any, flow: Flow, keys: Sequence[str]) -> dict[str, links.Linked]:
    assert flow.target is not None
    found = links.find(tx, flow.object, flow.source, flow.target.name, keys)
    return {item.here: item for item in found if item.owns}


def _compare(flow: Flow, rows: Sequence[Any], linked: dict[str, links.Linked]) -> Iterator[Finding]:
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
        yield from _drift(flow, row, link, record)


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


def _drift(flow: Flow, row: Any, link: links.Linked, record: Record) -> Iterator[Finding]:
    """Fields of ours that people changed since our last write."""

    assert flow.writer is not None
    form = undigest(row.document)
    line_keys = json.loads(link.line_keys) if link.line_keys else {}
    base = whole(undigest(row.base), form, line_keys)
    held = Held(form, base, record, line_keys)
    shown = _as_shown(form, base, line_keys)
    made = update(shown, form, held, flow.writer)
    if made.drift:
        yield Finding("drift", row.key, "", record.number or link.number, tuple(made.drift))
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


def repair(system: System, flow: Flow, findings: Sequence[Finding], who: str) -> int:
    """Drift: write ours over it, unless a flow goes the other way, which carries it. Twins: stop
    the record. What is gone is left to `resync`."""
    drifted = [f.key for f in findings if f.kind == "drift" and system.opposite(flow) is None]
    twice = [f for f in findings if f.kind == "twice"]
    half = [f.key for f in findings if f.kind == "half_done"]
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        count = deliveries.awaken(tx, flow.name, drifted, now, forced=1, delivered="?")
        count += deliveries.awaken(tx, flow.name, half, now)
        for finding in twice:
            words = dump(say("found_twice", numbers=finding.target_number))
            count += deliveries.park(tx, flow.name, [finding.key], now, "twice", words)
        about: Row = {"flow": flow.name, "records": [f.key for f in findings]}
        journal.log_audit(tx, now, who, "repair", about)
    return count
