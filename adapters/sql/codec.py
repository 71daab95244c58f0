"""A database's values and ours.

Numbers stay exact: a binary fraction is taken for the shortest text that it stands for. Dates
and times become ISO text, without an offset where they have none. Padding is no part of a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import types
from sqlalchemy.dialects import mssql, postgresql

from connector.errors import Rejected
from connector.messages import say

DIGITS = 10
"""Of a sum of binary fractions, beyond which it is noise."""

PLAIN = frozenset({"text", "integer", "bool"})
"""Kinds of columns that need no reading, unless a database may keep anything in any of them."""

_WHOLE = re.compile(r"-?\d+")
"""A number that stands as text: another record's key, a code."""
_ESCAPED = re.compile(r"\\(.)|\|")
"""In the key of a record, what stands between its parts or is meant as it is."""


def kind_of(type_: Any) -> str:
    """What a column holds: `char`, `text`, `integer`, `number`, `float`, `money`, `bool`, `date`,
    `datetime`, `instant` (with an offset), `binary`; empty: something else."""
    if isinstance(type_, types.DateTime) and type_.timezone:
        return "instant"
    return next((kind for kind, known in _KINDS if isinstance(type_, known)), "")


_KINDS: tuple[tuple[str, Any], ...] = (
    ("text", types.Enum),
    ("char", (types.CHAR, types.NCHAR)),
    ("text", types.String),
    ("bool", (types.Boolean, mssql.BIT)),
    ("integer", types.Integer),
    ("float", types.Float),
    ("number", types.Numeric),
    ("money", postgresql.MONEY),
    ("instant", mssql.DATETIMEOFFSET),
    ("datetime", types.DateTime),
    ("date", types.Date),
    ("binary", (types.LargeBinary, types.BINARY, types.VARBINARY, mssql.TIMESTAMP)),
)


# -- reading ------------------------------------------------------------------------------------


def reader(kind: str, *, summed: bool = False) -> Callable[[Any], Any]:
    """How values of a column are read."""
    if kind == "char":
        return _unpadded
    return _summed if summed else _read


def _read(value: Any) -> Any:
    convert = _READ.get(type(value))
    return convert(value) if convert else value


def _unpadded(value: Any) -> Any:
    return value.rstrip(" ") if isinstance(value, str) else _read(value)


def _summed(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(round(value, DIGITS)))
    return _read(value)


_READ: Mapping[type, Callable[[Any], Any]] = {
    float: lambda value: Decimal(repr(value)),
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    bytes: bytes.hex,
    memoryview: lambda value: bytes(value).hex(),
    UUID: str,
}


def text_of(value: Any) -> str:
    """A value that was read, as a part of a key or a number."""
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def joined(parts: list[str]) -> str:
    """The key of a record from its parts."""
    if len(parts) == 1:
        return parts[0]
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def parted(key: str, count: int) -> list[str]:
    """Its parts again."""
    if count == 1:
        return [key]
    marked = _ESCAPED.sub(lambda match: match[1] or "\0", key)
    return marked.split("\0")


# -- writing ------------------------------------------------------------------------------------


class Codec:
    """Turns our values into a column's."""

    def __init__(self, zone: ZoneInfo, *, textual: bool) -> None:
        """`textual`: dates and decimals are text there."""
        self._zone = zone
        self._textual = textual

    def write(self, name: str, kind: str, scale: int | None, value: Any) -> Any:
        """A value for a column. Raises Rejected where it would be rounded without a word."""
        if isinstance(value, Decimal):
            self._check(name, kind, scale, value)
            whole = kind == "integer"
            return int(value) if whole else format(value, "f") if self._as_text(kind) else value
        if isinstance(value, bool):
            return int(value) if kind in ("integer", "number") else value
        if isinstance(value, datetime):
            return self._shown(self.local(kind, value), kind)
        if isinstance(value, date):
            return self._shown(value, kind)
        if isinstance(value, int) and kind in ("text", "char"):
            return str(value)
        if isinstance(value, str) and kind == "integer" and _WHOLE.fullmatch(value):
            return int(value)
        return value

    def local(self, kind: str, moment: datetime, zone: ZoneInfo | None = None) -> datetime:
        """A moment as such a column holds it: with its offset, or as the clock on the wall."""
        if kind == "instant" or moment.tzinfo is None:
            return moment
        return moment.astimezone(zone or self._zone).replace(tzinfo=None)

    def key(self, kind: str, text: str) -> Any:
        """A text as such a column holds it. Raises ValueError where it cannot hold that."""
        if kind == "integer":
            return int(text)
        if kind in ("number", "float"):
            return self._number(text)
        if kind == "binary":
            return bytes.fromhex(text)
        if kind in ("datetime", "instant", "date") and not self._textual:
            made = datetime.fromisoformat(text)
            return made.date() if kind == "date" else made
        return text

    def _number(self, text: str) -> Decimal | str:
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise ValueError(text) from None
        return format(value, "f") if self._textual else value

    def _shown(self, value: date, kind: str) -> Any:
        if not self._as_text(kind):
            return value
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()

    def _as_text(self, kind: str) -> bool:
        return self._textual or kind in ("text", "char")

    def _check(self, name: str, kind: str, scale: int | None, value: Decimal) -> None:
        places = 0 if kind == "integer" else scale if kind == "number" else None
        if places is not None and value != round(value, places):
            raise Rejected(say("sql_rounds", field=name, value=value, places=places), field=name)
