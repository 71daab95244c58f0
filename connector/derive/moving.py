"""What has left of an order's line, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from connector.derive.order import ZERO, Line, Order
from connector.objects.fulfilment import GoodsReturn, Shipment

COUNTS = frozenset({"approved", "closed"})
"""Documents in these states have really happened."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Quantities in base units."""

    left: Decimal
    """What has left for good: shipped, less what came back."""
    returned: Decimal
    """What came back."""
    refunded: Decimal
    """Of this, what is not to be replaced, and so is not ordered any more."""
    last: date | None
    """When the latest piece left."""


def moved(
    order: Order, line: Line, shipments: Sequence[Shipment], returns: Sequence[GoodsReturn]
) -> Moved:
    """What the documents that really happened say about a line."""
    left = [
        (one.shipped_on, part.quantity)
        for one in shipments
        if one.status in COUNTS
        for part in one.lines
        if names(order, line, part)
    ]
    back = [
        (one.replace, part.quantity)
        for one in returns
        if one.status in COUNTS
        for part in one.lines
        if names(order, line, part)
    ]
    returned = total(quantity for _, quantity in back)
    return Moved(
        left=total(quantity for _, quantity in left) - returned,
        returned=returned,
        refunded=total(quantity for replace, quantity in back if not replace),
        last=max((day for day, _ in left), default=None),
    )


def names(order: Order, line: Line, part: Any) -> bool:
    """A document's line is about this line: it names its row, or only the order and the material,
    which then is taken for the first line of that material."""
    if part.order_line:
        return part.order_line in line.rows
    if not order.target_number or part.order_number != order.target_number:
        return False
    first = next((one for one in order.lines if one.material == part.material), None)
    return first is line


def total(quantities: Iterable[Decimal]) -> Decimal:
    """Their sum."""
    return sum(quantities, ZERO)
