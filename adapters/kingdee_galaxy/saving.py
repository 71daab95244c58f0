"""Saving: one record or many, and what the server made of it, checked before any further step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.kingdee_galaxy.answers import Outcome, Success, shown, taken_value
from adapters.kingdee_galaxy.bills import CREATED, DRAFT, Bill
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.forms import YES, form_of
from adapters.kingdee_galaxy.model import ROW_ID, Keep, Models, save_options
from adapters.kingdee_galaxy.names import query_key
from adapters.kingdee_galaxy.reading import Reading
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import Record, Shape, Table, Write
from connector.errors import AdapterError, AlreadyExists, Gone, OutcomeUnknown
from connector.kit.expected import RowKeys, difference, new_rows
from connector.messages import say

Returned = Mapping[str, Mapping[str, Any]]
"""NeedReturnData by the records' own keys."""


class Saving:
    """Saves bills of one connection."""

    def __init__(self, client: Client, reading: Reading, settings: KingdeeGalaxySettings) -> None:
        self._client = client
        self._reading = reading
        self._models = Models(settings)
        self._numbered = settings.numbering == "manual"

    # -- new records ------------------------------------------------------------------------

    def create(self, bill: Bill) -> None:
        """Save a new record. Raises what the server says; afterwards it has a key."""
        write = bill.write
        options = save_options([write], [bill.asked], deletes=False)
        outcome = self._client.save(write.form, {**options, "Model": self._models.of(write)})
        if not outcome.done:
            raise self._taken(write, outcome.missing(0))
        if not outcome.ok or not outcome.done[0].key:
            raise OutcomeUnknown(say("kingdee_no_result"), answer=shown(outcome.result))
        self._created(bill, outcome.done[0], _returned(bill, outcome))

    def create_many(self, bills: Sequence[Bill]) -> None:
        """Save new records in one call; each has a key or an error afterwards."""
        writes = [bill.write for bill in bills]
        options = save_options(writes, [bill.asked for bill in bills], deletes=False)
        models = [self._models.of(write) for write in writes]
        try:
            outcome = self._client.save(writes[0].form, {**options, "Model": models})
        except AdapterError as error:
            for bill in bills:
                bill.error = error
            return
        returned = _returned(bills[0], outcome)
        made = self._told_apart(bills, outcome, returned)
        for index, bill in enumerate(bills):
            if index in made:
                self._created(bill, made[index], returned)
            else:
                bill.error = self._taken(bill.write, outcome.missing(index))

    def _told_apart(
        self, bills: Sequence[Bill], outcome: Outcome, returned: Returned
    ) -> dict[int, Success]:
        """Which record is which of our bills: by our mark in it, by the number that we gave it, by
        its position only where it has neither."""
        reference, done = bills[0].write.reference, [one for one in outcome.done if one.key]
        numbers = {
            number: index for index, bill in enumerate(bills) if (number := self._given(bill))
        }
        if reference is None and not numbers:
            return {one.index: one for one in done if one.index is not None}
        marks = {bill.write.reference: index for index, bill in enumerate(bills)}
        name, found = reference[0] if reference else "", dict[int, Success]()
        for one in done:
            mark = returned.get(one.key, {}).get(query_key(name))
            index = marks.get((name, str(mark))) if mark else numbers.get(one.number)
            if index is not None:
                found[index] = one
        if len(found) < len(done) and name:
            asked = self._marks(bills, name)
            found |= {marks[name, asked[one.key]]: one for one in done if one.key in asked}
        return found

    def _given(self, bill: Bill) -> str:
        """The number that we gave it; empty: the server numbers it."""
        write = bill.write
        return str(write.fields.get(write.number) or "") if self._numbered else ""

    def _marks(self, bills: Sequence[Bill], name: str) -> dict[str, str]:
        """Our marks by key, asked for where the answer does not show them; none if that fails:
        such bills are in doubt, and looked up like any other."""
        marks = [bill.write.reference[1] for bill in bills if bill.write.reference]
        shape = Shape(bills[0].write.form, (bills[0].form.key,), ())
        try:
            found = list(self._reading.find(shape, name, marks))
        except AdapterError:
            return {}
        return {record.key: str(record.fields[name]) for record in found}

    def _created(self, bill: Bill, done: Success, returned: Returned) -> None:
        bill.key, bill.number, bill.state = done.key, done.number, CREATED
        self._see(bill, returned.get(done.key, {}), {})

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
        deletes = any(change.drop for change in write.tables.values())
        before = self._rows_before(write, all_tables=deletes)
        keep: Keep = {
            table: [key for key in rows if key not in write.tables[table].drop]
            for table, rows in before.items()
        }
        model = self._models.of(write, keep if deletes else None)
        options = save_options([write], [bill.asked], deletes=deletes)
        outcome = self._client.save(write.form, {**options, "Model": model})
        error = outcome.of([write.key])[write.key]
        if error is not None:
            raise self._taken(write, error)
        bill.state = CREATED if bill.state == DRAFT else bill.state
        self._see(bill, _returned(bill, outcome).get(bill.key, {}), before)

    def _rows_before(self, write: Write, *, all_tables: bool) -> dict[str, list[str]]:
        """Which rows stand there, read just before: where rows come, and wherever we send some
        when others go, for those that are not named go, too."""
        tables = [
            name
            for name, change in write.tables.items()
            if all_tables or any(not row.key for row in change.rows)
        ]
        if not tables:
            return {}
        record = self._fresh(write, (), {name: Table(ROW_ID, ()) for name in tables})
        return {name: [str(row[ROW_ID]) for row in record.fields[name]] for name in tables}

    def open_rows(self, bill: Bill, table: str, rows: Sequence[str]) -> list[str]:
        """Of some rows, those that nobody has closed or deleted yet."""
        closed = bill.form.row_closed
        record = self._fresh(bill.write, (), {table: Table(ROW_ID, (closed,))})
        standing = {str(row[ROW_ID]) for row in record.fields[table] if row[closed] != YES}
        return [key for key in rows if key in standing]

    # -- what the server made of it ---------------------------------------------------------

    def check(self, bill: Bill) -> None:
        """Hold a bill that was saved earlier against what is expected of it."""
        self._compare(bill, _record(bill, {}) or self._read_back(bill))

    def _see(self, bill: Bill, data: Mapping[str, Any], before: Keep) -> None:
        """Note entry ids and amounts of what was just saved.

        Where they cannot be read they must be known before anything else is done: the bill is in
        doubt then, and looked up; its new rows are told by what they hold.
        """
        try:
            record = _record(bill, data) or self._read_back(bill)
            bill.line_keys = new_rows(bill.write, _row_keys(bill, record), before, bill.number)
        except AdapterError as error:
            bill.key, bill.error = "", OutcomeUnknown(error.words, answer=error.answer)
        else:
            self._compare(bill, record)

    def _compare(self, bill: Bill, record: Record) -> None:
        """What is not as expected becomes the bill's error."""
        bill.shown = record
        bill.error = difference(bill.write, record, bill.line_keys, row_key=ROW_ID)

    def _read_back(self, bill: Bill) -> Record:
        """For servers whose answer does not say what was asked."""
        asked = bill.asked
        tables = {name: Table(ROW_ID, tuple(asked.rows[name])) for name in bill.write.tables}
        return self._fresh(bill.write, tuple(asked.head), tables, bill.key)

    def _fresh(
        self, write: Write, fields: tuple[str, ...], tables: dict[str, Table], key: str = ""
    ) -> Record:
        shape = Shape(write.form, (form_of(write.form).key,), fields, tables=tables)
        for record in self._reading.fetch(shape, [key or write.key]):
            return record
        raise Gone(say("target_gone", key=key or write.key))


def _returned(bill: Bill, outcome: Outcome) -> Returned:
    items = _entries(outcome.result.get("NeedReturnData"))
    return {str(item.get(bill.form.key) or ""): item for item in items}


def _entries(value: Any) -> list[Mapping[str, Any]]:
    """One or several entries; whatever else stands in their place shows nothing."""
    several = value if isinstance(value, list) else [value]
    return [entry for entry in several if isinstance(entry, Mapping)]


def _record(bill: Bill, data: Mapping[str, Any]) -> Record | None:
    """The record as far as the answer shows it; None where it leaves out what was asked."""
    fields: dict[str, Any] = {name: data.get(query_key(name)) for name in bill.asked.head}
    complete = _are_numbers(fields.values())
    for table, names in bill.asked.rows.items():
        rows, columns = _entries(data.get(table)), [(name, query_key(name)) for name in names]
        numbers = [{name: row.get(key) for name, key in columns} for row in rows]
        ids = [row.get(ROW_ID) for row in rows]
        complete = complete and bool(ids) and all(ids)
        complete = complete and all(_are_numbers(row.values()) for row in numbers)
        fields[table] = [{ROW_ID: id, **row} for id, row in zip(ids, numbers, strict=True)]
    return Record(bill.key, fields, bill.number) if complete else None


def _are_numbers(values: Iterable[Any]) -> bool:
    return all(isinstance(value, Decimal | int) for value in values)


def _row_keys(bill: Bill, record: Record) -> RowKeys:
    return {name: [str(row[ROW_ID]) for row in record.fields[name]] for name in bill.write.tables}
