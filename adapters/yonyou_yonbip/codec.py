"""The platform's JSON and our records: nested documents, flat rows of lists, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from adapters.yonyou_yonbip.forms import ENUMERATIONS, Form
from connector.contract import Record, Shape, Table, Value

Shown = Mapping[str, Any]
"""What the platform shows: a document, or a flat row."""
LANGUAGES = ("simplifiedName", "zh_CN")
"""Under which a text that is given by language stands in Chinese."""
ID = "id"


def value_at(data: Shown, path: str) -> Any:
    """A field of a document: `a.b` stands in the object `a`, or flat as `a!b`."""
    if path in data:
        return text_of(data[path]) if path in ENUMERATIONS else cleaned(data[path])
    outer, dot, inner = path.partition(".")
    if not dot:
        return "" if path in ENUMERATIONS else None
    within = data.get(outer)
    if isinstance(within, dict):
        return value_at(within, inner)
    return cleaned(data.get(f"{outer}!{inner}"))


def cleaned(value: Any) -> Any:
    """A value as a record shows it: of a text by language the Chinese one."""
    if isinstance(value, dict):
        return next((value[name] for name in LANGUAGES if value.get(name)), None)
    return value


def in_list(form: Form, flat: Shown, name: str) -> Any:
    """A row's field in a flat row of a list: under a name of its own, behind the prefix, in an
    object called like the table, or as it is."""
    listed = form.renamed.get(name) or (form.prefix and form.prefix + name)
    if listed and listed in flat:
        return text_of(flat[listed]) if name in ENUMERATIONS else cleaned(flat[listed])
    within = flat.get(form.table)
    return value_at(within if isinstance(within, dict) and name in within else flat, name)


class Records:
    """Makes the records of one shape."""

    def __init__(self, form: Form, shape: Shape, extra: str = "") -> None:
        """`extra`: a field that is wanted besides."""
        self._form = form
        self._shape = shape
        self._fields = tuple(dict.fromkeys((*shape.fields, *shape.sums, *filter(None, (extra,)))))

    @property
    def listed(self) -> bool:
        """The list shows everything that is wanted."""
        known = self._form.listed
        wanted = {*self._fields, *filter(None, (self._shape.number,))}
        for table, rows in self._shape.tables.items():
            wanted |= {f"{table}/{name}" for name in rows.fields}
        return not known or wanted <= known

    def whole(self, document: Shown) -> Record:
        """The record that a whole document is."""
        record = self._head(self._key(document), document)
        for name, table in self._shape.tables.items():
            rows = document.get(name)
            record.fields[name] = [
                self._row(table, row.get(ID), partial(value_at, row))
                for row in (rows if isinstance(rows, list) else ())
            ]
        return record

    def gathered(self, rows: Iterable[Shown]) -> list[Record]:
        """The records that flat rows of a list, or of stock, belong to."""
        made: dict[str, Record] = {}
        for flat in rows:
            key = self._key(flat)
            known = made.get(key)
            if known is None:
                known = made[key] = self._head(key, flat)
            else:
                self._add_up(known, flat)
            for name, table in self._shape.tables.items():
                own = known.fields.setdefault(name, [])
                if name == self._form.table and (row := flat.get(self._form.row_id)):
                    own.append(self._row(table, row, partial(in_list, self._form, flat)))
        return list(made.values())

    def _key(self, data: Shown) -> str:
        return "|".join([text_of(value_at(data, name)) for name in self._shape.key])

    def _head(self, key: str, data: Shown) -> Record:
        shape, form = self._shape, self._form
        fields = {name: value_at(data, name) for name in self._fields}
        number = text_of(value_at(data, shape.number)) if shape.number else ""
        stamp = text_of(data.get(form.stamp)) if form.stamp else ""
        return Record(key, fields, number, stamp)

    def _row(self, table: Table, key: Any, value: Callable[[str], Any]) -> dict[str, Any]:
        return {
            table.key: text_of(key),
            **{name: value(name) for name in table.fields if name != table.key},
        }

    def _add_up(self, record: Record, flat: Shown) -> None:
        for name in self._shape.sums:
            more = value_at(flat, name)
            record.fields[name] = (record.fields[name] or Decimal(0)) + (more or Decimal(0))


def encoded(value: Value, zone: ZoneInfo) -> Any:
    """A value as the platform takes it: days and instants in its own zone, without an offset."""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    return "" if value is None else value


def text_of(value: Any) -> str:
    """A value as part of a key."""
    return "" if value is None else str(value).strip()


def is_set(data: Shown, name: str) -> bool:
    """A mark of a document, which comes as a truth value or as its text."""
    return data.get(name) in (True, "true")
