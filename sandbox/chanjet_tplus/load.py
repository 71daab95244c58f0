"""Filling an account set from a company: the state on the evening before go-live."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sandbox.books import Books
from sandbox.company.model import BomLine, Company, Order, OrderLine

from .forms import (
    AUDITED,
    BOM,
    CLOSED,
    DEPARTMENT,
    INVENTORY,
    MAKING,
    ORDER,
    PARTNER,
    PERSON,
    PURCHASE,
    STOCK,
    UNIT,
    WAREHOUSE,
)

IMPORTED = datetime(2024, 1, 6, 18, 0, 0, tzinfo=UTC)
"""One night long ago, in which everything was imported under one stamp."""
CUSTOMER, SUPPLIER = "01", "02"
"""What partners are for; made up."""


def load(books: Books, company: Company) -> None:
    """Put the whole company into the books."""
    _Loading(books, company).everything()


class _Loading:
    def __init__(self, books: Books, company: Company) -> None:
        self._books = books
        self._company = company
        self._keys: dict[str, dict[str, str]] = defaultdict(dict)
        """By form and code."""

    def everything(self) -> None:
        company = self._company
        for unit in {"Pcs": None, **{one.unit: None for one in company.materials}}:
            self._one(UNIT, unit, Name=unit)
        self._one(DEPARTMENT, "02", Name="销售部")
        for number, name in company.warehouses:
            self._one(WAREHOUSE, number, Name=name)
        for person in company.people:
            if person.erp_number:
                self._one(PERSON, person.erp_number, Name=person.name, MobilePhoneNo=person.mobile)
        for supplier in company.suppliers:
            self._one(PARTNER, supplier.number, Name=supplier.name, PartnerTypeCode=SUPPLIER)
        for customer in company.customers:
            if customer.erp_number:
                self._one(
                    PARTNER, customer.erp_number, Name=customer.name, PartnerTypeCode=CUSTOMER
                )
        self._goods()
        self._bills()

    def _one(self, form: str, code: str, **values: Any) -> None:
        made = self._books.load(form, {"Code": code, **values}, stamp=IMPORTED)
        self._keys[form][code] = made.key

    def _goods(self) -> None:
        lines: dict[str, list[BomLine]] = defaultdict(list)
        for one in self._company.materials:
            self._one(
                INVENTORY, one.number, Name=one.name, Specification=one.specification,
                InventoryClassCode=one.group or "01", UnitName=one.unit, BaseUnitName=one.unit,
                IsSale=one.saleable, IsMadeSelf=one.make_or_buy == "make",
                IsPurchase=one.make_or_buy == "buy",
            )  # fmt: skip
        for line in self._company.bom:
            lines[line.parent].append(line)
        for parent, own in lines.items():
            self._bom(parent, own)
        for stock in self._company.stock:
            values = {
                "Warehouse": self._keys[WAREHOUSE][stock.warehouse],
                "Inventory": self._keys[INVENTORY][stock.material],
                "ExistingQuantity": stock.quantity, "AvailableQuantity": stock.quantity,
            }  # fmt: skip
            self._books.load(STOCK, values, stamp=IMPORTED)

    def _bom(self, parent: str, lines: list[BomLine]) -> None:
        rows = [
            ("", {"Code": one.component, "RequiredQuantity": one.quantity, "WasteRate": one.scrap,
                  "Unit": self._keys[UNIT].get(one.unit)})
            for one in lines
        ]  # fmt: skip
        head = {"Code": parent, "Version": "1.0", "ProduceQuantity": 1}
        self._books.load(BOM, head, {"BOMChilds": rows}, stamp=IMPORTED)

    # -- bills ------------------------------------------------------------------------------

    def _bills(self) -> None:
        for order in self._company.orders:
            if order.erp_number:
                self._order(order)
        for work in self._company.work_orders:
            row = {
                **self._goods_row(work.material, work.ordered), "FinishedQuantity": work.stocked,
                "PreStartDate": work.start, "PreFinishDate": work.due,
                "SaleOrderCode": work.order_number,
            }  # fmt: skip
            rows = {"ManufactureOrderDetails": [("", row)]}
            head = {"Code": work.number, "VoucherDate": work.start}
            state = CLOSED if work.end else AUDITED
            self._books.load(MAKING, head, rows, state=state, stamp=_at(work.start))
        for one in self._company.purchases:
            row = {
                **self._goods_row(one.material, one.quantity), "ExecutedQuantity": one.received,
                "OrigTaxPrice": one.price, "OrigTaxAmount": one.price * one.quantity,
                "DeliveryDate": one.due,
            }  # fmt: skip
            head = {"Code": one.number, "VoucherDate": one.order_date,
                    "Partner": self._keys[PARTNER][one.supplier]}  # fmt: skip
            rows = {"PurchaseOrderDetails": [("", row)]}
            self._books.load(PURCHASE, head, rows, state=AUDITED, stamp=_at(one.order_date))

    def _order(self, order: Order) -> None:
        """One that somebody typed in by hand and audited."""
        numbers = {one.number: one.erp_number for one in self._company.customers}
        customer = self._keys[PARTNER].get(numbers.get(order.customer, ""))
        if customer is None:
            return
        head = {"Code": order.erp_number, "VoucherDate": order.order_date, "Customer": customer,
                "BusinessType": "15", "Maker": "person:clerk"}  # fmt: skip
        rows = {"SaleOrderDetails": [("", self._line(line)) for line in order.lines]}
        self._books.load(ORDER, head, rows, state=AUDITED, stamp=_at(order.order_date))

    def _line(self, line: OrderLine) -> dict[str, Any]:
        return {
            **self._goods_row(line.material, line.quantity), "OrigTaxPrice": line.price,
            "OrigTaxAmount": line.amount, "TaxRate": line.tax_rate,
            "IsPresent": line.kind == "gift",
        }  # fmt: skip

    def _goods_row(self, material: str, quantity: Decimal) -> dict[str, Any]:
        goods = self._keys[INVENTORY][material]
        unit = self._books.get(INVENTORY, goods).values["UnitName"]
        return {"Inventory": goods, "Quantity": quantity, "Unit": self._keys[UNIT][unit]}


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, 0, tzinfo=UTC)
