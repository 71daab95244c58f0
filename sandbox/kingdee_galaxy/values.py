"""How values are kept and printed.

Kept as a query prints them, so that printing costs nothing: dates `2025-01-02T00:00:00`,
stamps with the fraction's trailing zeros cut, decimals with at least one place (`20.0`), base
data as the id of the record. Texts in this form compare as the instants they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any

from .forms import Field, Form

ONE, TENTH = Decimal(1), Decimal("0.1")
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
    return value.normalize() if value % ONE else value.quantize(TENTH)


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
    return _READ[made.kind](raw)


def _text(raw: Any) -> str:
    return raw if type(raw) is str else "" if raw is None else str(raw)


def _flag(raw: Any) -> bool:
    return raw if isinstance(raw, bool) else str(raw).strip().lower() in ("true", "1")


def _list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _decimal(places: int) -> Callable[[Any], Decimal]:
    def read(raw: Any) -> Decimal:
        return rounded(raw if type(raw) is Decimal else Decimal(str(raw)), places)

    return read


def _midnight(raw: Any) -> str:
    return read_time(str(raw))[:10] + "T00:00:00"


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Empty is null; what cannot be read is a `BadValue`."""

    def guarded(raw: Any) -> Any:
        if raw is None or raw == "":
            return None
        try:
            return read(raw)
        except (ValueError, TypeError, InvalidOperation) as error:
            raise BadValue(str(raw)) from error

    return guarded


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


_READ: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "bytes": _text,
    "bool": _flag,
    "list": _list,
    "assist": _assist,
    "int": _optional(int),
    "date": _optional(_midnight),
    "time": _optional(lambda raw: read_time(str(raw))),
    **{kind: _optional(_decimal(places)) for kind, places in PLACES.items()},
}
