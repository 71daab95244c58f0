"""What should come in and go out, week by week (现金流预测).

The method of receipts and disbursements (Brealey, Myers, Allen: Principles of Corporate Finance,
on short-term planning): debts on their due days, and orders on the days of their payment plan or
terms, as far as they are not billed yet. What was paid and is used for nothing yet reduces what
the same customer still has to pay, the oldest first. Nothing is moved to a later week because it
is late: a week that is over shows what should have come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from connector.derive.dues import Open, open_dues, settle, unused
from connector.derive.order import ZERO, Order
from connector.derive.papers import Papers, unbilled
from connector.objects import money
from connector.objects.derived import CashForecast
from connector.objects.finance import Payable, Payment, Receivable
from connector.objects.orders import PaymentDue


class Terms(NamedTuple):
    """After how many days people pay."""

    days: Mapping[str, int]
    """By the code of the terms of payment."""
    otherwise: int
    """For codes that are not among them."""


class _Expected(NamedTuple):
    """What one customer should pay, in one currency."""

    debts: list[Open]
    orders: list[Open]


_Payer = tuple[str, str]
"""A customer's key in the ERP and a currency."""


def cash_forecast(
    receivables: Iterable[Receivable],
    payables: Iterable[Payable],
    orders: Sequence[tuple[Order, Papers]],
    payments: Iterable[Payment],
    terms: Terms,
) -> tuple[CashForecast, ...]:
    """One record per week and currency in which anything is expected, the earliest first."""
    free = _Free(payments)
    expected: dict[_Payer, _Expected] = defaultdict(lambda: _Expected([], []))
    for debt in receivables:
        expected[debt.customer, debt.currency].debts.extend(open_dues(debt))
    for order, papers in sorted(orders, key=lambda pair: pair[0].key):
        rest = unbilled(order, papers)
        paid = free.take(order, rest)
        expected[order.customer, order.currency].orders.extend(_planned(order, rest, paid, terms))
    weeks = _Weeks()
    for payer, one in expected.items():
        debts, planned = _less(one, free.of(payer))
        weeks.add("receivable", payer[1], debts)
        weeks.add("orders", payer[1], planned)
    for owed in payables:
        weeks.add("payable", owed.currency, open_dues(owed))
    return weeks.forecast()


def _planned(order: Order, rest: Decimal, paid: Decimal, terms: Terms) -> list[Open]:
    """What is still to be billed of an order and not paid in advance, by day. The plan's first
    instalments are those that were billed or paid already; what the plan does not cover comes by
    the terms, reckoned from the day on which the customer wants the last of it."""
    wanted = [line.wanted_on for line in order.lines if line.wanted_on]
    base = max(wanted, default=order.promised_on or order.ordered_on)
    days = terms.days.get(order.payment_terms, terms.otherwise)
    later = base + timedelta(days=days)
    plan = [
        Open(due.due_on or (order.ordered_on if due.advance else later), _amount(order, due))
        for due in order.payment_plan
    ]
    whole = sum((due.amount for due in plan), ZERO)
    plan.append(Open(later, max(order.amount_with_tax - whole, rest - whole, ZERO)))
    return settle(plan, whole + plan[-1].amount - rest + paid)


def _amount(order: Order, due: PaymentDue) -> Decimal:
    if due.amount is not None:
        return due.amount
    return money.ratio([order.amount_with_tax, due.rate or ZERO], [], money.places(order.currency))


def _less(expected: _Expected, free: Decimal) -> tuple[list[Open], list[Open]]:
    """What is expected after money that is there already was taken from it: from debts first, then
    from orders. Money that is over stays where it is; credits are taken from no one."""
    owed = [due for due in expected.debts if due.amount > 0]
    credits = [due for due in expected.debts if due.amount <= 0]
    from_debts = min(free, sum((due.amount for due in owed), ZERO))
    from_orders = min(free - from_debts, sum((due.amount for due in expected.orders), ZERO))
    return settle(owed, from_debts) + credits, settle(expected.orders, from_orders)


class _Free:
    """Money that is used for no debt yet."""

    def __init__(self, payments: Iterable[Payment]) -> None:
        self._orders: dict[_Payer, dict[str, Decimal]] = defaultdict(dict)
        self._rest: dict[_Payer, Decimal] = defaultdict(lambda: ZERO)
        for payment in payments:
            payer, found = (payment.customer, payment.currency), unused(payment)
            self._rest[payer] += found.rest
            for number, amount in found.by_order.items():
                self._orders[payer][number] = self._orders[payer].get(number, ZERO) + amount

    def take(self, order: Order, most: Decimal) -> Decimal:
        """What was paid for an order in advance, but no more than it still asks for."""
        advances = self._orders[order.customer, order.currency]
        part = min(max(advances.get(order.target_number, ZERO), ZERO), most)
        if part:
            advances[order.target_number] -= part
        return part

    def of(self, payer: _Payer) -> Decimal:
        """What else a customer has paid; never less than nothing."""
        return max(sum(self._orders[payer].values(), self._rest[payer]), ZERO)


class _Weeks:
    """What is expected, by week, currency and kind."""

    def __init__(self) -> None:
        self._cells: dict[tuple[date, str], dict[str, Decimal]] = {}

    def add(self, kind: str, currency: str, dues: Iterable[Open]) -> None:
        for due in dues:
            week = due.on - timedelta(days=due.on.weekday())
            cell = self._cells.setdefault((week, currency), defaultdict(lambda: ZERO))
            cell[kind] += due.amount

    def forecast(self) -> tuple[CashForecast, ...]:
        return tuple(
            _record(week, currency, cell)
            for (week, currency), cell in sorted(self._cells.items(), key=lambda x: x[0])
            if any(cell.values())
        )


def _record(week: date, currency: str, cell: Mapping[str, Decimal]) -> CashForecast:
    into = cell.get("receivable", ZERO) + cell.get("orders", ZERO)
    return CashForecast(
        week=week,
        currency=currency,
        receivable=cell.get("receivable", ZERO),
        orders=cell.get("orders", ZERO),
        payable=cell.get("payable", ZERO),
        net=into - cell.get("payable", ZERO),
    )
