"""Instants as milliseconds since 1970, as many systems keep them: exactly, and dates as their
midnight somewhere.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def millis(instant: datetime) -> int:
    """An instant as milliseconds, cut down to whole ones."""
    return (instant - EPOCH) // MILLISECOND


def midnight(day: date, zone: ZoneInfo) -> int:
    """A date as the milliseconds of its beginning there."""
    return millis(datetime.combine(day, time(), zone))


def instant_of(value: int) -> datetime:
    """Milliseconds as an instant. Raises OverflowError beyond the calendar."""
    return EPOCH + value * MILLISECOND
