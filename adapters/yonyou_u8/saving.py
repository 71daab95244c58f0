"""Saving: what is sent of a record, and what U8 made of it.

A new record carries an id of its own (`biz_id`), made of our mark: by the vendor's word the same id
makes one record however often it is sent. U8's answer tells its code alone, so it is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from adapters.yonyou_u8.bills import Bill
from adapters.yonyou_u8.client import Call, Client, Outcome, Row
from adapters.yonyou_u8.codec import Records, encoded, text_of, value_at
from adapters.yonyou_u8.codec import row_keys as keys_of
from adapters.yonyou_u8.forms import ROW
from adapters.yonyou_u8.reading import Reading
from adapters.yonyou_u8.settings import YonyouU8Settings
from connector.contract import RowWrite, Write, is_empty
from connector.errors import AdapterError, OutcomeUnknown, Rejected
from connector.kit.expected import difference, new_rows, numbers, unmarked
from connector.messages import say

OWN_LENGTH = 32


class Saving:
    """Saves records of one connection."""

    def __init__(self, client: Client, reading: Reading, settings: YonyouU8Settings) -> None:
        self._client = client
        self._reading = reading
        self._zone = settings.zone
        self._numbered = settings.numbering == "manual"
        self._searched = settings.reference_search
        self._own = settings.resubmit == "biz_id"

    # -- new records ------------------------------------------------------------------------

    def create_all(self, bills: Sequence[Bill]) -> None:
        """Save new records together; each has a key or an error afterwards."""
        calls = [self._add(bill.write) for bill in bills]
        for bill, outcome in zip(bills, self._client.do(calls), strict=True):
            self._created(bill, outcome)

    def _add(self, write: Write) -> Call:
        return Call(write.form, "add", self.payload(write), self._own_id(write))

    def _own_id(self, write: Write) -> str:
        """What the relay knows a new record by, where something in it tells it from all others."""
        number = write.fields.get(write.number) if write.number and self._numbered else None
        mark = write.reference[1] if write.reference else number
        if not mark or not self._own:
            return ""
        text = f"{write.form}/{mark}"
        return hashlib.sha256(text.encode()).hexdigest()[:OWN_LENGTH]

    def _created(self, bill: Bill, outcome: Outcome) -> None:
        if isinstance(outcome, AdapterError):
            bill.error = outcome
            return
        bill.key = bill.number = text_of(outcome.get("id"))
        if bill.key:
            self._see(bill, ())
        else:
            bill.error = OutcomeUnknown(say("u8_no_result"), answer=str(outcome)[:2000])

    # -- known records ----------------------------------------------------------------------

    def update(self, bill: Bill) -> None:
        """Save what changed of a known record. Raises what U8 says."""
        stays = {
            name: bill.document[name] for name in bill.form.demanded if bill.document.get(name)
        }
        data = {bill.form.code: bill.key, **stays, **self.payload(bill.write)}
        (outcome,) = self._client.do([Call(bill.write.form, "edit", data)])
        if isinstance(outcome, AdapterError):
            raise outcome
        self._see(bill, keys_of(bill.document))

    # -- what is sent -----------------------------------------------------------------------

    def payload(self, write: Write) -> Row:
        """The record as U8 takes it; of a new one without what is empty."""
        new = not write.key
        ours = "" if self._numbered or not new else write.number
        made: Row = {
            name: encoded(value, self._zone)
            for name, value in write.fields.items()
            if name != ours and not (new and is_empty(value))
        }
        if new and write.reference is not None:
            made |= dict([write.reference])
        for table, change in write.tables.items():
            made[table] = [self._row(row, place) for place, row in enumerate(change.rows, 1)]
        return made

    def _row(self, row: RowWrite, place: int) -> Row:
        fields = {
            name: encoded(value, self._zone)
            for name, value in row.fields.items()
            if not is_empty(value)
        }
        return {ROW: place, **fields}

    # -- what U8 made of it -----------------------------------------------------------------

    def _see(self, bill: Bill, before: Sequence[str]) -> None:
        """Note row keys and amounts of what was just saved.

        Where they cannot be read they must be known before anything else is done: the record is
        in doubt then, and looked up.
        """
        write = bill.write
        try:
            document = self._reading.document(write.form, bill.key)
            if document is not None:
                bill.note(document)
                shown = {name: keys_of(document) for name in write.tables}
                known = dict.fromkeys(write.tables, before)
                bill.line_keys = new_rows(write, shown, known, bill.number)
        except AdapterError as error:
            bill.key, bill.error = "", OutcomeUnknown(error.words, answer=error.answer)
            return
        if document is None:
            bill.key, bill.error = "", Rejected(say("u8_made_before", key=bill.key))
        else:
            self.compare(bill)

    def compare(self, bill: Bill) -> None:
        """What is not as expected becomes the bill's error."""
        write, document = bill.write, bill.document
        if write.show is not None:
            bill.shown = Records(bill.form, write.show).of(document, bill.key)
        if write.expect:
            asked = numbers(write, bill.form.code, ROW)
            found = Records(bill.form, asked).of(document, bill.key)
            bill.error = difference(write, found, bill.line_keys, row_key=ROW)
        if bill.error is None and write.reference is not None and self._searched:
            bill.error = unmarked(write, text_of(value_at(document, write.reference[0])))
