"""Whether goods, invoices and money of an order agree (三流合一).

shipped = Σ worth of what left - worth of what came back; invoiced = Σ invoices (red ones are
negative); received = Σ what the ERP allocated to the order - refunds; all with tax. They agree
when the largest and the smallest differ by no more than the rounding of partial amounts: one fen
per line. The demand that the three agree goes back to 国税发〔1995〕192号, 一(三): who is paid,
who delivers and who invoices are to be the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connector.derive.order import ZERO, Order
from connector.derive.papers import COUNTS, Papers, Row, invoiced, moved, worth
from connector.objects import money
from connector.objects.derived import ThreeFlows
from connector.objects.finance import Allocation, Invoice, InvoiceLine, Payment, Receivable


class _Flows(NamedTuple):
    shipped: Decimal = ZERO
    invoiced: Decimal = ZERO
    received: Decimal = ZERO


def three_flows(order: Order, papers: Papers) -> ThreeFlows:
    """The three flows of an order, and since when they differ.

    A payment counts as far as it names the order, or a receivable that is for this order alone,
    and never with more than its amount.
    """
    goods, bills = moved(order, papers), invoiced(order, papers)
    paid = list(received(order, papers))
    tolerance = money.unit_of(order.currency) * max(len(order.lines), 1)
    now, since = _Flows(), None
    for day in sorted({row.on for row in (*goods, *bills)} | {on for on, _ in paid}):
        now = _until(order, day, goods, bills, paid)
        since = None if _agree(now, tolerance) else since or day
    return ThreeFlows(
        number=order.number,
        record=order.key,
        currency=order.currency,
        ordered=order.amount_with_tax,
        shipped=now.shipped,
        invoiced=now.invoiced,
        received=now.received,
        uninvoiced=now.shipped - now.invoiced,
        unpaid=now.invoiced - now.received,
        agrees=since is None,
        differs_since=since,
        left_out=_left_out(order, papers),
    )


def _until(
    order: Order,
    day: date,
    goods: Sequence[Row],
    bills: Sequence[Row],
    paid: Sequence[tuple[date, Decimal]],
) -> _Flows:
    bills = [row for row in bills if row.on <= day]
    return _Flows(
        worth(order, (row for row in goods if row.on <= day), bills),
        sum((row.amount or ZERO for row in bills), ZERO),
        sum((amount for on, amount in paid if on <= day), ZERO),
    )


def _agree(flows: _Flows, tolerance: Decimal) -> bool:
    return max(flows) - min(flows) <= tolerance


def received(order: Order, papers: Papers) -> Iterator[tuple[date, Decimal]]:
    """What was paid for the order and when, as the ERP allocated it; refunds are negative."""
    others = {debt.number for debt in papers.receivables if not _alone(order, debt)}
    ours = {debt.number for debt in papers.receivables} - others - {""}
    for payment in papers.payments:
        if payment.status not in COUNTS or payment.currency != order.currency:
            continue
        amount = _for(order, payment, ours)
        if amount:
            yield payment.paid_on, -amount if payment.kind == "refund" else amount


def _for(order: Order, payment: Payment, ours: set[str]) -> Decimal:
    """What of a payment is for the order. An advance may name the order and, once it is set off,
    its receivable too: it was paid only once."""
    named = (use.amount for use in payment.allocations if _names(order, use, ours))
    return min(sum(named, ZERO), payment.amount)


def _names(order: Order, use: Allocation, ours: set[str]) -> bool:
    if use.order_number:
        return use.order_number == order.target_number
    return use.receivable in ours


def _alone(order: Order, debt: Receivable) -> bool:
    """The debt is for this order and for no other."""
    named = {debt.order_number} - {""} or {due.order_number for due in debt.dues}
    return bool(order.target_number) and named == {order.target_number}


def _left_out(order: Order, papers: Papers) -> tuple[str, ...]:
    bills = {x.number for x in papers.invoices if _foreign(order, x, x.lines)}
    paid = {x.number for x in papers.payments if _foreign(order, x, x.allocations)}
    return tuple(sorted(bills | paid))


def _foreign(
    order: Order, document: Invoice | Payment, rows: Sequence[InvoiceLine | Allocation]
) -> bool:
    if document.status not in COUNTS or document.currency == order.currency:
        return False
    return bool(order.target_number) and any(x.order_number == order.target_number for x in rows)
