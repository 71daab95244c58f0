"""What a change bill (新变更单) holds, beside its order.

A change bill starts as a copy of its order. Its rows name the order's rows that they stand for;
a row that it adds names none, and is known by our mark alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from adapters.kingdee_galaxy.change_form import ChangeForm
from adapters.kingdee_galaxy.codec import text_of
from adapters.kingdee_galaxy.forms import YES
from adapters.kingdee_galaxy.model import ROW_ID
from connector.contract import Fields, Record, RowWrite, Shape, Table, TableWrite, Write
from connector.kit.expected import same

Row = Mapping[str, Any]


class Held:
    """What an order, or a change bill of it, holds."""

    def __init__(self, record: Record, change: ChangeForm, key: str) -> None:
        """`key` is the rows' field with the key of the order's row."""
        self.record = record
        self._change = change
        rows: list[Row] = record.fields[change.table]
        self.rows = {name: row for row in rows if (name := text_of(row[key])) not in ("", "0")}
        """By the key of the order's row."""
        self.added = [row for row in rows if text_of(row[key]) in ("", "0")]
        self._marked = {mark: row for row in rows if (mark := text_of(row.get(change.line)))}

    def row_of(self, row: RowWrite) -> Row | None:
        """The row that a row of a write means."""
        if row.key:
            return self.rows.get(row.key)
        return self._marked.get(text_of(row.fields.get(self._change.line)))

    def total(self, name: str) -> Decimal:
        """A quantity over all rows."""
        return sum((Decimal(row.get(name) or 0) for row in self.rows.values()), Decimal(0))

    def left_of(self, write: Write) -> tuple[dict[str, dict[str, str]], Write]:
        """The keys of new lines that have a row here already, by our mark; and what is left of
        the write besides them, besides dropped rows that are gone and fields that are as wanted."""
        table = rows_of(write, self._change)
        found, rows = dict[str, str](), list[RowWrite]()
        for row in table.rows:
            shown = self.row_of(row)
            if shown is not None and not row.key:
                found[row.line] = text_of(shown[ROW_ID])
            elif fields := _other_than(row.fields, shown or {}):
                rows.append(replace(row, fields=fields))
        drop = [key for key in table.drop if not self._is_gone(key)]
        left = with_rows(write, self._change, TableWrite(rows, drop))
        left = replace(left, fields=_other_than(write.fields, self.record.fields))
        return {self._change.table: found} if found else {}, left

    def differs(self, write: Write) -> bool:
        """A field that the write sets, and that is shown here, is not as it sets it."""
        rows = rows_of(write, self._change)
        return (
            _differs(write.fields, self.record.fields)
            or any(not (row := self.row_of(one)) or _differs(one.fields, row) for one in rows.rows)
            or any(not self._is_gone(key) for key in rows.drop)
        )

    def _is_gone(self, key: str) -> bool:
        row = self.rows.get(key)
        if row is None or row.get(self._change.closed) == YES:
            return True
        return bool(self._change.dropped) and row.get(self._change.type) == self._change.dropped

    def unseen(self, order: Held) -> bool:
        """The order does not show what this change bill does to quantities and amounts."""
        return any(self._unseen(key, order) for key in self.rows) or any(
            text_of(row.get(self._change.line)) not in order._marked for row in self.added
        )

    def _unseen(self, key: str, order: Held) -> bool:
        change, row, theirs = self._change, self.rows[key], order.rows.get(key)
        if theirs is None or order._is_gone(key):
            return False
        amounts = (change.quantity, change.amount)
        return self._is_gone(key) or any(row.get(n) != theirs.get(n) for n in amounts)

    def beyond(self, order: Held, write: Write) -> bool:
        """This change bill changes something of its order that the write does not."""
        change, named = self._change, rows_of(write, self._change)
        ours = {row.key: self._derived(row.fields) for row in named.rows if row.key}
        new = {text_of(row.fields.get(change.line)) for row in named.rows if not row.key}
        kept = {key: row for key, row in self.rows.items() if key not in named.drop}
        return (
            _strange(self.record.fields, order.record.fields, {*write.fields, change.total})
            or any(text_of(row.get(change.line)) not in new for row in self.added)
            or any(key not in self.rows for key in (*ours, *named.drop))
            or any(self._is_gone(key) for key in kept)
            or any(
                _strange(row, order.rows.get(key, {}), ours.get(key, frozenset()))
                for key, row in kept.items()
            )
        )

    def _derived(self, fields: Fields) -> frozenset[str]:
        """What a row changes with these fields: prices follow from its amount."""
        follows = self._change.prices if self._change.amount in fields else ()
        return frozenset((*fields, *follows))


def rows_of(write: Write, change: ChangeForm) -> TableWrite:
    """What the write does to the rows."""
    return write.tables.get(change.table, TableWrite())


def with_rows(write: Write, change: ChangeForm, table: TableWrite) -> Write:
    """The write, doing this to the rows instead."""
    others = {name: other for name, other in write.tables.items() if name != change.table}
    mine = {change.table: table} if table.rows or table.drop else {}
    return replace(write, tables={**others, **mine})


def shape_of(write: Write, form: str, change: ChangeForm, more: list[str]) -> Shape:
    """What is read of an order or of its change bill: what our side writes, and `more` of rows."""
    assert write.show is not None
    table = write.show.tables.get(change.table, Table(ROW_ID, ()))
    names = dict.fromkeys((*table.fields, *more, *filter(None, (change.line,))))
    return replace(write.show, form=form, tables={change.table: Table(ROW_ID, tuple(names))})


def _strange(fields: Row, theirs: Row, ours: Collection[str]) -> bool:
    """A field that is not among ours differs."""
    return any(
        value != theirs[name]
        for name, value in fields.items()
        if name in theirs and name not in ours and name != ROW_ID and not isinstance(value, list)
    )


def _other_than(wanted: Fields, shown: Row) -> Fields:
    """The fields that are not shown to be as wanted."""
    return {
        name: value
        for name, value in wanted.items()
        if name not in shown or not same(value, shown[name])
    }


def _differs(wanted: Fields, shown: Row) -> bool:
    return any(not same(value, shown[name]) for name, value in wanted.items() if name in shown)
