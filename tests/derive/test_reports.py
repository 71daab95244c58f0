"""Reports for managers: what stands in which row, and what is never added up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.derive.reports import REPORTS, Report, Wish
from connector.objects.derived import OpenDue
from connector.objects.sales import OrderBacklog, SalespersonDebt, SalespersonMonth

TODAY = date(2026, 3, 18)  # a Wednesday
NAMES = {"li": "李四", "wang": "王五"}


def made(name: str, *records: Any, today: date = TODAY, **wish: Any) -> Report:
    wanted = Wish(today, NAMES, nobody="nobody", everybody="all", **wish)
    return REPORTS[name][1](records, wanted)


def rows(report: Report, *columns: str) -> list[tuple[Any, ...]]:
    """What stands in these columns, row by row."""
    places = [report.columns.index(one) for one in columns]
    return [tuple(row.cells[n] for n in places) for row in report.rows]


def month(year: int, number: int, who: str = "li", currency: str = "CNY", **more: Any) -> Any:
    usual = {name: Decimal(value) for name, value in more.items() if name != "promised"}
    return SalespersonMonth(
        month=date(year, number, 1), salesperson=who, currency=currency, **{**more, **usual}
    )


def test_sales_compare_the_months_so_far_with_the_same_months_of_the_year_before() -> None:
    report = made(
        "sales",
        month(2026, 1, ordered=100), month(2026, 3, ordered=50),
        month(2026, 3, "wang", ordered=300),
        month(2025, 2, ordered=120), month(2025, 11, ordered=999),
        figure="ordered",
    )  # fmt: skip
    found = rows(report, "salesperson", "year", "january", "february", "march", "november",
                 "total", "growth_year")  # fmt: skip
    assert found == [
        ("all", "2026", 100, None, 350, None, 450, Decimal("2.75")),
        ("all", "2025", None, 120, None, 999, 120, None),
        ("王五", "2026", None, None, 300, None, 300, None),
        ("李四", "2026", 100, None, 50, None, 150, Decimal("0.25")),
        ("李四", "2025", None, 120, None, 999, 120, None),
    ]
    assert [row.total for row in report.rows] == [True, True, False, False, False]
    assert report.years == (2026, 2025)


def test_a_year_that_is_over_is_compared_whole() -> None:
    report = made("sales", month(2025, 11, shipped=30), month(2024, 12, shipped=40),
                  year=2025, figure="shipped")  # fmt: skip
    assert rows(report, "year", "total", "growth_year")[:2] == [
        ("2025", 30, Decimal("-0.25")),
        ("2024", 40, None),
    ]


def test_currencies_and_figures_have_rows_of_their_own() -> None:
    report = made("sales", month(2026, 3, ordered=100, received="0.5"),
                  month(2026, 3, currency="USD", ordered=7),
                  month(2026, 3, "", ordered=1))  # fmt: skip
    assert rows(report, "salesperson", "currency", "figure", "total") == [
        ("all", "CNY", "ordered", 101),
        ("李四", "CNY", "ordered", 100),
        ("nobody", "CNY", "ordered", 1),
        ("all", "USD", "ordered", 7),
        ("李四", "USD", "ordered", 7),
        ("all", "CNY", "received", Decimal("0.50")),
        ("李四", "CNY", "received", Decimal("0.50")),
    ]


def test_promises_are_a_share_of_all_that_left_not_a_mean_of_shares() -> None:
    report = made("on_time", month(2026, 2, promised=1, on_time=0),
                  month(2026, 3, promised=9, on_time=9),
                  month(2026, 3, "wang", currency="USD", promised=2, on_time=1))  # fmt: skip
    found = rows(report, "salesperson", "february", "march", "total")
    assert found == [
        ("all", 0, Decimal("0.9091"), Decimal("0.8333")),
        ("李四", 0, 1, Decimal("0.9")),
        ("王五", None, Decimal("0.5"), Decimal("0.5")),
    ]


def test_the_backlog_begins_with_what_should_have_left() -> None:
    weeks = [
        OrderBacklog(week=date(2026, 3, 16), orders=2, amount=Decimal(20)),
        OrderBacklog(week=None, orders=1, amount=Decimal(5)),
        OrderBacklog(week=date(2026, 3, 9), orders=3, amount=Decimal(30)),
        OrderBacklog(week=date(2026, 3, 23), orders=4, amount=Decimal(40)),
        OrderBacklog(week=date(2026, 2, 2), orders=0),
        OrderBacklog(week=date(2026, 3, 9), currency="USD", orders=1, amount=Decimal(9)),
    ]
    assert rows(made("backlog", *weeks), "currency", "week", "term", "undelivered") == [
        ("CNY", None, "all", 95),
        ("CNY", date(2026, 3, 9), "past", 30),
        ("CNY", date(2026, 3, 16), "this_week", 20),
        ("CNY", date(2026, 3, 23), "coming", 40),
        ("CNY", None, "unpromised", 5),
        ("USD", None, "all", 9),
        ("USD", date(2026, 3, 9), "past", 9),
    ]


@pytest.mark.parametrize(
    ("due_on", "column"),
    [
        (date(2026, 3, 18), "not_due"),
        (date(2026, 3, 17), "overdue_30"),
        (date(2026, 2, 16), "overdue_30"),
        (date(2026, 2, 15), "overdue_60"),
        (date(2026, 1, 16), "overdue_90"),
        (date(2025, 12, 17), "overdue_more"),
    ],
)
def test_a_debt_is_as_old_as_its_day_is_past(due_on: date, column: str) -> None:
    debt = SalespersonDebt(salesperson="li", dues=(OpenDue(due_on=due_on, amount=Decimal(70)),))
    report = made("overdue", debt)
    late = column != "not_due"
    names = ("not_due", "overdue_30", "overdue_60", "overdue_90", "overdue_more", "overdue")
    expected = [70 if name == column or (late and name == "overdue") else 0 for name in names]
    assert rows(report, *names)[1] == tuple(expected)
    assert rows(report, "oldest_due_on")[1] == (due_on if late else None,)


def test_whose_customers_are_most_overdue_comes_first() -> None:
    def debt(who: str, amount: int) -> SalespersonDebt:
        dues = (OpenDue(due_on=date(2026, 3, 1), amount=Decimal(amount)),)
        return SalespersonDebt(salesperson=who, dues=dues)

    report = made("overdue", debt("li", 10), debt("wang", 90), debt("", -5))
    assert rows(report, "salesperson", "overdue") == [
        ("all", 95), ("王五", 90), ("李四", 10), ("nobody", -5),
    ]  # fmt: skip


def test_nothing_is_told_of_nothing() -> None:
    assert [made(name).rows for name in REPORTS] == [(), (), (), ()]
