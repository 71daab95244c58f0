"""Business objects: the vocabulary in which the CRM and the ERP understand each other."""

from __future__ import annotations

from connector.objects.base import BusinessObject, Part, content, plain
from connector.objects.derived import DeliveryStatus, OrderProgress
from connector.objects.goods import Material, Stock, Unit
from connector.objects.orders import (
    OrderLine,
    ProductionOrder,
    SalesOrder,
    Shipment,
    ShipmentLine,
)
from connector.objects.partners import Contact, Customer, Department, Employee

OBJECTS: dict[str, type[BusinessObject]] = {
    "customer": Customer,
    "contact": Contact,
    "employee": Employee,
    "department": Department,
    "unit": Unit,
    "material": Material,
    "sales_order": SalesOrder,
    "stock": Stock,
    "production_order": ProductionOrder,
    "shipment": Shipment,
    "delivery_status": DeliveryStatus,
    "order_progress": OrderProgress,
}
"""Every kind of business object by its name in mappings, flows and the store."""

DERIVED = frozenset({"delivery_status", "order_progress"})
"""Objects that the hub computes; flows take them `from: hub`."""

ABSENT_MEANS_ZERO = {"stock": "on_hand"}
"""Objects whose absence from a complete reading is a value: the field becomes zero."""

__all__ = [
    "ABSENT_MEANS_ZERO",
    "DERIVED",
    "OBJECTS",
    "BusinessObject",
    "Contact",
    "Customer",
    "DeliveryStatus",
    "Department",
    "Employee",
    "Material",
    "OrderLine",
    "OrderProgress",
    "Part",
    "ProductionOrder",
    "SalesOrder",
    "Shipment",
    "ShipmentLine",
    "Stock",
    "Unit",
    "content",
    "plain",
]
