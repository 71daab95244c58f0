"""Marking: which deliveries a change makes due, flow by flow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connector.contract import Record
from connector.engine import states
from connector.engine.caught import Caught
from connector.engine.pairing import token
from connector.engine.system import Flow, System
from connector.faults import fault
from connector.mapping.writing import getter
from connector.objects import OBJECTS
from connector.store import deliveries, facts, feeds, links, snapshots
from connector.store.engine import Tx
from connector.store.statement import Row


def mark_flow(tx: Tx, flow: Flow, moved: Sequence[Caught], now: float) -> None:
    """Mark a flow's deliveries for records that changed: known ones always, new ones in scope."""
    keys = [item.record.key for item in moved]
    known = deliveries.locked(tx, flow.name, keys)
    standing = _standing(tx, flow, keys)
    asked = standing | _waited_for(tx, flow, keys)
    fresh: list[Row] = []
    changed: list[Row] = []
    for item in moved:
        key = item.record.key
        row = known.get(key)
        if row is None and flow.scope(item.get) == "out" and key not in standing:
            continue
        wanted = key in asked or not flow.settings.on_demand
        (fresh if row is None else changed).append(_marked(flow, item, row, now, asked=wanted))
    deliveries.add(tx, fresh)
    deliveries.change(tx, changed)
    _stop_faulty(tx, flow, [i for i in moved if i.fault], known, now)


def mark_known(tx: Tx, flow: Flow, moved: Sequence[Caught], now: float) -> None:
    """Mark only records that the flow already delivers."""
    known = deliveries.locked(tx, flow.name, [item.record.key for item in moved])
    some = [item for item in moved if item.record.key in known]
    rows = [_marked(flow, item, known[item.record.key], now, asked=True) for item in some]
    deliveries.change(tx, rows)


def mark_others(
    tx: Tx, connection: str, object: str, mine: Iterable[Flow], moved: Sequence[Caught], now: float
) -> None:
    """Mark what flows deliver that only other processes' configurations have, as while one that
    was edited is taken up: nobody will read this change again."""
    names = feeds.flow_names(tx, connection, object)
    for name in sorted(names - {flow.name for flow in mine}):
        known = deliveries.locked(tx, name, [item.record.key for item in moved])
        rows = [states.changed(r, now, priority=r.priority, due=now) for r in known.values()]
        deliveries.change(tx, rows)


def _standing(tx: Tx, flow: Flow, keys: Sequence[str]) -> set[str]:
    """Records that have a counterpart in the target, where the flow goes by that."""
    if flow.target is None or not (flow.settings.on_demand or flow.settings.gone == "follow"):
        return set()
    found = links.find(tx, flow.object, flow.source, flow.target.name, keys)
    return {item.here for item in found}


def _waited_for(tx: Tx, flow: Flow, keys: Sequence[str]) -> set[str]:
    """Records that others wait for already, where the flow goes by that."""
    if not flow.settings.on_demand:
        return set()
    tokens = {token(flow.object, flow.source, key): key for key in keys}
    return {tokens[one] for one in deliveries.waited_for(tx, list(tokens))}


def _marked(flow: Flow, item: Caught, row: Any | None, now: float, *, asked: bool) -> Row:
    due = now + flow.settings.quiet
    how: Row = {"priority": flow.priority(item.get), "due": due, "asked": asked}
    if row is not None:
        return states.changed(row, now, **how)
    key = item.record.key
    return states.first(flow.name, key, flow.line(key, item.get), now, **how)


def _stop_faulty(
    tx: Tx, flow: Flow, faulty: Iterable[Caught], known: Mapping[str, Any], now: float
) -> None:
    """A record that cannot be read waits for a person, unless something is under way for it."""
    rows = []
    for item in faulty:
        old = known.get(item.record.key)
        if old is not None and old.state in ("sending", "in_doubt"):
            continue
        if old is None and flow.scope(item.get) == "out":
            continue
        rows.append(
            {
                "flow": flow.name,
                "key": item.record.key,
                "part": "",
                "state": "stopped",
                "reason": "mapping",
                "detail": item.fault,
                "due_at": None,
                "since": now,
            }
        )
    deliveries.change(tx, rows)


def introduce(system: System, flow: Flow) -> bool:
    """A flow that is new, or whose scope is, takes what was captured before and lies in it.

    Returns whether there was anything to do.
    """
    if flow.scope_id in _known_scopes(system, flow):
        return False
    take(system, flow)
    return True


def mapped_anew(system: System, flow: Flow) -> int:
    """A flow's mapping, or a value map of it, was edited: what stopped because of the mapping goes
    again. What was delivered stays as it is until `resync`. Returns how many went."""
    name, version = f"mapping of {flow.name}", flow.mapping.version
    with system.store.reading() as tx:
        if facts.noted(tx, name) == version:
            return 0
    with system.store.transaction() as tx:
        known = facts.noted(tx, name)
        facts.note(system.store, tx, name, version)
        now = system.store.now(tx)
        return deliveries.go_again(tx, flow.name, now, "mapping") if known else 0


def take(system: System, flow: Flow) -> None:
    """A flow takes what was captured without it and lies in its scope: because it is new, or
    because another process read with a configuration that did not have it yet.

    What it delivers already is left alone: a new scope says nothing of documents.
    """
    object, known, after = flow.object, _known_scopes(system, flow), ""
    while True:
        with system.store.transaction() as tx:
            system.store.make_links(tx)
            now = system.store.now(tx)
            rows = snapshots.walk(tx, flow.source, object, after, 500)
            if not rows:
                names = [name for name in known if name.rpartition(" ")[0] != flow.name]
                marked = json.dumps(sorted([*names, flow.scope_id]))
                feeds.save(system.store, tx, flow.source, object, flows=marked)
                waiting = ("review",) if flow.settings.on_demand else ("review", "unasked")
                deliveries.look_again(tx, flow.name, now, waiting)
                return
            after = rows[-1].key
            old = deliveries.states(tx, flow.name, [row.key for row in rows])
            there = [row for row in rows if row.data and not row.deleted and row.key not in old]
            mark_flow(tx, flow, [_stored(row) for row in there], now)
            fault("flow_introduced")


def _known_scopes(system: System, flow: Flow) -> list[str]:
    with system.store.reading() as tx:
        return feeds.known_flows(tx, flow.source, flow.object)


def _stored(row: Any) -> Caught:
    get = getter(snapshots.data(row), OBJECTS[row.object])
    return Caught(Record(row.key, {}, row.number), "", values=_Lazy(get))


class _Lazy(dict[str, Any]):
    """Typed fields of a stored record, looked up when asked for."""

    def __init__(self, get: Callable[[str], Any]) -> None:
        super().__init__()
        self._get = get

    def get(self, name: str, default: Any = None) -> Any:
        value = self._get(name)
        return default if value is None else value
