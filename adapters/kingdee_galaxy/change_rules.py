"""What a change bill may do to an order, and how a write to the order becomes one to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from adapters.kingdee_galaxy.bills import Bill
from adapters.kingdee_galaxy.change_bill import Held, Row, rows_of, with_rows
from adapters.kingdee_galaxy.change_form import ChangeForm
from adapters.kingdee_galaxy.codec import text_of
from adapters.kingdee_galaxy.forms import YES
from adapters.kingdee_galaxy.model import ROW_ID
from connector.contract import Fields, RowWrite, TableWrite, Write
from connector.errors import Conflict
from connector.messages import Message, say


def permitted(bill: Bill, order: Held, write: Write, change: ChangeForm) -> list[str]:
    """The keys of dropped rows that are to be closed, because something hangs on them.

    Raises Conflict that says what stands in the way.
    """
    others = [name for name, table in write.tables.items() if name != change.table]
    words = [say("kingdee_change_table", number=bill.number, table=name) for name in others]
    table = rows_of(write, change)
    if any(not row.key for row in table.rows) and not change.line:
        words.append(say("kingdee_change_unmarked", number=bill.number))
    for row in table.rows:
        if shown := order.row_of(row):
            words += _in_the_way(bill, row.fields, shown, change)
    if words:
        raise Conflict(words[0])
    return [key for key in table.drop if _hangs(order.rows.get(key), change)]


def _in_the_way(bill: Bill, fields: Fields, shown: Row, change: ChangeForm) -> Iterator[Message]:
    place = {"number": bill.number, "seq": shown.get("FSeq")}
    shipped, invoiced = _number(shown, change.shipped), _number(shown, change.invoiced)
    if shown.get(change.closed) == YES:
        yield say("kingdee_row_closed", **place, shipped=plain(shipped))
        return
    quantity = fields.get(change.quantity)
    if isinstance(quantity, Decimal | int) and quantity < shipped:
        yield say("kingdee_shipped", **place, shipped=plain(shipped), quantity=quantity)
    if invoiced and any(name in fields for name in change.prices):
        yield say("kingdee_invoiced", **place, invoiced=plain(invoiced))


def plain(number: Decimal) -> str:
    """A number as people write it."""
    return f"{number.normalize():f}"


def _hangs(row: Row | None, change: ChangeForm) -> bool:
    """Something was made of a row."""
    return any(_number(row, name) for name in change.closes)


def _number(row: Row | None, name: str) -> Decimal:
    value = row.get(name) if row and name else None
    return Decimal(value) if isinstance(value, Decimal | int) else Decimal(0)


def without(write: Write, closes: Sequence[str], change: ChangeForm) -> Write:
    """The write less those dropped rows."""
    table = rows_of(write, change)
    drop = [key for key in table.drop if key not in closes]
    return with_rows(write, change, TableWrite(table.rows, drop))


def mapped(write: Write, held: Held, change: ChangeForm) -> Write:
    """The write to an order as one to its change bill, which has rows of its own."""
    table = rows_of(write, change)
    rows = [
        replace(row, key=_key(held.row_of(row)), fields=_typed(row.fields, row.key, change))
        for row in table.rows
    ]
    for key in table.drop:
        gone = {change.type: change.dropped} if change.dropped else {}
        rows.append(RowWrite(f"-{key}", _key(held.rows.get(key)), gone))
    if any(not made.key for made in rows if made.line not in _new(table)):
        raise Conflict(say("kingdee_change_lacks", change=held.record.number))
    return replace(
        with_rows(without_totals(write), change, TableWrite(rows)),
        form=change.form, key=held.record.key, show=None,
    )  # fmt: skip


def without_totals(write: Write) -> Write:
    """The write, expecting nothing of the head."""
    return replace(
        write, expect={path: value for path, value in write.expect.items() if "/" in path}
    )


def _new(table: TableWrite) -> set[str]:
    return {row.line for row in table.rows if not row.key}


def _key(row: Row | None) -> str:
    return text_of(row[ROW_ID]) if row else ""


def _typed(fields: Fields, key: str, change: ChangeForm) -> Fields:
    """The fields of a row, led by what happens to it."""
    kind = change.changed if key else change.added
    return {change.type: kind, **fields} if kind else fields
