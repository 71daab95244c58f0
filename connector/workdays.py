"""Working days: those that the State Council orders for China, and the firm's own over them. Pure.

The days of each year are decreed the November before; of years that are not known yet Monday to
Friday are taken.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

A_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Of one firm."""

    off: Collection[date] = frozenset()
    """Days on which nobody works there."""
    on: Collection[date] = frozenset()
    """Days on which people work all the same."""

    def works(self, day: date) -> bool:
        """Whether people work on a day."""
        if day in self.on or day in self.off:
            return day in self.on
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < SATURDAY

    def between(self, first: date, last: date) -> int:
        """Working days after `first`, up to `last`; negative where `last` lies before."""
        if last < first:
            return -self.between(last, first)
        days = (first + n * A_DAY for n in range(1, (last - first).days + 1))
        return sum(map(self.works, days))

    def after(self, day: date, count: int) -> date:
        """The last of so many working days after `day`; with none of them `day` itself."""
        while count > 0:
            day += A_DAY
            count -= self.works(day)
        return day


def is_known(year: int) -> bool:
    """Whether the days of a year are decreed, as far as we have heard."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
