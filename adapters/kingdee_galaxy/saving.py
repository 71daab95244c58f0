"""Saving: one record or many, and what the server made of it, checked before any further step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.kingdee_galaxy.answers import Outcome, taken_value
from adapters.kingdee_galaxy.bills import CREATED, DRAFT, Bill
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.forms import form_of
from adapters.kingdee_galaxy.model import (
    ROW_ID,
    Keep,
    head_decimals,
    model_of,
    row_decimals,
    save_options,
)
from adapters.kingdee_galaxy.names import query_key
from adapters.kingdee_galaxy.reading import Reading
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import Record, Shape, Table, Write
from connector.errors import AdapterError, AlreadyExists, Conflict, OutcomeUnknown
from connector.expected import difference
from connector.messages import say


class Saving:
    """Saves bills of one connection."""

    def __init__(self, client: Client, reading: Reading, settings: KingdeeGalaxySettings) -> None:
        self._client = client
        self._reading = reading
        self._numbered = settings.numbering == "manual"

    # -- new records ------------------------------------------------------------------------

    def create(self, bill: Bill) -> None:
        """Save a new record. Raises what the server says; afterwards it has a key."""
        write = bill.write
        model = model_of(write, numbered=self._numbered)
        options = save_options(write, deletes=False)
        outcome = self._client.save(write.form, {**options, "Model": model})
        if not outcome.ok or outcome.refused or not outcome.done:
            raise self._taken(write, outcome.missing(0))
        self._created(bill, outcome, 0)

    def create_many(self, bills: Sequence[Bill]) -> None:
        """Save new records in one call; each has a key or an error afterwards."""
        writes = [bill.write for bill in bills]
        models = [model_of(write, numbered=self._numbered) for write in writes]
        options = save_options(*writes, deletes=False)
        try:
            outcome = self._client.save(writes[0].form, {**options, "Model": models})
        except AdapterError as error:
            for bill in bills:
                bill.error = error
            return
        places = {success.index: place for place, success in enumerate(outcome.done)}
        for index, bill in enumerate(bills):
            if index in places:
                self._created(bill, outcome, places[index])
            else:
                bill.error = self._taken(bill.write, outcome.missing(index))

    def _created(self, bill: Bill, outcome: Outcome, place: int) -> None:
        done = outcome.done[place]
        bill.key, bill.number, bill.state = done.key, done.number, CREATED
        self._see(bill, _returned(bill, outcome.result), {})

    def _taken(self, write: Write, error: AdapterError) -> AdapterError:
        """A number or mark that is in use: with the key of the record that has it."""
        value = taken_value(str(error))
        if not isinstance(error, AlreadyExists) or not value:
            return error
        names = [write.number, *(write.reference or ())[:1]]
        key = Shape(write.form, (form_of(write.form).key,), ())
        try:
            for name in filter(None, names):
                for record in self._reading.find(key, name, [value]):
                    error.key = record.key
        except AdapterError:
            return error  # which record it is, is not worth another error
        return error

    # -- known records ----------------------------------------------------------------------

    def update(self, bill: Bill) -> None:
        """Save what changed of a known record. Raises what the server says."""
        write = bill.write
        before = self._rows_before(write)
        keep: Keep = {
            table: [key for key in rows if key not in write.tables[table].drop]
            for table, rows in before.items()
        }
        deletes = any(change.drop for change in write.tables.values())
        model = model_of(write, numbered=True, keep=keep if deletes else None)
        options = save_options(write, deletes=deletes)
        outcome = self._client.save(write.form, {**options, "Model": model})
        error = outcome.of([write.key])[write.key]
        if error is not None:
            raise self._taken(write, error)
        bill.state = CREATED if bill.state == DRAFT else bill.state
        self._see(bill, _returned(bill, outcome.result), before)

    def _rows_before(self, write: Write) -> dict[str, list[str]]:
        """Which rows stand there, read just before, where rows come or go."""
        tables = [
            name
            for name, change in write.tables.items()
            if change.drop or any(not row.key for row in change.rows)
        ]
        if not tables:
            return {}
        record = self._fresh(write, (), {name: Table(ROW_ID, ()) for name in tables})
        return {name: [str(row[ROW_ID]) for row in record.fields[name]] for name in tables}

    # -- what the server made of it ---------------------------------------------------------

    def check(self, bill: Bill) -> None:
        """Hold a bill that was saved earlier against what is expected of it."""
        self._see(bill, {}, {})

    def _see(self, bill: Bill, data: Mapping[str, Any], before: Keep) -> None:
        """Note entry ids and amounts; what is not as expected becomes the bill's error."""
        write = bill.write
        try:
            record = _record(bill, data) or self._read_back(bill)
            bill.line_keys = _line_keys(write, record, before)
        except AdapterError as error:
            self._lose_rows(bill, error)
            return
        bill.shown = record
        bill.error = difference(write, record, bill.line_keys, row_key=ROW_ID)

    def _lose_rows(self, bill: Bill, error: AdapterError) -> None:
        """It is saved, but its entry ids are unknown: they must be before anything else is done.

        A new record is in doubt then: it is looked up, and its rows are told by what they hold.
        """
        if bill.write.key:
            bill.error = Conflict(error.words, answer=error.answer)
        else:
            bill.key, bill.error = "", OutcomeUnknown(error.words, answer=error.answer)

    def _read_back(self, bill: Bill) -> Record:
        """For servers whose answer does not say what was asked."""
        write = bill.write
        tables = {name: Table(ROW_ID, tuple(row_decimals(write, name))) for name in write.tables}
        return self._fresh(write, tuple(head_decimals(write)), tables, bill.key)

    def _fresh(
        self, write: Write, fields: tuple[str, ...], tables: dict[str, Table], key: str = ""
    ) -> Record:
        shape = Shape(write.form, (form_of(write.form).key,), fields, tables=tables)
        for record in self._reading.fetch(shape, [key or write.key]):
            return record
        raise Conflict(say("kingdee_rows_unclear", table=", ".join(tables)))


def _returned(bill: Bill, result: Mapping[str, Any]) -> Mapping[str, Any]:
    """The bill's part of NeedReturnData, told by its own key where several were saved."""
    items = result.get("NeedReturnData") or ()
    if isinstance(items, Mapping):
        items = [items]
    key = bill.form.key
    mine = [item for item in items if str(item.get(key) or "") == bill.key]
    return mine[0] if mine else {}


def _record(bill: Bill, data: Mapping[str, Any]) -> Record | None:
    """The record as far as the answer shows it; None where it leaves out what was asked."""
    write = bill.write
    fields: dict[str, Any] = {name: data.get(query_key(name)) for name in head_decimals(write)}
    for table in write.tables:
        names = row_decimals(write, table)
        fields[table] = [
            {ROW_ID: row.get(ROW_ID), **{name: row.get(query_key(name)) for name in names}}
            for row in data.get(table) or ()
        ]
        if not fields[table] or any(None in row.values() for row in fields[table]):
            return None
    return None if None in fields.values() else Record(bill.key, fields, bill.number)


def _line_keys(write: Write, record: Record, before: Keep) -> dict[str, dict[str, str]]:
    """The entry ids of rows that were added. The server keeps them in the order sent."""
    found: dict[str, dict[str, str]] = {}
    for table, change in write.tables.items():
        lines = [row.line for row in change.rows if not row.key]
        known = set(before.get(table, ()))
        added = [key for row in record.fields[table] if (key := str(row[ROW_ID])) not in known]
        if not lines:
            continue
        if len(added) != len(lines):
            raise Conflict(say("kingdee_rows_unclear", table=table))
        found[table] = dict(zip(lines, added, strict=True))
    return found
