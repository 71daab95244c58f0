"""What the ERP's documents did to an order: what left and came back, what was billed and paid.

A row belongs to a line where it names one of the line's rows. One that names only the order
belongs to the line of its material; where several lines have that, quantities fill them in the
order of their keys, up to what is ordered. What fits no line is nobody's; money still counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connector.derive.order import ZERO, Line, Order
from connector.objects import money
from connector.objects.finance import Debt, Invoice, InvoiceLine, Payment, Receivable
from connector.objects.fulfilment import GoodsReturn, Shipment, ShipmentLine

COUNTS = frozenset({"approved", "closed"})
"""Documents in these states have really happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What the ERP holds that concerns an order; rows for other orders may stand among them."""

    shipments: Sequence[Shipment] = ()
    returns: Sequence[GoodsReturn] = ()
    invoices: Sequence[Invoice] = ()
    receivables: Sequence[Receivable] = ()
    payments: Sequence[Payment] = ()


class Row(NamedTuple):
    """A row of a document, as it bears on an order."""

    on: date
    line: str
    """Key of the order's line; empty: it names none, and several or none could be meant."""
    material: str
    quantity: Decimal
    """In base units; negative: it came back."""
    amount: Decimal | None
    """Tax included; None: not said."""
    tax: Decimal = ZERO
    """Tax in it."""
    refunded: bool = False
    """It came back for good: nothing more leaves for it."""


class Tally(NamedTuple):
    """What rows come to, of one line."""

    quantity: Decimal = ZERO
    """In base units."""
    unpriced: Decimal = ZERO
    """Of this, what no row says the worth of."""
    amount: Decimal = ZERO
    """What the rest is worth, tax included."""

    def plus(self, quantity: Decimal, amount: Decimal | None) -> Tally:
        """With a row more."""
        if amount is None:
            return Tally(self.quantity + quantity, self.unpriced + quantity, self.amount)
        return Tally(self.quantity + quantity, self.unpriced, self.amount + amount)

    def worth(self, line: Line, currency: str) -> Decimal:
        """What it is worth: as the rows say, else its share of the line's amount."""
        return self.amount + share(line, self.unpriced, currency)


def share(line: Line, quantity: Decimal, currency: str) -> Decimal:
    """What so much of a line is worth, tax included: amount × quantity / ordered, in whole fen."""
    if not line.ordered:
        return ZERO
    digits = money.places(currency)
    return money.ratio([line.amount_with_tax, quantity], [line.ordered], digits)


def moved(order: Order, papers: Papers) -> list[Row]:
    """What left for the order and what came back of it."""
    finder = _Finder(order)
    there = [s for s in papers.shipments if s.status in COUNTS]
    back = [r for r in papers.returns if r.status in COUNTS]
    rows = [finder.moved(row, s.shipped_on) for s in there for row in s.lines]
    rows += [finder.moved(row, r.returned_on, r) for r in back for row in r.lines]
    return [row for row in rows if row]


def invoiced(order: Order, papers: Papers) -> list[Row]:
    """What was invoiced of the order; what red invoices take back is negative."""
    finder = _Finder(order)
    there = [i for i in papers.invoices if i.status in COUNTS and i.currency == order.currency]
    rows = [finder.invoiced(row, invoice.invoiced_on) for invoice in there for row in invoice.lines]
    return [row for row in rows if row]


class Away(NamedTuple):
    """What has left of a line; in base units."""

    left: Decimal = ZERO
    """For good: less what came back."""
    returned: Decimal = ZERO
    """What came back."""
    refunded: Decimal = ZERO
    """Of this, what is not to be replaced, and so is not ordered any more."""


def away(order: Order, papers: Papers) -> dict[str, Away]:
    """What has left of each line, and what came back."""
    rows = moved(order, papers)
    left = tally(order, rows)
    back = tally(order, (row for row in rows if row.quantity < 0))
    refunded = tally(order, (row for row in rows if row.refunded))
    return {
        line.id: Away(left[line.id].quantity, -back[line.id].quantity, -refunded[line.id].quantity)
        for line in order.lines
    }


def delivered(order: Order, goods: Iterable[Row], bills: Iterable[Row]) -> dict[str, Tally]:
    """What of each line was delivered. What nothing leaves for (freight, a service) is delivered
    as far as it is invoiced: no other document tells."""
    gone, billed = tally(order, goods), tally(order, bills)
    return {line.id: (gone if line.goods else billed)[line.id] for line in order.lines}


def tally(order: Order, rows: Iterable[Row]) -> dict[str, Tally]:
    """What rows come to, line by line; the order of the rows does not matter."""
    found = {line.id: Tally() for line in order.lines}
    pools: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        if row.line:
            found[row.line] = found[row.line].plus(row.quantity, row.amount)
        else:
            pools[row.material] += row.quantity
    for material, pool in pools.items():
        lines = sorted((x for x in order.lines if x.material == material), key=lambda x: x.id)
        for line, part in _fill(pool, lines, found):
            found[line] = found[line].plus(part, None)
    return found


def _fill(
    pool: Decimal, lines: Sequence[Line], found: Mapping[str, Tally]
) -> Iterator[tuple[str, Decimal]]:
    """A quantity over lines of one material: each up to what it lacks, the last takes what is over;
    a negative one takes back in the opposite order."""
    if not lines:
        return
    *others, last = lines if pool > 0 else reversed(lines)
    for line in others:
        there = found[line.id].quantity
        part = (
            min(pool, max(line.ordered - there, ZERO))
            if pool > 0
            else -min(-pool, max(there, ZERO))
        )
        pool -= part
        yield line.id, part
    yield last.id, pool


def billed(order: Order, papers: Papers) -> Decimal:
    """What of the order became a debt: by receivables that name it or by invoices, whichever is
    more; one stands in for the other where documents of one kind are not read or name no order."""
    by_debt = sum((_owed(order, x) for x in papers.receivables), ZERO)
    return max(by_debt, sum((row.amount or ZERO for row in invoiced(order, papers)), ZERO))


def worth(order: Order, goods: Iterable[Row], bills: Iterable[Row]) -> Decimal:
    """What was delivered of the order is worth, tax included."""
    done = delivered(order, goods, bills)
    return sum((done[line.id].worth(line, order.currency) for line in order.lines), ZERO)


def rests(order: Order, papers: Papers) -> dict[str, Decimal]:
    """What each line is worth that is to be delivered yet, tax included. Goods that came back to be
    replaced are to be delivered again; refunded ones are not."""
    goods = [row for row in moved(order, papers) if not row.refunded]
    gone = delivered(order, goods, invoiced(order, papers))
    return {
        line.id: _rest(line, gone[line.id], order.currency)
        if line.open and order.in_force
        else ZERO
        for line in order.lines
    }


def undelivered(order: Order, papers: Papers) -> Decimal:
    """What of the order is to be delivered yet, tax included."""
    return sum(rests(order, papers).values(), ZERO) if order.in_force else ZERO


def unbilled(order: Order, papers: Papers) -> Decimal:
    """What the order will still add to the customer's debt: delivered and undelivered, less what
    is billed; never less than nothing."""
    done = worth(order, moved(order, papers), invoiced(order, papers))
    return max(done + undelivered(order, papers) - billed(order, papers), ZERO)


def _rest(line: Line, gone: Tally, currency: str) -> Decimal:
    if not line.goods:
        return max(line.amount_with_tax - gone.worth(line, currency), ZERO)
    return line.amount_with_tax - share(line, min(max(gone.quantity, ZERO), line.ordered), currency)


def _owed(order: Order, debt: Debt) -> Decimal:
    if not order.target_number or debt.status not in COUNTS or debt.currency != order.currency:
        return ZERO
    if debt.order_number == order.target_number:
        return debt.amount_with_tax
    return sum((x.amount for x in debt.dues if x.order_number == order.target_number), ZERO)


class _Finder:
    """Which line of an order a row belongs to."""

    def __init__(self, order: Order) -> None:
        self.number = order.target_number
        self.by_row = {row: line for line in order.lines for row in line.rows}
        self.by_material: dict[str, list[Line]] = {}
        for line in sorted(order.lines, key=lambda x: x.id):
            self.by_material.setdefault(line.material, []).append(line)

    def moved(self, row: ShipmentLine, on: date, back: GoodsReturn | None = None) -> Row | None:
        if not self._ours(row):
            return None
        line, amount = self._line(row)[0], row.amount_with_tax
        if back is None:
            return Row(on, line, row.material, row.quantity, amount)
        amount = None if amount is None else -amount
        return Row(on, line, row.material, -row.quantity, amount, refunded=not back.replace)

    def invoiced(self, row: InvoiceLine, on: date) -> Row | None:
        if not self._ours(row):
            return None
        line, factor = self._line(row)
        return Row(on, line, row.material, row.quantity * factor, row.amount_with_tax, row.tax)

    def _ours(self, row: ShipmentLine | InvoiceLine) -> bool:
        if row.order_number and self.number:
            return row.order_number == self.number
        return row.order_line in self.by_row

    def _line(self, row: ShipmentLine | InvoiceLine) -> tuple[str, Decimal]:
        """Its key, and base units per unit of the order."""
        line = self.by_row.get(row.order_line)
        if line:
            return line.id, line.factor
        lines = self.by_material.get(row.material, []) if row.material else []
        factor = lines[0].factor if lines else Decimal(1)
        return (lines[0].id if len(lines) == 1 else ""), factor
