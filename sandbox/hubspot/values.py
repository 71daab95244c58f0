"""Property values: text on the wire, typed in the books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.books import Field, Form, Record

from .errors import invalid
from .forms import DATETIME

TYPES = {
    "text": ("string", "text"),
    "number": ("number", "number"),
    "bool": ("bool", "booleancheckbox"),
    "date": ("date", "date"),
    DATETIME: ("datetime", "date"),
    "choice": ("enumeration", "select"),
    "reference": ("enumeration", "select"),
}
"""By the books' type of a field: `type` and `fieldType` of the property."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SYSTEM = {"hs_object_id": "number", "createdate": DATETIME}
"""Every record has these, and its stamp; nobody sets them."""


def stamp_of(form: str) -> str:
    """The property that says when a record was modified."""
    return "lastmodifieddate" if form == "contacts" else "hs_lastmodifieddate"


def system_of(form: str) -> dict[str, str]:
    return {**SYSTEM, stamp_of(form): DATETIME}


def millis(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(milliseconds=1)


def iso(instant: datetime) -> str:
    """As HubSpot prints it: a whole second has no fraction."""
    cut = instant.astimezone(UTC).replace(microsecond=instant.microsecond // 1000 * 1000)
    text = cut.isoformat(timespec="milliseconds" if cut.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def shown(record: Record, names: Iterable[str]) -> dict[str, str | None]:
    """These properties as text; those that the object does not have are left out."""
    own = {
        "hs_object_id": record.key,
        "createdate": iso(record.made),
        stamp_of(record.form): iso(record.stamp),
    }
    return own | {name: _text(record.values.get(name)) for name in names if name not in own}


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return None if value is None else str(value)


def given(form: Form, properties: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be set, as the books keep it; an empty text clears. Raises Refusal for all that
    does not fit at once."""
    made: dict[str, Any] = {}
    wrong: list[tuple[str, str, str]] = []
    for name, value in properties.items():
        field = form.fields.get(name)
        if field is None and name not in system_of(form.name):
            wrong.append((name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
        elif field is None or not field.writable:
            wrong.append((name, "READ_ONLY_VALUE", f'"{name}" is a read only property'))
        else:
            try:
                made[name] = _typed(field, value)
            except (KeyError, ValueError, InvalidOperation):
                kind = TYPES[field.type][0]
                wrong.append((name, f"INVALID_{kind.upper()}", f"{value} was not a valid {kind}."))
    if wrong:
        raise invalid(*wrong)
    return made


def _typed(field: Field, value: Any) -> Any:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        value = _text(value) or ""
    if field.type == "bool":
        return {"true": True, "false": False}[value]
    if field.type == "number" and not Decimal(value).is_finite():
        raise ValueError(value)
    if field.type == "date":
        return moment(value).date() if value.isdigit() else date.fromisoformat(value)
    return iso(moment(value)) if field.type == DATETIME else value


def moment(value: str) -> datetime:
    """Milliseconds, or ISO text with its zone. Raises ValueError."""
    if value.isdigit():
        return EPOCH + timedelta(milliseconds=int(value))
    made = datetime.fromisoformat(value)
    if made.tzinfo is None:
        raise ValueError(value)
    return made
