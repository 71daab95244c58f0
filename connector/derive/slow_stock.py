"""Stock that nobody moves (呆滞料): what lies there, what it is worth, and since when it lies.

The day of the last issue is kept, never an age: whoever asks gives the day to judge by. Receipts do
not make stock any less slow (slow-moving stock is judged by its issues: APICS Dictionary, "slow-
moving inventory"); only what never left is judged by the day it last came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connector.derive.model import Item
from connector.derive.order import ZERO
from connector.derive.papers import COUNTS
from connector.objects import money
from connector.objects.derived import SlowStock
from connector.objects.fulfilment import GoodsReceipt, ProductionOrder, Shipment
from connector.objects.goods import Stock, StockMove


class Motion(NamedTuple):
    """A day on which some of a material came or went."""

    material: str
    on: date
    out: bool = True
    """False: it came."""


def shipped(shipment: Shipment) -> list[Motion]:
    """What left with a shipment."""
    counts = shipment.status in COUNTS
    return [Motion(row.material, shipment.shipped_on) for row in shipment.lines if counts]


def received(receipt: GoodsReceipt) -> list[Motion]:
    """What came with a receipt."""
    counts = receipt.status in COUNTS
    return [Motion(row.material, receipt.received_on, False) for row in receipt.lines if counts]


def used(order: ProductionOrder, components: Iterable[str]) -> list[Motion]:
    """What a production order that has started took of its components, where picking is not read:
    on the day it started."""
    on = order.started_on
    return [Motion(one, on) for one in components] if on else []


def noted(move: StockMove, transfers: Collection[str] = ()) -> list[Motion]:
    """A stock move; `transfers` are kinds that only carry goods from one place to another."""
    if not move.quantity or move.kind in transfers:
        return []
    return [Motion(move.material, move.moved_on, move.quantity < 0)]


def slow_stock(
    item: Item, stock: Iterable[Stock], motions: Iterable[Motion], cost: Decimal | None
) -> SlowStock:
    """Of one material: all that is ours, in whatever state, at the cost of one base unit."""
    ours = [lot for lot in stock if lot.material == item.key and not lot.owner]
    strange = sorted({lot.unit for lot in ours if item.per(lot.unit) is None})
    on_hand = sum((lot.on_hand * (item.per(lot.unit) or ZERO) for lot in ours), ZERO)
    there = [motion for motion in motions if motion.material == item.key]
    known = cost is not None and not strange
    return SlowStock(
        number=item.number,
        material=item.key,
        on_hand=on_hand,
        value=money.rounded(on_hand * cost, 2) if cost is not None and known else None,
        moved_on=max((motion.on for motion in there if motion.out), default=None),
        came_on=max((motion.on for motion in there if not motion.out), default=None),
        left_out=tuple(strange),
    )


def idle_days(stock: SlowStock, today: date) -> int | None:
    """For how many days it has not moved; None: we have read nothing of it."""
    since = stock.moved_on or stock.came_on
    return (today - since).days if since else None
