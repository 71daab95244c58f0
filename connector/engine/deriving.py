"""Derive: compute the hub's records anew for what changed, and mark the flows that carry them.

Captures and deliveries only note, in their own transaction, which derived records they
touch; `run` computes those and stores what really changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from connector.contract import Record
from connector.derive.progress import progress
from connector.derive.status import delivery_status
from connector.engine.caught import Caught, digest_of
from connector.engine.marking import mark_flow
from connector.engine.system import Feed, Flow, System
from connector.faults import fault
from connector.messages import load
from connector.objects import BusinessObject, DeliveryStatus, content
from connector.objects.showing import labels, readable
from connector.settings import HUB
from connector.store import deliveries, journal, links, mentions, snapshots
from connector.store.engine import Tx

GROUP = 200
"""Derived records computed in one transaction."""

NAMES_ORDERS = frozenset({"production_order", "shipment"})


def after_capture(system: System, tx: Tx, feed: Feed, moved: Sequence[Caught]) -> None:
    """Documents that name an order changed: its progress must be put together again."""
    if feed.object in NAMES_ORDERS and "order_progress" in system.flows_to_hub():
        named = {item.record.key: _orders_named(item.made) for item in moved}
        numbers = mentions.save(tx, feed.connection.name, feed.object, named)
        keys = [link.source_key for link in mentions.orders(tx, sorted(numbers))]
        journal.derive_later(system.store, tx, "order_progress", keys)


def after_delivery(system: System, tx: Tx, flow: Flow, keys: Sequence[str]) -> None:
    """Deliveries changed their state: tell whoever asks in the source."""
    wanted = system.flows_to_hub()
    if flow.source == HUB or not keys:
        return
    if "delivery_status" in wanted:
        journal.derive_later(
            system.store, tx, "delivery_status", [f"{flow.name}/{key}" for key in keys]
        )
    if "order_progress" in wanted and flow.object == "sales_order":
        _progress_of_new(system, tx, flow, keys)


def _progress_of_new(system: System, tx: Tx, flow: Flow, keys: Sequence[str]) -> None:
    assert flow.target is not None
    linked = links.find(tx, flow.object, flow.source, flow.target.name, keys)
    named = mentions.named(tx, [item.number for item in linked if item.number])
    known = [item.here for item in linked if item.number in named]
    journal.derive_later(system.store, tx, "order_progress", known)


def _orders_named(made: BusinessObject | None) -> Iterable[str]:
    if made is None:
        return ()
    lines = getattr(made, "lines", ())
    numbers = [getattr(made, "order_number", ""), *(line.order_number for line in lines)]
    return [number for number in numbers if number]


def run(system: System) -> int:
    """Compute everything that waits; returns how many derived records really changed."""
    changed = 0
    for object in sorted(system.flows_to_hub()):
        while not system.stopping.is_set() and (done := _group(system, object)) is not None:
            changed += done
    return changed


def everything(system: System, object: str) -> None:
    """Ask for all derived records of this object: nobody wanted them so far."""
    for flow in system.delivering():
        if flow.source != HUB:
            _everything_of(system, object, flow)


def _everything_of(system: System, object: str, flow: Flow) -> None:
    after = ""
    while True:
        with system.store.transaction() as tx:
            keys = [row.key for row in deliveries.walk(tx, flow.name, after, GROUP)]
            if not keys:
                return
            after = keys[-1]
            if object == "delivery_status":
                names = [f"{flow.name}/{key}" for key in keys]
                journal.derive_later(system.store, tx, object, names)
            elif flow.object == "sales_order":
                _progress_of_new(system, tx, flow, keys)


def _group(system: System, object: str) -> int | None:
    store = system.store
    with store.reading() as tx:
        if not journal.to_derive(tx, object, 1, lock=False):
            return None
    with store.transaction() as tx:
        keys = [row.key for row in journal.to_derive(tx, object, GROUP)]
        made = _COMPUTE[object](system, tx, keys)
        fault("computed")
        changed = _save(system, tx, object, made)
        fault("computed_saved")
        journal.derived(tx, object, keys)
    fault("derived")
    return changed


def _statuses(system: System, tx: Tx, keys: Sequence[str]) -> dict[str, BusinessObject]:
    made: dict[str, DeliveryStatus] = {}
    by_flow: dict[str, list[str]] = {}
    for key in keys:
        name, _, record = key.partition("/")
        by_flow.setdefault(name, []).append(record)
    for name, records in by_flow.items():
        flow = system.flows.get(name)
        if flow is None or flow.target is None:
            continue
        rows = deliveries.load(tx, name, records)
        known = snapshots.load(tx, flow.source, flow.object, records)
        linked = links.find(tx, flow.object, flow.source, flow.target.name, records)
        numbers = {item.here: item.number for item in linked}
        for key, row in rows.items():
            if row.state == "in_sync" and row.reason == "unlinked":
                continue  # it was here before go-live: there is nothing to tell
            snapshot = known.get(key)
            number = snapshot.number if snapshot else ""
            explained = system.hints[flow.target.name].explain(
                load(row.detail), row.reason, system.language
            )
            lines = labels(snapshots.data(snapshot)) if snapshot else {}
            explained = replace(explained, words=readable(explained.words, lines))
            made[f"{name}/{key}"] = delivery_status(row, number, numbers.get(key, ""), explained)
    return _since_it_is_so(tx, made)


def _since_it_is_so(tx: Tx, made: dict[str, DeliveryStatus]) -> dict[str, BusinessObject]:
    """A delivery that was looked at again and is as it was keeps its time: nothing is news."""
    before = snapshots.load(tx, HUB, "delivery_status", list(made))
    found: dict[str, BusinessObject] = {}
    for key, status in made.items():
        row = before.get(key)
        old = DeliveryStatus.model_validate_json(row.data) if row and row.data else None
        same = old is not None and old.model_copy(update={"since": status.since}) == status
        found[key] = old if old is not None and same else status
    return found


def _progresses(system: System, tx: Tx, keys: Sequence[str]) -> dict[str, BusinessObject]:
    made: dict[str, BusinessObject] = {}
    for flow in system.flows.values():
        if flow.object != "sales_order" or flow.target is None:
            continue
        linked = links.find(tx, "sales_order", flow.source, flow.target.name, keys)
        numbers = {item.here: item.number for item in linked if item.number}
        orders = snapshots.load(tx, flow.source, "sales_order", list(numbers))
        naming: dict[tuple[str, str], list[Any]] = {}
        for row in mentions.of_orders(tx, sorted(set(numbers.values()))):
            naming.setdefault((row.number, row.object), []).append(json.loads(row.data or "{}"))
        for key, number in numbers.items():
            if key in orders:
                production = naming.get((number, "production_order"), [])
                shipments = naming.get((number, "shipment"), [])
                order = snapshots.data(orders[key])
                made[key] = progress(key, number, order, production, shipments)
    return made


_COMPUTE = {"delivery_status": _statuses, "order_progress": _progresses}


def _save(system: System, tx: Tx, object: str, made: dict[str, BusinessObject]) -> int:
    now = system.store.now(tx)
    before = snapshots.load(tx, HUB, object, list(made))
    rows, moved = [], []
    for key, record in made.items():
        text = content(record)
        old = before.get(key)
        if old is not None and old.data == text:
            continue
        caught = Caught(Record(key, {}, record.number), "", record, text=text)
        moved.append(caught)
        rows.append(
            {
                "connection": HUB,
                "object": object,
                "key": key,
                "number": record.number,
                "data": text,
                "hash": digest_of(text),
                "usable": 1,
                "deleted": 0,
                "version": (old.version if old else 0) + 1,
                "captured_at": now,
                "changed_at": now,
            }
        )
    snapshots.save(system.store, tx, rows)
    for flow in system.taking(HUB, object):
        mark_flow(tx, flow, moved, now)
    return len(rows)
