"""Filling an account set from a company: the state on the evening before go-live."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sandbox.books import Books
from sandbox.company.model import Company, Order, WorkOrder

from .forms import (
    AUDITED,
    CUSTOMER,
    DEPARTMENT,
    EMP,
    MATERIAL,
    ORDER,
    ROWS,
    STOCK,
    STORE,
    TASK,
    UNIT,
)

IMPORTED = datetime(2024, 1, 6, 18, 0, 0, tzinfo=UTC)
"""One night long ago, in which everything was imported under one stamp."""


def load(books: Books, company: Company) -> None:
    """Put the whole company into the books."""
    _Loading(books, company).everything()


class _Loading:
    def __init__(self, books: Books, company: Company) -> None:
        self._books = books
        self._company = company
        self._keys: dict[str, dict[str, str]] = defaultdict(dict)
        """By form and number."""

    def everything(self) -> None:
        company = self._company
        units = {"Pcs": "个", **{one.unit: one.unit for one in company.materials}}
        self._base(UNIT, units.items())
        self._base(STORE, company.warehouses)
        places = dict.fromkeys(one.department for one in company.people if one.department)
        self._base(DEPARTMENT, ((f"BM{n:02}", name) for n, name in enumerate(places, 1)))
        for person in company.people:
            if person.erp_number:
                self._one(EMP, person.erp_number, name=person.name, mobile=person.mobile)
        for one in company.materials:
            unit = self._keys[UNIT][one.unit]
            self._one(MATERIAL, one.number, name=one.name, model=one.specification,
                      parent_id=one.group, base_unit_id=unit)  # fmt: skip
        for customer in company.customers:
            if customer.erp_number:
                self._one(CUSTOMER, customer.erp_number, name=customer.name,
                          taxpayer_no=customer.credit_code, addr=customer.address)  # fmt: skip
        for stock in company.stock:
            values = {"material_id": self._keys[MATERIAL][stock.material],
                      "stock_id": self._keys[STORE][stock.warehouse],
                      "qty": stock.quantity, "valid_qty": stock.quantity}  # fmt: skip
            self._books.load(STOCK, values, stamp=IMPORTED)
        for order in company.orders:
            if order.erp_number:
                self._order(order)
        for work in company.work_orders:
            self._work(work)

    def _base(self, form: str, named: Iterable[tuple[str, str]]) -> None:
        for number, name in named:
            self._one(form, number, name=name)

    def _one(self, form: str, number: str, **values: Any) -> None:
        given = {"number": number, "enable": "1", **values}
        self._keys[form][number] = self._books.load(form, given, stamp=IMPORTED).key

    def _order(self, order: Order) -> None:
        """One that somebody typed in by hand and audited."""
        numbers = {one.number: one.erp_number for one in self._company.customers}
        customer = self._keys[CUSTOMER].get(numbers.get(order.customer, ""))
        if customer is None:
            return
        rows = [
            {"material_id": self._keys[MATERIAL][line.material], "qty": line.quantity,
             "unit_id": self._unit(line.material), "tax_price": line.price,
             "cess": line.tax_rate * 100, "is_free": line.kind == "gift"}
            for line in order.lines
        ]  # fmt: skip
        values = {"bill_no": order.erp_number, "bill_date": order.order_date,
                  "customer_id": customer, "bill_dis_amount": order.discount}  # fmt: skip
        self._bill(ORDER, values, rows, order.order_date)

    def _work(self, work: WorkOrder) -> None:
        row = {
            "material_id": self._keys[MATERIAL][work.material], "qty": work.ordered,
            "unit_id": self._unit(work.material), "inv_qty": work.stocked,
            "src_bill_no": work.order_number, "delivery_date": work.due,
        }  # fmt: skip
        values = {"bill_no": work.number, "bill_date": work.start,
                  "bill_close_state": "S" if work.end else None}  # fmt: skip
        self._bill(TASK, values, [row], work.start)

    def _bill(self, form: str, values: Any, rows: list[Any], day: date) -> None:
        stamp = datetime(day.year, day.month, day.day, 9, 0, 0, tzinfo=UTC)
        placed = [("", row) for row in rows]
        self._books.load(form, values, {ROWS: placed}, state=AUDITED, stamp=stamp)

    def _unit(self, material: str) -> str:
        record = self._books.get(MATERIAL, self._keys[MATERIAL][material])
        return str(record.values["base_unit_id"])
