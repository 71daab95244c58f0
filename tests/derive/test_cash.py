"""What should come in and go out, week by week."""

from __future__ import annotations

from datetime import date
from typing import Any

from connector.derive.cash import Terms, cash_forecast
from connector.derive.papers import Papers
from connector.objects.orders import PaymentDue
from tests.derive.papers import (
    D,
    day,
    due,
    for_order,
    line,
    order,
    payable,
    payment,
    receivable,
    shipment,
)

TERMS = Terms({"M30": 30}, otherwise=0)
# Mondays of 2026: March 2, 9, 16, 23, 30 and April 6
W2, W9, W16, W23 = day(2), day(9), day(16), day(23)


def weeks(
    receivables: Any = (), payables: Any = (), orders: Any = (), payments: Any = ()
) -> dict[date, tuple[Any, ...]]:
    found = cash_forecast(receivables, payables, orders, payments, TERMS)
    return {x.week: (x.receivable, x.orders, x.payable, x.net) for x in found}


def test_debts_fall_into_the_weeks_of_their_dues() -> None:
    found = weeks(
        receivables=[
            receivable("AR-1", "100", day(8)),  # a Sunday
            receivable("AR-2", "50", dues=(due(day(9), "30", "10"), due(day(17), "20"))),
            receivable("AR-3", "-5", day(16)),
        ],
        payables=[payable("AP-1", "70", day(11))],
    )
    assert found == {
        W2: (100, 0, 0, 100),
        W9: (20, 0, 70, -50),
        W16: (15, 0, 0, 15),
    }


def test_an_order_comes_by_its_plan_as_far_as_it_is_not_billed() -> None:
    # 30 % in advance, 600 by March 18, the rest by its terms: 30 days after March 24
    plan = (
        PaymentDue(rate=D("0.3"), advance=True),
        PaymentDue(due_on=day(18), amount=D(600)),
    )
    new = order(
        line("1", "pump", 10, "1000", wanted_on=day(24)), payment_terms="M30", payment_plan=plan
    )
    later = date(2026, 4, 20)
    assert weeks(orders=[(new, Papers())]) == {
        date(2026, 2, 23): (0, 300, 0, 300),
        W16: (0, 600, 0, 600),
        later: (0, 100, 0, 100),
    }
    # 400 are billed: the first 300 and 100 of the next are the receivable's now
    debt = receivable("AR-1", "400", day(11), order_number="XS-1")
    found = weeks([debt], orders=[(new, Papers(receivables=[debt]))])
    assert found == {W9: (400, 0, 0, 400), W16: (0, 500, 0, 500), later: (0, 100, 0, 100)}


def test_an_advance_is_taken_from_its_order_and_what_is_over_from_other_debts() -> None:
    new = order(line("1", "pump", 10, "1000"), promised_on=day(17))
    advance = payment(day(3), "1040", for_order("1040"), kind="advance")
    debt = receivable("AR-1", "100", day(11))
    assert weeks([debt], orders=[(new, Papers())], payments=[advance]) == {W9: (60, 0, 0, 60)}


def test_money_without_a_purpose_reduces_the_oldest_of_the_same_customer() -> None:
    debts = [
        receivable("AR-2", "100", day(18)),
        receivable("AR-1", "100", day(11)),
        receivable("AR-3", "100", day(11), customer="other"),
    ]
    new = order(line("1", "pump", 10, "1000"), promised_on=day(24))
    found = weeks(debts, orders=[(new, Papers())], payments=[payment(day(3), "130")])
    assert found == {W9: (100, 0, 0, 100), W16: (70, 0, 0, 70), W23: (0, 1000, 0, 1000)}
    found = weeks(debts, orders=[(new, Papers())], payments=[payment(day(3), "900")])
    assert found == {W9: (100, 0, 0, 100), W23: (0, 300, 0, 300)}


def test_currencies_are_apart_and_terms_that_are_not_in_the_table_have_a_default() -> None:
    debts = [receivable("AR-1", "10", day(2)), receivable("AR-2", "7", day(2), currency="USD")]
    found = cash_forecast(debts, (), (), (), TERMS)
    assert [(x.currency, x.net) for x in found] == [("CNY", 10), ("USD", 7)]
    new = order(line("1", "pump", 1, "1000"), payment_terms="?", promised_on=day(9))
    late = cash_forecast((), (), [(new, Papers())], (), Terms({}, otherwise=7))
    assert [x.week for x in late] == [W16]


def test_what_is_shipped_and_billed_is_expected_from_the_debt_alone() -> None:
    new = order(line("1", "pump", 10, "1000"))
    debt = receivable("AR-1", "1000", day(11), order_number="XS-1")
    papers = Papers(shipments=[shipment(day(3), ("r1", "pump", 10))], receivables=[debt])
    assert weeks([debt], orders=[(new, papers)]) == {W9: (1000, 0, 0, 1000)}
