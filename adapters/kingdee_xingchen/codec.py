"""The platform's JSON and our records; and back.

Numbers come as numbers or as texts, ids as long digits. A record is a head with its rows, or one
row of a head, where a mapping's key names a row's: `[id, material_entity.id]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from adapters.kingdee_xingchen.forms import CODES, ID, NUMBERS, ROWS, SENSITIVE
from connector.contract import Record, Shape, Table, Value

Shown = Mapping[str, Any]
"""What the platform shows: a record, or one of its rows."""


def value_at(data: Shown, path: str, kind: str = "") -> Any:
    """A field; `a.b` stands in the object `a`. What is known to be a number comes as one."""
    outer, dot, inner = path.partition(".")
    value = data.get(outer)
    if dot:
        return value_at(value, inner, kind) if isinstance(value, Mapping) else None
    if path in CODES:
        return text_of(value)
    return number(value) if path in NUMBERS or kind == "number" else value


def number(value: Any) -> Any:
    """`"226"` as a number, exactly; what is none stays as it is."""
    try:
        return Decimal(value) if isinstance(value, str) and value else value
    except InvalidOperation:
        return value


def text_of(value: Any) -> str:
    """A value as part of a key."""
    return "" if value is None else str(value).strip()


def rows_of(document: Shown, table: str = ROWS) -> list[Shown]:
    """The rows of a record."""
    rows = document.get(table)
    return rows if isinstance(rows, list) else []


def row_keys(document: Shown, table: str = ROWS) -> list[str]:
    """The keys of all rows, in their order."""
    return [text_of(row.get(ID)) for row in rows_of(document, table)]


def stamp_of(data: Shown) -> str:
    """When it was modified, and what an audit changes without that; empty: it does not show it."""
    names = ("modify_time", "bill_status", "audit_time", "bill_close_state")
    return "/".join(text_of(data.get(name)) for name in names) if data.get(names[0]) else ""


class Records:
    """Makes the records of one shape."""

    def __init__(self, shape: Shape, extra: str = "", *, plain: bool) -> None:
        """`extra`: a field that is wanted besides. `plain`: sensitive fields are readable."""
        self._shape = shape
        self._sealed = frozenset() if plain else SENSITIVE
        self._by_row = any(name.startswith(f"{ROWS}.") for name in shape.key)
        self._fields = tuple(dict.fromkeys((*shape.fields, *shape.sums, *filter(None, (extra,)))))

    def shown_by(self, row: Shown) -> bool:
        """A row of a list shows everything that is wanted."""
        wanted = (*self._fields, *self._shape.key, *self._shape.tables, self._shape.number)
        names = {name.partition(".")[0] for name in wanted if name}
        return names - self._sealed <= row.keys()

    def of(self, document: Shown) -> list[Record]:
        """The record that a whole document is, or those that its rows are."""
        if not self._by_row:
            return [self._record(document)]
        return [self._record({**document, ROWS: row}) for row in rows_of(document)]

    def gathered(self, rows: Iterable[Shown]) -> list[Record]:
        """Rows that share a key are added up."""
        made: dict[str, Record] = {}
        for row in rows:
            record = self._record(row)
            known = made.setdefault(record.key, record)
            if known is not record:
                for name in self._shape.sums:
                    more = (known.fields[name], record.fields[name])
                    known.fields[name] = sum((one or Decimal(0) for one in more), Decimal(0))
        return list(made.values())

    def _record(self, data: Shown) -> Record:
        shape = self._shape
        fields = {name: self._value(data, name, shape.kinds) for name in self._fields}
        for name, table in shape.tables.items():
            fields[name] = [self._row(table, row) for row in rows_of(data, name)]
        key = "|".join([text_of(value_at(data, name)) for name in shape.key])
        number = text_of(data.get(shape.number)) if shape.number else ""
        return Record(key, fields, number, stamp_of(data))

    def _row(self, table: Table, row: Shown) -> dict[str, Any]:
        names = (name for name in table.fields if name != table.key)
        return {
            table.key: text_of(row.get(table.key)),
            **{name: self._value(row, name, table.kinds) for name in names},
        }

    def _value(self, data: Shown, name: str, kinds: Mapping[str, str]) -> Any:
        if self._sealed and name.partition(".")[0] in self._sealed:
            return None
        return value_at(data, name, kinds.get(name, ""))


def encoded(value: Value, zone: ZoneInfo) -> Any:
    """A value as the platform takes it: days without a time, instants in its own zone."""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value
