"""Neocrm's values and ours. Which is which only the object's description tells.

Ids and codes are numbers there and text here; times are milliseconds, dates those of their
midnight. Numbers may come as text. Empty fields are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from adapters.neocrm.forms import DATES, INSTANTS, NUMBERS, REFERENCES, SYSTEM, SYSTEM_TYPES
from connector.kit.details import Convert, Reader, reader_of
from connector.kit.millis import EPOCH, instant_of, midnight, millis


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

    def reader(self, names: Iterable[str]) -> Reader:
        """What makes these fields of a row: numbers exact, codes and ids as text, dates and
        instants in ISO form; None where a field is empty or left out."""
        return reader_of(names, self._convert)

    def _convert(self, name: str) -> Convert | None:
        kind = self._types.get(name, "")
        if name in self._options:
            return _code
        if kind in REFERENCES:
            return str
        if kind in NUMBERS:
            return _number
        if kind in DATES:
            return partial(_time, self._zone)
        return partial(_time, None) if kind in INSTANTS else None

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


def _code(value: Any) -> str | None:
    """A choice comes alone or in a list."""
    if isinstance(value, list):
        return ",".join(map(str, value)) or None
    return str(value)


def _time(zone: ZoneInfo | None, value: Any) -> Any:
    """An instant, or the date that it is in a zone. As Neocrm gives it where it is no time: that
    record alone is refused."""
    try:
        instant = instant_of(value if type(value) is int else int(str(value)))
        made = instant.astimezone(zone).date() if zone else instant
    except (ValueError, OverflowError):
        return value
    return made.isoformat() if instant != EPOCH else None


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value
