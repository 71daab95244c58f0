"""Insight as the daemon computed it last: read page by page, at once, however many records there
are. What is asked for anew is `asking`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connector import exact
from connector.engine import orders
from connector.engine.system import System
from connector.messages import say
from connector.objects import OBJECTS, BusinessObject
from connector.operations import inputs
from connector.operations.asking import Answer
from connector.operations.finding import NotFound
from connector.operations.tabling import NAMED
from connector.settings import HUB
from connector.store import snapshots
from connector.store.engine import Tx

PAGE = 100
LOOKED_AT = 2_000
"""Records that are looked at for one page; of what is seldom worth showing, a page may be short."""
TEXT = 500_000
"""Characters of records from which on a page has no more: a suggestion names all that need it."""
GROUP = 50

Values = Mapping[str, Any]

OF: Mapping[str, str] = {
    "order_progress": "sales_order",
    "kitting": "sales_order",
    "order_margin": "sales_order",
    "three_flows": "sales_order",
    "availability": "material",
    "material_requirement": "material",
    "price_estimate": "material",
    "slow_stock": "material",
    "customer_standing": "customer",
    "cash_forecast": "",
    "measures": "",
}
"""What can be looked at, and of what each record is."""
WORTH: Mapping[str, Callable[[Values], Any]] = {
    "kitting": lambda one: not one.get("complete"),
    "three_flows": lambda one: not one.get("agrees"),
    "material_requirement": lambda one: one.get("suggestions") or one.get("late"),
    "slow_stock": lambda one: one.get("on_hand"),
    "customer_standing": lambda one: one.get("receivable") or one.get("undelivered"),
}
"""Where nobody asked for one in particular: what is worth showing."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of records, as they were computed."""

    answer: Answer
    after: str
    """Where the next page begins; empty: there is none."""


def look(
    system: System,
    object: str,
    number: str = "",
    after: str = "",
    *,
    hides: frozenset[str] = frozenset(),
) -> Found:
    """Records of an object; `number`: those of one order, material or customer, by its number or a
    part of the customer's name. Raises NotFound."""
    if object not in OF:
        raise NotFound(say("unknown_object", name=object, known=", ".join(OF)))
    with system.store.reading() as tx:
        rows, after = _page(system, tx, object, number, after)
        records = [OBJECTS[object].model_validate_json(row.data) for row in rows]
        answer = replace(_answer(system, tx, object, records), hides=hides)
    return Found(answer, after)


def _page(system: System, tx: Tx, object: str, number: str, after: str) -> tuple[list[Any], str]:
    if number:
        keys = _keys(system, tx, OF[object], number)
        found = [row for key in keys for row in snapshots.below(tx, HUB, object, key, PAGE)]
        return found[:PAGE], ""
    worth, kept, size, last = WORTH.get(object, bool), list[Any](), 0, after
    rows = (row for some in snapshots.groups(tx, HUB, object, GROUP, after) for row in some)
    for n, row in enumerate(rows):
        if n == LOOKED_AT or len(kept) == PAGE or size > TEXT:
            return kept, last
        last = row.key
        if row.data and not row.deleted and worth(exact.loads(row.data)):
            kept.append(row)
            size += len(row.data)
    return kept, ""


def _keys(system: System, tx: Tx, object: str, number: str) -> list[str]:
    erp = system.insight.erp
    if object == "sales_order":
        return [key for source in {*orders.sources(system), erp}
                for key in snapshots.keys_of_numbers(tx, source, object, [number])]  # fmt: skip
    if object == "customer":
        return snapshots.named(tx, erp, object, number, PAGE)
    return snapshots.keys_of_numbers(tx, erp, object, [number]) if object else []


def _answer(system: System, tx: Tx, object: str, records: list[BusinessObject]) -> Answer:
    read = inputs.reading(system, tx, object)
    return Answer(
        object,
        records,
        as_of={
            one: datetime.fromtimestamp(int(at), system.own_zone) for one, at in read.at.items()
        },
        missing=read.missing + read.unread,
        stale=read.stale,
        names=_names(system, tx, records),
    )


def _names(system: System, tx: Tx, records: Iterable[BusinessObject]) -> dict[str, dict[str, str]]:
    """What people call those that these records name."""
    wanted: dict[str, set[str]] = {}
    for record in records:
        for field, object in NAMED.items():
            wanted.setdefault(object, set()).update(_texts(getattr(record, field, None)))
    found: dict[str, dict[str, str]] = {}
    for object, keys in wanted.items():
        for connection in {system.insight.erp, *orders.sources(system)}:
            rows = snapshots.load(tx, connection, object, sorted(keys))
            called = {key: _called(object, row) for key, row in rows.items()}
            found.setdefault(object, {}).update(called)
    return found


def _called(object: str, row: Any) -> str:
    name = snapshots.data(row).get("name") if object == "customer" else ""
    return str(name or row.number or row.key)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, tuple):
        yield from (one for one in value if isinstance(one, str))
