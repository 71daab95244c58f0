"""Failures as records of the hub, folded: one for what is wrong, however many records it stops.

So that a rule tells whoever can mend it once of a missing code, not once of each order; and says
when it is over.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connector.contract import chunks
from connector.engine import saving
from connector.engine.system import Flow, System
from connector.faults import fault
from connector.hints import Explained
from connector.messages import load
from connector.objects.derived import Failure
from connector.objects.showing import labels, readable
from connector.settings import HUB
from connector.store import deliveries, facts, snapshots
from connector.store.engine import Tx

OBJECT = "failure"
TOLD = "failures told"
EXAMPLES = 5
GROUP = 200
_PLACE = re.compile(r"\[\d+\]|(?<=\.)\d+(?=\.)")
"""Which line it is about."""


@dataclass(slots=True)
class _Folded:
    """What is wrong, and with which records."""

    flow: Flow
    reason: str
    explained: Explained
    since: float
    numbers: list[str] = field(default_factory=list)


def wanted(system: System) -> bool:
    """Some rule watches failures, or some flow carries them."""
    return OBJECT in system.asked_of_hub()


def tell(system: System) -> int:
    """Store what is wrong now, if that may have changed; how many records really did."""
    if not wanted(system):
        return 0
    store = system.store
    with store.reading() as tx:
        mark = _mark(tx)
        if facts.noted(tx, TOLD) == mark:
            return 0
        made = {key: _record(one) for key, one in _folded(system, tx).items()}
        known = {row.key: Failure.model_validate_json(row.data)
                 for row in snapshots.every(tx, HUB, OBJECT)}  # fmt: skip
    over = {key: one.model_copy(update={"count": 0, "examples": ""})
            for key, one in known.items() if key not in made}  # fmt: skip
    changed = 0
    for some in chunks(list((made | over).items()), GROUP):
        with store.transaction() as tx:
            changed += len(saving.save(system, tx, OBJECT, dict(some)))
        fault("failures_folded")
    with store.transaction() as tx:
        facts.note(store, tx, TOLD, mark)
    return changed


def _mark(tx: Tx) -> str:
    """Changes when any delivery stops, waits or goes on."""
    counts = [[row.flow, row.state, row.reason, row.n, row.newest]
              for row in deliveries.standing(tx)]  # fmt: skip
    return hashlib.blake2b(json.dumps(counts).encode(), digest_size=8).hexdigest()


def _folded(system: System, tx: Tx) -> dict[str, _Folded]:
    found: dict[str, _Folded] = {}
    for row, flow in _failed(system, tx):
        snapshot = snapshots.load(tx, flow.source, flow.object, [row.key]).get(row.key)
        values = snapshots.data(snapshot) if snapshot else {}
        number = (snapshot.number if snapshot else "") or row.key
        assert flow.target is not None
        explained = system.hints[flow.target.name].explain(load(row.detail), row.reason)
        text = row.waits_for or _alike(explained.words, number, row.key, values)
        name = "\0".join([flow.name, row.reason, text])
        key = hashlib.blake2b(name.encode(), digest_size=10).hexdigest()
        one = found.setdefault(key, _Folded(flow, row.reason, explained, row.since))
        one.numbers.append(number)
        one.since = min(one.since, row.since)
    return found


def _failed(system: System, tx: Tx) -> Iterator[tuple[Any, Flow]]:
    for state, reasons in (("stopped", None), ("pending", ("waits_for",))):
        for row in deliveries.listing(tx, state):
            flow = system.flows.get(row.flow)
            if flow is None or not flow.delivers or row.reason == "ignored":
                continue
            if reasons is None or row.reason in reasons:
                yield row, flow


def _alike(words: str, number: str, key: str, values: Mapping[str, Any]) -> str:
    """Words without what differs from record to record: its own number, its lines."""
    text = readable(words, labels(values)).replace(key, "…")
    return _PLACE.sub("", text.replace(number, "…") if number else text)


def _record(one: _Folded) -> Failure:
    return Failure(
        flow=one.flow.name,
        kind=one.flow.object,
        reason=one.reason,
        role=one.explained.role,
        words=one.explained.words[:1000],
        do=one.explained.do[:1000],
        count=len(one.numbers),
        examples=", ".join(one.numbers[:EXAMPLES]),
        since=datetime.fromtimestamp(int(one.since or 0), UTC),
    )
