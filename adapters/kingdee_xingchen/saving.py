"""Saving: what is sent of a record, and what the platform made of it.

A save's answer tells the key alone, so that the record is read. What becomes of fields and rows
that a save leaves out, nobody could tell: all that is known to stand there is sent along.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.kingdee_xingchen.bills import Bill
from adapters.kingdee_xingchen.client import Client, Row
from adapters.kingdee_xingchen.codec import (
    Records,
    Shown,
    encoded,
    row_keys,
    rows_of,
    text_of,
    value_at,
)
from adapters.kingdee_xingchen.forms import ID, ROWS, SENSITIVE
from adapters.kingdee_xingchen.ladder import WARNINGS
from adapters.kingdee_xingchen.reading import Reading
from adapters.kingdee_xingchen.settings import KingdeeXingchenSettings
from connector.contract import Fields, TableWrite, Write, is_empty
from connector.errors import AdapterError, Conflict, Gone, OutcomeUnknown, Rejected
from connector.kit.expected import RowKeys, difference, new_rows, numbers, unmarked
from connector.messages import say


class Saving:
    """Saves records of one connection."""

    def __init__(self, client: Client, reading: Reading, settings: KingdeeXingchenSettings) -> None:
        self._client = client
        self._reading = reading
        self._settings = settings

    def create(self, bill: Bill) -> None:
        """Save a new record. Raises what the platform says; afterwards it has a key."""
        write = bill.write
        data = self._fields(write.fields, new=True)
        data |= dict([write.reference]) if write.reference else {}
        for table, change in write.tables.items():
            data[table] = [self._fields(row.fields, new=True) for row in change.rows]
        bill.key = self._save(write, data)
        self._see(bill, {})

    def update(self, bill: Bill) -> None:
        """Save what changed of a known record. Raises what the platform says."""
        write, document = bill.write, bill.document
        if not self._settings.edits:
            raise Conflict(say("xingchen_no_edit", form=write.form))
        before = {name: row_keys(document, name) for name in write.tables}
        data = self._kept(bill) | self._fields(write.fields, within=document)
        for table, change in write.tables.items():
            data[table] = self._rows(bill, table, change)
        self._save(write, {ID: bill.key, **data})
        self._see(bill, before)

    def _save(self, write: Write, data: Row) -> str:
        if WARNINGS in write.accept:
            data = {**data, "ignore_warn": True}
        return self._client.save(write.form, data)

    # -- what is sent -----------------------------------------------------------------------

    def _fields(self, fields: Fields, *, new: bool = False, within: Shown | None = None) -> Row:
        """Fields as a save takes them, `a.b` in the object `a` beside what stands in it; of a new
        record without what is empty."""
        made: Row = {}
        for path, value in fields.items():
            outer, dot, inner = path.partition(".")
            if new and is_empty(value):
                continue
            if dot:
                stays = (within or {}).get(outer)
                made.setdefault(outer, dict(stays) if isinstance(stays, Mapping) else {})
                made[outer][inner] = encoded(value, self._settings.zone)
            else:
                made[path] = encoded(value, self._settings.zone)
        return made

    def _kept(self, bill: Bill) -> Row:
        """What stands there and is sent along. Raises Conflict where some of it cannot be read."""
        kept = {
            name: value
            for name, value in bill.document.items()
            if name in bill.form.kept and not is_empty(value)
        }
        sealed = frozenset() if self._settings.plain_text else SENSITIVE & kept.keys()
        lost = sorted(sealed - bill.write.fields.keys())
        if lost and not self._settings.omitted_stay:
            raise Conflict(say("xingchen_sealed", number=bill.number, fields=", ".join(lost)))
        kept = {name: value for name, value in kept.items() if name not in sealed}
        if bill.form.kept_rows:
            kept[ROWS] = [_kept_row(bill, row) for row in rows_of(bill.document)]
        return kept

    def _rows(self, bill: Bill, table: str, change: TableWrite) -> list[Row]:
        """All rows that are to stand there afterwards."""
        changed = {row.key: row.fields for row in change.rows if row.key}
        made = [
            _kept_row(bill, row) | self._fields(changed.get(text_of(row.get(ID)), {}), within=row)
            for row in rows_of(bill.document, table)
            if text_of(row.get(ID)) not in change.drop
        ]
        return made + [self._fields(row.fields, new=True) for row in change.rows if not row.key]

    # -- what the platform made of it -------------------------------------------------------

    def _see(self, bill: Bill, before: RowKeys) -> None:
        """Note row keys and amounts of what was just saved.

        Where they cannot be read they must be known before anything else is done: the record is
        in doubt then, and looked up.
        """
        write = bill.write
        try:
            document = self._reading.document(write.form, bill.key)
            if document is None:
                raise Gone(say("target_gone", key=bill.key))
            bill.note(document)
            shown = {name: row_keys(document, name) for name in write.tables}
            bill.line_keys = new_rows(write, shown, before, bill.number)
        except AdapterError as error:
            bill.key, bill.error = "", OutcomeUnknown(error.words, answer=error.answer)
        else:
            self.compare(bill)

    def compare(self, bill: Bill) -> None:
        """What is not as expected becomes the bill's error."""
        write, document = bill.write, bill.document
        if write.show is not None:
            (bill.shown,) = Records(write.show, plain=self._settings.plain_text).of(document)
        if write.expect:
            (found,) = Records(numbers(write, ID, ID), plain=self._settings.plain_text).of(document)
            bill.error = difference(write, found, bill.line_keys, row_key=ID)
        if bill.error is None and write.reference is not None:
            # Numbering of the platform's own may put another number in the place of ours.
            shown = text_of(value_at(document, write.reference[0]))
            bill.error = unmarked(write, shown, "xingchen_no_mark")
        if bill.error is None and (left := _left(write, document)):
            bill.error = Rejected(say("xingchen_rows_left", number=bill.number, rows=left))


def _kept_row(bill: Bill, row: Shown) -> Row:
    kept = bill.form.kept_rows
    return {name: value for name, value in row.items() if name in kept and not is_empty(value)}


def _left(write: Write, document: Shown) -> str:
    """Rows that were left out of a save and stand there all the same."""
    going = {key for change in write.tables.values() for key in change.drop}
    shown = {key for table in write.tables for key in row_keys(document, table)}
    return ", ".join(sorted(going & shown))
