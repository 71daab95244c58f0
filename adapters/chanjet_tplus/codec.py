"""T+'s JSON and our records: nested documents, custom fields in two lists, row versions."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from adapters.chanjet_tplus.forms import ID, Form
from connector.contract import Record, Shape, Table, Value

Shown = Mapping[str, Any]
"""What T+ shows: a document, a row of it, or a record of an archive."""
DYNAMIC = "DynamicProperty"
KEYS, VALUES = f"{DYNAMIC}Keys", f"{DYNAMIC}Values"
"""Custom fields (自定义项) by name, and what stands in them, as lists of one length."""
STAMPS = ("Ts", "TS", "ts")
_HEX = re.compile(r"0[xX][0-9a-fA-F]+|[0-9a-fA-F]{16}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{11}=")


def value_at(data: Any, path: str) -> Any:
    """A field: `a.b` stands in the object `a`, `DynamicProperty.x` in the lists."""
    if not isinstance(data, Mapping):
        return None
    if path in data:
        return data[path]
    outer, dot, inner = path.partition(".")
    if not dot:
        return None
    if outer == DYNAMIC:
        return dict(zip(data.get(KEYS) or (), data.get(VALUES) or (), strict=False)).get(inner)
    return value_at(data.get(outer), inner)


def put(into: dict[str, Any], path: str, value: Any) -> None:
    """Set a field as `value_at` finds it."""
    outer, dot, inner = path.partition(".")
    if not dot:
        into[path] = value
    elif outer == DYNAMIC:
        known = dict(zip(into.get(KEYS) or (), into.get(VALUES) or (), strict=False))
        known[inner] = value
        into[KEYS], into[VALUES] = list(known), list(known.values())
    else:
        # Another code is another record: what else was shown of that one goes.
        into[outer] = {inner: value}


class Records:
    """Makes the records of one shape."""

    def __init__(self, form: Form, shape: Shape, extra: str = "") -> None:
        """`extra`: a field that is wanted besides."""
        self._form = form
        self._shape = shape
        self._fields = tuple(dict.fromkeys((*shape.fields, *shape.sums, *filter(None, (extra,)))))
        self.names = (*shape.key, *self._fields, *shape.tables)
        """The fields of the head that are wanted."""

    def of(self, document: Shown) -> Iterator[Record]:
        """The record that a document is, or those that its rows are."""
        if not self._form.split:
            yield self._record(document)
            return
        for row in document.get(self._form.split) or ():
            yield self._record({**document, self._form.split: row})

    def _record(self, data: Shown) -> Record:
        shape = self._shape
        key = "|".join([text_of(value_at(data, name)) for name in shape.key])
        fields = {name: self._value(data, name, shape.kinds) for name in self._fields}
        for name, table in shape.tables.items():
            rows = data.get(name)
            fields[name] = [self._row(table, row) for row in rows or ()]
        number = text_of(value_at(data, shape.number)) if shape.number else ""
        return Record(key, fields, number, str(version_of(data) or ""))

    def _row(self, table: Table, row: Shown) -> dict[str, Any]:
        values = {name: self._value(row, name, table.kinds) for name in table.fields}
        return values | {table.key: text_of(value_at(row, table.key))}

    def _value(self, data: Shown, name: str, kinds: Mapping[str, str]) -> Any:
        value = value_at(data, name)
        return number_of(value) if kinds.get(name) == "number" else value


def number_of(value: Any) -> Any:
    """A number, which may come as its digits; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return Decimal(value.strip()) if value.strip() else None
    except InvalidOperation:
        return value


def encoded(value: Value, zone: ZoneInfo) -> Any:
    """A value as T+ takes it: days and instants in its own zone, without an offset."""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def text_of(value: Any) -> str:
    """A value as part of a key."""
    return "" if value is None else str(value).strip()


def version_of(data: Shown) -> int | None:
    """The row version (`Ts`) as a number, however it is spelt: eight bytes in base64 or
    hexadecimal, digits, or a time. None: it shows none."""
    text = text_of(next((data[name] for name in STAMPS if data.get(name) is not None), None))
    if _BASE64.fullmatch(text):
        try:
            return int.from_bytes(base64.b64decode(text), "big")
        except binascii.Error:
            return None
    if _HEX.fullmatch(text):
        return int(text, 16)
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else None


def row_keys(document: Shown, table: str) -> list[str]:
    """The keys of a table's rows, in their order."""
    return [text_of(row.get(ID)) for row in document.get(table) or ()]
