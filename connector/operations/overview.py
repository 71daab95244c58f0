"""Status and failures: how things stand, and what waits for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from connector.engine.system import Flow, System
from connector.messages import dump, load, say
from connector.store import deliveries, feeds, journal, links, snapshots

Shown = dict[str, Any]

CLASS_WORDS = {"A": "class_a", "B": "class_b", "C": "class_c"}


def status(system: System) -> Shown:
    """Connections, flows with their idempotency class and states, and the last runs."""
    with system.store.reading() as tx:
        now = system.store.now(tx)
        counts = deliveries.counts(tx)
        known = {row.name: row for row in feeds.all_connections(tx)}
        records = snapshots.counts(tx)
        runs = journal.last_runs(tx)
    return {
        "connections": {name: _connection(known.get(name), now) for name in system.connections},
        "flows": {flow.name: _flow(flow, counts) for flow in system.flows.values()},
        "records": [dict(row._mapping) for row in records],
        "runs": [_run(row) for row in runs],
    }


def _connection(row: Any | None, now: float) -> Shown:
    paused = row is not None and row.paused_until is not None and row.paused_until > now
    return {
        "fingerprint": row.fingerprint if row else "",
        "paused": str(load(row.paused_why)) if paused and row is not None else "",
        "failures": row.failures if row else 0,
    }


def _flow(flow: Flow, counts: Sequence[Any]) -> Shown:
    mine = [row for row in counts if row.flow == flow.name]
    states: dict[str, int] = {}
    for row in mine:
        states[row.state] = states.get(row.state, 0) + row.n
    return {
        "object": flow.object,
        "from": flow.source,
        "to": flow.target.name if flow.target else "",
        "class": flow.idempotency if flow.delivers else "",
        "promise": str(say(_promise(flow))) if flow.delivers else "",
        "mode": flow.settings.mode,
        "states": states,
        "reasons": {f"{r.state}/{r.reason}": r.n for r in mine if r.reason},
    }


def _promise(flow: Flow) -> str:
    return "class_onto" if flow.mapping.onto else CLASS_WORDS[flow.idempotency]


def _run(row: Any) -> Shown:
    return {
        "what": row.what,
        "at": row.at,
        "seconds": row.seconds,
        "counts": json.loads(row.counts or "{}"),
        "error": str(load(row.error)) if row.error else "",
    }


def standing(system: System) -> dict[str, dict[str, int]]:
    """Per flow, how many records wait, failed, are in conflict or in doubt."""
    names = ("waiting", "failed", "conflicts", "in_doubt")
    found = {flow: dict.fromkeys(names, 0) for flow in system.flows}
    with system.store.reading() as tx:
        for row in deliveries.counts(tx):
            kind = _kind(row.state, row.reason)
            if kind and row.flow in found:
                found[row.flow][kind] += row.n
    return found


def _kind(state: str, reason: str) -> str:
    if state == "stopped":
        return "conflicts" if reason == "conflict" else "failed"
    return {"pending": "waiting", "sending": "waiting", "in_doubt": "in_doubt"}.get(state, "")


def failures(system: System, flow: str = "", limit: int = 1000) -> list[Shown]:
    """Every delivery that waits for a person, with its reason, who acts and what to do."""
    with system.store.reading() as tx:
        rows = deliveries.listing(tx, "stopped", flow=flow, limit=limit)
        listed = []
        for row in rows:
            known = system.flows.get(row.flow)
            if known is not None and known.target is not None:
                listed.append(_failure(system, tx, known, row))
    return listed


def _failure(system: System, tx: Any, flow: Flow, row: Any) -> Shown:
    assert flow.target is not None
    explained = system.hints[flow.target.name].explain(load(row.detail), row.reason)
    known = snapshots.load(tx, flow.source, flow.object, [row.key]).get(row.key)
    linked = links.find(tx, flow.object, flow.source, flow.target.name, [row.key])
    return {
        "flow": row.flow,
        "key": row.key,
        "number": known.number if known else "",
        "target_number": linked[0].number if linked else "",
        "reason": row.reason,
        "words": explained.words,
        "remote": str(load(row.detail)),
        "who": explained.who,
        "do": explained.do,
        "since": row.since,
        "attempts": row.attempts,
        "step": row.step,
    }


def retry(system: System, flow: Flow, keys: Sequence[str], who: str, *, ours: bool) -> int:
    """Let stopped or waiting records go again now; `ours`: our values win over what people did."""
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        columns: dict[str, Any] = {"forced": 1} if ours else {}
        if flow.idempotency == "C":
            columns["verb"] = "put"  # whoever says so has looked: nothing else can
        count = deliveries.awaken(tx, flow.name, keys, now, **columns)
        journal.log_audit(tx, now, who, "retry", {"flow": flow.name, "keys": list(keys)})
    return count


def discard(system: System, flow: Flow, keys: Sequence[str], who: str) -> int:
    """Set records aside until their next change."""
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        count = deliveries.park(
            tx, flow.name, keys, now, "ignored", dump(say("discarded", who=who))
        )
        journal.log_audit(tx, now, who, "discard", {"flow": flow.name, "keys": list(keys)})
    return count
