"""Papers with lines: subtotals and amounts follow whatever is written, stamps do not.

Whether a change of a line moves its order's stamp is unknown; here it does not, unless the
switch `lines_bump_order` says so. Calls and people alike write through `add` and `change`;
for objects without lines these just create and change.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .index import Record
from .objects import OBJECTS
from .records import Records
from .values import plain

CENT = Decimal("0.01")


def add(
    records: Records,
    form: str,
    values: Mapping[str, Any],
    *,
    by: str,
    owner: list[str],
    life_status: str = "normal",
    stamp: int | None = None,
) -> str:
    """Create a record and return its key."""
    values = _with_subtotal(form, values, {})
    key = records.create(form, values, by=by, owner=owner, life_status=life_status, stamp=stamp)
    _follow(records, form, records.get(form, key), values)
    return key


def change(
    records: Records,
    form: str,
    key: str,
    changes: Mapping[str, Any],
    *,
    by: str,
    stamp: int | None = None,
) -> None:
    """Set fields of a record."""
    record = records.get(form, key)
    changes = _with_subtotal(form, changes, record)
    records.change(form, key, changes, by=by, stamp=stamp)
    _follow(records, form, record, changes)


def drop_line(records: Records, form: str, key: str, *, by: str) -> None:
    """Delete a line of an order."""
    line = records.get(form, key)
    records.remove(form, key, by=by)
    _follow(records, form, line, {})


def lines_of(records: Records, form: str, key: str) -> list[Record]:
    """The details of a master record, oldest first; none for objects without details."""
    detail = OBJECTS[form].detail
    return records.having(detail, OBJECTS[detail].master, key) if detail else []


def _with_subtotal(
    form: str, values: Mapping[str, Any], old: Mapping[str, Any]
) -> Mapping[str, Any]:
    """A line's values, its subtotal computed where quantity or price are among them."""
    both = {**old, **values}
    moved = {"quantity", "sales_price"} & set(values)
    if not OBJECTS[form].master or not moved or values.get("subtotal"):
        return values
    if not both.get("quantity") or not both.get("sales_price"):
        return values
    amount = Decimal(both["quantity"]) * Decimal(both["sales_price"])
    return {**values, "subtotal": plain(amount.quantize(CENT, ROUND_HALF_UP))}


def _follow(records: Records, form: str, record: Record, changes: Mapping[str, Any]) -> None:
    """After a line came, changed or went, or the discount changed: compute the order's amount."""
    kind = OBJECTS[form]
    master = kind.fields[kind.master].target if kind.master else ""
    if master and records.exists(master, record[kind.master]):
        _roll_up(records, master, record[kind.master])
        if records.switches["lines_bump_order"]:
            records.change(master, record[kind.master], {}, by="rollup")
    elif kind.detail and "discount_amount__c" in changes:
        _roll_up(records, form, record["_id"])


def _roll_up(records: Records, form: str, key: str) -> None:
    discount = Decimal(records.get(form, key).get("discount_amount__c", "0"))
    lines = lines_of(records, form, key)
    total = sum((Decimal(line.get("subtotal", "0")) for line in lines), -discount)
    records.recompute(form, key, {OBJECTS[form].total: plain(total)})
