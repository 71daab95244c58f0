"""What figures have in common: a middle, a share, and months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from connector.objects import money

PLACES = 4
"""Digits after the point of a share."""


def median(values: Sequence[Decimal]) -> Decimal | None:
    """The middle one; of an even number, halfway between the two in the middle; None of none."""
    ranked, half = sorted(values), len(values) // 2
    if not ranked:
        return None
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """A part as a fraction of the whole; None where there is no whole to compare with."""
    return money.ratio([Decimal(part)], [Decimal(whole)], PLACES) if whole > 0 else None


def first_day(on: date) -> date:
    """Of the month that a day is in."""
    return on.replace(day=1)


def before(month: date, count: int) -> date:
    """The first day of the month so many months before."""
    years, rest = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(years, rest + 1, 1)
