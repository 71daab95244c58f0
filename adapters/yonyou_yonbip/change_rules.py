"""What a change of an order is to bring in, and whether the order shows it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from adapters.yonyou_yonbip.bills import Bill
from adapters.yonyou_yonbip.codec import ID, Shown, is_set, text_of, value_at
from connector import exact
from connector.contract import Fields, RowWrite, TableWrite, Write
from connector.kit.expected import same

ROWS, TOTAL, AMOUNT = "orderDetails", "payMoney", "oriSum"


def without(bill: Bill, drop: Sequence[str]) -> Write:
    """The write less the rows that are closed for it: what they are worth stays in the total."""
    write = bill.write
    if not drop:
        return write
    rows = write.tables[ROWS].rows
    fields = {name: value for name, value in write.fields.items() if name != TOTAL}
    if rows and TOTAL in write.fields:
        closed = [row for row in bill.document.get(ROWS) or () if text_of(row.get(ID)) in drop]
        total = sum((Decimal(row.get(AMOUNT) or 0) for row in closed), Decimal(0))
        fields[TOTAL] = Decimal(str(write.fields[TOTAL] or 0)) + total
    return replace(write, fields=fields, tables={ROWS: TableWrite(rows)} if rows else {})


def of_rows(write: Write) -> dict[str, tuple[Decimal, Decimal]]:
    """What is expected of rows: a closed one still counts in the head's total."""
    return {path: value for path, value in write.expect.items() if "/" in path}


def new_of(write: Write) -> list[RowWrite]:
    """The rows that it adds."""
    return [row for row in write.tables.get(ROWS, TableWrite()).rows if not row.key]


def shows(document: Shown, write: Write) -> bool:
    """An order is as it was wanted, and no change of it is open. Rows that were added are the last
    ones, and known by their numbers: what they point to is shown otherwise than it is sent."""
    rows = document.get(ROWS) or []
    by_key = {text_of(row.get(ID)): row for row in rows}
    known = [row for row in write.tables.get(ROWS, TableWrite()).rows if row.key]
    new = new_of(write)
    last = rows[len(rows) - len(new) :]
    return (
        not is_set(document, "lockIn")
        and _same(write.fields, document)
        and all(_same(row.fields, by_key.get(row.key, {})) for row in known)
        and all(_same(_numbers(row.fields), there) for row, there in zip(new, last, strict=False))
    )


def _numbers(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if type(value) in (int, Decimal)}


def _same(wanted: Fields, shown: Shown) -> bool:
    return all(same(value, value_at(shown, name)) for name, value in wanted.items())


def digest(write: Write) -> str:
    """What tells one wish from another."""
    rows = [
        [row.key, row.line, dict(row.fields)]
        for table in write.tables.values()
        for row in table.rows
    ]
    text = exact.mark([dict(write.fields), rows])
    return hashlib.sha256(text).hexdigest()[:24]
