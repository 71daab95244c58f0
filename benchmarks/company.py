"""The benchmark's company: the same for the stub, the bare loop and the product's checks.

Everything follows from an index, so that nothing needs to be kept or sent around. Amounts
are whole fen until they are printed: a price such as 11.30 contains 13 % tax.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CUSTOMERS, MATERIALS, EMPLOYEES, LINES = 200, 500, 20, 5
WAREHOUSES = 10
STAMP = 1_768_435_200_000
"""When everything was last modified: 2026-01-15 08:00 in China."""
DAY = 1_768_406_400_000
FIRST_BILL, FIRST_MATERIAL, FIRST_CUSTOMER, FIRST_SALER = 100_001, 500_001, 300_001, 700_001

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order."""

    id: str
    position: int
    material: int
    quantity: int
    price: int
    """In fen, with tax."""

    @property
    def amount(self) -> int:
        return self.quantity * self.price


def order_id(order: int) -> str:
    """The CRM's id; ids ascend with the index."""
    return f"{order + 1:024x}"


def order_of(id: str) -> int:
    """The index of an order, by its id."""
    return int(id, 16) - 1


def order_number(order: int) -> str:
    """What people call it."""
    return f"SO-{order + 1:07d}"


def lines(order: int) -> list[Line]:
    """An order's lines; their ids ascend with the order and the position."""
    return [
        Line(
            f"{order + 1:022x}{k:02x}",
            k + 1,
            (7 * order + k) % MATERIALS,
            1 + (order + k) % 9,
            1130 * (1 + (order + 3 * k) % 50),
        )
        for k in range(LINES)
    ]


def money(fen: int) -> str:
    """Fen as yuan."""
    return f"{fen // 100}.{fen % 100:02d}"


def customer_id(customer: int) -> str:
    return f"{customer + 1:024x}"


def product_id(material: int) -> str:
    return f"{material + 1:024x}"


def employee_id(employee: int) -> str:
    return str(1000 + employee)


def customer_number(customer: int) -> str:
    return f"CUST-{customer + 1:04d}"


def material_number(material: int) -> str:
    return f"MAT-{material + 1:06d}"


def employee_number(employee: int) -> str:
    return f"S-{employee + 1:03d}"


# -- as the CRM shows it ------------------------------------------------------------------------


def head_row(order: int, stamp: int = STAMP) -> Row:
    """An order as a record of SalesOrderObj."""
    total = sum(line.amount for line in lines(order))
    return {
        "_id": order_id(order),
        "last_modified_time": stamp,
        "name": order_number(order),
        "account_id": customer_id(order % CUSTOMERS),
        "order_time": DAY,
        "delivery_date": DAY + 30 * 86_400_000,
        "customer_order_no__c": f"PO{order:06d}",
        "kind__c": "standard",
        "owner": [employee_id(order % EMPLOYEES)],
        "mc_currency": "CNY",
        "order_amount": money(total),
        "life_status": "normal",
        "ship_to_add": "广东省东莞市长安镇振安中路368号",
        "ship_to_tel": "13800000000",
        "remark": "木箱包装，随货附检验报告",
        "create_time": STAMP,
    }


def line_row(order: int, line: Line, stamp: int = STAMP) -> Row:
    """A line as a record of SalesOrderProductObj."""
    return {
        "_id": line.id,
        "last_modified_time": stamp,
        "order_id": order_id(order),
        "line_no__c": str(line.position),
        "kind__c": "goods",
        "product_id": product_id(line.material),
        "quantity": str(line.quantity),
        "sales_price": money(line.price),
        "tax_rate__c": "13",
        "subtotal": money(line.amount),
        "delivery_date__c": DAY + 30 * 86_400_000,
        "life_status": "normal",
    }


def product_rows(materials: int) -> Iterator[Row]:
    """Records of ProductObj."""
    for material in range(materials):
        yield {
            "_id": product_id(material),
            "last_modified_time": STAMP,
            "product_code": material_number(material),
            "name": f"轴承座 {material + 1}",
            "product_spec": "60x40x20",
            "unit": "Pcs",
            "price": "113.00",
            "product_status": "1",
            "life_status": "normal",
            "create_time": STAMP,
        }


def account_rows() -> Iterator[Row]:
    """Records of AccountObj."""
    for customer in range(CUSTOMERS):
        yield {
            "_id": customer_id(customer),
            "last_modified_time": STAMP,
            "account_no": customer_number(customer),
            "name": f"东莞市第{customer + 1}精密机械有限公司",
            "life_status": "normal",
            "create_time": STAMP,
        }


def person_rows() -> Iterator[Row]:
    """Records of PersonnelObj."""
    for employee in range(EMPLOYEES):
        yield {
            "_id": employee_id(employee),
            "last_modified_time": STAMP,
            "number__c": employee_number(employee),
            "name": f"业务员{employee + 1}",
        }


CRM_TYPES: dict[str, dict[str, str]] = {
    "SalesOrderObj": {
        "account_id": "object_reference", "order_time": "date", "delivery_date": "date",
        "customer_order_no__c": "text", "kind__c": "select_one", "owner": "employee",
        "mc_currency": "select_one", "order_amount": "currency", "discount_amount__c": "currency",
        "life_status": "select_one", "ship_to_add": "text", "ship_to_tel": "phone_number",
        "remark": "long_text", "create_time": "date_time", "last_modified_time": "date_time",
        "contract_no__c": "text", "project_no__c": "text", "urgency__c": "select_one",
        "payment_terms__c": "select_one", "name": "text", "_id": "text",
    },
    "SalesOrderProductObj": {
        "order_id": "master_detail", "line_no__c": "number", "kind__c": "select_one",
        "product_id": "object_reference", "quantity": "number", "sales_price": "currency",
        "tax_rate__c": "percentile", "subtotal": "currency", "delivery_date__c": "date",
        "remark": "long_text", "life_status": "select_one", "_id": "text",
    },
    "ProductObj": {
        "product_code": "text", "name": "text", "product_spec": "text", "unit": "select_one",
        "price": "currency", "product_status": "select_one", "life_status": "select_one",
        "create_time": "date_time", "erp_reference__c": "text", "_id": "text",
    },
    "AccountObj": {
        "account_no": "text", "name": "text", "credit_code__c": "text", "tel": "phone_number",
        "email": "email", "address": "text", "owner": "employee", "life_status": "select_one",
        "create_time": "date_time", "erp_reference__c": "text", "_id": "text",
    },
    "PersonnelObj": {"number__c": "text", "name": "text", "phone": "phone_number", "_id": "text"},
    "erp_stock__c": {
        "name": "text", "product__c": "object_reference", "warehouse__c": "text",
        "on_hand__c": "number", "unit__c": "text", "reference__c": "text", "_id": "text",
    },
}  # fmt: skip
"""The fields of the CRM's objects, with their types."""


# -- as the ERP shows it ------------------------------------------------------------------------

_BASE: Row = {
    "FModifyDate": "2026-01-15T08:00:00",
    "FCreateDate": "2026-01-15T08:00:00",
    "FDocumentStatus": "C",
    "FForbidStatus": "A",
    "FCreateOrgId": 1,
    "FUseOrgId": 1,
    "FUseOrgId.FNumber": "100",
}


def material_rows(materials: int) -> Iterator[Row]:
    """BD_MATERIAL as a query shows it, by field key."""
    for material in range(materials):
        yield _BASE | {
            "FMATERIALID": FIRST_MATERIAL + material,
            "FNumber": material_number(material),
            "FName": f"轴承座 {material + 1}",
            "FSpecification": "60x40x20",
            "FBaseUnitId.FNumber": "Pcs",
            "FStoreUnitID.FNumber": "Pcs",
            "FSaleUnitId.FNumber": "Pcs",
            "FSalePriceUnitId.FNumber": "Pcs",
            "FErpClsID": "2",
            "FFixLeadTime": 7,
            "FSafeStock": 0.0,
            "FIsBatchManage": False,
            "FRefCost": 45.0,
            "FIsSale": True,
        }


def customer_rows() -> Iterator[Row]:
    """BD_Customer as a query shows it."""
    for customer in range(CUSTOMERS):
        yield _BASE | {
            "FCUSTID": FIRST_CUSTOMER + customer,
            "FNumber": customer_number(customer),
            "FName": f"东莞市第{customer + 1}精密机械有限公司",
            "FTRADINGCURRID.FNumber": "PRE001",
        }


def saler_rows() -> Iterator[Row]:
    """BD_Saler as a query shows it."""
    for employee in range(EMPLOYEES):
        yield _BASE | {
            "FID": FIRST_SALER + employee,
            "FNumber": employee_number(employee),
            "FName": f"业务员{employee + 1}",
            "FBizOrgId.FNumber": "100",
        }


def stock_materials(skus: int) -> int:
    """How many materials lie in the warehouses."""
    return max(skus // WAREHOUSES, 1)


def stock_changes(sku: int, round: int) -> bool:
    """Whether the stock of a SKU moves in this round: one in a hundred does."""
    return sku % 100 == round % 100


def stock_row(sku: int, quantity: int) -> Row:
    """STK_Inventory as a query shows it."""
    material, warehouse = divmod(sku, WAREHOUSES)
    return {
        "FID": f"{sku:08x}-0000-4000-8000-000000000000",
        "FMaterialId.FMasterId": FIRST_MATERIAL + material,
        "FStockOrgId.FNumber": "100",
        "FStockId.FNumber": f"CK{warehouse:02d}",
        "FStockId.FName": f"成品仓{warehouse}",
        "FLot.FNumber": " ",
        "FStockStatusId.FNumber": "KCZT01_SYS",
        "FOwnerId.FNumber": "100",
        "FOwnerTypeId": "BD_OwnerOrg",
        "FMtoNo": " ",
        "FBaseUnitId.FNumber": "Pcs",
        "FBaseQty": float(quantity),
    }


def stock_quantity(sku: int, round: int = 0) -> int:
    """On hand after `round` rounds."""
    moves = sum(stock_changes(sku, n) for n in range(1, round + 1))
    return 100 + sku % 37 + moves


def text(value: Any) -> bytes:
    """JSON as the servers print it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
