"""Margins of many orders, by customer, product, product line, region, salesperson or month, and
whether one is falling."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from connector.derive.figures import before, first_day, share
from connector.derive.order import ZERO
from connector.objects.derived import LineMargin, OrderMargin

Dimension = Callable[[OrderMargin, LineMargin], str]
"""What a line belongs to: its customer, its material, whatever the one who asks looks up."""


class Earned(NamedTuple):
    """What a group earned, in the home currency."""

    revenue: Decimal = ZERO
    """Of lines whose cost is known."""
    cost: Decimal = ZERO
    """Theirs."""
    unknown: Decimal = ZERO
    """Revenue of lines whose cost nobody knows: it is in no margin."""

    @property
    def margin(self) -> Decimal:
        """What is left."""
        return self.revenue - self.cost

    @property
    def rate(self) -> Decimal | None:
        """The margin as a fraction of the revenue; None: no revenue."""
        return share(self.margin, self.revenue)

    def __add__(self, other: object) -> Earned:
        """Both together."""
        assert isinstance(other, Earned)
        pairs = zip(self, other, strict=True)
        return Earned(*(mine + theirs for mine, theirs in pairs))

    def plus(self, line: LineMargin) -> Earned:
        """With a line more."""
        if line.cost is None:
            return self._replace(unknown=self.unknown + line.revenue)
        return self._replace(revenue=self.revenue + line.revenue, cost=self.cost + line.cost)


def by_month(margins: Iterable[OrderMargin], dimension: Dimension) -> dict[str, dict[date, Earned]]:
    """What each group earned, by its name, for each month in which orders were placed, by its first
    day."""
    found: dict[str, dict[date, Earned]] = {}
    for order in margins:
        month = first_day(order.ordered_on) if order.ordered_on else date.min
        for line in order.lines:
            months = found.setdefault(dimension(order, line), {})
            months[month] = months.get(month, Earned()).plus(line)
    return {name: dict(sorted(months.items())) for name, months in sorted(found.items())}


def total(months: Mapping[date, Earned]) -> Earned:
    """All months together."""
    return sum(months.values(), Earned())


def falling(
    months: Mapping[date, Earned], last: date, run: int = 3, drop: Decimal = Decimal("0.03")
) -> bool:
    """A margin is falling when its rate went down in each of the last `run` months, and together
    by `drop` or more: a run of falls in one direction, as control charts know a trend (Nelson,
    "The Shewhart Control Chart: Tests for Special Causes", 1984), shortened to what can still be
    acted upon, and a size that is worth a word. `last` is the first day of the last full month;
    a month without revenue or with nothing known says nothing, so neither does the run.
    """
    rates = [months.get(before(last, n), Earned()).rate for n in range(run, -1, -1)]
    known = [one for one in rates if one is not None]
    if len(known) <= run:
        return False
    falls = all(later < earlier for earlier, later in pairwise(known))
    return falls and known[0] - known[-1] >= drop
