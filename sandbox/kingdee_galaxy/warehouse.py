"""What the warehouse does: picking, shipping, taking back, counting."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .account_set import AccountSet
from .amounts import decimal
from .making import (
    Quantity,
    amount_of,
    code_of,
    create_audited,
    finish_by_hand,
    organisation_of,
)
from .push import open_rows, push_bill, taken
from .records import Bill, Row
from .rules import Act
from .sales import REPLACE
from .stock import Place, reserve, set_stock, usable, usual_warehouse
from .values import plain, rounded

WAREHOUSE = Act("person:warehouse")
REFUND = "THLX01_SYS"
"""FReturnType of what is only sent back. The number is not confirmed."""


class Warehouse:
    """Everything that moves stock besides receipts."""

    def __init__(self, books: AccountSet) -> None:
        self.books = books

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (self.pick, self.ship, self.take_back, self.change_stock, self.reserve_stock)

    def pick(self, production_order: str, share: Quantity = 1) -> str:
        """Pick what the BOM says, or a share of it (0.5): production_order, share. The picking
        list's number."""
        books = self.books
        order = books.require("PRD_MO", production_order)
        bill = books.new_bill(books.tables["PRD_PickMtrl"].form)
        org = order.values["FPrdOrgId"]
        bill.rows["FEntity"] = [
            self._picked(line, order, component, Decimal(str(share)))
            for line in order.each_row()
            for component in self._components(line)
        ]
        bill.values |= {
            "FBillType": code_of(books, "BOS_BillType", "SCLLD01_SYS"), "FPrdOrgId": org,
            "FStockOrgId": org,
        }  # fmt: skip
        if not bill.rows["FEntity"]:
            raise ValueError(f"{production_order}: no BOM says what to pick")
        return create_audited(books, bill, WAREHOUSE)

    def _components(self, line: Row) -> list[Row]:
        bom = self.books.tables["ENG_BOM"].get(line.values.get("FBomId") or 0)
        if bom is None:
            made = self.books.tables["ENG_BOM"].find("FMaterialID", line.values["FMaterialId"])
            bom = made[-1] if made else None
        return list(bom.each_row()) if bom else []

    def _picked(self, line: Row, order: Bill, component: Row, share: Decimal) -> Row:
        books, values = self.books, component.values
        per = decimal(values, "FNumerator") / decimal(values, "FDenominator")
        needed = per * decimal(line.values, "FQty") * (1 + decimal(values, "FSCRAPRATE") / 100)
        material = values["FMaterialIDchild"]
        row = books.new_row(books.tables["PRD_PickMtrl"].form, "FEntity")
        row.values |= {
            "FMaterialId": material, "FUnitID": values.get("FCHILDUNITID"),
            "FAppQty": rounded(needed, 10), "FActualQty": rounded(needed * share, 10),
            "FStockId": usual_warehouse(books, material, order.values["FPrdOrgId"]),
            "FStockStatusId": usable(books), "FMoBillNo": order.number, "FMoId": order.id,
            "FMoEntryId": line.id, "FMtoNo": line.values.get("FMTONo"),
        }  # fmt: skip
        return row

    def ship(
        self, order_number: str, quantity: Quantity | None = None, carriage_no: str = ""
    ) -> str:
        """Create and audit an outbound: order_number, quantity (first rows first; else all that
        is open), carriage_no. Returns its number."""
        books = self.books
        order = books.require("SAL_SaleOrder", order_number)
        rows = taken(open_rows(books, order, "SAL_OUTSTOCK"), quantity)
        bill = push_bill(books, order, "SAL_OUTSTOCK", rows, WAREHOUSE)
        if carriage_no:
            bill = bill.copy()
            bill.values["FCarriageNO"] = carriage_no
            books.commit("update", bill, WAREHOUSE.by)
        finish_by_hand(books, bill, WAREHOUSE)
        return bill.number

    def take_back(
        self, shipment: str, quantity: Quantity | None = None, replace: bool = False
    ) -> str:
        """Take back what a shipment brought: shipment, quantity (first rows first; else all),
        replace (it is sent again). The return's number."""
        books = self.books
        source = books.require("SAL_OUTSTOCK", shipment)
        left = {row.id: decimal(row.values, "FRealQty") for row in source.each_row()}
        rows, head = taken(left, quantity), source.values
        bill = books.new_bill(books.tables["SAL_RETURNSTOCK"].form)
        bill.rows["FEntity"] = [
            self._returned(line, source, rows[line.id], REPLACE if replace else REFUND)
            for line in source.each_row()
            if line.id in rows
        ]
        bill.values |= {
            "FBillTypeID": code_of(books, "BOS_BillType", "XSTHD01_SYS"),
            "FSaleOrgId": head["FSaleOrgId"], "FStockOrgId": head["FStockOrgId"],
            "FRetcustId": head["FCustomerID"], "FSalesManId": head.get("FSalesManID"),
            "FSettleCurrId": head["FSettleCurrID"],
        }  # fmt: skip
        return create_audited(books, bill, WAREHOUSE)

    def _returned(self, line: Row, source: Bill, quantity: Decimal, kind: str) -> Row:
        values = line.values
        row = self.books.new_row(self.books.tables["SAL_RETURNSTOCK"].form, "FEntity")
        share = quantity / decimal(values, "FRealQty")
        row.values |= {
            "FMaterialId": values["FMaterialID"], "FUnitID": values["FUnitID"],
            "FRealQty": plain(quantity), "FSalUnitID": values.get("FSalUnitID"),
            "FSALUNITQTY": plain(quantity), "FStockId": values["FStockID"],
            "FStockstatusId": usable(self.books), "FReturnType": kind,
            "FTaxPrice": values.get("FTaxPrice"), "FEntryTaxRate": values.get("FEntryTaxRate"),
            "FAllAmount": rounded(decimal(values, "FAllAmount") * share, 2),
            "FOrderNo": values.get("FSoorDerno"), "FSOEntryId": values.get("FSOEntryId"),
            "FSrcBillNo": source.number,
        }  # fmt: skip
        return row

    def change_stock(
        self,
        material: str,
        warehouse: str,
        quantity: Quantity,
        organisation: str = "",
        status: str = "",
        by: str = "warehouse",
    ) -> None:
        """Count the stock: material, warehouse, quantity (0: the row vanishes), organisation,
        status (a number of BD_StockStatus)."""
        product, place = self._spot(material, warehouse, organisation, status)
        set_stock(self.books, product, place, amount_of(quantity), f"person:{by}")

    def reserve_stock(
        self, material: str, warehouse: str, quantity: Quantity, organisation: str = ""
    ) -> None:
        """Lock (预留) so much of what lies there: material, warehouse, quantity, organisation."""
        product, place = self._spot(material, warehouse, organisation, "")
        reserve(self.books, product, place, amount_of(quantity), WAREHOUSE.by)

    def _spot(
        self, material: str, warehouse: str, organisation: str, status: str
    ) -> tuple[int, Place]:
        books = self.books
        org = organisation_of(books, organisation)
        state = int(books.require("BD_StockStatus", status).id) if status else None
        house = int(books.require("BD_STOCK", warehouse).id)
        return int(books.require("BD_MATERIAL", material, org).id), Place(house, org, state)
