"""Net requirements of one material: what is wanted, less what is there in time, in whole lots.

The table of every textbook (gross requirements, scheduled receipts, projected on hand, net
requirements, planned receipts; e.g. Jacobs and Chase, Operations and Supply Chain Management,
chapter "Material Requirements Planning"), kept by date instead of by period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from connector.derive.demand import Late, Lot, Pools
from connector.derive.model import NEGLIGIBLE, ZERO, Demand, Item

RANKED = ("production_order", "order", "suggestion", "forecast", "safety_stock")
RANKS = {kind: rank for rank, kind in enumerate(RANKED)}
"""Who goes before whom on one day with one urgency."""
ROUNDING = "lot_rounding"
"""What is made or bought only because of the lot rule, and nobody wants yet."""


class Need(NamedTuple):
    """That somebody wants so much by a day."""

    due: date
    tracking: str
    quantity: Decimal
    kind: str
    """`order`, `forecast`, `suggestion` (it goes into a planned order), `production_order` (into
    one that begins) or `safety_stock`."""
    demand: Demand | None = None
    """The order, forecast or production order."""
    parent: str = ""
    """The material whose planned order it goes into."""
    order: int = 0
    """Which of that material's."""

    @property
    def precedence(self) -> tuple[object, ...]:
        """Earlier first; of one day, who may use nobody's stock alone, then by urgency."""
        urgency, id = (self.demand.urgency, self.demand.id) if self.demand else (0, self.parent)
        return self.due, self.tracking, -urgency, RANKS[self.kind], id, self.order


class Planned(NamedTuple):
    """What should be bought or made."""

    due: date
    start: date
    draws: date
    """When its components are to be there: the start, in its bucket."""
    quantity: Decimal
    tracking: str


class Peg(NamedTuple):
    """How much of a planned order is for whom."""

    quantity: Decimal
    kind: str
    """That of the need, or `lot_rounding`."""
    demand: Demand | None = None
    parent: str = ""
    order: int = 0


Wanted = dict[str, dict[date, Decimal]]
"""How much is wanted, by tracking number and day."""
Short = tuple[date, str, Decimal]
"""What is to be planned: when, for which tracking number, how much."""


def lot(item: Item, quantity: Decimal) -> Decimal:
    """So much at least, as the lot rule has it: not less than the minimum, then up to the
    next multiple."""
    least = max(quantity, item.minimum_lot)
    if item.lot_multiple <= 0:
        return least
    lots, over = divmod(least, item.lot_multiple)
    return (lots + (over > NEGLIGIBLE)) * item.lot_multiple


def net(
    item: Item, wanted: Wanted, pools: Pools, late: Callable[[date, Late], None] | None = None
) -> Iterator[Short]:
    """What is missing, day by day; what a lot brings beyond that serves who comes later.

    What comes too late is used before anything is planned, as if it were brought forward: whoever
    orders once more has it twice. `late` hears by when it was wanted.
    """
    for due, tracking, quantity in sorted(
        (due, tracking, quantity)
        for tracking, days in wanted.items()
        for due, quantity in days.items()
    ):
        left = quantity
        for pool in pools.of(tracking):
            left -= pool.take(left, due)
            for one in pool.expect(left):
                left -= one.quantity
                if late:
                    late(due, one)
        if left > NEGLIGIBLE:
            planned = lot(item, left)
            pools[tracking].balance += max(planned - left, ZERO)
            yield due, tracking, planned


def pegs(needs: Iterable[Need], pools: Pools, orders: Sequence[Planned]) -> list[list[Peg]]:
    """For each planned order whom it serves: `net` once more, need by need."""
    found: list[list[Peg]] = [[] for _ in orders]
    lots = {(one.due, one.tracking): Lot(i, one.quantity) for i, one in enumerate(orders)}
    ordered = sorted(needs, key=lambda need: need.precedence)
    for (due, tracking), group in groupby(ordered, key=lambda need: (need.due, need.tracking)):
        new = lots.get((due, tracking))
        for need in group:
            left = _served(need, pools, found)
            if left and new:
                _peg(found, new, need, left)
        if new and new.rest:
            pools[tracking].lots.append(new)
    for one in lots.values():
        if one.rest:
            found[one.order].append(Peg(one.rest, ROUNDING))
    return [_together(of_order) for of_order in found]


def _served(need: Need, pools: Pools, found: list[list[Peg]]) -> Decimal:
    """What is left to be served when stock, older lots and supplies are used, in this order."""
    left = need.quantity
    for pool in pools.of(need.tracking):
        left -= pool.take(left, need.due)
        while left and pool.lots:
            left -= _peg(found, pool.lots[0], need, left)
            if not pool.lots[0].rest:
                pool.lots.popleft()
        left -= sum((one.quantity for one in pool.expect(left)), ZERO)
    return left


def _peg(found: list[list[Peg]], lot: Lot, need: Need, left: Decimal) -> Decimal:
    taken = min(left, lot.rest)
    lot.rest -= taken
    found[lot.order].append(Peg(taken, need.kind, need.demand, need.parent, need.order))
    return taken


def _together(pegs: Iterable[Peg]) -> list[Peg]:
    """One for each that is served: a component may stand twice in a BOM."""
    sums: dict[tuple[object, ...], Decimal] = {}
    for quantity, *whom in pegs:
        sums[tuple(whom)] = sums.get(tuple(whom), ZERO) + quantity
    return [Peg(quantity, *whom) for whom, quantity in sums.items()]  # type: ignore[arg-type]
