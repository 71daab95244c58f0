"""What is wanted of a material and what is there for it, before anything is planned.

Forecasts are consumed by orders: an order takes from the forecasts of its material in whose
period it is due, first from those for its own customer, then from those for any; a forecast with
a tracking number only for orders that carry it. What an order consumes is what was ordered, so
that its shipment does not bring the forecast back. (The way of periodic buckets without backward
days, Oracle Master Scheduling/MRP User's Guide, "Consumption with Periodic Buckets".)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connector.derive.model import ZERO, Demand, Model, OnHand, Supply

Bucket = Callable[[date], date]


@dataclass(slots=True)
class Lot:
    """What is left of a planned order."""

    order: int
    """Which of the material's."""
    rest: Decimal


class Late(NamedTuple):
    """What comes later than it is wanted."""

    expected: date
    quantity: Decimal


class Pool:
    """What can be used of one material by those who carry one tracking number, or by anybody."""

    __slots__ = ("arrivals", "balance", "lots")

    def __init__(self) -> None:
        self.balance = ZERO
        self.arrivals: list[tuple[date, Decimal]] = []
        """What comes, the latest first."""
        self.lots: deque[Lot] = deque()
        """What planned orders bring beyond what they were planned for, the oldest first; only
        where somebody asks for what they serve."""

    def take(self, quantity: Decimal, day: date) -> Decimal:
        """As much of this as is there on that day."""
        while self.arrivals and self.arrivals[-1][0] <= day:
            self.balance += self.arrivals.pop()[1]
        taken = min(quantity, self.balance)
        self.balance -= taken
        return taken

    def expect(self, quantity: Decimal) -> Iterator[Late]:
        """As much of this as comes later than that, the earliest first."""
        while quantity > 0 and self.arrivals:
            day, coming = self.arrivals.pop()
            taken = min(quantity, coming)
            if coming > taken:
                self.arrivals.append((day, coming - taken))
            quantity -= taken
            yield Late(day, taken)


class Pools(dict[str, Pool]):
    """The pools of one material by tracking number; that of nobody under the empty one."""

    def __missing__(self, tracking: str) -> Pool:
        self[tracking] = pool = Pool()
        return pool

    def of(self, tracking: str) -> tuple[Pool, ...]:
        """Those that demand may use, in this order: its own, then nobody's."""
        return (self[tracking], self[""]) if tracking else (self[""],)


class Open(NamedTuple):
    """A demand, and what of it is not served by a supply that names it."""

    demand: Demand
    quantity: Decimal


def wanted(demands: Iterable[Demand], opening: date) -> list[Demand]:
    """Orders, and what they leave of forecasts. A forecast whose period has ended before the
    opening is over."""
    demands = list(demands)
    left = {id: rest for id, rest in unconsumed(demands).items() if rest > 0}
    orders = [one for one in demands if one.kind != "forecast" and one.quantity > 0]
    ahead = (one for one in demands if one.id in left and _last(one) >= opening)
    return orders + [one._replace(quantity=left[one.id]) for one in ahead]


def unconsumed(demands: Iterable[Demand]) -> dict[str, Decimal]:
    """By forecast, what no order has consumed."""
    by_day = sorted(demands, key=lambda one: (one.due, one.id))
    waiting = [one for one in reversed(by_day) if one.kind == "forecast"]
    left = {one.id: one.quantity for one in waiting}
    begun: list[Demand] = []
    for order in by_day:
        if order.kind != "forecast" and left:
            while waiting and waiting[-1].due <= order.due:
                begun.append(waiting.pop())
            begun = [one for one in begun if _last(one) >= order.due and left[one.id] > 0]
            _consume(order, begun, left)
    return left


def _consume(order: Demand, forecasts: Iterable[Demand], left: dict[str, Decimal]) -> None:
    rest = order.quantity if order.ordered is None else order.ordered
    fitting = [f for f in forecasts if f.tracking in ("", order.tracking)]
    for customer in dict.fromkeys((order.customer, "")):
        for forecast in fitting:
            if forecast.customer == customer and rest > 0:
                taken = min(rest, left[forecast.id])
                left[forecast.id] -= taken
                rest -= taken


def _last(forecast: Demand) -> date:
    return forecast.until or forecast.due


def dedicated(
    demands: Iterable[Demand], supplies: Iterable[Supply]
) -> tuple[list[Open], list[Supply]]:
    """Demands with what is still open after the supplies that name them, whenever these come,
    and supplies with what is left for others."""
    demands = list(demands)
    rest = {one.id: one.quantity for one in demands}
    free = []
    for supply in sorted(supplies, key=lambda one: (one.due, one.id)):
        served = min(max(supply.quantity, ZERO), rest.get(supply.demand, ZERO))
        if served:
            rest[supply.demand] -= served
        if supply.quantity > served:
            free.append(supply._replace(quantity=supply.quantity - served))
    return [Open(one, rest[one.id]) for one in demands], free


def lying(rows: Iterable[OnHand]) -> dict[str, Decimal]:
    """Stock by tracking number, of which nobody's comes first."""
    found = {"": ZERO}
    for row in rows:
        found[row.tracking] = found.get(row.tracking, ZERO) + row.quantity
    return found


def pools(stock: dict[str, Decimal], supplies: Iterable[Supply], bucket: Bucket) -> Pools:
    """What is there, and what comes when. Stock below zero is nothing to take from."""
    found = Pools()
    for tracking, quantity in stock.items():
        found[tracking].balance = max(quantity, ZERO)
    for supply in supplies:
        found[supply.tracking].arrivals.append((bucket(supply.due), supply.quantity))
    for pool in found.values():
        pool.arrivals.sort(reverse=True)
    return found


def supplies_of(model: Model, material: str) -> Iterable[Supply]:
    """Everything that is to come of it."""
    return model.supplies.get(material, {}).values()
