"""Closed hours: when nothing is written into a system, by a wall clock that hangs there. Pure.

    22:00-06:30                         each day; this one over midnight
    last day 18:00 - first day 12:00    each month; this one over its end

Where clocks are turned, a time may come twice or not at all: it then counts as whatever keeps
the system closed for longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from connector.messages import say

_TIME = r"(\d{1,2}):(\d{2})"
_DAILY = re.compile(rf"{_TIME}\s*-\s*{_TIME}")
_MONTHLY = re.compile(rf"(first|last) day {_TIME}\s*-\s*(first|last) day {_TIME}")
A_DAY = timedelta(days=1)
FOR_EVER = timedelta(days=45)
"""Whatever is closed for so long never opens: no span is longer than a month."""

Span = tuple[datetime, datetime]
"""From an instant to another one, that one not included."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A span that comes again each day or each month."""

    begin: time
    end: time
    days: tuple[str, str] = ("", "")
    """The days of the month on which it begins and ends, `first` or `last`; empty: each day."""

    @classmethod
    def parse(cls, text: object) -> Hours:
        """As written in the settings. Raises ValueError with a sentence."""
        if isinstance(text, Hours):
            return text
        written = str(text).strip()
        if match := _DAILY.fullmatch(written):
            made = cls(_time(*match.group(1, 2)), _time(*match.group(3, 4)))
        elif match := _MONTHLY.fullmatch(written):
            times = _time(*match.group(2, 3)), _time(*match.group(5, 6))
            made = cls(*times, (match[1], match[4]))
        else:
            raise ValueError(say("need_closed"))
        if made.begin == made.end and made.days[0] == made.days[1]:
            raise ValueError(say("need_closed"))
        return made

    def around(self, day: date, zone: tzinfo) -> Iterator[Span]:
        """Every span that may hold an instant of this day there."""
        for begin, end in self._dates(day):
            first, last = (datetime.combine(begin, self.begin), datetime.combine(end, self.end))
            yield min(_instants(first, zone)), max(_instants(last, zone))

    def _dates(self, day: date) -> Iterator[tuple[date, date]]:
        """The days on which the spans before, on and after this day begin and end."""
        if not self.days[0]:
            over_midnight = A_DAY * (self.end <= self.begin)
            for begin in (day - A_DAY, day, day + A_DAY):
                yield begin, begin + over_midnight
            return
        first = day.replace(day=1)
        for month in ((first - A_DAY).replace(day=1), first, _next(first)):
            begin = _day_of(month, self.days[0])
            end = _day_of(month, self.days[1])
            if (end, self.end) <= (begin, self.begin):
                end = _day_of(_next(month), self.days[1])
            yield begin, end


def closed_until(hours: Sequence[Hours], now: datetime, zone: tzinfo) -> datetime | None:
    """When a system that is closed now opens again, in UTC; None: it is open."""
    begun = until = now.astimezone(UTC)
    while until - begun < FOR_EVER:
        day = until.astimezone(zone).date()
        ends = [e for one in hours for b, e in one.around(day, zone) if b <= until < e]
        if not ends:
            break
        until = max(ends)
    return until if until > begun else None


def opening(hours: Iterable[Hours]) -> tuple[Hours, ...]:
    """The hours, if the system is open at some time between. Raises ValueError."""
    made, some_day = tuple(hours), datetime(2026, 1, 15, tzinfo=UTC)
    until = closed_until(made, some_day, UTC)
    if until is not None and until - some_day >= FOR_EVER:
        raise ValueError(say("never_open"))
    return made


def _time(hour: str, minute: str) -> time:
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(say("need_closed")) from None


def _instants(local: datetime, zone: tzinfo) -> list[datetime]:
    """What a time on the wall may mean: two instants where clocks are turned, else one."""
    return [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]


def _next(first: date) -> date:
    """The first day of the month after the one that begins on `first`."""
    return (first + 31 * A_DAY).replace(day=1)


def _day_of(month: date, which: str) -> date:
    """Its first or last day; `month` is the first."""
    return month if which == "first" else _next(month) - A_DAY
