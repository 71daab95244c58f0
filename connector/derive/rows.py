"""What records give to planning: rows of a model, in base units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from connector.derive.model import (
    ZERO,
    Component,
    Demand,
    Item,
    OnHand,
    Row,
    Structure,
    Supply,
)
from connector.derive.order import Line, Order
from connector.derive.papers import Away
from connector.objects import BusinessObject
from connector.objects.fulfilment import (
    ProductionOrder,
    ProductionSuggestion,
    PurchaseLine,
    PurchaseOrder,
    PurchaseRequisition,
)
from connector.objects.goods import Bom, BomLine, Material, Stock
from connector.objects.planning import Forecast

OVER = frozenset({"closed", "void"})
DONE = frozenset({"finished", "closed"})
FIRM = frozenset({"approved"})
STARTED = frozenset({"started", "finished", "closed"})
ONE = Decimal(1)
DAY = timedelta(days=1)

Factor = Callable[[str, str], Decimal]
"""Base units per unit: of a material, by the unit's number."""


def rows(object: str, key: str, record: BusinessObject, factor: Factor) -> list[Row]:
    """What a record of the ERP gives. Demands are given by orders and forecasts of the source."""
    return list(_given(object, key, record, factor))


def _given(object: str, key: str, record: BusinessObject, factor: Factor) -> Iterator[Row]:
    match record:
        case Material():
            yield item(key, record)
        case Bom() if record.active:
            yield _structure(record, factor)
        case Stock() if record.on_hand:
            yield OnHand(record.material, record.on_hand, record.tracking_no)
        case PurchaseOrder() | PurchaseRequisition() if record.status not in OVER:
            kind = "purchase_order" if object == "purchase_order" else "requisition"
            firm = kind if record.status in FIRM else "requisition"
            yield from _bought(key, record, firm, factor)
        case ProductionOrder() if record.status not in DONE:
            yield from _made(key, record)
        case ProductionSuggestion():
            due = record.due_on or record.start_on or date.min
            demand = named(record.order_number, record.order_line)
            tracking, start = record.tracking_no, record.start_on or due
            yield Supply(
                key,
                record.material,
                record.quantity,
                due,
                "requisition",
                record.number,
                tracking,
                demand,
                start,
            )


def item(key: str, material: Material) -> Item:
    """A material."""
    return Item(
        key=key,
        number=material.number,
        name=material.name,
        kind=material.kind or "buy",
        lead_time=material.lead_time_days,
        safety_stock=material.safety_stock or ZERO,
        minimum_lot=material.minimum_lot or ZERO,
        lot_multiple=material.lot_multiple or ZERO,
        cost=material.reference_cost if material.purchase_cost is None else material.purchase_cost,
        supplier=material.supplier,
        group=material.group,
        unit=material.unit,
        sales_unit=material.sales_unit,
        factors=tuple((one.unit, one.factor) for one in material.units),
    )


def _structure(bom: Bom, factor: Factor) -> Structure:
    """Per base unit of the parent."""
    unit = factor(bom.material, bom.unit)
    return Structure(
        parent=bom.material,
        components=tuple(_component(line, unit, factor) for line in bom.lines),
        valid_from=bom.valid_from or date.min,
        valid_to=bom.valid_to or date.max,
        number=bom.number,
        labour=None if bom.labour_cost is None else bom.labour_cost / unit,
        overhead=None if bom.overhead_cost is None else bom.overhead_cost / unit,
    )


def _component(line: BomLine, unit: Decimal, factor: Factor) -> Component:
    gross = line.quantity * factor(line.component, line.unit) / (line.per * unit)
    return Component(
        line.component,
        gross / (ONE - line.scrap_rate),
        line.valid_from or date.min,
        line.valid_to or date.max,
    )


def _bought(
    key: str, record: PurchaseOrder | PurchaseRequisition, kind: str, factor: Factor
) -> Iterator[Supply]:
    for line in record.lines:
        left = _base(line, factor) if line.open else ZERO
        if left > 0:
            due = line.due_on or date.max
            id = f"{key}/{line.id}"
            yield Supply(
                id,
                line.material,
                left,
                due,
                kind,
                record.number,
                line.tracking_no,
                named(line.order_number, line.order_line),
            )


def _base(line: PurchaseLine, factor: Factor) -> Decimal:
    """What is still to come of a line."""
    if line.base_quantity and line.quantity:
        return line.base_quantity * (line.quantity - line.done) / line.quantity
    return (line.quantity - line.done) * factor(line.material, line.unit)


def _made(key: str, record: ProductionOrder) -> Iterator[Supply]:
    """One that has not started has its components still to take."""
    left, due = (
        record.planned - record.finished - record.scrapped,
        record.planned_finish or date.max,
    )
    if left > 0:
        yield Supply(
            key,
            record.material,
            left,
            due,
            "production_order",
            record.number,
            record.tracking_no,
            named(record.order_number, record.order_line),
            None if record.status in STARTED else record.planned_start or due,
        )


def demand_id(order: Order, line: Line) -> str:
    """What names a line's demand: the order's number in the ERP and its row, by which documents
    there name it too; before it stands there, its keys in the source."""
    if order.booked and line.rows:
        return named(order.target_number, min(line.rows))
    return f"{order.key}/{line.id}"


def named(order_number: str, order_line: str) -> str:
    """The demand that a document of the ERP names; empty: none."""
    return f"{order_number}/{order_line}" if order_line else ""


def demands(order: Order, gone: Mapping[str, Away]) -> list[Row]:
    """What an order wants. `gone` says what has left of its lines and come back, by line."""
    return list(_wanted(order, gone)) if order.in_force else []


def _wanted(order: Order, gone: Mapping[str, Away]) -> Iterator[Demand]:
    for line in order.lines:
        if line.goods and line.material:
            away = gone[line.id]
            left = line.ordered - away.refunded - away.left if line.open else ZERO
            id = demand_id(order, line)
            yield Demand(
                id=id,
                material=line.material,
                quantity=max(left, ZERO),
                due=line.wanted_on or order.ordered_on,
                record=order.key,
                line=line.id if order.key else id,
                customer=order.source_customer,
                urgency=order.urgency,
                tracking=order.tracking_no,
                ordered=line.ordered,
            )


def forecast(key: str, record: Forecast, material: str, factor: Factor) -> list[Row]:
    """What a forecast expects of a material of the ERP; it counts with its probability."""
    if record.status in ("cancelled", "draft"):
        return []
    expected = record.quantity * record.probability * factor(material, record.unit)
    return [
        Demand(
            id=f"forecast/{key}",
            material=material,
            quantity=expected,
            due=record.starts_on,
            kind="forecast",
            record=key,
            customer=record.customer,
            until=record.ends_on,
        )
    ]
