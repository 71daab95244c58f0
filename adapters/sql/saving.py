"""The statements of a write: one record and its rows, inside a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from adapters.sql.codec import Codec, joined, reader, text_of
from adapters.sql.tables import Form, Tables
from connector.contract import Fields, RowWrite, Shape, Table, TableWrite
from connector.errors import Changed, Rejected
from connector.messages import say

Held = dict[str, Any]
"""Values by column, as the driver has them."""


class Saving:
    """Saves into the tables of one connection that may be written."""

    def __init__(self, tables: Tables, codec: Codec) -> None:
        self._tables = tables
        self._codec = codec

    def form(self, name: str) -> Form:
        """A form that our side may write. Raises Rejected."""
        form = self._tables.having(name, ())
        if not form.settings.write:
            raise Rejected(say("sql_read_only", form=name))
        return form

    def values(self, form: Form, fields: Fields | Mapping[str, Any]) -> Held:
        """What the columns are to hold. Raises Rejected."""
        form = self._tables.having(form.name, fields)
        write, kinds, scales = self._codec.write, form.kinds, form.scales
        return {name: write(name, kinds[name], scales[name], v) for name, v in fields.items()}

    def add(self, connection: Connection, form: Form, values: Held, key: Sequence[str]) -> Held:
        """Insert a record; the columns of `key` as they stand there now."""
        result = connection.execute(insert(form.table).values(values))
        made = dict(zip(form.key, result.inserted_primary_key or (), strict=False))
        known = {**values, **made}
        if any(known.get(name) is None for name in key):
            if not made:
                raise Rejected(say("sql_no_key", form=form.name))
            own = and_(*(form.column(name) == value for name, value in made.items()))
            found = connection.execute(select(*map(form.column, key)).where(own)).one()
            known |= dict(zip(key, found, strict=True))
        return {name: known[name] for name in key}

    def change(
        self, connection: Connection, form: Form, where: ColumnElement[bool], values: Held
    ) -> int:
        """Set these columns; how many records that concerned."""
        return connection.execute(update(form.table).where(where).values(values)).rowcount

    def rows(
        self, connection: Connection, shape: Shape, key: str, tables: Mapping[str, TableWrite]
    ) -> dict[str, dict[str, str]]:
        """Bring the rows of a record into its tables; by line, the keys of those that are new."""
        added: dict[str, dict[str, str]] = {}
        for name, change in tables.items():
            table = shape.tables.get(name) or Table("", ())
            form = self.form(table.form or name)
            by = table.by or self._tables.by(form.name, shape.form)
            parent = {by: self.held(form, by, key)}
            rows = Rows(self, connection, form, table.key or form.key[0], parent)
            added[name] = {row.line: rows.add(row) for row in change.rows if not row.key}
            for row in change.rows:
                if row.key:
                    rows.change(row)
            for dropped in change.drop:
                rows.drop(dropped)
        return added

    def held(self, form: Form, name: str, text: str) -> Any:
        """A part of a key as a column holds it. Raises ValueError."""
        return self._codec.key(form.kinds[name], text)


class Rows:
    """The rows of one record in one table."""

    def __init__(
        self, saving: Saving, connection: Connection, form: Form, key: str, parent: Held
    ) -> None:
        """`key` names the column with a row's key, `parent` is how it names its record."""
        self._saving = saving
        self._connection = connection
        self._form = form
        self._key = key
        self._parent = parent

    def add(self, row: RowWrite) -> str:
        """A new row; its key."""
        values = self._values(row) | self._parent
        made = self._saving.add(self._connection, self._form, values, [self._key])
        return key_of(self._form, made)

    def change(self, row: RowWrite) -> None:
        values = self._values(row)
        if values:
            count = self._saving.change(self._connection, self._form, self._one(row.key), values)
            if not count:
                raise Changed(say("sql_row_gone", form=self._form.name, key=row.key))

    def drop(self, key: str) -> None:
        """Delete a row, or mark it where the settings say how."""
        marks = self._saving.values(self._form, self._form.settings.cancel)
        if marks:
            self._saving.change(self._connection, self._form, self._one(key), marks)
        else:
            self._connection.execute(delete(self._form.table).where(self._one(key)))

    def _values(self, row: RowWrite) -> Held:
        if row.tables:
            raise Rejected(say("sql_rows_in_rows", form=self._form.name))
        return self._saving.values(self._form, row.fields)

    def _one(self, key: str) -> ColumnElement[bool]:
        held = {self._key: self._saving.held(self._form, self._key, key), **self._parent}
        return and_(*(self._form.column(name) == value for name, value in held.items()))


def key_of(form: Form, values: Held) -> str:
    """The key of a record whose key columns hold these."""
    return joined([text_of(reader(form.kinds[name])(value)) for name, value in values.items()])
