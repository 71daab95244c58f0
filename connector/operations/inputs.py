"""What answers are made of: which objects, from which systems, and when those were last read."""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.engine import orders
from connector.engine.system import System
from connector.errors import ConnectorError
from connector.messages import say, word
from connector.store import feeds
from connector.store.engine import Tx

PLANNED = ("material", "bom", "stock", "sales_order")
COMING = ("purchase_order", "production_order", "purchase_requisition", "shipment", "goods_return")
MONEY = ("invoice", "ordinary_invoice", "receivable", "payment", "refund")
MOVED = ("shipment", "goods_return")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an answer is made of."""

    needed: tuple[str, ...]
    """Without these nothing can be told."""
    useful: tuple[str, ...] = ()
    """Without these less can be told."""


INPUTS: dict[str, Inputs] = {
    "order_progress": Inputs(
        ("sales_order",), ("production_order", *MOVED, "inspection", *MONEY, "stock", "bom")
    ),
    "kitting": Inputs(PLANNED, COMING),
    "availability": Inputs(PLANNED, COMING),
    "material_requirement": Inputs(PLANNED, (*COMING, "forecast")),
    "price_estimate": Inputs(("material", "bom")),
    "order_margin": Inputs(
        ("sales_order", "shipment"),
        ("goods_return", *MONEY[:2], "production_cost", "production_order", "purchase_order",
         "material", "bom"),
    ),
    "three_flows": Inputs(("sales_order", "shipment"), ("goods_return", *MONEY)),
    "customer_standing": Inputs(("receivable",), ("payment", "refund", "credit", "sales_order")),
    "cash_forecast": Inputs(("receivable",), ("payable", "payment", "refund", "sales_order")),
    "slow_stock": Inputs(
        ("stock", "material"), ("shipment", "goods_receipt", "production_order", "stock_move")
    ),
    "customer_grade": Inputs(("sales_order",)),
    "salesperson_month": Inputs(("sales_order",), (*MOVED, *MONEY, "customer", "employee")),
    "order_backlog": Inputs(("sales_order",), (*MOVED, *MONEY[:2])),
    "salesperson_debt": Inputs(("receivable",), ("sales_order", "customer", "employee")),
    "measures": Inputs(
        ("sales_order", "shipment"),
        ("goods_return", "production_order", "forecast", *MONEY, "stock", "material", "bom"),
    ),
}  # fmt: skip
"""By what is asked for."""


@dataclass(slots=True)
class Read:
    """When the inputs of an answer were read."""

    at: dict[str, float] = field(default_factory=dict)
    """By input, when it was last read whole; where several systems give it, the oldest."""
    missing: list[str] = field(default_factory=list)
    """Inputs that no flow reads."""
    unread: list[str] = field(default_factory=list)
    """Inputs that a flow reads, and has not yet."""
    stale: list[str] = field(default_factory=list)
    """Inputs that were read longer ago than `insight.stale_after`."""


def read_for(system: System, tx: Tx, object: str) -> Read:
    """When what a derived object is made of was read. Raises ConnectorError where something
    without which nothing can be told never was."""
    found = reading(system, tx, object)
    for one in INPUTS[object].needed:
        if one not in found.at:
            raise never_read(one)
    return found


def reading(system: System, tx: Tx, object: str) -> Read:
    """The same, whatever was never read."""
    found, inputs = Read(), INPUTS[object]
    latest = system.store.now(tx) - system.insight.settings.stale_after
    for one in (*inputs.needed, *inputs.useful):
        times = _times(system, tx, one)
        if times and all(times):
            found.at[one] = min(times)
            found.stale += [one] if found.at[one] < latest else []
        else:
            (found.unread if times else found.missing).append(one)
    return found


def never_read(object: str) -> ConnectorError:
    """Nothing can be told without it."""
    return ConnectorError(say("insight_needs", input=word("object", object), code=object))


def _times(system: System, tx: Tx, object: str) -> list[float]:
    """When each system that gives this object was last read; 0: never."""
    given = {feed.connection.name for feed in system.feeds.values() if feed.object == object}
    read = {name: feeds.last(tx, name, object, "run_at") for name in _systems(system, object)}
    return [at for name, at in read.items() if at or name in given]


def _systems(system: System, object: str) -> list[str]:
    """The systems whose records of an object count."""
    if object == "sales_order":
        return with_orders(system)
    return sources(system) if object == "forecast" else [system.insight.erp]


def with_orders(system: System) -> list[str]:
    """The systems that hold orders: some were typed into the ERP."""
    return sorted({*orders.sources(system), system.insight.erp})


def sources(system: System) -> list[str]:
    """The systems from which orders come; without any, the ERP's own count."""
    return orders.sources(system) or [system.insight.erp]
