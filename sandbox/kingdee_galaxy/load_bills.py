"""Loading what was agreed and what is under way: orders, production, purchases, prices."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandbox.company.model import Order, Purchase, WorkOrder

from .amounts import Digits, retype
from .conversions import CONVERSIONS
from .loading import IMPORTED, Loading, evening, midnight
from .past import Past
from .production import CLOSED, STARTED, WORKSHOP
from .records import Bill, Row
from .values import plain, rounded

FOREVER = date(2020, 1, 1), date(9999, 12, 31)


class LoadingBills:
    """Fills an account set that has its base data."""

    def __init__(self, into: Loading) -> None:
        self.into, self.books, self.company = into, into.books, into.company

    def everything(self) -> None:
        self._orders()
        self._work_orders()
        self._agreements()
        self._purchases()
        self._past()

    def _orders(self) -> None:
        for order in (*self._long_ago(), *self.company.orders):
            if order.erp_number:
                self._order(order)

    def _long_ago(self) -> list[Order]:
        """The past orders whose customer the ERP knows."""
        return [order for order in self.company.past if self._customer(order.customer)]

    def _order(self, order: Order) -> None:
        """A bill that a clerk typed by hand: audited, and without any mark of the CRM."""
        books, org = self.books, self.into.seller
        customer = books.find("BD_Customer", self.into.customers.get(order.customer) or "?", org)
        digits = 0 if order.currency == "JPY" else 2
        rows = [row for line in order.lines if (row := self._order_row(line, order, digits))]
        _spread(rows, order.discount, digits)
        anybody = next(iter(self.into.salesmen.values()), None)
        self.into.put("SAL_SaleOrder", {
            "FBillNo": order.erp_number, "FDate": midnight(order.order_date),
            "FBillTypeID": books.require("BOS_BillType", "XSDD01_SYS").id, "FSaleOrgId": org,
            "FCustId": customer.id if customer else None,
            "FSalerId": self.into.salesmen.get(order.salesperson, anybody),
            "FReceiveAddress": order.address, "FNote": order.note,
            "FSettleCurrId": self.into.currency(order.currency),
        }, evening(order.order_date), FSaleOrderEntry=rows)  # fmt: skip

    def _order_row(self, line: Any, order: Order, digits: int) -> Row | None:
        material = self.into.material(line.material, self.into.seller)
        if material is None:
            return None
        row = self.books.new_row(self.books.tables["SAL_SaleOrder"].form, "FSaleOrderEntry")
        unit = material.values["FBaseUnitId"]
        row.values |= {
            "FMaterialId": material.id, "FUnitID": unit, "FPriceUnitId": unit,
            "FStockUnitID": unit, "FReserveType": "1", "FOUTLMTUNIT": "SAL",
            "FSettleOrgIds": self.into.seller, "FIsFree": line.kind == "gift",
            "FDeliveryDate": midnight(line.wanted_date or order.order_date),
            "FQty": plain(line.quantity),
        }  # fmt: skip
        typed = {
            "FEntryTaxRate": plain(line.tax_rate * 100), "FTaxPrice": rounded(line.price, 6),
            "FAllAmount": rounded(line.amount, digits),
        }  # fmt: skip
        for key, value in typed.items():
            row.values[key] = value
            retype(row.values, key, Digits(digits), tax_included=True)
        return row

    def _work_orders(self) -> None:
        bills = {order.number: order.erp_number for order in self.company.orders}
        for work in self.company.work_orders:
            self._work_order(work, bills.get(work.order_number) or work.order_number)

    def _work_order(self, work: WorkOrder, order_number: str) -> None:
        books = self.books
        material = next(iter(books.tables["BD_MATERIAL"].find("FNumber", work.material)), None)
        if material is None:
            return
        org = material.values["FUseOrgId"]
        row = books.new_row(books.tables["PRD_MO"].form, "FTreeEntity")
        is_done = work.stocked + work.scrapped >= work.ordered
        bom = books.find("ENG_BOM", f"{work.material}_V1.0")
        start, end = f"{work.start}T08:00:00", f"{work.end or work.due}T17:30:00"
        row.values |= {
            "FMaterialId": material.id, "FUnitId": material.values["FBaseUnitId"],
            "FQty": plain(work.ordered), "FPlanStartDate": start,
            "FPlanFinishDate": f"{work.due}T17:30:00", "FBomId": bom.id if bom else None,
            "FWorkShopID": books.require("BD_Department", WORKSHOP).id,
            "FStockInQuaQty": plain(work.stocked), "FScrapQty": plain(work.scrapped),
            "FSaleOrderNo": order_number, "FStatus": CLOSED if is_done else STARTED,
            "FPlanConfirmDate": start, "FConveyDate": start, "FStartDate": start,
            "FFinishDate": end if is_done else None, "FCloseDate": end if is_done else None,
        }  # fmt: skip
        self.into.put("PRD_MO", {
            "FBillNo": work.number, "FDate": midnight(work.start), "FPrdOrgId": org,
            "FBillType": books.require("BOS_BillType", "SCDD01_SYS").id, "FOwnerId": org,
        }, end if is_done else start, FTreeEntity=[row])  # fmt: skip

    def _agreements(self) -> None:
        """The list of list prices, customers' part numbers, credit."""
        sold = [
            (found, material.list_price)
            for material in self.company.materials
            if material.saleable and material.list_price
            if (found := self.into.material(material.number, self.into.seller))
        ]
        if sold and self.company.suppliers:
            self.into.put("BD_SAL_PriceList", {
                "FNumber": "XSJMB0001", "FName": "标准价目表", "FCreateOrgId": self.into.seller,
                "FCurrencyId": self.into.currency(self.company.currency),
                "FEffectiveDate": midnight(FOREVER[0]), "FExpiryDate": midnight(FOREVER[1]),
            }, IMPORTED, FEntity=[self._price(*one) for one in sold])  # fmt: skip
        for part in self.company.part_numbers:
            customer = self._customer(part.customer)
            material = self.into.material(part.material, self.into.seller)
            if customer and material:
                row = self.into.row("SAL_CustMatMapping", "FEntity", {
                    "FCustMatNo": part.number, "FCustMatName": part.name,
                    "FMaterialId": material.id,
                })  # fmt: skip
                self.into.put("SAL_CustMatMapping", {
                    "FBillNo": f"KHWLDYB{row.id}", "FSaleOrgId": self.into.seller,
                    "FCustomerId": customer,
                }, IMPORTED, FEntity=[row])  # fmt: skip
        trusted = [
            self.into.row("CRE_CustArchives", "FEntity", {
                "FOBJECTID": customer, "FCREDITAMOUNT": plain(credit.limit),
                "FOVERDAYS": credit.overdue_days,
            })
            for credit in self.company.credits
            if (customer := self._customer(credit.customer))
        ]  # fmt: skip
        if trusted:
            self.into.put("CRE_CustArchives", {
                "FBillNo": "XYDA000001", "FCreateOrgId": self.into.seller,
                "FCurrencyId": self.into.currency(self.company.currency),
            }, IMPORTED, FEntity=trusted)  # fmt: skip

    def _customer(self, number: str) -> Any:
        """The id of an account's customer; None where the ERP does not know them."""
        known = self.into.customers.get(number)
        found = self.books.find("BD_Customer", known, self.into.seller) if known else None
        return found.id if found else None

    def _price(self, material: Bill, price: Decimal) -> Row:
        return self.into.row("BD_SAL_PriceList", "FEntity", {
            "FMaterialId": material.id, "FPrice": rounded(price, 6),
            "FUnitID": material.values["FSaleUnitId"],
            "FEntryEffectiveDate": midnight(FOREVER[0]),
            "FEntryExpiryDate": midnight(FOREVER[1]),
        })  # fmt: skip

    def _purchases(self) -> None:
        """What is received lies in stock already."""
        for purchase in self.company.purchases:
            material = self.into.material(purchase.material, self.into.seller)
            if material is not None:
                order = self._purchase(purchase, material)
                if purchase.received:
                    self._purchase_receipt(purchase, order)

    def _purchase(self, purchase: Purchase, material: Bill) -> Bill:
        is_done = purchase.received >= purchase.quantity
        row = self.into.row("PUR_PurchaseOrder", "FPOOrderEntry", {
            "FMaterialId": material.id, "FUnitId": material.values["FBaseUnitId"],
            "FQty": plain(purchase.quantity), "FTaxPrice": rounded(purchase.price, 6),
            "FDeliveryDate": midnight(purchase.due), "FStockInQty": plain(purchase.received),
            "FReceiveQty": plain(purchase.received), "FMrpCloseStatus": "B" if is_done else "A",
        })  # fmt: skip
        return self.into.put("PUR_PurchaseOrder", {
            "FBillNo": purchase.number, "FDate": midnight(purchase.order_date),
            "FBillTypeID": self.books.require("BOS_BillType", "CGDD01_SYS").id,
            "FPurchaseOrgId": self.into.seller,
            "FSupplierId": self.into.supplier(purchase.supplier),
            "FSettleCurrId": self.into.currency(self.company.currency),
            "FCloseStatus": "B" if is_done else "A",
        }, evening(purchase.order_date), FPOOrderEntry=[row])  # fmt: skip

    def _purchase_receipt(self, purchase: Purchase, order: Bill) -> None:
        bill = CONVERSIONS["STK_InStock"](
            self.books, order, {row.id: purchase.received for row in order.each_row()}
        )
        day = purchase.order_date + timedelta(days=2)
        self.into.put("STK_InStock", {
            **bill.values, "FBillNo": f"CGRK{purchase.number[4:]}", "FDate": midnight(day),
        }, evening(day), FInStockEntry=list(bill.each_row()))  # fmt: skip

    def _past(self) -> None:
        past = Past(self.books)
        past.deal_with(self._long_ago())
        past.book_payables()
        for purchase in self.company.purchases[:2]:
            past.ask_for(purchase.material, purchase.order_date.isoformat())


def _spread(rows: list[Row], discount: Decimal, digits: int) -> None:
    """The clerk takes the discount off row by row; the last one takes what is left."""
    total = sum((row.values["FAllAmount"] for row in rows), Decimal(0))
    if not discount or not total:
        return
    left = discount
    for row in rows:
        amount = row.values["FAllAmount"]
        part = left if row is rows[-1] else rounded(discount * amount / total, digits)
        left -= part
        row.values["FAllAmount"] = rounded(amount - part, digits)
        retype(row.values, "FAllAmount", Digits(digits), tax_included=True)
