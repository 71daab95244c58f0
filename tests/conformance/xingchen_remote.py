"""Xingchen as people and the network make it: sales orders, customers, stock on hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

from adapters.kingdee_xingchen import KingdeeXingchen
from connector.contract import RowWrite, Shape, Table, TableWrite, Write
from connector.testing import Sample
from sandbox.company.model import Company, Customer, Material, Person, Stock
from sandbox.kingdee_xingchen import XingchenSandbox
from tests.conformance.sandboxed import SandboxRemote

ORDER, ROWS, CUSTOMER, STOCK_FORM = (
    "scm/sal_order",
    "material_entity",
    "bd/customer",
    "scm/inventory",
)
COMPANY = Company(
    name="示例有限公司",
    people=(Person(crm_id="p1", name="张三", erp_number="S001", department="销售一部"),),
    customers=(Customer(number="A1", name="海湾电器", erp_number="C0007"),),
    materials=tuple(Material(number=f"M-{place:03}", name="轴承") for place in range(25)),
    warehouses=(("CK01", "成品仓"), ("CK02", "退货仓")),
    stock=tuple(
        Stock(material=f"M-{place:03}", warehouse="CK01", quantity=Decimal("12.5"))
        for place in range(25)
    ),
)
BOOKS = XingchenSandbox(COMPANY).books
"""Ids are given in the same order every time."""


def id_of(form: str, number: str) -> str:
    return BOOKS.named(form, number).key


ORDER_SHAPE = Shape(
    ORDER,
    ("id",),
    ("remark", "customer_id"),
    "bill_no",
    {ROWS: Table("id", ("material_number", "qty", "tax_price"))},
)


def row(line: str) -> RowWrite:
    """Ten at 11.30 with tax."""
    fields = {
        "material_id": id_of("bd/material", "M-001"),
        "unit_id": id_of("bd/measure_unit", "Pcs"),
        "qty": Decimal(10),
        "cess": "13",
        "tax_price": Decimal("11.3"),
        "delivery_date": date(2026, 3, 20),
    }
    return RowWrite(line, "", fields)


def order(tag: str) -> Write:
    return Write(
        form=ORDER,
        key="",
        fields={
            "bill_no": tag,
            "bill_date": date(2026, 3, 5),
            "customer_id": id_of(CUSTOMER, "C0007"),
        },
        tables={ROWS: TableWrite([row("a"), row("b")])},
        reference=("bill_no", tag),
        number="bill_no",
        show=ORDER_SHAPE,
    )


def of_nobody(tag: str) -> Write:
    return replace(order(tag), fields={**order(tag).fields, "emp_number": "nobody"})


CUSTOMER_SHAPE = Shape(CUSTOMER, ("id",), ("name", "remark"), "number")


def customer(tag: str) -> Write:
    fields = {"number": tag, "name": f"客户{tag}"}
    return Write(CUSTOMER, "", fields, reference=("number", tag), number="number",
                 show=CUSTOMER_SHAPE)  # fmt: skip


ORDERS = Sample(
    shape=ORDER_SHAPE,
    text="remark",
    reference="bill_no",
    new=order,
    row=row,
    refused=of_nobody,
    refusal="不存在",
    unique_number=True,
    ended="audited",
    cancels_by_closing=True,
    amount=f"{ROWS}/tax_price",
)
CUSTOMERS = Sample(
    shape=CUSTOMER_SHAPE, text="remark", reference="number", new=customer, unique_number=True
)
STOCK = Sample(
    shape=Shape(STOCK_FORM, ("material_number", "stock_number"), ("qty",), sums=("qty",)),
    amount="qty",
)


class XingchenRemote(SandboxRemote):
    kind = KingdeeXingchen
    small: ClassVar[Mapping[str, Any]] = {"page": 3}
    creating = ("save",)
    session_lost = "token_expired"
    secret = "client_secret"

    def __init__(self, sample: Sample) -> None:
        super().__init__(XingchenSandbox(COMPANY), sample.shape.form)
        self._sample = sample
        self._numbers = count(1)

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            return {
                key: self._fields(record)
                for key, record in self.server.books.live(self.form).items()
            }

    def _fields(self, record: Any) -> dict[str, Any]:
        fields = {name: value for name, value in record.values.items() if name != "audit_time"}
        for table, rows in record.rows.items():
            fields[table] = [{"id": one.key, **one.values} for one in rows]
        fields.setdefault(self._sample.text, None)
        return fields

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        if table:
            self.people("edit_row", number=self.held()[key]["bill_no"], fields={name: value})
        else:
            self.people("edit", form=self.form, key=key, fields={name: value})

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self.edit(key, field, value)
        self._stamp([key], seconds)

    def add_together(self, count: int) -> Sequence[str]:
        keys = [self.add() for _ in range(count)]
        self._stamp(keys, 0, made=True)
        return keys

    def _stamp(self, keys: Sequence[str], seconds: float, *, made: bool = False) -> None:
        with self.server.lock:
            moment = self.ago(seconds)
            for key in keys:
                record = self.server.books.get(self.form, key)
                born = moment if made else record.made
                self.server.books.recompute(replace(record, stamp=moment, made=born))

    def delete(self, key: str) -> None:
        self.people("delete", form=self.form, key=key)

    def step_of(self, key: str) -> str:
        with self.server.lock:
            return {"Z": "saved", "C": "audited"}[self.server.books.get(self.form, key).state]

    def lose_step(self, step: str) -> None:
        self._fail(do="lose_answer", operation="audit", times=1)


class Orders(XingchenRemote):
    def add(self, number: str = "") -> str:
        made = order(number or f"P{next(self._numbers)}")
        rows = [_plain(one.fields) for one in made.tables[ROWS].rows]
        head = {**_plain(made.fields), ROWS: rows}
        return str(self.people("make_bill", model=head)["key"])

    def is_cancelled(self, key: str) -> bool:
        with self.server.lock:
            return "bill_close_state" in self.server.books.get(ORDER, key).values


class Customers(XingchenRemote):
    def add(self, number: str = "") -> str:
        given = {"number": number or f"P{next(self._numbers)}"}
        return str(self.people("add_customer", name="客户", **given)["key"])


class Inventory(XingchenRemote):
    """Quantities by material and warehouse."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            rows = self.server.records(STOCK_FORM)
        return {f"{row['material_number']}|{row['stock_number']}": row for row in rows}

    def add(self, number: str = "") -> str:
        material, warehouse = f"M-{next(self._numbers):03}", "CK02"
        self._count(material, warehouse, 1)
        return f"{material}|{warehouse}"

    def edit(self, key: str, field: str, value: Any) -> None:
        self._count(*key.split("|"), value)

    def delete(self, key: str) -> None:
        self._count(*key.split("|"), 0)

    def _count(self, material: str, warehouse: str, quantity: Any) -> None:
        self.people("change_stock", material=material, warehouse=warehouse, quantity=str(quantity))


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
    }
