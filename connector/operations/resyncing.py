"""Resync: read records again with today's mapping, and let go what that changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from connector.engine.capture import Capture
from connector.engine.dispatch import Dispatcher, Done
from connector.engine.scope import OWN_DATES
from connector.engine.system import Feed, Flow, System
from connector.operations import finding
from connector.store import deliveries, feeds, snapshots

GROUP = 1000


def chosen(system: System, flow: Flow, numbers: Sequence[str], since: date | None) -> list[str]:
    """The keys of the flow's records that are named, or dated from a day on, or all of them."""
    return finding.keys(system, flow, numbers) if numbers else _all(system, flow, since)


def _all(system: System, flow: Flow, since: date | None) -> list[str]:
    keys: list[str] = []
    after = ""
    while True:
        with system.store.reading() as tx:
            rows = list(deliveries.walk(tx, flow.name, after, GROUP))
            if not rows:
                return keys
            known = snapshots.load(tx, flow.source, flow.object, [row.key for row in rows])
        after = rows[-1].key
        asked = (row for row in rows if row.reason != "unasked")
        keys += [row.key for row in asked if _is_since(flow, known.get(row.key), since)]


def _is_since(flow: Flow, snapshot: Any | None, since: date | None) -> bool:
    """A record without a date is taken, as a flow's own `since` takes it."""
    if since is None or snapshot is None:
        return True
    own = snapshots.data(snapshot).get(OWN_DATES.get(flow.object, "created_on"))
    return own is None or date.fromisoformat(own) >= since


def reread(
    system: System, engine: Dispatcher, flow: Flow, keys: Sequence[str], *, everything: bool
) -> Done:
    """Read these records, or all that the feed has, and make their deliveries due.

    Raises AdapterError, LeaseLost.
    """
    done, store = Done(), system.store
    feed = system.feeds.get(f"{flow.source}/{flow.object}")
    if feed is not None and everything:
        with store.transaction() as tx:
            feeds.rewind(tx, feed.connection.name, feed.object)
        engine.capture([feed], done)
    elif feed is not None:
        done.count(feed, _look_at(system, feed, keys))
    with store.transaction() as tx:
        deliveries.awaken(tx, flow.name, keys, store.now(tx))
    return done


def _look_at(system: System, feed: Feed, keys: Sequence[str]) -> Any:
    with system.store.transaction() as tx:
        snapshots.forget_raw(tx, feed.connection.name, feed.object, keys)
    return Capture(system, feed).look_at(keys)
