"""Tryton's values and ours. Numbers that are money come and go wrapped, so that nobody rounds them.

Instants are UTC without saying so. A record that a field points to comes under the field's name
and a dot, `{"party": 7, "party.": {"code": "C7"}}`; rows come as a list of such.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.tryton.forms import STAMP
from connector.contract import Value
from connector.errors import Rejected
from connector.messages import say

Row = dict[str, Any]


def decoded(value: Any) -> Any:
    """A value as a record shows it: numbers exact, dates and instants in ISO form."""
    if not isinstance(value, dict):
        return value
    kind = value.get("__class__")
    try:
        if kind == "Decimal":
            return Decimal(str(value["decimal"]))
        if kind == "date":
            return date(value["year"], value["month"], value["day"]).isoformat()
        if kind == "datetime":
            return _instant(value).isoformat()
        if kind == "timedelta":
            return value["seconds"]
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise Rejected(say("tryton_value", value=str(value)[:200])) from None
    return value


def at(row: Mapping[str, Any], path: str) -> Any:
    """What stands at the end of a path; through rows, a list of it."""
    through, _, last = path.rpartition(".")
    place = _under(row, through)
    if isinstance(place, list):
        return [decoded(one.get(last)) for one in place]
    return decoded((place or {}).get(last))


def first(row: Mapping[str, Any], path: str) -> Any:
    """The same; through rows, of the first of them."""
    value = at(row, path)
    return (value[0] if value else None) if isinstance(value, list) else value


def rows_at(row: Mapping[str, Any], path: str) -> list[Row]:
    """The records at the end of a path."""
    place = _under(row, path)
    return place if isinstance(place, list) else [place] if place else []


def _under(row: Any, path: str) -> Any:
    """What a path leads to: a record, or through rows a list of them."""
    place = row
    for part in filter(None, path.split(".")):
        if isinstance(place, list):
            inner = [one.get(f"{part}.") or [] for one in place]
            place = [x for each in inner for x in (each if isinstance(each, list) else [each])]
        else:
            place = (place or {}).get(f"{part}.")
    return place


def stamp_of(row: Row) -> datetime | None:
    """When it was last modified; None where that is not told."""
    value = row.get(STAMP)
    return _instant(value) if isinstance(value, dict) else None


def instant(moment: datetime) -> Row:
    """A moment as Tryton's filters want it."""
    utc = moment.astimezone(UTC)
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{name: getattr(utc, name) for name in names}}


def encoded(kind: str, value: Value) -> Any:
    """A value as a field of this type takes it; None and empty text empty it."""
    if value is None or (value == "" and kind not in ("char", "text")):
        return None
    if kind == "numeric":
        return {"__class__": "Decimal", "decimal": format(_number(value), "f")}
    if kind in ("many2one", "integer"):
        return _whole(value)
    if kind == "float":
        return _number(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, Decimal):
        return format(value, "f")
    if kind == "boolean" or isinstance(value, bool):
        return value
    return str(value)


def _number(value: Value) -> Decimal:
    try:
        return value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise Rejected(say("tryton_value", value=str(value)[:200])) from None


def _whole(value: Value) -> int:
    number = _number(value)
    if number != int(number):
        raise Rejected(say("tryton_value", value=str(value)[:200]))
    return int(number)


def _instant(value: Mapping[str, Any]) -> datetime:
    return datetime(
        value["year"], value["month"], value["day"], value["hour"], value["minute"],
        value["second"], value["microsecond"], UTC,
    )  # fmt: skip
