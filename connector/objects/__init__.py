"""Business objects: the vocabulary in which the CRM and the ERP understand each other."""

from __future__ import annotations

from connector.objects.approval import Approval
from connector.objects.base import BusinessObject, Part, content, plain
from connector.objects.derived import (
    Availability,
    CashForecast,
    CustomerGrade,
    CustomerStanding,
    DeliveryStatus,
    Failure,
    Kitting,
    MaterialRequirement,
    Measures,
    OrderMargin,
    OrderProgress,
    OrderReview,
    OrderSupply,
    PriceEstimate,
    SlowStock,
    ThreeFlows,
)
from connector.objects.finance import Credit, Invoice, Payable, Payment, Receivable
from connector.objects.fulfilment import (
    GoodsReceipt,
    GoodsReturn,
    Inspection,
    ProductionCost,
    ProductionOrder,
    ProductionSuggestion,
    PurchaseOrder,
    PurchaseRequisition,
    Shipment,
)
from connector.objects.goods import (
    Bom,
    CustomerMaterial,
    Material,
    PriceList,
    Stock,
    StockMove,
    Unit,
    Warehouse,
)
from connector.objects.message import Message
from connector.objects.orders import Contract, OrderLine, Quote, ReturnOrder, SalesOrder
from connector.objects.partners import Contact, Customer, Department, Employee, Supplier
from connector.objects.planning import Forecast, Project
from connector.objects.sales import OrderBacklog, SalespersonDebt, SalespersonMonth
from connector.objects.todo import Todo

DERIVED: dict[str, type[BusinessObject]] = {
    "delivery_status": DeliveryStatus,
    "failure": Failure,
    "order_progress": OrderProgress,
    "order_review": OrderReview,
    "order_supply": OrderSupply,
    "kitting": Kitting,
    "availability": Availability,
    "material_requirement": MaterialRequirement,
    "price_estimate": PriceEstimate,
    "order_margin": OrderMargin,
    "slow_stock": SlowStock,
    "customer_standing": CustomerStanding,
    "cash_forecast": CashForecast,
    "three_flows": ThreeFlows,
    "customer_grade": CustomerGrade,
    "measures": Measures,
    "salesperson_month": SalespersonMonth,
    "order_backlog": OrderBacklog,
    "salesperson_debt": SalespersonDebt,
}
"""State records that the hub computes; flows take them `from: hub`."""

RELEASED: dict[str, type[BusinessObject]] = {
    "purchase_requisition": PurchaseRequisition,
    "production_suggestion": ProductionSuggestion,
}
"""Once records: a release makes them, and they never change. Flows take them `from: hub`, too."""

TOLD: dict[str, type[BusinessObject]] = {"message": Message, "approval": Approval, "todo": Todo}
"""What is told to people and asked of them; it comes from the hub alone."""

OBJECTS: dict[str, type[BusinessObject]] = {
    "customer": Customer,
    "contact": Contact,
    "supplier": Supplier,
    "employee": Employee,
    "department": Department,
    "unit": Unit,
    "warehouse": Warehouse,
    "material": Material,
    "customer_material": CustomerMaterial,
    "price_list": PriceList,
    "bom": Bom,
    "quote": Quote,
    "contract": Contract,
    "sales_order": SalesOrder,
    "return_order": ReturnOrder,
    "forecast": Forecast,
    "project": Project,
    "stock": Stock,
    "stock_move": StockMove,
    "production_order": ProductionOrder,
    "production_cost": ProductionCost,
    "inspection": Inspection,
    **RELEASED,
    "purchase_order": PurchaseOrder,
    "goods_receipt": GoodsReceipt,
    "production_receipt": GoodsReceipt,
    "shipment": Shipment,
    "goods_return": GoodsReturn,
    "invoice": Invoice,
    "ordinary_invoice": Invoice,
    "receivable": Receivable,
    "payable": Payable,
    "payment": Payment,
    "refund": Payment,
    "credit": Credit,
    **DERIVED,
    **TOLD,
}
"""Every kind of business object by its name in mappings, flows and the store. Two that share a
class are two forms of one ERP: what it writes on paper of its own."""

ABSENT_MEANS_ZERO = {"stock": "on_hand"}
"""Objects whose absence from a complete reading is a value: the field becomes zero."""

__all__ = [
    "ABSENT_MEANS_ZERO",
    "DERIVED",
    "OBJECTS",
    "RELEASED",
    "TOLD",
    "Approval",
    "BusinessObject",
    "Customer",
    "DeliveryStatus",
    "Message",
    "OrderLine",
    "OrderProgress",
    "Part",
    "SalesOrder",
    "Todo",
    "content",
    "plain",
]
