"""What the buyers do, and what the store does with what they bought."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .account_set import AccountSet
from .making import (
    Quantity,
    amount_of,
    code_of,
    create_audited,
    finish_by_hand,
    organisation_of,
    today,
)
from .operations import row_status
from .push import open_rows, push_bill, taken
from .records import Bill, Row
from .rules import Act

BUYER, STORE = Act("person:buyer"), Act("person:warehouse")


class Buyers:
    """Requisitions, purchase orders, receipts."""

    def __init__(self, books: AccountSet) -> None:
        self.books = books

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.request_purchase, self.order_purchase, self.order_requested,
            self.receive_purchase, self.close_purchase_row,
        )  # fmt: skip

    def request_purchase(
        self,
        material: str,
        quantity: Quantity,
        due_on: str = "",
        order_number: str = "",
        organisation: str = "",
    ) -> str:
        """An audited requisition: material, quantity, due_on, order_number. Its number."""
        books = self.books
        org = organisation_of(books, organisation)
        product = books.require("BD_MATERIAL", material, org)
        row = books.new_row(books.tables["PUR_Requisition"].form, "FEntity")
        row.values |= {
            "FRequireOrgId": org, "FMaterialId": product.id, "FReqQty": amount_of(quantity),
            "FUnitId": product.values["FBaseUnitId"], "FArrivalDate": _day(due_on, books),
            **self._demand(order_number, product),
        }  # fmt: skip
        bill = self._bill("PUR_Requisition", "FEntity", row, "CGSQD01_SYS")
        bill.values |= {"FApplicationOrgId": org, "FRequestType": "Material"}
        return create_audited(books, bill, BUYER)

    def order_purchase(
        self,
        material: str,
        quantity: Quantity,
        price: Quantity = "",
        supplier: str = "",
        due_on: str = "",
        order_number: str = "",
        organisation: str = "",
    ) -> str:
        """An audited purchase order: material, quantity, price (with tax; else the reference cost),
        supplier (else the usual one), due_on, order_number. Its number."""
        books = self.books
        org = organisation_of(books, organisation)
        product = books.require("BD_MATERIAL", material, org)
        vendor = books.require("BD_Supplier", supplier, org).id if supplier else None
        usual = product.values.get("FDefaultVendor") or next(
            iter(books.tables["BD_Supplier"].bills)
        )
        row = books.new_row(books.tables["PUR_PurchaseOrder"].form, "FPOOrderEntry")
        row.values |= {
            "FMaterialId": product.id, "FUnitId": product.values["FBaseUnitId"],
            "FQty": amount_of(quantity), "FDeliveryDate": _day(due_on, books),
            "FTaxPrice": amount_of(price) if price else product.values.get("FRefCost"),
            **self._demand(order_number, product),
        }  # fmt: skip
        bill = self._bill("PUR_PurchaseOrder", "FPOOrderEntry", row, "CGDD01_SYS")
        bill.values |= {
            "FPurchaseOrgId": org, "FSupplierId": vendor or usual,
            "FSettleCurrId": code_of(books, "BD_Currency", "PRE001"),
        }  # fmt: skip
        return create_audited(books, bill, BUYER)

    def order_requested(self, number: str, quantity: Quantity | None = None) -> str:
        """Order what a requisition asks for: number, quantity (else all). The order's number."""
        return self._push("PUR_Requisition", number, "PUR_PurchaseOrder", quantity, BUYER)

    def receive_purchase(
        self, number: str, quantity: Quantity | None = None, status: str = ""
    ) -> str:
        """Receive a purchase order: number, quantity (first rows first; else all that is open),
        status (a number of BD_StockStatus, such as KCZT02_SYS 待检). The receipt's number."""
        return self._push("PUR_PurchaseOrder", number, "STK_InStock", quantity, STORE, status)

    def close_purchase_row(self, number: str, seq: int = 1) -> None:
        """Close a row of a purchase order, nothing more comes: number, seq (from 1)."""
        order = self.books.require("PUR_PurchaseOrder", number)
        row = next(row for row in order.each_row() if row.values["FSeq"] == seq)
        row_status("FMrpCloseStatus", "B", "row_close")(
            self.books, order, frozenset((row.id,)), BUYER
        )

    def _push(
        self, form: str, number: str, target: str, quantity: Quantity | None, act: Act,
        status: str = "",
    ) -> str:  # fmt: skip
        books = self.books
        source = books.require(form, number)
        rows = taken(open_rows(books, source, target), quantity)
        bill = push_bill(books, source, target, rows, act)
        if status:
            bill = bill.copy()
            for row in bill.each_row():
                row.values["FStockStatusId"] = books.require("BD_StockStatus", status).id
            books.commit("update", bill, act.by)
        finish_by_hand(books, bill, act)
        return bill.number

    def _bill(self, form_id: str, entry: str, row: Row, bill_type: str) -> Bill:
        bill = self.books.new_bill(self.books.tables[form_id].form)
        bill.rows[entry] = [row]
        bill.values["FBillTypeID"] = code_of(self.books, "BOS_BillType", bill_type)
        return bill

    def _demand(self, order_number: str, product: Bill) -> dict[str, Any]:
        """What a row says about the sales order that it is for."""
        if not order_number:
            return {}
        order = self.books.require("SAL_SaleOrder", order_number)
        lines = [row for row in order.each_row() if row.values["FMaterialId"] == product.id]
        return {
            "FDEMANDBILLNO": order.number,
            "FDEMANDBILLENTRYID": lines[0].id if lines else 0,
        }


def _day(text: str, books: AccountSet) -> str:
    return f"{text}T00:00:00" if text else today(books)
