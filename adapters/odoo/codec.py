"""Odoo's values and ours. Which is which only the field's type tells.

An empty field is `false`, whatever its type. Numbers come as floating point prints them, times in
UTC without an offset, other records as their id, with or without their name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal
from functools import partial
from html import escape
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from connector.contract import is_empty

NUMBERS = frozenset({"float", "monetary"})
MANY = frozenset({"one2many", "many2many"})
WHOLE = frozenset({"integer", "many2one", *MANY})
_EXACT = Context(prec=15)
"""Digits of a decimal that floating point holds for certain: what it adds behind them is noise."""
_BREAKS = frozenset({"br", "p", "div", "li", "tr"})


def reader(kind: str, zone: ZoneInfo) -> Callable[[Any], Any]:
    """What makes our value of a field's: numbers exact, times in ISO form in `zone`."""
    if kind == "boolean":
        return bool
    made: Callable[[Any], Any]
    if kind in NUMBERS:
        made = _number
    elif kind == "datetime":
        made = partial(_moment, zone)
    else:
        made = {"many2one": _id, "html": text_of}.get(kind, _same)
    return lambda value: None if value is False or is_empty(value) else made(value)


def ids_of(value: Any) -> list[int]:
    """The records that a field points to."""
    several = value if isinstance(value, list) else [value]
    return [one for one in several if type(one) is int]


def cell(kind: str, value: Any, zone: ZoneInfo) -> str:
    """A value as an import takes it; an empty cell empties the field."""
    if value is None or value is False:
        return "0" if kind == "boolean" else ""
    if value is True:
        return "1"
    made = written(kind, value, zone)
    return format(made, "f") if isinstance(made, Decimal) else str(made)


def written(kind: str, value: Any, zone: ZoneInfo) -> Any:
    """A value as a call takes it; `false` empties the field."""
    if value is None:
        return False
    if isinstance(value, date):
        return _time(value, zone) if kind == "datetime" else _day(value, zone)
    if kind == "html":
        return f"<p>{escape(str(value), quote=False)}</p>".replace("\n", "<br/>")
    if isinstance(value, bool | int | Decimal):
        return value
    return str(value)


def _same(value: Any) -> Any:
    return value


def _id(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _number(value: Any) -> Any:
    """As it is where it is no number: that record alone is refused."""
    try:
        return _EXACT.create_decimal(value)
    except (TypeError, ValueError, ArithmeticError):
        return value


def _moment(zone: ZoneInfo, value: Any) -> Any:
    """Likewise."""
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=UTC)
        return moment.astimezone(zone).isoformat()
    except (TypeError, ValueError, OverflowError):
        return value


def stamp(moment: datetime) -> str:
    """An instant as Odoo compares it: to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _time(value: date, zone: ZoneInfo) -> str:
    """A day is meant from its beginning."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time(), zone)
    return stamp(moment)


def _day(value: date, zone: ZoneInfo) -> str:
    return (value.astimezone(zone).date() if isinstance(value, datetime) else value).isoformat()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")


def text_of(html: Any) -> str | None:
    """What a page of HTML says, line by line."""
    reader = _Text()
    reader.feed(str(html))
    reader.close()
    return "".join(reader.parts).strip() or None
