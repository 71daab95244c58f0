"""Saving: what is sent of a record, and what the platform made of it.

A new bill carries a resubmit key, made of our mark and of everything that is sent: the same once
more is answered by the first one's document, not by a second one. After an hour the platform
answers with that document's id, and it is read.
"""

from __future__ import annotations

import hashlib
from typing import Any

from adapters.yonyou_yonbip.answers import Repeated
from adapters.yonyou_yonbip.bills import OPEN, Bill
from adapters.yonyou_yonbip.client import Client, Row
from adapters.yonyou_yonbip.codec import ID, Records, Shown, encoded, text_of, value_at
from adapters.yonyou_yonbip.forms import Form, form_of
from adapters.yonyou_yonbip.reading import Reading
from adapters.yonyou_yonbip.settings import YonyouYonBipSettings
from connector import exact
from connector.contract import Fields, RowWrite, Write, is_empty
from connector.errors import AdapterError, Conflict, Gone, OutcomeUnknown, Rejected
from connector.kit.expected import RowKeys, difference, head_paths, new_rows, numbers, unmarked
from connector.messages import say

KEY_LENGTH = 32


class Saving:
    """Saves records of one connection."""

    def __init__(self, client: Client, reading: Reading, settings: YonyouYonBipSettings) -> None:
        self._client = client
        self._reading = reading
        self._zone = settings.zone
        self._numbered = settings.numbering == "manual"
        self._searched = settings.reference_search

    # -- new records ------------------------------------------------------------------------

    def create(self, bill: Bill) -> None:
        """Save a new record. Raises what the platform says; afterwards it has a key."""
        write, form = bill.write, bill.form
        data = self.payload(write)
        if form.is_bill:
            data["_status"] = "Insert"
        path = f"{write.form}/{form.save}"
        try:
            shown = self._client.save(path, self._keyed(write, data))
        except Repeated as done:
            shown = self._again(bill, path, data, done.key)
        self._created(bill, shown)

    def _again(self, bill: Bill, path: str, data: Row, key: str) -> Any:
        """This very record was made before; made once more only if that one is gone."""
        document = self._reading.document(bill.write.form, key)
        if document is not None:
            return document
        try:
            return self._client.save(path, self._keyed(bill.write, data, key))
        except Repeated as done:
            raise Conflict(say("yonyou_made_before", key=done.key)) from None

    def _keyed(self, write: Write, data: Row, more: str = "") -> Row:
        """With a resubmit key, where something in it tells the record from all others."""
        number = write.fields.get(write.number) if write.number and self._numbered else None
        mark = write.reference or number
        if not mark:
            return data
        text = exact.dumps([write.form, mark, data, more])
        key = hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]
        return {"resubmitCheckKey": key, **data}

    def _created(self, bill: Bill, shown: Any) -> None:
        document = shown[0] if isinstance(shown, list) and shown else shown
        if not isinstance(document, dict) or not text_of(document.get(ID)):
            raise OutcomeUnknown(say("yonyou_no_result"), answer=str(shown)[:2000])
        bill.note(document)
        bill.state = bill.state or OPEN
        # Of base data the answer tells id and code alone.
        self._see(bill, document if bill.form.is_bill else None, {})

    # -- known records ----------------------------------------------------------------------

    def update(self, bill: Bill) -> None:
        """Save what changed of a known record. Raises what the platform says."""
        write, form = bill.write, bill.form
        if not form.edits:
            raise Conflict(say("yonyou_no_edit", form=write.form))
        if not bill.document:
            self._read_back(bill)
        data: Row = {ID: bill.key, "code": bill.number}
        if form.is_bill:
            data |= {"_status": "Update", "pubts": bill.document.get("pubts", "")}
        data |= self._stays(form, bill.document, write.fields) | self.payload(write)
        before = rows_of(write, bill.document)
        shown = self._client.save(f"{write.form}/{form.update or form.save}", data)
        document = shown if isinstance(shown, dict) and bill.form.is_bill else None
        bill.note(document or {})
        self._see(bill, document, before)

    def _stays(self, form: Form, document: Shown, fields: Fields) -> Row:
        """What every save must carry, as it stands there."""
        made: Row = {}
        for name in form.demanded:
            value = value_at(document, name)
            if name not in fields and not is_empty(value):
                self._put(form, made, name, value)
        return made

    # -- what is sent -----------------------------------------------------------------------

    def payload(self, write: Write) -> Row:
        """The record as a save takes it; of a new one without what is empty."""
        form, new = form_of(write.form), not write.key
        ours = "" if self._numbered or not new else write.number
        made: Row = {}
        for name, value in write.fields.items():
            if name != ours and not (new and is_empty(value)):
                self._put(form, made, name, encoded(value, self._zone))
        if new and write.reference is not None:
            self._put(form, made, *write.reference)
        for table, change in write.tables.items():
            rows = [self.row(form, row) for row in change.rows]
            rows += [{ID: key, "_status": "Delete"} for key in change.drop]
            made[table] = rows
        return made

    def row(self, form: Form, row: RowWrite) -> Row:
        made: Row = {"_status": "Update", ID: row.key} if row.key else {"_status": "Insert"}
        for name, value in row.fields.items():
            if row.key or not is_empty(value):
                self._put(form, made, name, encoded(value, self._zone))
        return made

    def _put(self, form: Form, into: Row, path: str, value: Any) -> None:
        outer, dot, inner = path.partition(".")
        if path in form.translated:
            into[path] = {"simplifiedName": value}
        elif not dot:
            into[path] = value
        elif outer in form.flat:
            into[f"{outer}!{inner}"] = value
        else:
            into.setdefault(outer, {})[inner] = value

    # -- what the platform made of it -------------------------------------------------------

    def check(self, bill: Bill) -> None:
        """Hold a bill that was saved earlier against what is expected of it."""
        self.compare(bill, bill.document)

    def _see(self, bill: Bill, document: Shown | None, before: RowKeys) -> None:
        """Note row keys and amounts of what was just saved.

        Where they cannot be read they must be known before anything else is done: the record is
        in doubt then, and looked up.
        """
        write = bill.write
        try:
            if (write.expect or write.tables) and not self._complete(write, document or {}):
                document = self._read_back(bill)
            bill.line_keys = new_rows(write, rows_of(write, document or {}), before, bill.number)
        except AdapterError as error:
            bill.key, bill.error = "", OutcomeUnknown(error.words, answer=error.answer)
        else:
            if document is not None:
                self.compare(bill, document)

    def compare(self, bill: Bill, document: Shown) -> None:
        """What is not as expected becomes the bill's error."""
        write = bill.write
        if write.show is not None:
            bill.shown = Records(bill.form, write.show).whole(document)
        if write.expect:
            found = Records(bill.form, numbers(write, ID, ID)).whole(document)
            bill.error = difference(write, found, bill.line_keys, row_key=ID)
        if bill.error is None:
            bill.error = self._unmarked(write, document)

    def _complete(self, write: Write, document: Shown) -> bool:
        """The answer shows our mark, the tables that were written, and each number looked at."""
        return (
            self._unmarked(write, document) is None
            and all(row_keys(document, name) for name in write.tables)
            and all(value_at(document, path) is not None for path in head_paths(write))
        )

    def _unmarked(self, write: Write, document: Shown) -> Rejected | None:
        if write.reference is None or not self._searched:
            return None
        return unmarked(write, text_of(value_at(document, write.reference[0])))

    def _read_back(self, bill: Bill) -> Shown:
        document = self._reading.document(bill.write.form, bill.key)
        if document is None:
            raise Gone(say("target_gone", key=bill.key))
        bill.note(document)
        return document


def rows_of(write: Write, document: Shown) -> RowKeys:
    """The rows of the tables that are written."""
    return {name: row_keys(document, name) for name in write.tables}


def row_keys(document: Shown, table: str) -> list[str]:
    rows = document.get(table)
    return [text_of(row.get(ID)) for row in rows] if isinstance(rows, list) else []
