"""What groups of order lines earn together, by what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property

from connector.derive.costing import Costs
from connector.derive.figures import before, first_day
from connector.derive.order import Order
from connector.derive.profit import Earned, by_month, falling, total
from connector.engine import figuring
from connector.engine.books import Books
from connector.engine.orders import sources
from connector.engine.system import System
from connector.objects.derived import GroupMargin, LineMargin, OrderMargin
from connector.objects.partners import Customer
from connector.store import snapshots
from connector.store.engine import Tx


class Grouping:
    """The margins of all orders, and what their lines have in common."""

    def __init__(self, system: System, tx: Tx) -> None:
        self._system = system
        self._tx = tx
        self._books = Books(system, tx)
        self._costs = Costs(self._books.costing)

    def by(self, dimension: str) -> list[GroupMargin]:
        """One of `DIMENSIONS`; the group that earns most comes first."""
        orders, margins = self._margins()
        tell = DIMENSIONS[dimension]

        def group(margin: OrderMargin, line: LineMargin) -> str:
            return tell(self, orders[margin.record], line)

        last = before(first_day(self._books.today), 1)
        groups = by_month(margins, group).items()
        told = [_told(name, months, last) for name, months in groups]
        return sorted(told, key=lambda one: (-(one.margin or 0), one.group))

    def _margins(self) -> tuple[dict[str, Order], list[OrderMargin]]:
        """By numbers in the ERP: keys of several systems may be the same."""
        orders: dict[str, Order] = {}
        margins = []
        for one in self._books.orders():
            if one.order.rate and one.held:
                number = one.order.target_number
                orders[number] = one.order
                margin = figuring.margin(one, self._costs)
                margins.append(margin.model_copy(update={"record": number}))
        return orders, margins

    # -- what lines have in common ----------------------------------------------------------

    def customer(self, order: Order, _: LineMargin) -> str:
        """The customer's number in the ERP."""
        known = self._customers.get(order.customer)
        return known.number if known else order.customer

    def customer_group(self, order: Order, _: LineMargin) -> str:
        """The group that the ERP has the customer in."""
        known = self._customers.get(order.customer)
        return known.group if known else ""

    def material(self, _: Order, line: LineMargin) -> str:
        """The material's number."""
        item = self._books.model.items.get(line.material)
        return item.number if item else line.material

    def product_line(self, _: Order, line: LineMargin) -> str:
        """The material's group."""
        item = self._books.model.items.get(line.material)
        return item.group if item else ""

    def salesperson(self, order: Order, _: LineMargin) -> str:
        """The number of the employee in charge."""
        return self._employees.get(order.salesperson, order.salesperson)

    @cached_property
    def _customers(self) -> dict[str, Customer]:
        return self._books.all(Customer, "customer")

    @cached_property
    def _employees(self) -> dict[str, str]:
        connections = (self._books.erp, *sources(self._system))
        rows = (row for one in connections for row in snapshots.every(self._tx, one, "employee"))
        return {row.key: row.number or row.key for row in rows}


def _told(name: str, months: Mapping[date, Earned], last: date) -> GroupMargin:
    all = total(months)
    return GroupMargin(
        group=name,
        revenue=all.revenue,
        cost=all.cost,
        margin=all.margin,
        rate=all.rate,
        unknown=all.unknown,
        falling=falling(months, last),
    )


DIMENSIONS: dict[str, Callable[[Grouping, Order, LineMargin], str]] = {
    "customer": Grouping.customer,
    "customer_group": Grouping.customer_group,
    "material": Grouping.material,
    "product_line": Grouping.product_line,
    "salesperson": Grouping.salesperson,
    "project": lambda _, order, __: order.tracking_no,
    "month": lambda _, order, __: f"{order.ordered_on:%Y-%m}",
}
"""By what margins can be added up."""
