"""How selling goes: what was ordered, shipped, invoiced and paid, by month and salesperson.

Each document counts once, whole, in the month of its own day. It belongs to the salesperson of the
order that it names, else to that of its customer; what names neither is nobody's, and still counts.
Each order belongs to whoever has it now: who had it before has not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from connector.derive.dues import open_dues
from connector.derive.figures import first_day
from connector.derive.order import ZERO, Order
from connector.derive.papers import COUNTS, Papers, Row, invoiced, moved, rests, worth
from connector.objects.derived import OpenDue
from connector.objects.finance import Invoice, Payment, Receivable
from connector.objects.fulfilment import GoodsReturn, Shipment, ShipmentLine
from connector.objects.sales import OrderBacklog, SalespersonDebt, SalespersonMonth

Person = tuple[str, str]
"""A salesperson, and a currency."""


@dataclass(slots=True)
class _Month:
    """What is added up for a salesperson in one month."""

    orders: int = 0
    ordered: Decimal = ZERO
    shipped: Decimal = ZERO
    invoiced: Decimal = ZERO
    received: Decimal = ZERO
    promised: int = 0
    on_time: int = 0


@dataclass(slots=True)
class Sales:
    """Adds up orders first, then documents, for these know whose they are by their orders."""

    of_customer: Callable[[str], str]
    """The salesperson of a customer of the ERP, by its key; empty: nobody is known."""
    home: str = "CNY"
    """The currency of goods whose document names none."""
    _months: dict[tuple[date, Person], _Month] = field(default_factory=lambda: defaultdict(_Month))
    _weeks: dict[tuple[date | None, str], list[Decimal]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _debts: dict[Person, dict[date, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    _by_number: dict[str, str] = field(default_factory=dict)
    """By an order's number in the ERP, whose it is."""
    _by_row: dict[str, str] = field(default_factory=dict)
    """By the key of an order's row there."""
    _by_debt: dict[str, str] = field(default_factory=dict)
    """By a receivable's number."""

    # -- what is added ------------------------------------------------------------------------

    def order(self, order: Order, papers: Papers, finished_on: date | None) -> None:
        """An order; `finished_on`: when all of it had left."""
        if order.target_number:
            self._by_number[order.target_number] = order.salesperson
        rows = (row for line in order.lines for row in line.rows)
        self._by_row |= dict.fromkeys(rows, order.salesperson)
        person = order.salesperson, order.currency
        if order.in_force:
            placed = self._months[first_day(order.ordered_on), person]
            placed.orders += 1
            placed.ordered += order.amount_with_tax
            self._backlog(order, papers)
        for month, amount in _shipped(order, papers):
            self._months[month, person].shipped += amount
        if finished_on and order.promised_on:
            left = self._months[first_day(finished_on), person]
            left.promised += 1
            left.on_time += finished_on <= order.promised_on

    def _backlog(self, order: Order, papers: Papers) -> None:
        weeks: dict[date | None, Decimal] = defaultdict(Decimal)
        left = rests(order, papers)
        for line in order.lines:
            if left[line.id]:
                weeks[_monday(line.wanted_on)] += left[line.id]
        for week, amount in weeks.items():
            self._weeks[week, order.currency].append(amount)

    def invoice(self, invoice: Invoice) -> None:
        """An invoice, line by line."""
        if invoice.status not in COUNTS:
            return
        month, rest = first_day(invoice.invoiced_on), invoice.amount_with_tax
        for line in invoice.lines:
            whose = self._whose(line.order_number, line.order_line, invoice.customer)
            self._months[month, (whose, invoice.currency)].invoiced += line.amount_with_tax
            rest -= line.amount_with_tax
        whose = self.of_customer(invoice.customer)
        self._months[month, (whose, invoice.currency)].invoiced += rest

    def receivable(self, debt: Receivable) -> None:
        """What is owed; payments for it are whose it is."""
        named = {
            one for one in (debt.order_number, *(due.order_number for due in debt.dues)) if one
        }
        owners = {self._by_number[one] for one in named if one in self._by_number}
        whose = owners.pop() if len(owners) == 1 else self.of_customer(debt.customer)
        if debt.number:
            self._by_debt[debt.number] = whose
        for due in open_dues(debt):
            self._debts[whose, debt.currency][due.on] += due.amount

    def payment(self, payment: Payment) -> None:
        """What was paid, as it was allocated; after the receivables."""
        if payment.status not in COUNTS:
            return
        month, sign = first_day(payment.paid_on), -1 if payment.kind == "refund" else 1
        for whose, part in self._parts(payment):
            self._months[month, (whose, payment.currency)].received += sign * part

    def _parts(self, payment: Payment) -> Iterator[tuple[str, Decimal]]:
        """Whose it is. An advance may name its order and, once it is set off, a receivable too: it
        was paid only once."""
        left = payment.amount
        for use in sorted(payment.allocations, key=lambda use: not use.order_number):
            known = self._by_number.get(use.order_number)
            whose = self._by_debt.get(use.receivable) if known is None else known
            if whose is not None:
                part = min(use.amount, left)
                left -= part
                yield whose, part
        yield self.of_customer(payment.customer), left

    def moved(self, document: Shipment | GoodsReturn) -> None:
        """Goods that left or came back for no order that is known; for the others, their orders
        told it already."""
        if document.status not in COUNTS:
            return
        back = isinstance(document, GoodsReturn)
        on = document.returned_on if isinstance(document, GoodsReturn) else document.shipped_on
        whose = self.of_customer(document.customer)
        for line in document.lines:
            if not self._is_known(line) and line.amount_with_tax:
                amount = -line.amount_with_tax if back else line.amount_with_tax
                self._months[first_day(on), (whose, self.home)].shipped += amount

    def _is_known(self, line: ShipmentLine) -> bool:
        return line.order_number in self._by_number or line.order_line in self._by_row

    def _whose(self, number: str, row: str, customer: str) -> str:
        known = self._by_number.get(number, self._by_row.get(row))
        return self.of_customer(customer) if known is None else known

    # -- what it comes to ---------------------------------------------------------------------

    def months(self) -> Iterator[SalespersonMonth]:
        """Of each month in which there was anything."""
        for (month, (whose, currency)), one in sorted(self._months.items()):
            told = {name: getattr(one, name) for name in _Month.__slots__}
            if any(told.values()):
                yield SalespersonMonth(month=month, salesperson=whose, currency=currency, **told)

    def backlog(self) -> Iterator[OrderBacklog]:
        """Of each week for which something is promised."""
        for (week, currency), some in self._weeks.items():
            amount = sum(some, ZERO)
            yield OrderBacklog(week=week, currency=currency, orders=len(some), amount=amount)

    def debts(self) -> Iterator[SalespersonDebt]:
        """Of each salesperson whose customers owe anything."""
        for (whose, currency), days in sorted(self._debts.items()):
            dues = tuple(OpenDue(due_on=on, amount=days[on]) for on in sorted(days) if days[on])
            if dues:
                yield SalespersonDebt(salesperson=whose, currency=currency, dues=dues)


def _shipped(order: Order, papers: Papers) -> Iterator[tuple[date, Decimal]]:
    """What of an order left month by month: what had left by its end, less what had before, so that
    the months together are exactly the whole."""
    goods, bills = moved(order, papers), invoiced(order, papers)
    months = sorted({first_day(row.on) for row in [*goods, *bills]})
    before = ZERO
    for month in months:
        until = worth(order, _through(goods, month), _through(bills, month))
        if until != before:
            yield month, until - before
        before = until


def _through(rows: Iterable[Row], month: date) -> list[Row]:
    return [row for row in rows if first_day(row.on) <= month]


def _monday(day: date | None) -> date | None:
    return day - timedelta(days=day.weekday()) if day else None
