"""What managers ask for every week, as tables made of what is computed of sales.

* *sales*: what was ordered, shipped, invoiced and paid, by salesperson and month, against the year
  before;
* *backlog*: what is to be shipped, by the week that it was promised for;
* *overdue*: what customers owe and since when, by salesperson;
* *on_time*: the share of orders that left in full by the promised day, by salesperson and month.

Currencies are never added up: each has rows of its own. What is compared with a year that is not
over ends with the same month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar

from connector.derive.figures import share
from connector.derive.order import ZERO
from connector.objects import money
from connector.objects.sales import OrderBacklog, SalespersonDebt, SalespersonMonth
from connector.objects.showing import Cell, Rate

Told = TypeVar("Told", OrderBacklog, SalespersonDebt, SalespersonMonth)

FIGURES = ("ordered", "shipped", "invoiced", "received")
"""What sales are told of."""
MONTHS = range(1, 13)
MONTH_COLUMNS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEK = timedelta(days=7)
AGES = (30, 60, 90)
"""Days overdue up to which debts are told together."""
AGE_COLUMNS = ("overdue_30", "overdue_60", "overdue_90", "overdue_more")


class Row(NamedTuple):
    """A row of a report."""

    cells: tuple[Cell, ...]
    total: bool = False
    """It sums up the others."""


@dataclass(frozen=True, slots=True)
class Report:
    """A table, and the year that it is of where it is of one."""

    name: str
    columns: tuple[str, ...]
    """What stands in them, by the names of headings."""
    rows: tuple[Row, ...]
    year: int = 0
    years: tuple[int, ...] = ()
    """Of which years it could be told."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see."""

    today: date
    names: Mapping[str, str] = field(default_factory=dict)
    """What people call salespeople, by their keys."""
    nobody: str = "-"
    """What stands where nobody is known."""
    everybody: str = "*"
    """What stands where all are meant."""
    year: int = 0
    """0: the present one."""
    figure: str = ""
    """One of `FIGURES`; empty: all of them."""

    @property
    def of(self) -> int:
        """The year that is wanted."""
        return self.year or self.today.year

    def called(self, salesperson: str) -> str:
        return self.names.get(salesperson, salesperson) or self.nobody


# -- by salesperson and month ---------------------------------------------------------------------

Value = Callable[[Iterable[SalespersonMonth]], Decimal | None]
"""What some records come to; None: to nothing that could be told."""


def sales(records: Sequence[SalespersonMonth], wish: Wish) -> Report:
    """What was sold, against the year before; who sold most comes first."""
    columns = ("salesperson", "currency", "figure", "year", *MONTH_COLUMNS, "total", "growth_year")
    figures = [wish.figure] if wish.figure else FIGURES
    rows = [
        Row((who, currency, figure, *cells), total)
        for figure in figures
        for currency, some in _by_currency(_of(records, wish))
        for who, cells, total in _people(some, wish, _summed(figure, currency))
    ]
    return _by_year("sales", columns, rows, records, wish)


def on_time(records: Sequence[SalespersonMonth], wish: Wish) -> Report:
    """How often what was promised was kept, against the year before."""
    columns = ("salesperson", "year", *MONTH_COLUMNS, "total")
    told = _people(_of(records, wish), wish, kept)
    return _by_year(
        "on_time", columns, [Row((who, *cells[:-1]), total) for who, cells, total in told],
        records, wish,
    )  # fmt: skip


def _by_year(
    name: str,
    columns: tuple[str, ...],
    rows: Iterable[Row],
    records: Iterable[SalespersonMonth],
    wish: Wish,
) -> Report:
    years = {one.month.year for one in records} | {wish.today.year}
    return Report(name, columns, tuple(rows), wish.of, tuple(sorted(years, reverse=True)))


def _of(records: Iterable[SalespersonMonth], wish: Wish) -> list[SalespersonMonth]:
    """Those of the year, and of the one before."""
    return [one for one in records if one.month.year in (wish.of, wish.of - 1)]


def _people(
    records: Sequence[SalespersonMonth], wish: Wish, value: Value
) -> Iterator[tuple[str, tuple[Cell, ...], bool]]:
    """`(who, cells of a year, whether it is all)`: all together first, then one by one, whose come
    to most first."""
    people: dict[str, list[SalespersonMonth]] = defaultdict(list)
    for one in records:
        people[one.salesperson].append(one)
    told = {key: _years(some, wish, value) for key, some in people.items()}
    for cells in _years(records, wish, value):
        yield wish.everybody, cells, True
    for key in sorted(told, key=lambda key: (-_whole(told[key]), wish.called(key))):
        for cells in told[key]:
            yield wish.called(key), cells, False


def _whole(years: Sequence[tuple[Cell, ...]]) -> Decimal:
    return _number(years[0][-2]) if years else ZERO


def _years(records: Iterable[SalespersonMonth], wish: Wish, value: Value) -> list[tuple[Cell, ...]]:
    """`(year, twelve months, all of them, growth)` of the year and of the one before, as far as
    there is anything to tell."""
    by_month: dict[date, list[SalespersonMonth]] = defaultdict(list)
    for one in records:
        by_month[one.month].append(one)
    last = wish.today.month if wish.of == wish.today.year else 12

    def cells(year: int, until: int) -> tuple[list[Decimal | None], Decimal | None]:
        months = [by_month.get(date(year, month, 1), []) for month in MONTHS]
        told = [value(some) if n < until else None for n, some in enumerate(months)]
        return told, value(one for some in months[:last] for one in some)

    (now, whole), (before, earlier) = cells(wish.of, last), cells(wish.of - 1, 12)
    grown = None if whole is None or earlier is None else share(whole - earlier, earlier)
    rows: list[tuple[Cell, ...]] = [
        (str(wish.of), *now, whole, None if grown is None else Rate(grown)),
        (str(wish.of - 1), *before, earlier, None),
    ]
    known = (any(one is not None for one in months) for months in (now, before))
    return [row for row, told in zip(rows, known, strict=True) if told]


def _summed(figure: str, currency: str) -> Value:
    return lambda some: _paid(sum((getattr(one, figure) for one in some), ZERO), currency) or None


def kept(some: Iterable[SalespersonMonth]) -> Decimal | None:
    """The share of promises that were kept; None: there were none."""
    known = list(some)
    rate = share(sum(one.on_time for one in known), sum(one.promised for one in known))
    return None if rate is None else Rate(rate)


# -- by week, and by age ------------------------------------------------------------------------


def backlog(records: Sequence[OrderBacklog], wish: Wish) -> Report:
    """What is to be shipped, the earliest week first; what should have left by now says so."""
    monday = wish.today - timedelta(days=wish.today.weekday())
    columns = ("currency", "week", "term", "orders", "undelivered")
    rows: list[Row] = []
    for currency, some in _by_currency([one for one in records if one.orders]):
        whole = _paid(sum((one.amount for one in some), ZERO), currency)
        rows.append(Row((currency, None, wish.everybody, None, whole), total=True))
        for one in sorted(some, key=lambda one: one.week or date.max):
            term, amount = _term(one.week, monday), _paid(one.amount, currency)
            rows.append(Row((currency, one.week, term, one.orders, amount)))
    return Report("backlog", columns, tuple(rows))


def _term(week: date | None, monday: date) -> str:
    """When it is, from this week on."""
    if week is None:
        return "unpromised"
    if week < monday:
        return "past"
    return "this_week" if week == monday else "coming"


def overdue(records: Sequence[SalespersonDebt], wish: Wish) -> Report:
    """What customers owe; whose are most overdue comes first."""
    columns = ("salesperson", "currency", "not_due", *AGE_COLUMNS, "overdue", "oldest_due_on")
    rows: list[Row] = []
    for currency, some in _by_currency([one for one in records if one.dues]):
        rows.append(Row((wish.everybody, currency, *_ages(some, currency, wish)), total=True))
        told = [(wish.called(one.salesperson), _ages([one], currency, wish)) for one in some]
        told.sort(key=lambda pair: (-_number(pair[1][-2]), pair[0]))
        rows += [Row((who, currency, *ages)) for who, ages in told]
    return Report("overdue", columns, tuple(rows))


def _ages(debts: Iterable[SalespersonDebt], currency: str, wish: Wish) -> tuple[Cell, ...]:
    """`(not due, by age, overdue, since when)`."""
    sums, oldest = [ZERO] * (len(AGES) + 2), None
    for due in (due for one in debts for due in one.dues):
        days = (wish.today - due.due_on).days
        place = 0 if days <= 0 else 1 + sum(days > age for age in AGES)
        sums[place] += due.amount
        if days > 0 and due.amount > 0:
            oldest = min(oldest or due.due_on, due.due_on)
    amounts = [_paid(one, currency) for one in (*sums, sum(sums[1:], ZERO))]
    return *amounts, oldest


def _paid(amount: Decimal, currency: str) -> Decimal:
    return money.rounded(amount, money.places(currency))


def _number(cell: Cell) -> Decimal:
    return cell if isinstance(cell, Decimal) else ZERO


def _by_currency(records: Iterable[Told]) -> list[tuple[str, list[Told]]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for one in records:
        found[one.currency].append(one)
    return sorted(found.items())


REPORTS: Mapping[str, tuple[str, Callable[..., Report]]] = {
    "sales": ("salesperson_month", sales),
    "backlog": ("order_backlog", backlog),
    "overdue": ("salesperson_debt", overdue),
    "on_time": ("salesperson_month", on_time),
}
"""By name, the records that a report is made of, and what makes it."""
