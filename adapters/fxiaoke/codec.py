"""Fxiaoke's values and ours. Which is which only the form's description tells.

Numbers come and go as text, dates as milliseconds of their midnight, people and departments
as lists; `"13"` may be a rate or a code. Empty fields are mostly absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from connector.contract import is_empty
from connector.kit.millis import instant_of, midnight, millis

NUMBERS = frozenset({"number", "currency", "percentile", "count"})
DATES = frozenset({"date", "date_time"})
LISTS = frozenset({
    "employee", "employee_many", "department", "department_many", "select_many",
})  # fmt: skip
LABELS = ("__r", "__l", "__o", "__v", "__p", "__e")
"""What Fxiaoke adds to a field's name for its label and the like; shown with the field."""
SYSTEM = frozenset({
    "_id", "owner", "life_status", "lock_status", "create_time", "created_by",
    "last_modified_time", "last_modified_by", "version", "is_deleted",
})  # fmt: skip
"""Every record shows these; no page says whether a description names them."""


class Codec:
    """Turns one form's values into the contract's and back."""

    def __init__(self, description: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> None:
        """`description` is what Fxiaoke says of the form's fields."""
        self._types = {str(field["api_name"]): _type(field) for field in description}
        self._unique = {str(field["api_name"]): field.get("is_unique") for field in description}
        self._options = {str(f["api_name"]): f["options"] for f in description if _chooses(f)}
        self._zone = zone

    def __contains__(self, name: str) -> bool:
        """Whether the form has the field."""
        return name in self._types

    def unique(self, name: str) -> bool | None:
        """Whether two records may not share a value; None where the description is silent."""
        return self._unique.get(name)

    def options(self, name: str) -> dict[str, str] | None:
        """The values that a field may be given, with their labels; None: it is none to choose."""
        listed = self._options.get(name)
        return None if listed is None else {str(o["value"]): str(o["label"]) for o in listed}

    def read(self, row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """These fields: numbers exact, dates and instants in ISO form, labels untouched."""
        return {name: self._read(name, row.get(name)) for name in names}

    def _read(self, name: str, value: Any) -> Any:
        if isinstance(value, list) and len(value) < 2:
            value = value[0] if value else None
        if is_empty(value):
            return None
        kind = self._types.get(name, "")
        if kind in NUMBERS:
            return _number(value)
        if kind in DATES and isinstance(value, int):
            return self._time(value, kind)
        return value

    def _time(self, value: int, kind: str) -> Any:
        """As Fxiaoke gives it where it lies beyond the calendar: that record alone is refused."""
        if not value:
            return None
        try:
            instant = instant_of(value)
            local = instant.astimezone(self._zone).date()
        except OverflowError:
            return value
        return (local if kind == "date" else instant).isoformat()

    def write(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Values as Fxiaoke takes them; None empties a field."""
        return {name: self._write(name, value) for name, value in fields.items()}

    def _write(self, name: str, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, datetime):
            return millis(value)
        if isinstance(value, date):
            return midnight(value, self._zone)
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        return [text] if self._types.get(name) in LISTS else text


def plain_name(name: str) -> str:
    """The field that must be asked for so that `name` is shown."""
    label = name[-3:]
    return name.removesuffix(label) if label in LABELS else name


def own_names(names: Iterable[str]) -> list[str]:
    """The fields among these that a description must name if the form has them."""
    return [plain for name in names if (plain := plain_name(name)) not in SYSTEM]


def _chooses(field: Mapping[str, Any]) -> bool:
    """It lists what it may be given."""
    listed = field.get("options")
    return isinstance(listed, list) and bool(listed) and all(map(_is_option, listed))


def _is_option(item: Any) -> bool:
    return isinstance(item, dict) and {"value", "label"} <= item.keys()


def _type(field: Mapping[str, Any]) -> str:
    """A formula is described by what it returns."""
    return str(field.get("return_type") or field.get("type") or "")


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value
