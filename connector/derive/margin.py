"""What an order really earns (真实毛利), line by line.

    revenue = (worth of what left and did not come back - allowances) / (1 + tax) × rate
    cost    = what left and did not come back × cost of one base unit
    margin  = revenue - cost             rate = margin / revenue

Revenue counts when goods leave (control passes: 企业会计准则第14号, IFRS 15), so that it stands
against the cost of the same goods (matching; Horngren, Datar, Rajan: Cost Accounting). A red
invoice over goods belongs to their return, which counts already; a red invoice line without a
quantity is an allowance (销售折让) and lessens the revenue. What nothing leaves for counts as far
as it is invoiced.

The cost of one base unit is, of what is known first:
`actual`: what production orders and purchases for this order cost, over what they brought;
`mixed`: the same, where they brought less than what left;
`estimated`: the material's cost by its BOM or its last purchase.

What an order would earn (预计毛利) is the same of all that is ordered and not closed, at the
estimates, before any of it has left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from connector.derive.figures import share
from connector.derive.order import ZERO, Line, Order
from connector.derive.papers import COUNTS, Papers, Row, Tally, delivered, invoiced, moved
from connector.objects import money
from connector.objects.derived import LineMargin, OrderMargin
from connector.objects.fulfilment import (
    ProductionCost,
    ProductionOrder,
    PurchaseLine,
    PurchaseOrder,
)


class Supplied(NamedTuple):
    """What was made and bought for an order."""

    production: Sequence[ProductionOrder] = ()
    """Production orders that name the order, or otherwise serve it and no other."""
    costs: Sequence[ProductionCost] = ()
    """What production cost; those of other orders may stand among them."""
    purchases: Sequence[PurchaseOrder] = ()
    """Purchase orders, of which lines name the order."""


NOTHING = Supplied()


class _Unit(NamedTuple):
    """What one base unit costs, as a fraction, and how sure that is."""

    total: Decimal
    quantity: Decimal
    basis: str


def order_margin(
    order: Order,
    papers: Papers,
    supplied: Supplied = NOTHING,
    estimates: Mapping[str, Decimal] | None = None,
    home: str = "CNY",
) -> OrderMargin:
    """The margin of an order in the home currency; `estimates` are costs of one base unit."""
    bills = invoiced(order, papers)
    done = delivered(order, moved(order, papers), bills)
    units = _units(order, done, supplied, estimates or {}, home)
    allowed = [row for row in bills if not row.quantity and (row.amount or 0) < 0]
    lines = [_line(order, x, done[x.id], allowed, units.get(x.material), home) for x in order.lines]
    lines += _on_no_line(order, allowed, home)
    return _summed(order, lines)


def expected_margin(
    order: Order, estimates: Mapping[str, Decimal], home: str = "CNY"
) -> OrderMargin:
    """What an order would earn as it is ordered; `estimates` are costs of one base unit."""
    lines = [one for one in order.lines if one.open]
    done = {one.id: Tally(one.ordered, one.ordered) for one in order.lines}
    units = _units(order, done, NOTHING, estimates, home)
    return _summed(
        order, [_line(order, x, done[x.id], (), units.get(x.material), home) for x in lines]
    )


def _summed(order: Order, lines: Sequence[LineMargin]) -> OrderMargin:
    revenue = sum((line.revenue for line in lines), ZERO)
    costs = [line.cost for line in lines if line.cost is not None]
    cost = sum(costs, ZERO) if len(costs) == len(lines) else None
    margin = None if cost is None else revenue - cost
    return OrderMargin(
        number=order.number,
        record=order.key,
        customer=order.source_customer,
        ordered_on=order.ordered_on,
        revenue=revenue,
        cost=cost,
        margin=margin,
        rate=None if margin is None else share(margin, revenue),
        basis="" if cost is None else _together({line.basis for line in lines if line.basis}),
        lines=tuple(lines),
    )


def _line(
    order: Order, line: Line, done: Tally, allowed: Iterable[Row], unit: _Unit | None, home: str
) -> LineMargin:
    worth = done.worth(line, order.currency)
    if line.goods:
        worth += sum((row.amount or ZERO for row in allowed if row.line == line.id), ZERO)
    digits = money.places(home)
    revenue = money.ratio([worth, order.rate], [1 + line.tax_rate], digits)
    cost = None if done.quantity else ZERO
    if done.quantity and unit:
        cost = money.ratio([unit.total, done.quantity], [unit.quantity], digits)
    return LineMargin(
        id=line.id,
        material=line.material,
        delivered=done.quantity,
        revenue=revenue,
        cost=cost,
        margin=None if cost is None else revenue - cost,
        basis=unit.basis if unit and done.quantity else "",
    )


def _on_no_line(order: Order, allowed: Iterable[Row], home: str) -> Iterator[LineMargin]:
    """What was allowed on the order as a whole; its tax is the invoice's own."""
    rest = [(row.amount or ZERO) - row.tax for row in allowed if not row.line]
    if rest:
        lost = money.ratio([sum(rest, ZERO), order.rate], [], money.places(home))
        yield LineMargin(id="", revenue=lost, cost=ZERO, margin=lost)


def _units(
    order: Order,
    done: Mapping[str, Tally],
    supplied: Supplied,
    estimates: Mapping[str, Decimal],
    home: str,
) -> dict[str, _Unit]:
    """What one base unit of each of the order's materials costs, of those anybody knows."""
    found = {}
    for material in {line.material for line in order.lines if line.material}:
        needed = sum((done[x.id].quantity for x in order.lines if x.material == material), ZERO)
        total, brought = _actual(order, material, supplied, home)
        if brought > 0:
            found[material] = _Unit(total, brought, "actual" if brought >= needed else "mixed")
        elif material in estimates:
            found[material] = _Unit(estimates[material], Decimal(1), "estimated")
    return found


def _actual(order: Order, material: str, supplied: Supplied, home: str) -> tuple[Decimal, Decimal]:
    """What was spent on a material for the order, and how much of it that brought. Rework costs
    and brings nothing; what is booked in another currency tells us nothing."""
    ours = {p.number: p.rework for p in supplied.production if p.material == material and p.number}
    total, brought = ZERO, ZERO
    for cost in supplied.costs:
        named = (
            cost.order_number == order.target_number
            if cost.order_number
            else cost.production_number in ours
        )
        if cost.material == material and cost.currency == home and named:
            total += cost.material_cost + cost.labour_cost + cost.overhead_cost
            brought += ZERO if ours.get(cost.production_number) else cost.quantity
    for line in _bought(order, material, supplied.purchases, home):
        quantity = line.quantity if line.base_quantity is None else line.base_quantity
        price = line.price_with_tax or ZERO
        total += money.ratio([price, line.quantity], [1 + line.tax_rate], money.places(home))
        brought += quantity
    return total, brought


def _bought(
    order: Order, material: str, purchases: Iterable[PurchaseOrder], home: str
) -> Iterator[PurchaseLine]:
    """Purchases for the order whose price and quantity in base units are known."""
    for purchase in purchases:
        if purchase.status in COUNTS and purchase.currency == home and order.target_number:
            for line in purchase.lines:
                ours = line.order_number == order.target_number and line.material == material
                known = line.base_quantity is not None or not line.unit
                if ours and known and line.price_with_tax is not None:
                    yield line


def _together(bases: set[str]) -> str:
    return bases.pop() if len(bases) == 1 else "mixed" if bases else ""
