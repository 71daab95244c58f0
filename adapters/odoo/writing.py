"""A write from beginning to end: create, change, confirm, cancel, and what came of it.

Each call is a transaction of its own. What fails in the first one is raised as it is; once
something was done, the rest is half done, and the same write again takes it on from there.
"""

from __future__ import annotations

from uuid import uuid4

from adapters.odoo.client import Client, Row
from adapters.odoo.documents import Document, permit, permit_end
from adapters.odoo.forms import ACTIVE, KEY, MARK, STATE, model_of
from adapters.odoo.importing import Sheet
from adapters.odoo.marks import Marks, external_id
from adapters.odoo.reading import Reading
from adapters.odoo.resolving import Resolving
from adapters.odoo.tables import Tables
from connector.contract import Record, Shape, Write, Written
from connector.errors import AdapterError, AlreadyExists, Gone, Rejected
from connector.kit.expected import difference, head_paths
from connector.messages import say


class Writing:
    """Writes of one connection."""

    def __init__(
        self, client: Client, marks: Marks, resolving: Resolving, tables: Tables, reading: Reading
    ) -> None:
        self._client = client
        self._marks = marks
        self._resolving = resolving
        self._tables = tables
        self._reading = reading

    def write(self, write: Write) -> Written:
        """One record, as far as the write says."""
        if not write.key:
            document = self._create(write)
        else:
            document = self._look(write)
            if write.verb != "put":
                return self._end(document)
            if write.fields or write.tables:
                self._change(document)
            elif document.void:
                permit(document, {})
        self._see(document)
        if not document.arrived:
            self._confirm(document)
        return document.written()

    # -- new records ------------------------------------------------------------------------

    def _create(self, write: Write) -> Document:
        model, fields = model_of(write.form), dict(write.fields)
        field, mark = write.reference or ("", "")
        if field == MARK:
            self._refuse_second(write, mark)
        elif field:
            fields[field] = mark
        (head,) = self._resolving.cells(model, [fields])
        sheet = Sheet({"id": external_id(write.form, mark), **head} if field == MARK else head)
        mark = mark or uuid4().hex
        for table, change in write.tables.items():
            if change.rows:
                sheet.put(table, self._tables.cells(write.form, mark, table, change.rows))
        (key,) = self._client.load(model, sheet.columns, sheet.lines)
        document = Document(write, str(key))
        try:
            self._look_at(document)
            self._tables.complete(document, mark)
        except AdapterError as error:
            raise document.half_done(error) from error
        return document

    def _refuse_second(self, write: Write, mark: str) -> None:
        """What carries our mark is looked at first; an import would pass it over in silence."""
        found = self._marks.find(write.form, mark)
        if found is not None:
            raise AlreadyExists(say("odoo_exists", form=write.form, key=found), key=str(found))

    # -- known records ----------------------------------------------------------------------

    def _look(self, write: Write) -> Document:
        document = Document(write, write.key)
        self._look_at(document)
        return document

    def _look_at(self, document: Document) -> None:
        """Read where it stands. Raises Gone."""
        write, life = document.write, document.life
        states = [STATE, *filter(None, [life.locked])] if life else []
        paths = [*states, *filter(None, [write.number])]
        keys = [int(document.key)] if document.key.isdecimal() else []
        for row in self._reading.rows_of(model_of(write.form), keys, paths):
            document.stand(row)
            return
        raise Gone(say("odoo_gone", form=write.form, key=document.key))

    def _change(self, document: Document) -> None:
        """Bring our changes in: those of known rows with the head's in one call, then new rows."""
        write, model = document.write, model_of(document.write.form)
        touched = self._tables.touched(document)
        permit(document, touched)
        values = self._resolving.values(model, write.fields)
        for table, change in write.tables.items():
            if commands := self._tables.commands(document, table, change, touched):
                values[table] = commands
        if values:
            self._client.write(model, int(write.key), values)
        try:
            self._add_rows(document)
        except AdapterError as error:
            if values:
                raise document.half_done(error) from error
            raise

    def _add_rows(self, document: Document) -> None:
        """Import new rows under the record's own mark, so that the same again adds none."""
        write, model, key = document.write, model_of(document.write.form), document.key
        sheet = Sheet({".id": key})
        mark = ""
        for table, change in write.tables.items():
            if new := [row for row in change.rows if not row.key]:
                mark = mark or self._marks.of(write.form, model, [int(key)]).get(int(key), key)
                sheet.put(table, self._tables.cells(write.form, mark, table, new))
        if mark:
            self._client.load(model, sheet.columns, sheet.lines)
            self._tables.complete(document, mark)

    def _end(self, document: Document) -> Written:
        """Cancel a document, archive a record; what was ended already stays so."""
        write, model = document.write, model_of(document.write.form)
        if write.verb == "close":
            if not document.form.archives:
                raise Rejected(say("odoo_no_close", form=write.form))
            self._client.write(model, int(write.key), {ACTIVE: False})
        elif document.life is None:
            raise Rejected(say("odoo_no_cancel", form=write.form))
        elif not document.void:
            self._cancel(document)
        return document.written()

    def _cancel(self, document: Document) -> None:
        life, model = document.life, model_of(document.write.form)
        assert life is not None
        permit_end(document, self._rows_to_end(document))
        self._client.press(model, int(document.key), life.cancel)
        self._look_at(document)
        if not document.void:
            raise Rejected(say("odoo_asks", number=document.number))

    def _rows_to_end(self, document: Document) -> list[Row]:
        life = document.life
        if life is None or not life.rows:
            return []
        return self._tables.standing(document, life.rows, [life.gone, life.billed])

    # -- what came of it --------------------------------------------------------------------

    def _see(self, document: Document) -> None:
        """Show what is written, and hold amounts against what is expected of them."""
        write = document.write
        if not write.expect and (write.show is None or write.options.get("read_back") is False):
            return
        try:
            record = self._fresh(document)
        except AdapterError as error:
            raise document.half_done(error) from error
        document.number = record.number or document.number
        document.shown = record if write.show else None
        wrong = difference(write, record, document.line_keys, row_key=KEY)
        if wrong is not None:
            raise document.half_done(wrong)

    def _fresh(self, document: Document) -> Record:
        write = document.write
        shape = write.show or Shape(write.form, (KEY,), tuple(head_paths(write)), write.number)
        for record in self._reading.fetch(shape, [document.key]):
            return record
        raise Gone(say("odoo_gone", form=write.form, key=document.key))

    def _confirm(self, document: Document) -> None:
        """Press the button. A refusal is looked at again: somebody may have pressed it before."""
        life, refusal = document.life, None
        assert life is not None
        try:
            self._client.press(model_of(document.write.form), int(document.key), life.confirm)
        except Rejected as error:
            refusal = error
        except AdapterError as error:
            raise document.half_done(error) from error
        try:
            self._look_at(document)
        except AdapterError as error:
            raise document.half_done(refusal or error) from error
        if not document.confirmed and refusal:
            raise document.half_done(refusal) from refusal
        if not document.confirmed:
            document.awaits = str(say("odoo_asks", number=document.number))
