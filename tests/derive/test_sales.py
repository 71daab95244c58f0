"""How selling goes: each document once, whole, in its month, with whoever has the customer."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given

from connector.derive.papers import Papers, undelivered
from connector.derive.sales import Sales
from connector.derive.three_flows import three_flows
from tests.derive import test_money_agrees as at_random
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

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
OWNERS = {"K": "wang"}


def sales(*orders: Any, finished_on: date | None = None, **documents: Any) -> Sales:
    """Pairs of an order and its papers, or orders without any; then documents."""
    made = Sales(lambda customer: OWNERS.get(customer, ""))
    for one in orders:
        its, papers = one if isinstance(one, tuple) else (one, Papers())
        made.order(its, papers, finished_on)
    for kind, add in (("receivables", made.receivable), ("invoices", made.invoice),
                      ("payments", made.payment), ("moved", made.moved)):  # fmt: skip
        for document in documents.get(kind, ()):
            add(document)
    return made


def told(made: Sales, figure: str) -> dict[tuple[date, str], Decimal]:
    return {
        (one.month, one.salesperson): getattr(one, figure)
        for one in made.months()
        if getattr(one, figure)
    }


def test_an_order_counts_in_the_month_it_was_placed_for_whoever_has_it() -> None:
    li = order(line("1", "pump", 10, "1000"), salesperson="li")
    cancelled = order(line("1", "pump", 1, "70"), key="o2", target_number="XS-2", in_force=False)
    waiting = order(line("1", "pump", 2, "200"), key="o3", target_number="", salesperson="li",
                    ordered_on=day(2, 4))  # fmt: skip
    made = sales(li, cancelled, waiting)
    assert told(made, "ordered") == {(MARCH, "li"): 1000, (APRIL, "li"): 200}
    assert told(made, "orders") == {(MARCH, "li"): 1, (APRIL, "li"): 1}


def test_what_left_counts_in_the_month_it_left_and_the_months_are_exactly_the_whole() -> None:
    # A third each: 33.33 by the end of March, 66.67 by the end of April, then all
    sold = order(line("1", "pump", 3, "100"), salesperson="li")
    goods = [shipment(day(31), ("r1", "pump", 1)), shipment(day(1, 4), ("r1", "pump", 1)),
             shipment(day(9, 5), ("r1", "pump", 1))]  # fmt: skip
    made = sales((sold, Papers(shipments=goods)), moved=goods)
    assert list(told(made, "shipped").values()) == [D("33.33"), D("33.34"), D("33.33")]


def test_what_comes_back_is_taken_off_in_the_month_it_comes() -> None:
    sold = order(line("1", "pump", 10, "1000"), salesperson="li")
    left, back = shipment(day(5), ("r1", "pump", 10)), returned(day(2, 4), ("r1", "pump", 3))
    made = sales((sold, Papers(shipments=[left], returns=[back])), moved=[left, back])
    assert told(made, "shipped") == {(MARCH, "li"): 1000, (APRIL, "li"): -300}


def test_goods_for_no_order_count_where_their_document_says_what_they_are_worth() -> None:
    strange = shipment(day(5), ("r9", "pump", 1), customer="K")
    strange = strange.model_copy(update={"lines": (strange.lines[0].model_copy(
        update={"order_number": "XS-9", "amount_with_tax": D(80)}),)})  # fmt: skip
    back = returned(day(6), ("r9", "pump", 1), customer="K")
    back = back.model_copy(update={"lines": strange.lines})
    draft = strange.model_copy(update={"status": "draft"})
    assert told(sales(moved=[strange, draft]), "shipped") == {(MARCH, "wang"): 80}
    assert told(sales(moved=[strange, back]), "shipped") == {}


def test_an_invoice_is_whose_order_each_line_names_else_whose_customer_it_is_for() -> None:
    sold = order(line("1", "pump", 10, "1000"), salesperson="li")
    bill = invoice(day(8), ("r1", "pump", 5, "500"), amount_with_tax=D("512"), customer="K")
    other = invoice(day(9, 4), ("r7", "", 0, "40"), customer="K")
    other = other.model_copy(update={"lines": (other.lines[0].model_copy(
        update={"order_number": ""}),)})  # fmt: skip
    red = invoice(day(10, 4), ("r1", "pump", -1, "-100"), customer="K")
    void = bill.model_copy(update={"status": "void"})
    made = sales(sold, invoices=[bill, other, red, void])
    assert told(made, "invoiced") == {
        (MARCH, "li"): 500, (MARCH, "wang"): 12, (APRIL, "wang"): 40, (APRIL, "li"): -100,
    }  # fmt: skip


def test_a_payment_counts_once_though_it_names_its_order_and_its_receivable() -> None:
    sold = order(line("1", "pump", 10, "1000"), salesperson="li")
    debt = receivable("AR-1", "1000", order_number="XS-1")
    advance = payment(day(3), "300", for_order("300"), for_debt("300", "AR-1"), kind="advance")
    rest = payment(day(2, 4), "750", for_debt("700", "AR-1"))
    refund = payment(day(20, 4), "40", for_order("40"), kind="refund")
    stranger = payment(day(4), "9", customer="nobody knows")
    made = sales(sold, receivables=[debt], payments=[advance, rest, refund, stranger])
    assert told(made, "received") == {
        (MARCH, "li"): 300, (APRIL, "li"): 660, (APRIL, "wang"): 50, (MARCH, ""): 9,
    }  # fmt: skip


def test_promises_that_were_kept_count_in_the_month_in_which_the_order_left() -> None:
    sold = order(line("1", "pump", 1, "10"), promised_on=day(31), salesperson="li")
    for finished, kept in ((day(31), 1), (day(1, 4), 0)):
        [one] = [x for x in sales(sold, finished_on=finished).months() if x.promised]
        assert (one.month.month, one.promised, one.on_time) == (finished.month, 1, kept)
    unpromised = order(line("1", "pump", 1, "10"))
    assert told(sales(unpromised, finished_on=day(9)), "promised") == {}


def test_the_backlog_is_what_is_to_leave_in_each_week_and_what_nobody_promised() -> None:
    # March 2 and 9 are Mondays
    sold = order(
        line("1", "pump", 10, "1000", wanted_on=day(8)),
        line("2", "valve", 4, "400", wanted_on=day(9)),
        line("3", "seal", 1, "5"),
        line("4", "pipe", 1, "50", open=False, wanted_on=day(9)),
    )
    goods = [shipment(day(3), ("r1", "pump", 4))]
    gone = order(line("1", "pump", 1, "70", wanted_on=day(8)), key="o2", in_force=False)
    made = sales((sold, Papers(shipments=goods)), gone)
    found = {one.week: (one.orders, one.amount) for one in made.backlog()}
    assert found == {day(2): (1, 600), day(9): (1, 400), None: (1, 5)}


def test_debts_are_whose_order_they_name_and_say_when_they_are_due() -> None:
    sold = order(line("1", "pump", 10, "1000"), salesperson="li")
    debts = [
        receivable("AR-1", "1000", order_number="XS-1", dues=(due(day(8), "600", "600"),
                                                              due(day(20), "400"))),
        receivable("AR-2", "70", day(8)),
        receivable("AR-3", "-20", day(8)),
        receivable("AR-4", "5", day(8), status="draft"),
    ]  # fmt: skip
    found = {one.salesperson: [(x.due_on, x.amount) for x in one.dues]
             for one in sales(sold, receivables=debts).debts()}  # fmt: skip
    assert found == {"li": [(day(20), 400)], "wang": [(day(8), 50)]}


@at_random.many
@given(at_random.orders(), at_random.documents)
def test_months_and_weeks_together_are_what_is_told_of_the_order(sold: Any, papers: Papers) -> None:
    made = sales((sold, papers))
    shipped = sum(told(made, "shipped").values(), D(0))
    assert shipped == three_flows(sold, papers).shipped
    assert sum((one.amount for one in made.backlog()), D(0)) == undelivered(sold, papers)


@at_random.many
@given(at_random.documents)
def test_no_document_is_counted_twice_or_lost_whoever_it_belongs_to(papers: Papers) -> None:
    made = sales(order(line("1", "a", 1, "10"), salesperson="li"), receivables=papers.receivables,
                 invoices=papers.invoices, payments=papers.payments)  # fmt: skip
    counted = ("approved", "closed")
    bills = sum((x.amount_with_tax for x in papers.invoices if x.status in counted), D(0))
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for one in papers.payments:
        if one.status in counted:
            paid[one.kind] += one.amount
    assert sum(told(made, "invoiced").values(), D(0)) == bills
    assert sum(told(made, "received").values(), D(0)) == (
        paid["ordinary"] + paid["advance"] - paid["refund"]
    )
