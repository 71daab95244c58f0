"""How values are kept and printed.

Kept as a query prints them, so that printing costs nothing: dates `2025-01-02T00:00:00`,
stamps with the fraction's trailing zeros cut, decimals with at least one place (`20.0`), base
data as the id of the record. Texts in this form compare as the instants they mean.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any

from .forms import DECIMALS, Field, Form

TENTH = Decimal("0.1")
PLACES = {"qty": 10, "price": 6, "money": 2, "rate": 10}
_STEPS = {n: Decimal(1).scaleb(-n) for n in range(11)}
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")


class BadValue(ValueError):
    """The server cannot read this value."""


def rounded(value: Decimal, places: int) -> Decimal:
    """Commercial rounding, in the form in which decimals are kept."""
    return plain(value.quantize(_STEPS[places], ROUND_HALF_UP))


def plain(value: Decimal) -> Decimal:
    """20 → 20.0, 11.300 → 11.3: as .NET prints a decimal."""
    if value == value.to_integral_value():
        return value.quantize(TENTH)
    return value.normalize()


def read_time(text: str) -> str:
    """`2026-03-05`, `2026/3/5 8:00`, `2026-03-05T08:00:00.120` → the kept form."""
    match = _DATE.match(text.strip())
    if match is None:
        raise BadValue(text)
    year, month, day, hour, minute, second = match.groups()
    fraction = re.match(r"\.(\d+)", text.strip()[match.end() :])
    digits = fraction[1].rstrip("0") if fraction else ""
    return (
        f"{year}-{int(month):02}-{int(day):02}T{int(hour or 0):02}:{minute or '00'}"
        f":{second or '00'}{'.' + digits if digits else ''}"
    )


def read_value(made: Field, raw: Any) -> Any:
    """A value as somebody sent it, as this field keeps it; base data is not read here."""
    kind = made.kind
    if kind in ("text", "bytes"):
        return "" if raw is None else str(raw)
    if kind == "list":
        return raw if isinstance(raw, list) else []
    if kind == "assist":
        return _assist(raw)
    if kind == "bool":
        return raw if isinstance(raw, bool) else str(raw).strip().lower() in ("true", "1")
    if raw is None or raw == "":
        return None
    try:
        if kind in DECIMALS:
            return rounded(Decimal(str(raw)), PLACES[kind])
        if kind == "int":
            return int(raw)
        stamp = read_time(str(raw))
    except (ValueError, InvalidOperation) as error:
        raise BadValue(str(raw)) from error
    return stamp[:10] + "T00:00:00" if kind == "date" else stamp


def _assist(raw: Any) -> str:
    if not isinstance(raw, dict):
        return ""
    return str(next(iter(raw.values()), "") or "")


@cache
def starting_values(form: Form, entity: str) -> dict[str, Any]:
    """What a new head (empty entity) or row of an entry holds before anything is typed."""
    return {
        made.key: read_value(made, made.default)
        for made in form.fields.values()
        if made.entity == entity and made.default
    }


def number_in(raw: Any) -> str | None:
    """The number in a base-data value `{"FNumber": …}`; None if it is no object at all."""
    if not isinstance(raw, dict):
        return None
    for name, value in raw.items():
        if name.lower() in ("fnumber", "fname", "fuseraccount", "fstaffnumber"):
            return str(value or "").strip()
    return ""


def is_empty(raw: Any) -> bool:
    return raw is None or raw in ("", {}) or (isinstance(raw, dict) and number_in(raw) == "")
