"""How far a customer is in debt, and how far they are trusted.

    receivable = Σ what is open of receivables (credits are negative)
    unbilled   = Σ what orders will still add to the debt
    exposure   = receivable + unbilled - unallocated - advances

The exposure is that of credit management (SAP: open orders, open deliveries and open items
together; ERPNext: outstanding and orders not billed). Payment days are the days from booking to
payment, weighted by what was paid (weighted average days to pay).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connector.derive.dues import open_dues, unused
from connector.derive.order import ZERO, Order
from connector.derive.papers import COUNTS, Papers, unbilled, undelivered
from connector.objects import money
from connector.objects.derived import CustomerStanding, OpenDue
from connector.objects.finance import Credit, Payment, Receivable


class Account(NamedTuple):
    """What is known of one customer."""

    customer: str
    """Their key in the ERP."""
    receivables: Sequence[Receivable] = ()
    payments: Sequence[Payment] = ()
    orders: Sequence[tuple[Order, Papers]] = ()
    credits: Sequence[Credit] = ()


def standings(account: Account) -> tuple[CustomerStanding, ...]:
    """How a customer stands, in each currency that they deal or are trusted in."""
    documents: list[Receivable | Payment | Credit | Order] = [order for order, _ in account.orders]
    documents += [*account.receivables, *account.payments, *account.credits]
    named = {document.currency for document in documents}
    return tuple(standing(account, currency) for currency in sorted(named))


def standing(account: Account, currency: str) -> CustomerStanding:
    """How a customer stands in one currency; a block counts in all of them."""
    debts = [x for x in account.receivables if x.currency == currency]
    payments = [x for x in account.payments if x.currency == currency]
    orders = [pair for pair in account.orders if pair[0].currency == currency]
    dues = _by_day(debts)
    free = [unused(payment) for payment in payments]
    rest = sum((one.rest for one in free), ZERO)
    advances = sum((sum(one.by_order.values(), ZERO) for one in free), ZERO)
    owed = sum((due.amount for due in dues), ZERO)
    to_bill = sum((unbilled(*pair) for pair in orders), ZERO)
    return CustomerStanding(
        customer=account.customer,
        currency=currency,
        limit=_limit(credit for credit in account.credits if credit.currency == currency),
        receivable=owed,
        dues=dues,
        unallocated=rest,
        advances=advances,
        undelivered=sum((undelivered(*pair) for pair in orders), ZERO),
        unbilled=to_bill,
        exposure=owed + to_bill - rest - advances,
        oldest_due_on=min((due.due_on for due in dues if due.amount > 0), default=None),
        payment_days=_payment_days(debts, payments),
        blocked=any(credit.blocked for credit in account.credits),
    )


def _by_day(debts: Iterable[Receivable]) -> tuple[OpenDue, ...]:
    days: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for debt in debts:
        for due in open_dues(debt):
            days[due.on] += due.amount
    return tuple(OpenDue(due_on=day, amount=days[day]) for day in sorted(days) if days[day])


def _limit(credits: Iterable[Credit]) -> Decimal | None:
    """Organisations trust a customer one by one: what they trust them with adds up, and one that
    sets no limit leaves none."""
    limits = [credit.limit for credit in credits]
    known = [limit for limit in limits if limit is not None]
    return sum(known, ZERO) if known and len(known) == len(limits) else None


def _payment_days(debts: Iterable[Receivable], payments: Iterable[Payment]) -> int | None:
    days: dict[str, set[date]] = defaultdict(set)
    for debt in debts:
        if debt.number and debt.status in COUNTS:
            days[debt.number].add(debt.booked_on)
    booked = {number: min(found) for number, found in days.items() if len(found) == 1}
    weighted, paid = ZERO, ZERO
    for payment in payments:
        if payment.status in COUNTS and payment.kind != "refund":
            for use in payment.allocations:
                if use.receivable in booked:
                    weighted += use.amount * (payment.paid_on - booked[use.receivable]).days
                    paid += use.amount
    return int(money.ratio([weighted], [paid], 0)) if paid > 0 else None
