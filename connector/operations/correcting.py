"""Correcting: what a record lacks to be delivered, said by a person in the place of its own system.

The record itself is not touched; what was said is laid over it when it is delivered, stands in its
story, and ends once its own system says something else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector import exact
from connector.engine.correcting import made, standing
from connector.engine.system import Flow, System
from connector.errors import ConnectorError
from connector.mapping.kinds import kinds
from connector.messages import say
from connector.objects import OBJECTS
from connector.objects.paths import field_of, labelled, scalars, value_at, written
from connector.objects.showing import labels, plainly
from connector.objects.sights import HIDDEN, MARKS, names
from connector.operations import finding
from connector.store import corrections, deliveries, journal, snapshots
from connector.store.engine import Tx

COMPUTED = frozenset({"id", "number", "net_amount", "net_price", "created_on"})
"""Fields that nobody corrects: what a record is known by, and what follows from others."""


KEYS_OF = {
    "customer": "customer",
    "ship_to": "customer",
    "invoice_to": "customer",
    "payer": "customer",
    "salesperson": "employee",
    "department": "department",
    "material": "material",
}
"""Fields that hold keys, and of what."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record that can be corrected."""

    path: str
    label: str
    """The same as people read it: a line by its number."""
    value: str
    """What would be delivered."""
    own: str
    """What the record itself says."""
    kind: str
    """`text`, `number`, `whole`, `date` or another kind of value."""
    called: str
    """Where the value is a record's key: what people call that record."""


def fields(
    system: System, flow: Flow, number: str, *, hides: frozenset[str] = frozenset()
) -> list[Field]:
    """What can be corrected of a record, without what is hidden. Raises NotFound."""
    hidden = names(flow.object, hides)
    with system.store.reading() as tx:
        row = finding.one(tx, flow, number)
        values = exact.loads(row.data) if row.data else {}
        given = standing(corrections.of(tx, flow.name, [row.key])[row.key], values)
        found = {path: value for path, value in _all(flow.object, values)
                 if field_of(path) not in hidden}  # fmt: skip
        called = _called(tx, flow.source, found | given)
    lines = labels(values)
    return [
        Field(
            path,
            labelled(path, lines),
            plainly(given.get(path, value)) if given.get(path, value) is not None else "",
            plainly(value) if value is not None else "",
            _kind(flow.object, path),
            called.get(path, ""),
        )
        for path, value in found.items()
    ]


def correct(
    system: System,
    flow: Flow,
    number: str,
    said: Mapping[str, str],
    who: str,
    *,
    seen: float | None = None,
    hides: frozenset[str] = frozenset(),
) -> int:
    """Say what fields of a record should be, and let it go again; how many are corrected now.

    `seen`: since when the record had stood as the person saw it. Raises NotFound, MappingFault for
    what does not fit, ChangedMeanwhile where somebody was faster, ConnectorError for a field that
    is not there, is hidden, or follows from others.
    """
    hidden = names(flow.object, hides)
    with system.store.transaction() as tx:
        row = finding.one(tx, flow, number)
        if seen is not None:
            finding.as_seen(tx, flow, {row.key: seen})
        now = system.store.now(tx)
        values = exact.loads(row.data) if row.data else {}
        known = dict(_all(flow.object, values))
        for path in said:
            if path not in known or field_of(path) in hidden:
                raise ConnectorError(say("unknown_field", name=path, object=flow.object))
        new = {path: written(_kind(flow.object, path), path, text) for path, text in said.items()}
        given = standing(corrections.of(tx, flow.name, [row.key])[row.key], values) | new
        given = {path: value for path, value in given.items() if value != value_at(values, path)}
        made(flow.object, values, given)
        corrections.drop(tx, flow.name, row.key)
        told = {"flow": flow.name, "key": row.key, "who": who, "at": now}
        corrections.save(system.store, tx, [
            {**told, "field": path, "value": exact.dumps(value),
             "instead_of": exact.dumps(value_at(values, path))}
            for path, value in given.items()
        ])  # fmt: skip
        deliveries.awaken(tx, flow.name, [row.key], now)
        private = names(flow.object, MARKS)
        told_of = {path: HIDDEN if field_of(path) in private else v for path, v in given.items()}
        about = {"flow": flow.name, "key": row.key, "fields": told_of}
        journal.log_audit(tx, now, who, "correct", about)
    return len(given)


def _called(tx: Tx, connection: str, found: Mapping[str, Any]) -> dict[str, str]:
    """By path, what people call the records that keys stand for."""
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for path, value in found.items():
        if value and (object := KEYS_OF.get(field_of(path))):
            wanted[object][path] = str(value)
    called = {}
    for object, keys in wanted.items():
        rows = snapshots.load(tx, connection, object, sorted({*keys.values()}))
        for path, key in keys.items():
            if key in rows:
                called[path] = str(snapshots.data(rows[key]).get("name") or rows[key].number)
    return called


def _all(object: str, values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Every plain field that can be corrected, also where the record says nothing."""
    head = {name: values.get(name) for name, kind in kinds(OBJECTS[object]).items()
            if isinstance(kind, str) and kind != "list"}  # fmt: skip
    found = head | dict(scalars(values))
    return [(path, value) for path, value in found.items() if field_of(path) not in COMPUTED]


def _kind(object: str, path: str) -> str:
    """What kind of value stands there."""
    part, _, name = path.partition("].")
    known = kinds(OBJECTS[object])
    if name:
        model = known.get(part.partition("[")[0])
        known = kinds(model) if isinstance(model, type) else {}
    kind = known.get(name or path, "text")
    return kind if isinstance(kind, str) else "text"
