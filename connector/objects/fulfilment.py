"""What production, purchasing and the warehouse make of orders."""

from __future__ import annotations

from decimal import Decimal

from connector.objects.base import BusinessObject, Code, Cost, Day, Number, Part, Text


class ProductionOrder(BusinessObject):
    """A production order (生产订单), one record per product line of it."""

    organisation: Code = ""
    """Organisation that produces."""
    material: Code
    """Key of the material that is made."""
    order_number: Code = ""
    """Number of the sales order it serves, where it names one."""
    order_line: Code = ""
    """Key of that order's line in the ERP, where it names one."""
    tracking_no: Code = ""
    """计划跟踪号."""
    planned: Number
    """Quantity to be made, in base units."""
    finished: Number = Decimal(0)
    """Good quantity received so far."""
    scrapped: Number = Decimal(0)
    """Quantity lost."""
    bom: Code = ""
    """Number of the BOM version it is made by."""
    rework: bool = False
    """It mends goods that were made before."""
    status: Code = ""
    """`planned`, `confirmed`, `released`, `started`, `finished` or `closed`."""
    picking: Code = ""
    """How far material was picked: a code of the ERP."""
    planned_start: Day | None = None
    """When it should start."""
    planned_finish: Day | None = None
    """When it should be finished."""
    started_on: Day | None = None
    """When it really started."""
    finished_on: Day | None = None
    """When it was really finished."""


class Served(Part):
    """Whom something that is bought or made is for, as planning reckoned it."""

    record: Code
    """Key of the order or forecast in the system it comes from; empty: an order that was typed into
    the ERP."""
    line: Code = ""
    """Key of the order's line; of one that was typed into the ERP, its number and row there."""
    quantity: Number
    """How much of it, in base units."""


class PurchaseLine(Part):
    """A line of a purchase order or of a requisition."""

    id: Code
    """The line's key in its system."""
    material: Code
    """Key of the material."""
    variant: Code = ""
    """Variant (辅助属性)."""
    quantity: Number
    """Quantity in `unit`."""
    unit: Code = ""
    """Number of the unit; empty: the base unit."""
    base_quantity: Number | None = None
    """`quantity` in the material's base unit, where the system says it."""
    done: Number = Decimal(0)
    """Received of an order, ordered of a requisition, in `unit`."""
    due_on: Day | None = None
    """When it is to be there."""
    price_with_tax: Number | None = None
    """Price of one unit, tax included."""
    tax_rate: Number = Decimal(0)
    """As a fraction: 0.13."""
    order_number: Code = ""
    """Number of the sales order that it serves, where it names one."""
    order_line: Code = ""
    """Key of that order's line in the ERP, where it names one."""
    tracking_no: Code = ""
    """计划跟踪号."""
    source_number: Code = ""
    """Number of the requisition that it comes from."""
    serves: tuple[Served, ...] = ()
    """For whom it was released."""
    open: bool = True
    """False: closed, nothing more comes."""
    note: Text = ""
    """Remark on the line."""


class PurchaseOrder(BusinessObject):
    """What was ordered from a supplier (采购订单)."""

    organisation: Code = ""
    """Organisation that buys."""
    supplier: Code = ""
    """Key of the supplier."""
    order_date: Day | None = None
    """Business date."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`."""
    lines: tuple[PurchaseLine, ...] = ()
    """What was ordered."""


class PurchaseRequisition(BusinessObject):
    """What should be bought (采购申请). A person's release of suggestions makes it; from then on it
    counts as supply to come, until purchase orders take its place."""

    organisation: Code = ""
    """Organisation that needs it."""
    requested_on: Day | None = None
    """When it was asked for."""
    note: Text = ""
    """What it is for."""
    status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`; comes from the ERP only."""
    lines: tuple[PurchaseLine, ...] = ()
    """What is needed."""


class ProductionSuggestion(BusinessObject):
    """What should be made (生产建议). A person's release of suggestions makes it."""

    organisation: Code = ""
    """Organisation that produces."""
    material: Code
    """Key of the material to make."""
    quantity: Number
    """How much, in base units."""
    start_on: Day | None = None
    """When to start."""
    due_on: Day | None = None
    """When it is to be there."""
    order_number: Code = ""
    """Number of the sales order that it serves, where it serves one alone."""
    order_line: Code = ""
    """Key of that order's line."""
    tracking_no: Code = ""
    """计划跟踪号."""
    serves: tuple[Served, ...] = ()
    """For whom it was released."""
    note: Text = ""
    """What it is for."""


class ReceiptLine(Part):
    """A line of a goods receipt."""

    id: Code
    """The line's key in its system."""
    material: Code
    """Key of the material."""
    quantity: Number
    """What was received, in base units."""
    source_number: Code = ""
    """Number of the purchase or production order that it comes from."""
    source_line: Code = ""
    """Key of that order's line."""
    order_number: Code = ""
    """Number of the sales order that it serves, where it names one."""
    tracking_no: Code = ""
    """计划跟踪号."""
    lot: Code = ""
    """Lot number."""
    usable: bool = True
    """False: rejected or in inspection."""


class GoodsReceipt(BusinessObject):
    """Goods that came into the warehouse, bought or made (入库)."""

    organisation: Code = ""
    """Organisation that received them."""
    kind: Code = "purchase"
    """`purchase` or `production`."""
    received_on: Day
    """Business date."""
    status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`; only approved ones count."""
    lines: tuple[ReceiptLine, ...] = ()
    """What was received."""


class ShipmentLine(Part):
    """A line of a shipment."""

    id: Code
    """The line's key in its system."""
    material: Code = ""
    """Key of the material."""
    quantity: Number
    """Shipped quantity, in base units; with a floating factor it is what was weighed."""
    amount_with_tax: Number | None = None
    """What it is worth, tax included, where the system says it."""
    order_number: Code = ""
    """Number of the sales order it fulfils."""
    order_line: Code = ""
    """Key of that order's line in the ERP."""


class Shipment(BusinessObject):
    """Goods that left for a customer (销售出库)."""

    organisation: Code = ""
    """Organisation that ships."""
    customer: Code = ""
    """Key of the customer."""
    shipped_on: Day
    """Business date."""
    status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`; only approved ones count."""
    carrier: Text = ""
    """Who carries it."""
    waybill: Code = ""
    """The carrier's tracking number."""
    lines: tuple[ShipmentLine, ...] = ()
    """What was shipped."""


class GoodsReturn(BusinessObject):
    """Goods that came back from a customer (销售退货)."""

    organisation: Code = ""
    """Organisation that took them back."""
    customer: Code = ""
    """Key of the customer."""
    returned_on: Day
    """Business date."""
    replace: bool = False
    """True: they are replaced (退货补货), so that the order is open again; false: refunded."""
    status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`; only approved ones count."""
    lines: tuple[ShipmentLine, ...] = ()
    """What came back; its order and line are those of the goods that had left."""


class Inspection(BusinessObject):
    """What quality control found (检验)."""

    material: Code
    """Key of the material."""
    inspected_on: Day | None = None
    """Business date."""
    source_number: Code = ""
    """Number of the production order or receipt whose goods were inspected."""
    source_line: Code = ""
    """Key of that document's line."""
    order_number: Code = ""
    """Number of the sales order, where it names one."""
    inspected: Number = Decimal(0)
    """Quantity inspected, in base units."""
    qualified: Number = Decimal(0)
    """Of this, good."""
    unqualified: Number = Decimal(0)
    """Of this, not good."""
    result: Code = ""
    """`passed`, `failed` or another code."""
    defects: Text = ""
    """What was wrong."""
    rework: bool = False
    """It goes back into production."""
    status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`; only approved ones count."""


class ProductionCost(BusinessObject):
    """What making something really cost (生产成本), per production order and period."""

    production_number: Code = ""
    """Number of the production order."""
    production_line: Code = ""
    """Key of its line."""
    order_number: Code = ""
    """Number of the sales order, where it names one."""
    material: Code
    """Key of the material that was made."""
    booked_on: Day | None = None
    """Day or last day of the period in which it was booked."""
    quantity: Number
    """Good quantity that the cost was spent on, in base units."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    material_cost: Cost = Decimal(0)
    """Material."""
    labour_cost: Cost = Decimal(0)
    """Labour."""
    overhead_cost: Cost = Decimal(0)
    """Overhead and outside work."""
