"""Reports that come by themselves: on their day, once, to whom they are for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connector.engine import saving
from connector.errors import ConfigError
from connector.objects import BusinessObject
from connector.objects.derived import OpenDue
from connector.objects.sales import OrderBacklog, SalespersonDebt, SalespersonMonth
from tests.rules.factory import HEAD, Firm, Heard


def schedule(place: Firm, reports: str, more: str = "") -> Firm:
    place.head = HEAD.replace("report: []", "report: [], reports: {" + reports + "}") + more
    return place.start()


def known(place: Firm) -> None:
    """What was reckoned of this month and the one before; it is Saturday, November 21, 2026."""
    assert place.site.clock.now().date() == date(2026, 11, 21)
    made: dict[str, dict[str, BusinessObject]] = {
        "salesperson_month": {
            "1": SalespersonMonth(month=date(2026, 11, 1), salesperson="E1",
                                  ordered=Decimal(12000), shipped=Decimal("99.5"),
                                  promised=4, on_time=3),
            "2": SalespersonMonth(month=date(2026, 10, 1), salesperson="E1", ordered=Decimal(500)),
            "4": SalespersonMonth(month=date(2026, 11, 1), salesperson="E2", received=Decimal(9)),
            "3": SalespersonMonth(month=date(2025, 11, 1), salesperson="E1",
                                  ordered=Decimal(10000)),
        },
        "order_backlog": {
            "1": OrderBacklog(week=date(2026, 11, 16), orders=2, amount=Decimal(400)),
            "2": OrderBacklog(week=None, orders=1, amount=Decimal(7)),
        },
        "salesperson_debt": {"1": SalespersonDebt(salesperson="E1", dues=(
            OpenDue(due_on=date(2026, 11, 1), amount=Decimal(50)),
            OpenDue(due_on=date(2027, 1, 1), amount=Decimal(8))))},
    }  # fmt: skip
    system = place.site.system
    with system.store.transaction() as tx:
        for object, records in made.items():
            saving.save(system, tx, object, records)


def said(heard: list[Heard]) -> list[tuple[str, str]]:
    return [(one.to, one.title) for one in heard]


def test_a_report_comes_on_its_day_once_and_not_before(place: Firm) -> None:
    schedule(place, "s: {report: sales, to: manager, every: monday, at: '09:15'}")
    assert place.go() == []
    assert place.later(days=1) == []  # Sunday
    monday = place.later(days=1)
    assert said(monday) == [("boss", "业务员业绩 2026-11-23")]
    assert place.later(hours=1) == []
    assert place.later(days=6) == []
    assert len(place.later(days=1)) == 1


def test_it_waits_for_its_hour(place: Firm) -> None:
    schedule(place, "s: {report: backlog, to: manager, every: day, at: '18:00'}")
    there = place.site.clock.now().astimezone(place.site.system.own_zone).hour
    assert there < 18
    assert place.go() == []
    assert place.later(hours=17 - there) == []
    assert len(place.later(hours=1)) == 1


def test_one_that_was_missed_comes_when_the_service_runs_again_and_once(place: Firm) -> None:
    schedule(place, "s: {report: overdue, to: manager, every: monday}")
    assert place.go() == []
    assert said(place.later(days=10)) == [("boss", "逾期应收 2026-12-01")]
    assert place.later(hours=1) == []


@pytest.mark.parametrize(("every", "days"), [("day", 7), ("workday", 5), ("month", 0)])
def test_days_are_those_that_it_names(place: Firm, every: str, days: int) -> None:
    schedule(place, f"s: {{report: sales, to: manager, every: {every}}}")
    place.go()
    # Sunday the 22nd to Saturday the 28th, without a public holiday
    assert sum(len(place.later(days=1)) for _ in range(7)) == days
    if every == "month":
        assert sum(len(place.later(days=1)) for _ in range(12)) == 1


def test_each_says_what_matters_in_the_language_of_its_reader(place: Firm) -> None:
    named = {"a": "sales, to: [manager, ann]", "b": "backlog, to: ann",
             "c": "overdue, to: ann", "d": "on_time, to: ann"}  # fmt: skip
    wanted = ", ".join(f"{n}: {{report: {one}, every: day}}" for n, one in named.items())
    schedule(place, wanted, "  ann: {ids: {chat: ann}, language: en}\n")
    place.go()
    known(place)
    heard = {(one.to, one.title): one.text for one in place.later(days=1)}
    zh = heard["boss", "业务员业绩 2026-11-22"].splitlines()
    assert zh[1] == (
        "- E1：2026-11 下单 12,000.00，发货 99.50，开票 0，回款 0 CNY；"
        "今年下单 12,500.00，同比 25 %"
    )
    assert zh[2].startswith("- E2：2026-11 下单 0，发货 0，开票 0，回款 9.00 CNY；今年下单 0")
    en = heard["ann", "Sales, 2026-11-22"].splitlines()
    assert en[0].startswith("- total: in 2026-11 12,000.00 ordered, 99.50 shipped")
    assert heard["ann", "Order backlog, 2026-11-22"].splitlines() == [
        "- to be shipped in all: 407.00 CNY",
        "- 2026-11-16 this week: 2 orders, 400.00 CNY",
        "- nothing promised: 1 orders, 7.00 CNY",
    ]
    assert heard["ann", "Overdue receivables, 2026-11-22"].splitlines()[1] == (
        "- E1: 50.00 CNY overdue, 0.00 of it for over 90 days; 8.00 not due yet"
    )
    assert heard["ann", "Delivered on time, 2026-11-22"].splitlines() == [
        "- total: 75 % on time in 2026-11, 75 % this year",
        "- E1: 75 % on time in 2026-11, 75 % this year",
    ]


def test_on_the_first_it_tells_of_the_month_that_is_over(place: Firm) -> None:
    schedule(place, "a: {report: sales, to: manager, every: month}")
    place.go()
    known(place)
    [report] = place.later(days=10)  # December 1
    assert "2026-11 下单 12,000.00" in report.text


def test_a_report_that_would_reach_nobody_is_refused_with_its_place(place: Firm) -> None:
    with pytest.raises(ConfigError, match="owner"):
        schedule(place, "a: {report: sales, to: owner}")
    for wrong in ("{report: salaries, to: manager}", "{report: sales, to: manager, every: year}"):
        with pytest.raises(ConfigError):
            schedule(place, f"a: {wrong}")


def test_what_it_tells_is_reckoned_though_no_page_shows_it(place: Firm) -> None:
    schedule(place, "a: {report: overdue, to: manager}")
    assert {"salesperson_debt", "order_progress"} <= place.book.reckoned
