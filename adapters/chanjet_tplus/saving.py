"""Saving: what is sent of a record, and what T+ made of it.

Answers tell an id at most, so each save is read back: row ids, amounts, our mark. What a change
leaves out may be emptied there, nobody knows; so a bill is sent whole, as it stood a moment before,
with what changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.chanjet_tplus.answers import id_in
from adapters.chanjet_tplus.bills import Bill
from adapters.chanjet_tplus.client import Client, Row
from adapters.chanjet_tplus.codec import Records, Shown, encoded, put, row_keys, text_of
from adapters.chanjet_tplus.forms import CODE, COMPUTED, DERIVED, ID, MARK
from adapters.chanjet_tplus.reading import Reading
from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from connector.contract import Fields, RowWrite, TableWrite, Write, is_empty
from connector.errors import AdapterError, Gone, OutcomeUnknown, Rejected
from connector.kit.expected import RowKeys, difference, new_rows, numbers, unmarked
from connector.messages import say


class Saving:
    """Saves records of one connection."""

    def __init__(self, client: Client, reading: Reading, settings: ChanjetTPlusSettings) -> None:
        self._client = client
        self._reading = reading
        self._zone = settings.zone
        self._numbered = settings.numbering == "manual"
        self._searched = settings.reference_search
        self._whole = settings.update == "whole"

    # -- new records ------------------------------------------------------------------------

    def create(self, bill: Bill) -> None:
        """Save a new record. Raises what T+ says; afterwards it has a key."""
        write = bill.write
        said = self._client.create(write.form, self._new(write))
        try:
            self._see(bill, self._made(bill, said), {})
        except AdapterError as error:
            # What cannot be read must be known before anything else is done.
            bill.key, bill.error = "", OutcomeUnknown(error.words, answer=error.answer)

    def _made(self, bill: Bill, said: Any) -> Shown:
        """What was just saved: by the id that was told, else by our mark."""
        write, key = bill.write, id_in(said)
        if not bill.form.is_bill:
            return self._read(bill, text_of(write.fields.get(CODE)))
        mark = write.reference[1] if write.reference and self._searched else ""
        if not key and not mark:
            raise OutcomeUnknown(say("tplus_no_result"), answer=str(said)[:2000])
        found = self._client.document(
            write.form, **({"voucherID": key} if key else {"externalCode": mark})
        )
        if found is None:
            raise OutcomeUnknown(say("tplus_no_result"), answer=str(said)[:2000])
        return found

    def _new(self, write: Write) -> Row:
        """A new record, without what is empty."""
        ours = "" if self._numbered else write.number
        made: Row = {}
        for name, value in write.fields.items():
            if name != ours and not is_empty(value):
                put(made, name, encoded(value, self._zone))
        if write.reference is not None:
            put(made, *write.reference)
        for table, change in write.tables.items():
            made[table] = [self._over({}, row.fields) for row in change.rows]
        return made

    # -- known records ----------------------------------------------------------------------

    def update(self, bill: Bill, method: str = "Update") -> None:
        """Save what changed of a known record. Raises what T+ says."""
        if not bill.document:
            bill.note(self._read(bill, bill.key))
        write, before = bill.write, rows_of(bill.write, bill.document)
        if bill.form.is_bill:
            dto = self._changed(write, bill.document)
        else:
            dto = self._over({ID: bill.document.get(ID), CODE: bill.number}, write.fields)
        self._client.save(write.form, method, dto)
        try:
            self._see(bill, self._read(bill, bill.key), before)
        except AdapterError as error:
            raise OutcomeUnknown(error.words, answer=error.answer) from None

    def _changed(self, write: Write, document: Shown) -> Row:
        """A bill with its changes; what T+ says of it itself is left out."""
        kept = {n: v for n, v in document.items() if n not in COMPUTED}
        if not self._whole:
            kept = {name: kept[name] for name in (ID, CODE, MARK, "Ts") if name in kept}
        made = self._over(kept, write.fields)
        for table, change in write.tables.items():
            made[table] = self._rows(document.get(table) or (), change)
        return made

    def _rows(self, shown: Any, change: TableWrite) -> list[Row]:
        """A table's rows as they are to be: those that stay, changed where they are named."""
        changes = {row.key: row for row in change.rows if row.key}
        made = [
            self._row(row, changes.get(text_of(row.get(ID))))
            for row in shown
            if text_of(row.get(ID)) not in change.drop
        ]
        new = [self._over({}, row.fields) for row in change.rows if not row.key]
        if not self._whole:
            made = [row for row in made if text_of(row[ID]) in changes]
        return [*made, *new]

    def _row(self, shown: Shown, change: RowWrite | None) -> Row:
        if change is None:
            return dict(shown)
        kept = {n: v for n, v in shown.items() if n not in DERIVED} if self._whole else {}
        return self._over({**kept, ID: shown[ID]}, change.fields)

    def _over(self, kept: Mapping[str, Any], fields: Fields) -> Row:
        made = dict(kept)
        for name, value in fields.items():
            if kept or not is_empty(value):
                put(made, name, encoded(value, self._zone))
        return made

    # -- what T+ made of it -----------------------------------------------------------------

    def _see(self, bill: Bill, document: Shown, before: RowKeys) -> None:
        """Note what was just saved, its row keys, and what is not as expected."""
        bill.note(document)
        shown = rows_of(bill.write, bill.document)
        bill.line_keys = new_rows(bill.write, shown, before, bill.number)
        self.compare(bill)
        for table, change in bill.write.tables.items():
            if bill.error is None and set(change.drop) & set(shown[table]):
                bill.error = Rejected(say("tplus_row_stays", number=bill.number))

    def compare(self, bill: Bill) -> None:
        """What is not as expected becomes the bill's error."""
        write, document = bill.write, bill.document
        if write.expect:
            found = next(Records(bill.form, numbers(write, ID, ID)).of(document))
            bill.error = difference(write, found, bill.line_keys, row_key=ID)
        if bill.error is None and write.reference is not None and self._searched:
            bill.error = unmarked(write, text_of(document.get(write.reference[0])))

    def _read(self, bill: Bill, key: str) -> Row:
        document = self._reading.document(bill.write.form, key, bill.write.show)
        if document is None:
            raise Gone(say("target_gone", key=key))
        return document


def rows_of(write: Write, document: Shown) -> RowKeys:
    """The rows of the tables that are written."""
    return {name: row_keys(document, name) for name in write.tables}
