"""U8's JSON, in which every value is a text, and our records; and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from adapters.yonyou_u8.forms import ENTRY, NUMBERS, ROW, STAMP, Form
from connector.contract import Record, Shape, Table, Value

Shown = Mapping[str, Any]
"""What U8 shows: a record, or one of its rows."""


def value_at(data: Shown, name: str, kind: str = "") -> Any:
    """A field; what is known to be a number as one, exactly."""
    value = data.get(name)
    return number(value) if name in NUMBERS or kind == "number" else value


def number(value: Any) -> Any:
    """`494.0000` as a number; what is none stays as it is."""
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return value


def text_of(value: Any) -> str:
    """A value as part of a key."""
    return "" if value is None else str(value).strip()


def row_key(row: Shown, name: str = ROW) -> str:
    """A row's key: `1.0000` is row 1, as it was sent."""
    value = row.get(name)
    known = number(value) if name == ROW else value
    return f"{known.normalize():f}" if isinstance(known, Decimal) else text_of(value)


def row_keys(document: Shown) -> list[str]:
    """The keys of all rows, in their order."""
    return [row_key(row) for row in rows_of(document)]


def rows_of(document: Shown) -> list[Shown]:
    """The rows of a record."""
    rows = document.get(ENTRY)
    return rows if isinstance(rows, list) else []


class Records:
    """Makes the records of one shape."""

    def __init__(self, form: Form, shape: Shape, extra: str = "") -> None:
        """`extra`: a field that is wanted besides."""
        self._form = form
        self._shape = shape
        self._fields = tuple(dict.fromkeys((*shape.fields, *shape.sums, *filter(None, (extra,)))))

    def of(self, data: Shown, key: str = "") -> Record:
        """The record that U8 shows. `key` is its key where it does not show that itself."""
        shape = self._shape
        fields = {name: value_at(data, name, shape.kinds.get(name, "")) for name in self._fields}
        fields |= {name: _total(data, name) for name in shape.sums if name not in data}
        for name, table in shape.tables.items():
            rows = data.get(name)
            fields[name] = [
                self._row(table, row) for row in (rows if isinstance(rows, list) else ())
            ]
        shown = "|".join([text_of(data.get(name)) for name in shape.key])
        number = text_of(data.get(shape.number)) if shape.number else ""
        return Record(key or shown, fields, number, text_of(data.get(STAMP)))

    def gathered(self, rows: Iterable[Shown]) -> list[Record]:
        """Rows that share a key are added up."""
        made: dict[str, Record] = {}
        for row in rows:
            record = self.of(row)
            known = made.setdefault(record.key, record)
            if known is not record:
                for name in self._shape.sums:
                    more = (known.fields[name], record.fields[name])
                    known.fields[name] = sum((one or Decimal(0) for one in more), Decimal(0))
        return list(made.values())

    def _row(self, table: Table, row: Shown) -> dict[str, Any]:
        return {
            table.key: row_key(row, table.key),
            **{
                name: value_at(row, name, table.kinds.get(name, ""))
                for name in table.fields
                if name != table.key
            },
        }


def _total(data: Shown, name: str) -> Any:
    """A number of all rows together; None: there are none."""
    numbers = [value_at(row, name) for row in rows_of(data)]
    return sum((one or Decimal(0) for one in numbers), Decimal(0)) if numbers else None


def encoded(value: Value, zone: ZoneInfo) -> Any:
    """A value as U8 takes it: days without a time, yes and no as digits."""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else value
