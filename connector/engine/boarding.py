"""The board's lines: each order that a flow carries, with its delivery and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connector.engine import orders
from connector.engine.system import Flow, System
from connector.objects import OrderProgress
from connector.objects.showing import plainly
from connector.settings import HUB
from connector.store import board, deliveries, links, snapshots
from connector.store.engine import Tx
from connector.store.statement import Row

WAITING, ORDERED, SHIPPED, CANCELLED = "waiting", "ordered", "shipped", "cancelled"
STAGES = (
    WAITING, ORDERED, "materials_ready", "in_production", "produced", "inspected", "part_shipped",
    SHIPPED, CANCELLED,
)  # fmt: skip
"""Where an order can stand: not in the target yet, at a milestone, or withdrawn."""
OWN = ("customer", "salesperson", "department", "currency")
"""Of a line, what stands so in the order."""


def save(system: System, tx: Tx, keys: Sequence[str]) -> None:
    """Write the lines of orders with these keys anew."""
    progress = snapshots.models(tx, HUB, "order_progress", OrderProgress, keys)
    rows = [row for flow in orders.flows(system) for row in _lines(tx, flow, keys, progress)]
    now = system.store.now(tx)
    board.save(system.store, tx, [row | {"changed_at": now} for row in rows])


def _lines(
    tx: Tx, flow: Flow, keys: Sequence[str], progress: Mapping[str, OrderProgress]
) -> list[Row]:
    assert flow.target is not None
    told = deliveries.load(tx, flow.name, keys)
    known = snapshots.load(tx, flow.source, "sales_order", list(told))
    there = links.find(tx, "sales_order", flow.source, flow.target.name, list(told))
    numbers = {link.here: link.number for link in there}
    return [
        _line(flow, known[key], told[key], numbers.get(key, ""), progress.get(key))
        for key in sorted(known)
        if known[key].data
    ]


def _line(
    flow: Flow, row: Any, told: Any, target_number: str, progress: OrderProgress | None
) -> Row:
    order = snapshots.data(row)
    stage = _stage(row, order, target_number, progress)
    return {
        "connection": flow.source,
        "key": row.key,
        "number": row.number,
        **{name: str(order.get(name) or "") for name in OWN},
        "ordered_on": order.get("order_date") or "",
        "promised_on": _promised(order, progress),
        "expected_on": _day(progress and progress.expected_on),
        "shipped_on": _day(progress and progress.shipped_on),
        "paid_on": _day(progress and progress.paid_on),
        "amount": plainly(order.get("amount_with_tax") or ""),
        "stage": stage,
        "ended": int(stage in (SHIPPED, CANCELLED)),
        "flow": flow.name,
        "state": told.state,
        "reason": told.reason,
        "target_number": target_number,
    }


def _promised(order: Mapping[str, Any], progress: OrderProgress | None) -> str:
    """The last day on which something of it is wanted; it comes last where nobody said any."""
    if progress and progress.promised_on:
        return progress.promised_on.isoformat()
    lines: Iterable[Mapping[str, Any]] = order.get("lines") or ()
    wanted = [line.get("wanted_date") or order.get("wanted_date") or "" for line in lines]
    return max(wanted, default="") or board.NEVER


def _stage(
    row: Any, order: Mapping[str, Any], target_number: str, progress: OrderProgress | None
) -> str:
    if row.deleted or order.get("status") == "cancelled":
        return CANCELLED
    if progress and progress.stage:
        return progress.stage
    return ORDERED if target_number else WAITING


def _day(day: Any) -> str:
    return day.isoformat() if day else ""
