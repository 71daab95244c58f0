"""Whether goods, invoices and money of an order agree."""

from __future__ import annotations

from typing import Any

from connector.derive.papers import Papers
from connector.derive.three_flows import three_flows
from connector.objects.derived import ThreeFlows
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

ORDER = order(line("1", "pump", 4, "1000"), line("2", "freight", 1, "50", goods=False))
LEFT = shipment(day(5), ("r1", "pump", 4))
BILL = invoice(day(8), ("r1", "pump", 4, "1000"), ("r2", "freight", 1, "50"))
PAID = payment(day(20), "1050", for_order("1050"))


def flows(**papers: Any) -> ThreeFlows:
    return three_flows(ORDER, Papers(**papers))


def amounts(found: ThreeFlows) -> tuple[Any, ...]:
    return found.shipped, found.invoiced, found.received, found.agrees


def test_an_order_with_a_plain_life_agrees_in_the_end_and_differs_in_between() -> None:
    assert amounts(flows()) == (0, 0, 0, True)
    left = flows(shipments=[LEFT])
    assert amounts(left) == (1000, 0, 0, False)
    assert (left.uninvoiced, left.unpaid, left.differs_since) == (1000, 0, day(5))
    billed = flows(shipments=[LEFT], invoices=[BILL])
    # freight counts as delivered when it is invoiced
    assert amounts(billed) == (1050, 1050, 0, False)
    assert (billed.uninvoiced, billed.unpaid, billed.differs_since) == (0, 1050, day(5))
    paid = flows(shipments=[LEFT], invoices=[BILL], payments=[PAID])
    assert amounts(paid) == (1050, 1050, 1050, True)
    assert paid.differs_since is None


def test_it_differs_since_the_last_time_it_agreed() -> None:
    refund = payment(day(25), "50", for_order("50"), kind="refund")
    found = flows(shipments=[LEFT], invoices=[BILL], payments=[PAID, refund])
    assert amounts(found) == (1050, 1050, 1000, False)
    assert (found.unpaid, found.differs_since) == (50, day(25))


def test_goods_back_their_red_invoice_and_the_money_agree_again() -> None:
    back = returned(day(22), ("r1", "pump", 1))
    red = invoice(day(23), ("r1", "pump", -1, "-250"))
    refund = payment(day(25), "250", for_order("250"), kind="refund")
    papers: dict[str, Any] = {"shipments": [LEFT], "invoices": [BILL], "payments": [PAID]}
    assert flows(**papers, returns=[back]).uninvoiced == -250
    papers |= {"invoices": [BILL, red], "payments": [PAID, refund], "returns": [back]}
    assert amounts(flows(**papers)) == (800, 800, 800, True)


def test_an_advance_is_money_ahead_of_goods() -> None:
    advance = payment(day(2), "300", for_order("300"), kind="advance")
    found = flows(payments=[advance])
    assert (found.received, found.unpaid, found.differs_since) == (300, -300, day(2))


def test_only_what_the_erp_allocated_counts() -> None:
    ours = receivable("AR-1", "1050", order_number="XS-1")
    by_dues = receivable("AR-2", "10", dues=(due(day(9), "10", order_number="XS-1"),))
    both = (due(day(9), "5", order_number="XS-1"), due(day(9), "5", order_number="XS-2"))
    shared = receivable("AR-3", "10", dues=both)
    money = [
        payment(day(9), "400", for_debt("300", "AR-1")),
        payment(day(9), "10", for_debt("10", "AR-2")),
        payment(day(9), "10", for_debt("10", "AR-3")),
        payment(day(9), "99"),
        payment(day(9), "7", for_order("7", "XS-2")),
        payment(day(9), "5", for_order("5"), status="void"),
    ]
    found = flows(receivables=[ours, by_dues, shared], payments=money)
    assert found.received == 310


def test_an_advance_that_was_set_off_later_was_paid_once() -> None:
    ours = receivable("AR-1", "1050", order_number="XS-1")
    advance = payment(day(2), "300", for_order("300"), for_debt("300", "AR-1"), kind="advance")
    assert flows(receivables=[ours], payments=[advance]).received == 300


def test_fen_that_partial_invoices_round_away_are_no_difference() -> None:
    three = order(line("1", "pump", 3, "100"))
    papers = Papers(
        shipments=[shipment(day(5), ("r1", "pump", 1))],
        invoices=[invoice(day(5), ("r1", "pump", 1, "33.34"))],
        payments=[payment(day(5), "33.34", for_order("33.34"))],
    )
    found = three_flows(three, papers)
    assert (found.shipped, found.invoiced, found.agrees) == (D("33.33"), D("33.34"), True)


def test_documents_in_another_currency_are_named_not_counted() -> None:
    bill = BILL.model_copy(update={"currency": "USD", "number": "FP-9"})
    dollars = payment(day(20), "150", for_order("150"), currency="USD", number="SK-9")
    found = flows(shipments=[LEFT], invoices=[bill], payments=[dollars])
    assert amounts(found) == (1000, 0, 0, False)
    assert found.left_out == ("FP-9", "SK-9")


def test_an_order_that_the_erp_does_not_have_has_no_documents() -> None:
    absent = order(line("1", "pump", 4, "1000"), target_number="")
    nameless = payment(day(9), "5", for_order("5", ""))
    assert three_flows(absent, Papers(payments=[nameless])).received == 0
