"""How far an order is, from the production orders and shipments that name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from connector.objects import OrderProgress

Values = Mapping[str, Any]

STARTED = frozenset({"started", "finished", "closed"})
DONE = frozenset({"finished", "closed"})
COUNTS = frozenset({"approved", "closed"})
"""Shipments in these states have really left."""


def progress(
    key: str,
    number: str,
    order: Values,
    production: Sequence[Values],
    shipments: Sequence[Values],
) -> OrderProgress:
    """The progress of the order with this key, known to the ERP as `number`."""
    ordered = _sum(line.get("quantity") for line in order.get("lines", ()))
    left = [s for s in shipments if s.get("status", "") in COUNTS]
    shipped = _sum(
        line.get("quantity")
        for shipment in left
        for line in shipment.get("lines", ())
        if line.get("order_number") == number
    )
    produced = _sum(o.get("finished") for o in production)
    running = [o for o in production if o.get("status") == "started"]
    latest = max(left, key=_when, default={})
    return OrderProgress(
        number=order.get("number", ""),
        record=key,
        ordered=ordered,
        in_production=_sum(_remaining(o) for o in running),
        produced=produced,
        shipped=shipped,
        started_on=_first(o.get("started_on") for o in production if o.get("status") in STARTED),
        produced_on=_produced_on(production),
        shipped_on=_day(latest.get("shipped_on")),
        waybill=latest.get("waybill", ""),
        stage=_stage(ordered, shipped, production),
    )


def _when(shipment: Values) -> tuple[str, str]:
    """Days are all that is known; of one day, the higher number is the later one."""
    return str(shipment.get("shipped_on", "")), str(shipment.get("number", ""))


def _stage(ordered: Decimal, shipped: Decimal, production: Sequence[Values]) -> str:
    if shipped and shipped >= ordered:
        return "shipped"
    if shipped:
        return "part_shipped"
    states = {o.get("status") for o in production}
    if states and states <= DONE:
        return "produced"
    return "in_production" if states & STARTED else "ordered"


def _produced_on(production: Sequence[Values]) -> date | None:
    if not production or any(o.get("status") not in DONE for o in production):
        return None
    days = [_day(o.get("finished_on")) for o in production]
    known = [day for day in days if day]
    return max(known) if known else None


def _remaining(order: Values) -> Decimal:
    return max(Decimal(order.get("planned", 0)) - Decimal(order.get("finished", 0)), Decimal(0))


def _sum(values: Any) -> Decimal:
    return sum((Decimal(value or 0) for value in values), Decimal(0))


def _first(values: Any) -> date | None:
    days = [_day(value) for value in values]
    return min((day for day in days if day), default=None)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None
