"""How far a customer is in debt."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connector.derive.dues import open_dues
from connector.derive.papers import Papers
from connector.derive.standing import Account, standing, standings
from connector.objects.derived import CustomerStanding
from connector.objects.finance import Credit
from tests.derive.papers import (
    D,
    day,
    due,
    for_debt,
    for_order,
    invoice,
    line,
    order,
    payment,
    receivable,
    returned,
    shipment,
)


def stands(**known: Any) -> CustomerStanding:
    return standing(Account("K", **known), "CNY")


def test_a_customer_as_a_credit_controller_would_reckon() -> None:
    # Owed: 600 due on the 10th, of which 100 are paid; 400 due on the 31st; a credit of 50.
    debts = [
        receivable("AR-1", "600", day(10), settled=D(100)),
        receivable("AR-2", "400", day(31)),
        receivable("AR-3", "-50", day(31)),
    ]
    # Ordered for 1,000: 4 of 10 left and are billed (AR-2), so 600 will still be added.
    new = order(line("1", "pump", 10, "1000"))
    papers = Papers(
        shipments=[shipment(day(5), ("r1", "pump", 4))],
        receivables=[debts[1].model_copy(update={"order_number": "XS-1"})],
    )
    # 130 came with no purpose; 200 in advance for the order.
    money = [
        payment(day(3), "100", for_debt("100", "AR-1")),
        payment(day(4), "130"),
        payment(day(4), "200", for_order("200"), kind="advance"),
    ]
    credit = Credit(customer="K", limit=D(2000))
    found = stands(receivables=debts, payments=money, orders=[(new, papers)], credits=[credit])
    assert [(x.due_on, x.amount) for x in found.dues] == [(day(10), 500), (day(31), 350)]
    assert (found.receivable, found.oldest_due_on, found.limit) == (850, day(10), 2000)
    assert (found.undelivered, found.unbilled) == (600, 600)
    assert (found.unallocated, found.advances) == (130, 200)
    assert found.exposure == 850 + 600 - 130 - 200


def test_what_left_and_is_not_billed_yet_is_owed_in_all_but_name() -> None:
    new = order(line("1", "pump", 10, "1000"))
    left = Papers(shipments=[shipment(day(5), ("r1", "pump", 10))])
    found = stands(orders=[(new, left)])
    assert (found.undelivered, found.unbilled, found.exposure) == (0, 1000, 1000)


def test_what_is_billed_ahead_is_not_counted_twice() -> None:
    new = order(line("1", "pump", 10, "1000"))
    debt = receivable("AR-1", "1000", day(9), order_number="XS-1")
    found = stands(receivables=[debt], orders=[(new, Papers(receivables=[debt]))])
    assert (found.undelivered, found.unbilled, found.exposure) == (1000, 0, 1000)


def test_replaced_goods_are_to_be_delivered_again_and_refunded_ones_are_not() -> None:
    new = order(line("1", "pump", 10, "1000"))
    left = [shipment(day(5), ("r1", "pump", 10))]
    for replace, again in ((True, 300), (False, 0)):
        back = [returned(day(6), ("r1", "pump", 3), replace=replace)]
        found = stands(orders=[(new, Papers(shipments=left, returns=back))])
        assert (found.undelivered, found.unbilled) == (again, 700 + again)


def test_closed_lines_cancelled_orders_and_too_much_shipped() -> None:
    shut = order(line("1", "pump", 10, "1000", open=False))
    left = Papers(shipments=[shipment(day(5), ("r1", "pump", 4))])
    assert stands(orders=[(shut, left)]).unbilled == 400
    void = order(line("1", "pump", 10, "1000"), in_force=False)
    assert stands(orders=[(void, Papers())]).unbilled == 0
    over = Papers(shipments=[shipment(day(5), ("r1", "pump", 11))])
    found = stands(orders=[(order(line("1", "pump", 10, "1000")), over)])
    assert (found.undelivered, found.unbilled) == (0, 1100)


def test_freight_is_outstanding_until_it_is_invoiced() -> None:
    new = order(line("2", "freight", 1, "50", goods=False))
    bill = Papers(invoices=[invoice(day(8), ("r2", "freight", 1, "20"))])
    found = stands(orders=[(new, bill)])
    assert (found.undelivered, found.unbilled) == (30, 30)


def test_dues_come_to_what_is_open_however_the_erp_tells_it() -> None:
    dues = (due(day(20), "60", "10"), due(day(10), "30", "5"))
    # nothing else said: each due's own
    assert _open(dues=dues) == [(day(10), 25), (day(20), 50), (day(30), 10)]
    # 40 are settled in all, 15 of them by the dues: 25 more, the oldest first
    assert _open(dues=dues, settled=D(40)) == [(day(20), 50), (day(30), 10)]
    assert _open(dues=dues, settled=D(100)) == []
    assert _open(settled=D(30)) == [(day(30), 70)]
    assert _open(status="draft") == []


def _open(**more: Any) -> list[tuple[Any, Decimal]]:
    return [(x.on, x.amount) for x in open_dues(receivable("AR-1", "100", day(30), **more))]


def test_payment_days_are_weighted_by_amount() -> None:
    debts = [receivable("AR-1", "900"), receivable("AR-2", "100")]
    money = [
        payment(day(11), "900", for_debt("900", "AR-1")),
        payment(day(31), "100", for_debt("100", "AR-2")),
    ]
    # 900 after 10 days, 100 after 30: (9,000 + 3,000) / 1,000
    assert stands(receivables=debts, payments=money).payment_days == 12
    assert stands(receivables=debts).payment_days is None
    # what was paid back is no payment, and of a number that two debts carry nobody knows which
    money.append(payment(day(31), "500", for_debt("500", "AR-1"), kind="refund"))
    assert stands(receivables=debts, payments=money).payment_days == 12
    twice = [*debts, receivable("AR-2", "100", booked_on=day(9))]
    assert stands(receivables=twice, payments=money).payment_days == 10


def test_money_is_unallocated_as_far_as_the_erp_says() -> None:
    money = [
        payment(day(3), "100", for_order("30")),
        payment(day(3), "40", kind="refund"),
        payment(day(3), "50", for_order("50"), for_debt("20", "AR-1"), kind="advance"),
        payment(day(3), "10", for_order("10"), kind="refund"),
        payment(day(3), "999", status="draft"),
    ]
    found = stands(payments=money)
    assert (found.unallocated, found.advances, found.exposure) == (70 - 40, 30 - 10, -50)


def test_limits_add_up_over_organisations_and_one_without_leaves_none() -> None:
    one, two = Credit(customer="K", limit=D(10)), Credit(customer="K", limit=D(5), blocked=True)
    assert (stands(credits=[one]).limit, stands(credits=[one]).blocked) == (10, False)
    assert (stands(credits=[one, two]).limit, stands(credits=[one, two]).blocked) == (15, True)
    assert stands(credits=[one, Credit(customer="K")]).limit is None
    assert stands().limit is None


def test_each_currency_is_told_by_itself_and_a_block_counts_in_all() -> None:
    debts = [receivable("AR-1", "10"), receivable("AR-2", "7", currency="USD")]
    account = Account("K", debts, credits=[Credit(customer="K", blocked=True)])
    found = standings(account)
    assert [(x.currency, x.receivable, x.blocked) for x in found] == [
        ("CNY", 10, True),
        ("USD", 7, True),
    ]
