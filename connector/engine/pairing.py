"""Links that follow from what is captured, and waking what waited for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from connector import log
from connector.engine.caught import Caught
from connector.engine.system import Feed, Flow, System
from connector.settings import HUB
from connector.store import deliveries, links, snapshots
from connector.store.engine import Tx
from connector.store.statement import Row

_log = log.get(__name__)


def token(object: str, connection: str, key: str) -> str:
    """What `waits_for` holds: a record of the source that must become usable in the target."""
    return f"{object}|{connection}|{key}"


def unlinked_origins(
    tx: Tx, object: str, source: str, target: str, marks: Mapping[str, str]
) -> dict[str, str]:
    """From which records of `source` these of `target`, known by our marks on them, were made that
    have no link yet: whoever makes them does not know what came of it.

    People copy records, our mark included: a mark whose record is linked tells nothing.
    """
    prefix = f"{source}:"
    found = {k: m.removeprefix(prefix) for k, m in marks.items() if m.startswith(prefix)}
    linked = {one.here for one in links.find(tx, object, source, target, sorted(found.values()))}
    return {key: origin for key, origin in found.items() if origin not in linked}


def onto(system: System, flow: Flow, key: str) -> str:
    """The token of the target's own record that `flow` writes onto, once it may be changed again.

    Empty where nobody reads such records.
    """
    assert flow.target is not None
    for feed in system.feeds.values():
        if _written_onto(feed, flow):
            return token(feed.object, flow.target.name, key)
    return ""


def _written_onto(feed: Feed, flow: Flow) -> bool:
    here = flow.target is feed.connection and flow.derived
    return here and flow.mapping.form == feed.reader.shape.form


def _named_by_hub(system: System, feed: Feed, flow: Flow) -> bool:
    """The hub's records name this feed's by their own keys."""
    return flow.source == HUB and feed.connection.name == system.insight.erp


def after_capture(
    system: System,
    tx: Tx,
    feed: Feed,
    caught: Sequence[Caught],
    now: float,
) -> None:
    """Pair what was just captured, and wake what waited for one of these records."""
    if feed.pair:
        _pair(system, tx, feed, [item for item in caught if item.made], now)
    usable = [item.record.key for item in caught if feed.reader.usable(item.record)]
    _wake_linked(system, tx, feed, usable, now)
    if any(_written_onto(feed, f) or _named_by_hub(system, feed, f) for f in system.delivering()):
        wake(tx, feed.object, [(feed.connection.name, key) for key in usable], now)


def _pair(system: System, tx: Tx, feed: Feed, caught: Sequence[Caught], now: float) -> None:
    """Link records of two systems that show the same number; never when it is not unique."""
    here = feed.connection.name
    numbers = {item.record.number or str(item.get("number")): item for item in caught}
    numbers.pop("", None)
    others: dict[tuple[str, str], list[Any]] = defaultdict(list)
    same: dict[str, int] = defaultdict(int)
    for row in snapshots.by_number(tx, feed.object, list(numbers)):
        if row.connection == here:
            same[row.number] += 1
        else:
            others[row.connection, row.number].append(row)
    for connection in {name for name, _ in others}:
        keys = [item.record.key for item in numbers.values()]
        linked = {found.here for found in links.find(tx, feed.object, here, connection, keys)}
        made = []
        for (name, number), rows in others.items():
            item = numbers[number]
            if name != connection or item.record.key in linked:
                continue
            if len(rows) > 1 or same[number] > 1:
                _log.warning("pair_ambiguous", object=feed.object, number=number, system=name)
                continue
            made.append(
                links.row(
                    feed.object,
                    (here, item.record.key, number),
                    (connection, rows[0].key, number),
                    at=now,
                    origin="paired",
                )
            )
        link(system, tx, feed.object, made, now)


def link(system: System, tx: Tx, object: str, rows: Sequence[Row], now: float) -> None:
    """Make links between records that stand on both sides; what waited for that goes on."""
    links.save(system.store, tx, rows)
    ends = [(row[side], row[f"{side}_key"]) for row in rows for side in ("source", "target")]
    wake(tx, object, ends, now)
    for flow in system.delivering():
        if flow.settings.on_demand and flow.object == object:
            keys = [key for connection, key in ends if connection == flow.source]
            deliveries.ask(tx, flow.name, keys, now)


def _wake_linked(system: System, tx: Tx, feed: Feed, keys: Sequence[str], now: float) -> None:
    """These records changed and can be used: wake what waited for their counterparts."""
    if not keys:
        return
    for other in system.connections:
        if other != feed.connection.name:
            found = links.find(tx, feed.object, feed.connection.name, other, keys)
            wake(tx, feed.object, [(other, item.there) for item in found], now)


def ask(system: System, tx: Tx, flow: Flow, tokens: Collection[str], now: float) -> None:
    """What `flow` waits for is taken up by the flows on demand between the same two systems."""
    for other in system.delivering() if tokens else ():
        if other.settings.on_demand and other.ends == flow.ends:
            prefix = token(other.object, other.source, "")
            keys = [one.removeprefix(prefix) for one in tokens if one.startswith(prefix)]
            deliveries.ask(tx, other.name, keys, now)


def wake(tx: Tx, object: str, records: Sequence[tuple[str, str]], now: float) -> None:
    """Let go what waited for these `(connection, key)`."""
    deliveries.wake(tx, [token(object, *record) for record in records], now)
