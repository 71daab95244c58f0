"""Status and failures: how things stand, and what waits for a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connector.engine.system import Feed, Flow, System
from connector.hints import Explained
from connector.messages import dump, load, say
from connector.objects.showing import labels, readable
from connector.objects.sights import HIDDEN, names
from connector.operations import finding, observing, watching
from connector.store import deliveries, facts, feeds, journal, links, pauses, snapshots

Shown = dict[str, Any]

WAYS_OUT = {
    "conflict": "do_conflict",
    "mapping": "do_mapping",
    "unlinked": "do_unlinked",
    "not_ours": "do_not_ours",
    "twice": "do_twice",
    "gone": "do_gone",
    "unknown": "do_unknown",
    "ignored": "do_nothing",
}
"""What to do about a stopped delivery, by its reason."""

STANDING = ("waiting", "failed", "conflicts", "in_doubt")
"""How what does not agree stands, in few words."""
AN_HOUR = 3600.0
CLASS_WORDS = {"A": "class_a", "B": "class_b", "C": "class_c"}


def status(system: System, *, records: bool = True) -> Shown:
    """Connections, flows with their idempotency class and states, the last runs, and how many
    records of each kind there are: of very many that takes seconds, and can be left out."""
    system.settle_calls(at_once=True)
    with system.store.reading() as tx:
        now = system.store.now(tx)
        restored_at = facts.restored_at(tx)
        counts = deliveries.counts(tx)
        known = {row.name: row for row in feeds.all_connections(tx)}
        paused = pauses.of(tx, list(system.flows))
        daemons, written = feeds.serving(tx, now), journal.written(tx, now - AN_HOUR)
        kept = snapshots.counts(tx) if records else []
        runs = [_run(row) for row in journal.last_runs(tx, _runs(system))]
    read_at = {run["what"]: run["at"] for run in runs}
    reported = {run["what"]: run for run in runs}
    return {
        "restored_at": restored_at,
        "daemons": daemons,
        "connections": {
            name: _connection(system, name, known.get(name), now)
            | _limits(system, name)
            | {"forms": reported.get(watching.run_name(name), {}).get("counts", {})}
            for name in system.connections
        },
        "flows": {
            flow.name: _flow(flow, counts, read_at)
            | _paused(paused.get(flow.name))
            | {"last_hour": written.get(flow.name, 0)}
            for flow in system.flows.values()
        },
        "observed": {
            name: reported[observing.run_name(name)]
            for name in system.flows
            if observing.run_name(name) in reported
        },
        "records": [row._asdict() for row in kept],
        "runs": runs,
        "standing": _standing(system, counts),
    }


def _runs(system: System) -> list[str]:
    """Under which names runs are kept."""
    observed = [observing.run_name(name) for name in system.flows]
    return sorted([*system.feeds, *observed, *map(watching.run_name, system.connections)])


def _connection(system: System, name: str, row: Any | None, now: float) -> Shown:
    if row is None:
        return {"fingerprint": "", "paused": "", "who": "", "do": "", "until": None, "failures": 0}
    paused = row.paused_until is not None and row.paused_until > now
    why = system.hints[name].explain(load(row.paused_why)) if paused else Explained("")
    until = None if feeds.paused_by_person(row, now) else row.paused_until
    return {
        "fingerprint": row.fingerprint,
        "paused": why.words,
        "who": why.who,
        "do": why.do,
        "until": until if paused else None,
        "failures": row.failures,
    }


def _limits(system: System, name: str) -> Shown:
    """Calls of today and those allowed, until when it is closed, and what rests because of it."""
    quota, limits = system.connections[name].settings.quota, system.limits[name]
    closed = limits.closed_until()
    parts: list[Feed | Flow] = [f for f in system.feeds.values() if f.connection.name == name]
    parts += [f for f in system.delivering() if f.target and f.target.name == name]
    rests: dict[str, list[str]] = {}
    for part in parts:
        rest = system.resting(part)
        if rest is not None:
            rests.setdefault(str(rest.words), []).append(part.name)
    return {
        "calls": {
            "today": limits.used,
            "allowed": quota.day if quota else None,
            "kept": quota.kept if quota else None,
        },
        "closed_until": closed.timestamp() if closed else None,
        "rests": rests,
    }


def _flow(flow: Flow, counts: Sequence[Any], read_at: Shown) -> Shown:
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
        "read_at": read_at.get(f"{flow.source}/{flow.object}"),
        "states": states,
        "reasons": {f"{r.state}/{r.reason}": r.n for r in mine if r.reason},
        "oldest": {f"{r.state}/{r.reason}": r.oldest for r in mine if r.reason},
    }


def _paused(pause: pauses.Pause | None) -> Shown:
    if pause is None:
        return {"paused": "", "paused_at": None}
    return {"paused": str(load(pause.why)), "paused_at": pause.at}


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
    with system.store.reading() as tx:
        return _standing(system, deliveries.counts(tx))


def _standing(system: System, counts: Iterable[deliveries.Count]) -> dict[str, dict[str, int]]:
    found = {flow: dict.fromkeys(STANDING, 0) for flow in system.flows}
    for row in counts:
        kind = _kind(row.state, row.reason)
        if kind and row.flow in found:
            found[row.flow][kind] += row.n
    return found


def _kind(state: str, reason: str) -> str:
    if reason in ("ignored", "unasked"):
        return ""  # a person set it aside; nobody has asked for it
    if state == "stopped":
        return "conflicts" if reason in ("conflict", "unlinked") else "failed"
    return {"pending": "waiting", "sending": "waiting", "in_doubt": "in_doubt"}.get(state, "")


def failures(
    system: System,
    flow: str = "",
    *,
    ignored: bool = False,
    limit: int = 1000,
    after: tuple[float, str] | None = None,
) -> list[Shown]:
    """Every delivery that waits for a person, with its reason, who acts and what to do; the oldest
    first, at most so many, `after` one since when and with which key.

    `ignored`: those too that a person set aside.
    """
    with system.store.reading() as tx:
        listed = []
        without = () if ignored else ("ignored",)
        rows = deliveries.listing(tx, "stopped", flow, without=without, limit=limit, after=after)
        for row in rows:
            known = system.flows.get(row.flow)
            if known is not None and known.delivers:
                listed.append(_failure(system, tx, known, row))
    return listed


def failure(
    system: System, flow: Flow, number: str, *, hides: frozenset[str] = frozenset()
) -> Shown:
    """One of them, with its last attempt: what was sent and answered then is for those alone from
    whom nothing is hidden. Raises NotFound."""
    found = [
        item
        for item in failures(system, flow.name, ignored=True)
        if number in (item["number"], item["key"])
    ]
    if not found:
        finding.keys(system, flow, [number])  # a record that is not there is said so
        raise finding.NotFound(say("no_failure", flow=flow.name, number=number))
    with system.store.reading() as tx:
        attempts = journal.attempts_of(tx, found[0]["key"], [flow.name])
    attempt = _attempt(attempts[-1]) if attempts else None
    if attempt and names(flow.object, hides):
        attempt |= {part: HIDDEN for part in ("request", "answer") if attempt[part]}
    return found[0] | {"attempt": attempt}


def _attempt(row: Any) -> Shown:
    parts = ("at", "outcome", "code", "request", "answer")
    return {name: getattr(row, name) for name in parts} | {"words": str(load(row.words))}


def _failure(system: System, tx: Any, flow: Flow, row: Any) -> Shown:
    assert flow.target is not None
    words = load(row.detail)
    explained = system.hints[flow.target.name].explain(words, row.reason)
    known = snapshots.load(tx, flow.source, flow.object, [row.key]).get(row.key)
    linked = links.find(tx, flow.object, flow.source, flow.target.name, [row.key])
    lines = labels(snapshots.data(known)) if known else {}
    number = known.number if known else ""
    ended = bool(row.delivered and known and _left(flow, known))
    return {
        "flow": row.flow,
        "key": row.key,
        "number": number,
        "target_number": linked[0].number if linked else "",
        "reason": row.reason,
        "words": readable(explained.words, lines),
        "remote": readable(str(words), lines),
        "who": explained.who,
        "ended": ended,
        "do": explained.do or _way_out(row, number or row.key, _both(system, flow, linked), ended),
        "since": row.since,
        "attempts": row.attempts,
        "step": row.step,
    }


def _left(flow: Flow, snapshot: Any) -> bool:
    """The record was deleted or ended in its own system, or is the flow's no more."""
    follows = flow.settings.gone == "follow"
    out = not follows and flow.scope_of(snapshots.data(snapshot)) == "out"
    return bool(snapshot.deleted) or out


def _both(system: System, flow: Flow, linked: Sequence[links.Linked]) -> dict[str, str]:
    """The opposite flow, and how it knows the record."""
    other = system.opposite(flow)
    if other is None or not linked:
        return {}
    return {"other": other.name, "there": linked[0].number or linked[0].there}


def _way_out(row: Any, number: str, both: dict[str, str], ended: bool) -> str:
    """What a person does about it, where no hint says so: commands to paste."""
    ending = ended and row.reason in ("conflict", "rejected")
    id = "do_end" if ending else WAYS_OUT.get(row.reason, "do_retry")
    if id == "do_conflict" and both:
        id = "do_conflict_both"
    return str(say(id, flow=row.flow, number=number, **both))


def retry(
    system: System,
    flow: Flow,
    keys: Sequence[str],
    who: str,
    *,
    ours: bool = False,
    seen: Mapping[str, float] | None = None,
) -> int:
    """Let stopped or waiting records go again now; `ours`: our values win over what people did.

    `seen`: only those that still stand as somebody saw them, since when by key. Raises
    ChangedMeanwhile where none does.
    """
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        keys = finding.as_seen(tx, flow, seen) if seen is not None else keys
        columns: dict[str, Any] = {"forced": 1} if ours else {}
        if flow.idempotency == "C":
            columns["verb"] = "put"  # whoever says so has looked: nothing else can
        count = deliveries.awaken(tx, flow.name, keys, now, **columns)
        journal.log_audit(tx, now, who, "retry", {"flow": flow.name, "keys": list(keys)})
    return count


def discard(
    system: System,
    flow: Flow,
    keys: Sequence[str],
    who: str,
    *,
    seen: Mapping[str, float] | None = None,
) -> int:
    """Set what stopped or waits aside until its next change; what is under way is left alone.
    `seen` as of `retry`."""
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        keys = finding.as_seen(tx, flow, seen) if seen is not None else keys
        known = deliveries.states(tx, flow.name, keys)
        idle = {key: row for key, row in known.items() if row.reason != "unasked"}
        some = [key for key, row in idle.items() if row.state in ("stopped", "pending")]
        words = dump(say("discarded", who=who))
        count = deliveries.park(tx, flow.name, some, now, "ignored", words)
        journal.log_audit(tx, now, who, "discard", {"flow": flow.name, "keys": some})
    return count
