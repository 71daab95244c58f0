"""Neocrm's values and ours. Which is which only the object's description tells.

Ids and codes are numbers there and text here; times are milliseconds, dates those of their
midnight. Numbers may come as text. Empty fields are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from adapters.neocrm.forms import DATES, INSTANTS, NUMBERS, REFERENCES, SYSTEM, SYSTEM_TYPES
from connector.contract import is_empty
from connector.millis import instant_of, midnight, millis


class Codec:
    """Turns one object's values into the contract's and back."""

    def __init__(self, description: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> None:
        """`description` is what Neocrm says of the object's fields."""
        self._types = {name_of(field): type_of(field) for field in description}
        self._types = {**SYSTEM_TYPES, **self._types}
        self._options = {
            name_of(field): field["selectitem"] for field in description if _chooses(field)
        }
        self._zone = zone

    def __contains__(self, name: str) -> bool:
        """Whether the object has the field."""
        return name in self._types or name in SYSTEM

    def is_numeric(self, name: str) -> bool:
        """Whether its values stand without quotes in a query."""
        kind = self._types.get(name, "")
        return kind in REFERENCES or kind in NUMBERS or name in self._options

    def options(self, name: str) -> dict[str, str] | None:
        """The values that a field may be given, with their labels; None: it is none to choose."""
        listed = self._options.get(name)
        return None if listed is None else {str(o["value"]): str(o["label"]) for o in listed}

    def read(self, row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """These fields: numbers exact, codes and ids as text, dates and instants in ISO form."""
        return {name: self._read(name, row.get(name)) for name in names}

    def _read(self, name: str, value: Any) -> Any:
        if isinstance(value, list) and len(value) < 2:
            value = value[0] if value else None
        if is_empty(value):
            return None
        kind = self._types.get(name, "")
        if name in self._options or kind in REFERENCES:
            return str(value)
        if kind in NUMBERS:
            return _number(value)
        if kind in DATES or kind in INSTANTS:
            return self._time(value, kind)
        return value

    def _time(self, value: Any, kind: str) -> Any:
        """As Neocrm gives it where it is no time: that record alone is refused."""
        if not str(value).isdecimal():
            return value
        try:
            instant = instant_of(int(value))
            local = instant.astimezone(self._zone).date()
        except OverflowError:
            return value
        if not int(value):
            return None
        return (local if kind in DATES else instant).isoformat()

    def write(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Values as Neocrm takes them; None empties a field."""
        return {name: self._write(name, value) for name, value in fields.items()}

    def _write(self, name: str, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, datetime):
            return millis(value)
        if isinstance(value, date):
            return midnight(value, self._zone)
        kind = self._types.get(name, "")
        if kind in NUMBERS:
            return value
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        coded = name in self._options or kind in REFERENCES
        return int(text) if coded and text.isdecimal() else text


def name_of(field: Mapping[str, Any]) -> str:
    """A field's name; older descriptions call it otherwise."""
    return str(field.get("apiKey") or field.get("propertyname") or "")


def type_of(field: Mapping[str, Any]) -> str:
    """A field's type, in lower case."""
    return str(field.get("type") or "").lower()


def _chooses(field: Mapping[str, Any]) -> bool:
    """It lists what it may be given."""
    listed = field.get("selectitem")
    return isinstance(listed, list) and bool(listed) and all(map(_is_option, listed))


def _is_option(item: Any) -> bool:
    return isinstance(item, dict) and {"value", "label"} <= item.keys()


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value
