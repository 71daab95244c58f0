"""Reading: from a shape to the columns of a query, and from its rows to records.

A query gives one row per entry row, with the head's values repeated. Rows of one record are
put together again by its key; the rows of a table by the entry id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from adapters.kingdee_galaxy.forms import STAMP, form_of
from adapters.kingdee_galaxy.names import query_key
from connector.contract import Record, Shape, Table
from connector.errors import Rejected
from connector.messages import say

OWNER = ("FCreateOrgId", "FUseOrgId")
"""Where a piece of base data was made, and whose copy it is; equal for the record itself."""


class Layout:
    """The columns of one query, and how its rows become records. Compiled once per shape."""

    def __init__(
        self, shape: Shape, table: tuple[str, Table] | None, extra: str, *, stamped: bool
    ) -> None:
        self._at: dict[str, int] = {}
        self.form = shape.form
        self._keys = [self._column(name) for name in shape.key]
        names = dict.fromkeys((*shape.fields, *shape.sums, extra))
        self._fields = [(name, self._column(name)) for name in names if name]
        self._number = self._column(shape.number) if shape.number else None
        self._stamp = self._column(STAMP) if stamped else None
        shared = form_of(shape.form).shared
        self._owner = [self._column(name) for name in OWNER] if shared else []
        self._sums = [(name, self._column(name)) for name in shape.sums]
        self._tables = tuple(shape.tables)
        self._table, self._row_key = "", 0
        self._rows: list[tuple[str, int]] = []
        if table is not None:
            self._table, rows = table
            self._row_key = self._column(rows.key, self._table)
            wanted = dict.fromkeys((rows.key, *rows.fields))
            self._rows = [(name, self._column(name, self._table)) for name in wanted]

    def _column(self, name: str, table: str = "") -> int:
        return self._at.setdefault(query_key(name, table), len(self._at))

    @property
    def keys(self) -> str:
        """FieldKeys."""
        return ",".join(self._at)

    @property
    def known(self) -> Iterable[str]:
        """The names that a filter may use."""
        return self._at.keys()

    @property
    def order(self) -> str:
        """An order that ends in something unique, so that no page repeats or skips a row."""
        names = list(self._at)
        places = dict.fromkeys((*self._keys, *((self._row_key,) if self._rows else ())))
        return ",".join(f"{names[place]} ASC" for place in places)

    def column(self, name: str) -> int:
        """Where in a row a field stands that was asked for."""
        return self._at[query_key(name)]

    def key_of(self, row: Sequence[Any]) -> str:
        """The key of the record that a row belongs to."""
        parts = [text_of(row[at]) for at in self._keys]
        return parts[0] if len(parts) == 1 else "|".join(parts)

    def keys_of(self, rows: Iterable[Sequence[Any]]) -> list[str]:
        """The keys of the records that these rows belong to, in their order."""
        return list(dict.fromkeys(self.key_of(row) for row in rows if not self._is_copy(row)))

    def gather(self, rows: Iterable[Sequence[Any]], made: dict[str, Record]) -> dict[str, Record]:
        """Put rows into the records of `made`, new ones included. Where they are added up, the
        rest is that of the first in their order, so that it is the same each time."""
        for row in sorted(rows, key=_texts) if self._sums else rows:
            key = self.key_of(row)
            record = made.get(key)
            if record is None:
                if self._is_copy(row):
                    continue
                record = made[key] = self._record(key, row)
            else:
                self._add_up(record, row)
            if self._table and text_of(row[self._row_key]) not in ("", "0"):
                record.fields[self._table].append(_shown(row, self._rows))
        return made

    def _record(self, key: str, row: Sequence[Any]) -> Record:
        fields = _shown(row, self._fields)
        fields.update({table: [] for table in self._tables})
        number = text_of(row[self._number]) if self._number is not None else ""
        stamp = text_of(row[self._stamp]) if self._stamp is not None else ""
        return Record(key, fields, number, stamp)

    def _add_up(self, record: Record, row: Sequence[Any]) -> None:
        for name, at in self._sums:
            record.fields[name] = (record.fields[name] or Decimal(0)) + (row[at] or Decimal(0))

    def _is_copy(self, row: Sequence[Any]) -> bool:
        owners = {row[at] for at in self._owner}
        return len(owners) > 1 and None not in owners


class Layouts:
    """The queries that a shape takes: the head with its first table, then the other tables;
    where the head adds up rows, each table by itself."""

    def __init__(self, shape: Shape, extra: str = "", *, stamped: bool = True) -> None:
        for name, table in shape.tables.items():
            if table.form:
                raise Rejected(say("kingdee_foreign_rows", table=name, form=shape.form))
        tables = list(shape.tables.items())
        bare = Shape(shape.form, shape.key, ())
        self.keys = Layout(bare, None, extra, stamped=False)
        """Only which records there are."""
        self.heads = Layout(shape, None, extra, stamped=stamped)
        """Without tables: a query may leave out records whose table is empty."""
        # A sum is over rows of the head's own query: another table in it would multiply them.
        joined = tables[:1] if not shape.sums else []
        self.main = Layout(shape, joined[0], extra, stamped=stamped) if joined else self.heads
        self.others = {
            name: Layout(replace(bare, tables={name: table}), (name, table), "", stamped=False)
            for name, table in tables[len(joined) :]
        }


def layouts(shape: Shape, extra: str = "", *, stamped: bool = True) -> Layouts:
    """The compiled queries of a shape, with one more field where `extra` names it."""
    tables = tuple(shape.tables.items())
    return _layouts(
        shape.form, shape.key, shape.fields, shape.number, tables, shape.sums, extra, stamped
    )


@lru_cache(maxsize=256)
def _layouts(
    form: str,
    key: tuple[str, ...],
    fields: tuple[str, ...],
    number: str,
    tables: tuple[tuple[str, Table], ...],
    sums: tuple[str, ...],
    extra: str,
    stamped: bool,
) -> Layouts:
    shape = Shape(form, key, fields, number, dict(tables), sums)
    return Layouts(shape, extra, stamped=stamped)


def _texts(row: Sequence[Any]) -> list[str]:
    return [text_of(value) for value in row]


def _shown(row: Sequence[Any], places: Iterable[tuple[str, int]]) -> dict[str, Any]:
    """The values of a row as a record shows them: a text that was never set comes as a blank."""
    return {
        name: "" if isinstance(row[at], str) and row[at].isspace() else row[at]
        for name, at in places
    }


def text_of(value: Any) -> str:
    """A value as part of a key."""
    return "" if value is None else str(value).strip()
