"""Forgetting a customer: what tells of people, in all that is kept about them.

Their records stay, without names, phones and addresses of people; so do documents and figures. They
must be deleted in their own systems first: what changes there is read again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any

from connector import exact
from connector.engine.caught import digest_of
from connector.engine.system import System
from connector.objects import OBJECTS, content
from connector.objects.paths import field_of
from connector.objects.sights import HIDDEN, PERSONAL, hidden
from connector.operations import finding
from connector.reviews.telling import approval_key
from connector.settings import HUB
from connector.store import corrections, forgetting, journal, links, snapshots
from connector.store.engine import Tx

TELL = ("order_review", "delivery_status", "message", "approval", "todo")
"""Records of the hub by which something is told of others."""
THEIRS = ("contact", "sales_order", "quote", "contract", "return_order")
"""Records that name a customer and tell of people."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done."""

    records: int
    """Records that tell of nobody any more."""
    rows: int
    """Rows of history that had something in them."""


def forget(system: System, number: str, who: str) -> Forgotten:
    """Forget the people at a customer, by its number or key. Raises NotFound."""
    with system.store.transaction() as tx:
        rows = _records(system, tx, number)
        values: set[str] = set()
        keys: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            values |= _hide(tx, row) | _before(tx, row)
            keys[row.connection].add(row.key)
        objects = {row.object for row in rows}
        flows = [f.name for f in system.flows.values() if f.object in objects]
        for row in rows:
            _uncorrect(system, tx, row)
        count = 0
        for row in _told(system, tx, flows, set().union(*keys.values())):
            keys[HUB].add(row.key)
            if (text := _without(row.data, values)) != row.data:
                forgetting.replace(tx, row, text, digest_of(text))
                count += 1
        flows += [f.name for f in system.flows.values() if f.source == HUB and f.object in TELL]
        count += forgetting.scrub(tx, keys, flows, lambda text: _without(text, values))
        named = {row.key for row in rows} | {row.number for row in rows if row.number}
        count += forgetting.forget_audit(tx, named)
        about = {"records": len(rows)}
        journal.log_audit(tx, system.store.now(tx), who, "forget", about)
    return Forgotten(len(rows), count)


def _records(system: System, tx: Tx, number: str) -> list[Any]:
    """The customer in every system, and whatever names it there."""
    customers = {
        (row.connection, row.key): row for row in finding.rows(system, tx, "customer", number)
    }
    for connection, key in list(customers):
        for other in system.connections:
            for link in links.find(tx, "customer", connection, other, [key]):
                found = snapshots.load(tx, other, "customer", [link.there])
                customers |= {(other, there): row for there, row in found.items()}
    named = [
        row
        for connection, key in customers
        for row in forgetting.naming(tx, connection, THEIRS, key)
    ]
    return [*customers.values(), *named]


def _hide(tx: Tx, row: Any) -> set[str]:
    """Take out of a record what tells of people; what that was."""
    if not row.data:
        return set()
    values, found = hidden(PERSONAL.get(row.object, ()), exact.loads(row.data))
    text = content(OBJECTS[row.object].model_validate_json(exact.dumps(values)))
    forgetting.replace(tx, row, text, digest_of(text))
    return found


def _told(system: System, tx: Tx, flows: Iterable[str], keys: Set[str]) -> Iterator[Any]:
    """What the hub keeps of that which it told about these records, in people's words or ours."""
    asked = forgetting.reviews_of(tx, keys)
    by_flow = [f"{flow}/{key}" for flow in flows for key in keys]
    numbers = forgetting.told_about(tx, keys)
    names = {
        "order_review": by_flow,
        "delivery_status": by_flow,
        "message": numbers,
        "todo": snapshots.keys_of_numbers(tx, HUB, "todo", numbers),
        "approval": [approval_key(row, row.department) for row in asked],
    }
    for object in TELL:
        yield from snapshots.load(tx, HUB, object, names[object]).values()


def _uncorrect(system: System, tx: Tx, row: Any) -> None:
    """Take corrections back that tell of people."""
    known = PERSONAL.get(row.object, frozenset())
    for flow in system.taking(row.connection, row.object):
        for one in corrections.of(tx, flow.name, [row.key])[row.key]:
            if field_of(one.field) in known:
                corrections.drop(tx, flow.name, row.key, one.field)


def _before(tx: Tx, row: Any) -> set[str]:
    """What stood there before, by the history of its changes."""
    known = PERSONAL.get(row.object, frozenset())
    found = (
        value
        for diff in forgetting.diffs(tx, row.connection, row.object, row.key)
        for name, both in diff.items()
        if name.rpartition(".")[2] in known
        for value in both
    )
    return {value for value in found if isinstance(value, str) and value}


def _without(text: str, values: set[str]) -> str:
    for value in sorted(values, key=len, reverse=True):  # one may be a part of another
        for form in {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}:
            text = text.replace(form, HIDDEN)
    return text
