"""Filling an account set from a company: the state on the evening before go-live."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.books import Books
from sandbox.company.model import BomLine, Company, Order, OrderLine, Purchase, WorkOrder

from .forms import (
    AUDITED,
    BOM,
    CUSTOMER,
    DEPARTMENT,
    ENTRY,
    INVENTORY,
    ORDER,
    PERSON,
    PRODUCT_IN,
    PURCHASE,
    SALE_TYPE,
    STOCK,
    VENDOR,
    WAREHOUSE,
)

IMPORTED = datetime(2024, 1, 6, 18, 0, 0, tzinfo=UTC)
"""One night long ago, in which everything was imported."""
CENT = Decimal("0.01")


def load(books: Books, company: Company) -> None:
    """Put the whole company into the books."""
    _Loading(books, company).everything()


class _Loading:
    def __init__(self, books: Books, company: Company) -> None:
        self._books = books
        self._company = company
        self._keys: dict[str, dict[str, str]] = defaultdict(dict)
        """By resource and code."""

    def everything(self) -> None:
        company = self._company
        self._base(DEPARTMENT, [("01", "总经办"), ("02", "销售部")])
        self._base(SALE_TYPE, [("01", "普通销售"), ("02", "样品")])
        self._base(WAREHOUSE, company.warehouses)
        for person in company.people:
            if person.erp_number:
                self._one(PERSON, person.erp_number, name=person.name, cdept_num="02",
                          cpsnmobilephone=person.mobile)  # fmt: skip
        for supplier in company.suppliers:
            self._one(VENDOR, supplier.number, name=supplier.name, abbrname=supplier.name,
                      tax_reg_code=supplier.credit_code)  # fmt: skip
        self._goods()
        for customer in company.customers:
            if customer.erp_number:
                self._one(CUSTOMER, customer.erp_number, name=customer.name, sort_code="01",
                          abbrname=customer.name[:20], tax_reg_code=customer.credit_code,
                          phone=customer.phone, address=customer.address,
                          email=customer.email)  # fmt: skip
        for order in company.orders:
            if order.erp_number:
                self._order(order)
        for work in company.work_orders:
            self._made(work)
        for purchase in company.purchases:
            self._purchase(purchase)

    def _base(self, form: str, named: Iterable[tuple[str, str]]) -> None:
        for code, name in named:
            self._one(form, code, name=name)

    def _one(self, form: str, code: str, **values: Any) -> None:
        made = self._books.load(form, {"code": code, **values}, stamp=IMPORTED)
        self._keys[form][code] = made.key

    def _goods(self) -> None:
        lines: dict[str, list[BomLine]] = defaultdict(list)
        for one in self._company.materials:
            self._one(INVENTORY, one.number, name=one.name, specs=one.specification,
                      main_measure=one.unit, sort_code=one.group or "01", tax_rate=13,
                      ModifyDate=IMPORTED.date(), start_date=IMPORTED.date())  # fmt: skip
        for line in self._company.bom:
            lines[line.parent].append(line)
        for place, (parent, components) in enumerate(lines.items(), 1):
            self._bom(str(1_000_000 + place), parent, components)
        for stock in self._company.stock:
            values = {
                "whcode": self._keys[WAREHOUSE][stock.warehouse],
                "invcode": self._keys[INVENTORY][stock.material],
                "qty": stock.quantity, "availqty": stock.quantity,
            }  # fmt: skip
            self._books.load(STOCK, values, stamp=IMPORTED)

    def _bom(self, number: str, parent: str, components: list[BomLine]) -> None:
        rows = [
            {"cinvcode": self._keys[INVENTORY][one.component], "baseqtyn": one.quantity,
             "opcomponentid": f"{number}{place:03}", "sortseq": str(place * 10), "baseqtyd": 1,
             "compscrap": one.scrap, "effbegdate": "2000-01-01", "effenddate": "2099-12-31"}
            for place, one in enumerate(components, 1)
        ]  # fmt: skip
        values = {"bomid": number, "bomtype": "1", "version": "10", "versiondesc": "1.0",
                  "status": "3", "cinvcode": self._keys[INVENTORY][parent],
                  "versioneffdate": "2000-01-01", "versionenddate": "2099-12-31"}  # fmt: skip
        self._books.load(BOM, values, {ENTRY: [("", row) for row in rows]}, stamp=IMPORTED)

    # -- bills ------------------------------------------------------------------------------

    def _bill(self, form: str, values: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        day = values["date"]
        stamp = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        made = {ENTRY: [("", row) for row in rows]}
        self._books.load(form, values, made, state=AUDITED, stamp=stamp)

    def _order(self, order: Order) -> None:
        """One that somebody typed in by hand and audited."""
        numbers = {one.number: one.erp_number for one in self._company.customers}
        customer = self._keys[CUSTOMER].get(numbers.get(order.customer, ""))
        if customer is None:
            return
        values = {
            "code": order.erp_number, "date": order.order_date, "businesstype": "普通销售",
            "typecode": self._keys[SALE_TYPE]["01"], "custcode": customer, "taxrate": 13,
            "deptcode": self._keys[DEPARTMENT]["02"], "maker": "person:clerk",
        }  # fmt: skip
        rows = [self._line(place, line) for place, line in enumerate(order.lines, 1)]
        self._bill(ORDER, values, rows)

    def _line(self, place: int, line: OrderLine) -> dict[str, Any]:
        money = (line.amount / (1 + line.tax_rate)).quantize(CENT)
        return {
            "inventorycode": self._keys[INVENTORY][line.material], "quantity": line.quantity,
            "taxrate": line.tax_rate * 100, "taxunitprice": line.price, "sum": line.amount,
            "money": money, "tax": line.amount - money, "rowno": place,
            "bgift": int(line.kind == "gift"),
        }  # fmt: skip

    def _made(self, work: WorkOrder) -> None:
        """Of production only what was received can be seen."""
        if not work.stocked:
            return
        row = {"inventorycode": self._keys[INVENTORY][work.material], "quantity": work.stocked,
               "rowno": 1, "mocode": work.number, "ordercode": work.order_number}  # fmt: skip
        values = {"code": f"CP-{work.number}", "date": work.end or work.start,
                  "warehousecode": next(iter(self._keys[WAREHOUSE].values())),
                  "handler": "person:warehouse"}  # fmt: skip
        self._bill(PRODUCT_IN, values, [row])

    def _purchase(self, one: Purchase) -> None:
        total = (one.quantity * one.price).quantize(CENT)
        row = {"inventorycode": self._keys[INVENTORY][one.material], "quantity": one.quantity,
               "taxprice": one.price, "taxrate": 13, "sum": total, "rowno": 1,
               "arrivedate": one.due, "receivedqty": one.received}  # fmt: skip
        done = Decimal(2) if one.received >= one.quantity else Decimal(one.received > 0)
        values = {"code": one.number, "vendorcode": self._keys[VENDOR][one.supplier],
                  "date": one.order_date, "currency_name": "人民币", "sum": total,
                  "receiptstatus": done}  # fmt: skip
        self._bill(PURCHASE, values, [row])
