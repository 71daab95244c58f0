"""How lists print the forms, in data: operators, order, and what a row's fields are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .forms import (
    BOM,
    CHANGE,
    CUSTOMER,
    INVOICE,
    ORDER,
    PAYMENT,
    PRODUCT,
    PRODUCTION,
    PURCHASE,
    QUOTE,
    RECEIPT,
    RECEIVABLE,
    SHIPMENT,
    STAFF,
    VENDOR,
    WAREHOUSE,
)

BASIC = frozenset(("eq", "neq", "lt", "gt", "like", "between"))
FULL = BASIC | {"elt", "egt", "in", "nin"}
"""Comparisons that a list's page names."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How a form is listed."""

    operators: frozenset[str] = FULL
    ordered: bool = False
    """`queryOrders` is known; elsewhere it is ignored without a word."""
    since: str = ""
    """The parameter with the time from which on records are wanted, where there are no filters."""
    nested: bool = False
    """Filters stand in `conditions`."""
    table: str = ""
    row_id: str = ""
    """How a row's key is called in the list."""
    prefix: str = ""
    """What stands before the names of a row's fields there."""
    prefixed: frozenset[str] = frozenset()
    """Only these have it; empty: all of them."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Names of a row's fields that are others there."""
    inside: frozenset[str] = frozenset()
    """Fields of a row that stand in an object called like the table, beside the head's."""
    bare: bool = False
    """The answer's `data` is the array itself."""
    cap: int = 500
    """Most records of a page."""
    whole_code: bool = False
    """`code` is a number in its answers."""


LISTINGS: Mapping[str, Listing] = {
    ORDER: Listing(
        operators=BASIC, ordered=True, table="orderDetails", row_id="orderDetailId",
        prefix="orderDetails_", prefixed=frozenset(("stockOrgId",)),
    ),
    CHANGE: Listing(operators=BASIC, ordered=True),
    QUOTE: Listing(nested=True, table="childs", row_id="childs_id", prefix="childs_"),
    SHIPMENT: Listing(
        table="details", row_id="details_id", prefix="details_", prefixed=frozenset(("product",))
    ),
    INVOICE: Listing(
        table="saleInvoiceDetails", row_id="saleInvoiceDetailId",
        inside=frozenset(("oriSum", "oriTax")),
    ),
    RECEIVABLE: Listing(
        since="open_modifyTime_begin", table="bodyItem", row_id="bodyItemId", prefix="bodyItem"
    ),
    PAYMENT: Listing(nested=True, whole_code=True),
    PURCHASE: Listing(
        ordered=True, table="purchaseOrders", row_id="purchaseOrders_id", prefix="purchaseOrders_",
        prefixed=frozenset(("inWHStatus",)),
    ),
    RECEIPT: Listing(table="purInRecords", row_id="purInRecords_id"),
    BOM: Listing(
        table="BomComponent", row_id="bomComponentId", prefix="BomComponent_",
        renamed={"productId": "bomComponentProductId"},
    ),
    PRODUCTION: Listing(
        table="orderProduct", row_id="orderProduct_id", prefix="OrderProduct_"
    ),
    CUSTOMER: Listing(since="pubts", bare=True, cap=5000),
    PRODUCT: Listing(since="beginTime"),
    STAFF: Listing(since="pubts"),
    VENDOR: Listing(since="pubts"),
    WAREHOUSE: Listing(since="startTs"),
}  # fmt: skip
