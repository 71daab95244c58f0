"""From what systems send to what business objects hold, one kind of value at a time."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connector.objects.base import NUMBER

TRUE = frozenset({"true", "1", "yes", "y", "是"})
FALSE = frozenset({"false", "0", "no", "n", "否"})


def as_date(value: Any, zone: ZoneInfo) -> date | None:
    """A date from epoch milliseconds, an ISO date or an ISO instant; 0 is no date."""
    if isinstance(value, str) and (not value.isdigit() or len(value) == 8):
        made = datetime.fromisoformat(value)
        return (made.astimezone(zone) if made.tzinfo else made).date()
    instant = as_instant(value, zone)
    return instant.astimezone(zone).date() if instant else None


def as_instant(value: Any, zone: ZoneInfo) -> datetime | None:
    """An aware instant from epoch milliseconds or ISO text; text without an offset is local."""
    if isinstance(value, str) and not value.isdigit():
        made = datetime.fromisoformat(value)
        return made if made.tzinfo else made.replace(tzinfo=zone)
    millis = int(value)
    return datetime.fromtimestamp(millis / 1000, UTC) if millis else None


def as_day(value: Any) -> Any:
    """The date of ISO text or of an instant; anything else stays what it is."""
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value.date() if isinstance(value, datetime) else value


def as_bool(value: Any) -> bool:
    """True or false from what remotes send for it; anything else is a ValueError."""
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text in TRUE or text in FALSE:
        return text in TRUE
    raise ValueError(f"{value!r} is neither true nor false")


def as_text(value: Any) -> str:
    """Codes and names as text; a list of one is that one."""
    if isinstance(value, list):
        return as_text(value[0]) if value else ""
    return value if isinstance(value, str) else str(value)


def as_number(value: Any) -> Any:
    """Numbers stay exact; text is checked by the object itself."""
    return Decimal(str(value)) if isinstance(value, float) else value


def joined(*values: Any) -> str:
    """The key of a link that several fields make."""
    return "|".join(str(value or "") for value in values)


def own_field(values: MappingOf[str, Any], name: str) -> Any:
    """A company's own field as it is stored: numbers are marked."""
    value = (values.get("custom") or {}).get(name)
    return Decimal(value[NUMBER]) if isinstance(value, dict) else value
