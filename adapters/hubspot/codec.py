"""HubSpot's values and ours. All are text; what a text means only its property's type tells.

Dates are days, in ISO form or as milliseconds of their midnight in UTC; instants the same way.
Several choices of one property are joined by semicolons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from adapters.hubspot.forms import ASSOCIATED, KEY
from connector.kit.details import Convert, Reader, reader_of
from connector.kit.millis import instant_of

CHOICES = "enumeration"


class Codec:
    """Turns one object's values into the contract's and back."""

    def __init__(self, properties: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> None:
        """`properties` is what HubSpot says of the object's."""
        self._known = {str(one["name"]): one for one in properties}
        self._types = {name: _type(one) for name, one in self._known.items()}
        self._zone = zone

    def __contains__(self, name: str) -> bool:
        """Whether the object has the property; associations are none."""
        return name in self._known or name == KEY or name.startswith(ASSOCIATED)

    def unique(self, name: str) -> bool:
        """Whether no two records may share a value."""
        return self._known.get(name, {}).get("hasUniqueValue") is True

    def options(self, name: str) -> dict[str, str] | None:
        """The values that a property may be given, with their labels; None: it is none to choose,
        or chooses among what it does not list (users)."""
        known = self._known.get(name, {})
        listed = known.get("options")
        if self._types.get(name) != CHOICES or known.get("externalOptions") or not listed:
            return None
        return {str(one["value"]): str(one.get("label") or "") for one in listed}

    def reader(self, names: Iterable[str]) -> Reader:
        """What reads these properties of a row: numbers exact, days and instants in ISO form."""
        return reader_of(names, lambda name: READ.get("" if name == KEY else self._types.get(name)))

    def write(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Values as HubSpot takes them; an empty text empties a property."""
        return {name: self._write(name, value) for name, value in fields.items()}

    def _write(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        kind = self._types.get(name)
        if isinstance(value, datetime):
            return (
                value.astimezone(self._zone).date().isoformat() if kind == "date" else spelt(value)
            )
        if isinstance(value, date) and kind == "datetime":
            return spelt(datetime.combine(value, time(), self._zone))
        if isinstance(value, date):
            return value.isoformat()
        return format(value, "f") if isinstance(value, Decimal) else str(value)


def spelt(instant: datetime) -> str:
    """ISO form in UTC, always with milliseconds: as text a later one is greater."""
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def own_names(names: Iterable[str]) -> list[str]:
    """The properties among these; associations are asked for by calls of their own."""
    return [name for name in names if not name.startswith(ASSOCIATED)]


def _type(one: Mapping[str, Any]) -> str:
    """A choice between yes and no is neither text nor any other choice."""
    kind = str(one.get("type") or "")
    return "bool" if one.get("fieldType") == "booleancheckbox" else kind


def _day(value: Any) -> Any:
    instant = _instant(value)
    return value if instant is None else instant.date().isoformat()


def _moment(value: Any) -> Any:
    instant = _instant(value)
    return value if instant is None else spelt(instant)


def _instant(value: Any) -> datetime | None:
    """None for what is in ISO form, and beyond the calendar: that record alone is refused."""
    try:
        return instant_of(int(value)) if str(value).removeprefix("-").isdigit() else None
    except OverflowError:
        return None


def _truth(value: Any) -> Any:
    return {"true": True, "false": False}.get(str(value).lower(), value)


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value


READ: Mapping[str | None, Convert] = {
    "number": _number,
    "bool": _truth,
    "date": _day,
    "datetime": _moment,
}
"""How values are read, by the type of their property; others are taken as they come."""
