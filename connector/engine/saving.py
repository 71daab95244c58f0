"""Saving what was computed: only what is not as it was, and telling the flows that carry it."""

from __future__ import annotations

from collections.abc import Mapping

from connector.contract import Record
from connector.engine import watched
from connector.engine.caught import Caught, digest_of
from connector.engine.marking import mark_flow
from connector.engine.system import System
from connector.objects import BusinessObject, content
from connector.settings import HUB
from connector.store import snapshots
from connector.store.engine import Tx


def save(system: System, tx: Tx, object: str, made: Mapping[str, BusinessObject]) -> list[str]:
    """Store records of the hub; the keys of those that really changed."""
    now = system.store.now(tx)
    before = snapshots.load(tx, HUB, object, list(made))
    rows, moved = [], []
    for key, record in made.items():
        text = content(record)
        old = before.get(key)
        if old is not None and old.data == text:
            continue
        moved.append(Caught(Record(key, {}, record.number), "", record, text=text))
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
    watched.note(system, tx, HUB, object, [item.record.key for item in moved])
    for flow in system.taking(HUB, object):
        mark_flow(tx, flow, moved, now)
    return [item.record.key for item in moved]
