"""Salesforce's values and ours. JSON carries their types; which field takes what, the object's
description tells.

A field of another record is asked for through its relationship (`Account.Name`) and comes nested.
Doubles always have a point, so that a 3 comes as 3.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from adapters.salesforce.forms import INSTANT, NUMBERS, TEXTS
from connector.kit.details import Reader


class Codec:
    """Turns one object's values into the contract's and back."""

    def __init__(self, description: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> None:
        """`description` is what Salesforce says of the object's fields."""
        self._types = {str(field["name"]): str(field.get("type") or "") for field in description}
        self._options = {str(f["name"]): f["picklistValues"] for f in description if _chooses(f)}
        self._zone = zone

    def __contains__(self, name: str) -> bool:
        """Whether the object has the field, for us."""
        return name in self._types

    def options(self, name: str) -> dict[str, str] | None:
        """The values that a field may be given, with their labels; None: it takes others, too."""
        listed = self._options.get(name)
        if listed is None:
            return None
        return {str(o["value"]): str(o.get("label") or "") for o in listed if o.get("active")}

    def reader(self, names: Iterable[str]) -> Reader:
        """What reads these fields of a row: numbers exact, instants in ISO form."""
        known = [(name, name.split("."), self._types.get(name) == INSTANT) for name in names]
        plain = [name for name, path, instant in known if len(path) == 1 and not instant]
        others = [(name, path, instant) for name, path, instant in known if name not in plain]

        def read(row: Mapping[str, Any]) -> dict[str, Any]:
            made = {name: _plain(row.get(name)) for name in plain}
            for name, path, instant in others:
                value = _plain(_along(row, path))
                made[name] = _instant(value) if instant and value is not None else value
            return made

        return read

    def write(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Values as Salesforce takes them; None empties a field."""
        return {name: self._write(name, value) for name, value in fields.items()}

    def _write(self, name: str, value: Any) -> Any:
        kind = self._types.get(name, "")
        if kind == INSTANT and isinstance(value, date):
            return self._spelt(value)
        if isinstance(value, datetime):
            return value.astimezone(self._zone).date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if kind in TEXTS and isinstance(value, int | Decimal) and not isinstance(value, bool):
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        if kind in NUMBERS and isinstance(value, str):
            return _number(value)
        return value

    def _spelt(self, value: date) -> str:
        """An instant; of a day its midnight in the connection's zone."""
        midnight = datetime.combine(value, time(), self._zone)
        instant = value if isinstance(value, datetime) else midnight
        return instant.astimezone(UTC).isoformat(timespec="milliseconds")


def stamp(instant: datetime) -> str:
    """An instant as Salesforce prints it; stamps have whole seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _along(row: Mapping[str, Any], path: Sequence[str]) -> Any:
    """A field of another record; None where there is none."""
    value: Any = row
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _plain(value: Any) -> Any:
    """A value as JSON carries it: nothing for empty text, a whole number without its point."""
    if type(value) is Decimal:
        whole = int(value)
        return whole if whole == value else value
    return None if value == "" else value


def _instant(text: Any) -> Any:
    """As Salesforce gives it where it is none: that record alone is refused."""
    try:
        return datetime.fromisoformat(text).isoformat()
    except (ValueError, TypeError):
        return text


def _number(text: str) -> Any:
    """As it is where it is none: Salesforce refuses it in its own words."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _chooses(field: Mapping[str, Any]) -> bool:
    """It takes what it lists, and nothing else."""
    listed = field.get("picklistValues")
    restricted = field.get("restrictedPicklist") is True
    return restricted and isinstance(listed, list) and bool(listed) and all(map(_is_option, listed))


def _is_option(item: Any) -> bool:
    return isinstance(item, dict) and "value" in item
