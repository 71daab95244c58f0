"""T+ as people and the network make it: sales orders, customers, stock on hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

from adapters.chanjet_tplus import ChanjetTPlus
from connector.contract import RowWrite, Shape, Table, TableWrite, Write
from connector.testing import Sample
from sandbox.chanjet_tplus import TPlusSandbox
from sandbox.chanjet_tplus.forms import AUDITED, CLOSED, FORMS
from sandbox.company.model import Company, Customer, Material, Person, Stock
from tests.conformance.sandboxed import SandboxRemote

ORDER, ROWS, CUSTOMER, STOCK_FORM = "SaleOrder", "SaleOrderDetails", "partner", "currentStock"
MARK = "ExternalCode"
COMPANY = Company(
    name="示例有限公司",
    people=(Person(crm_id="p1", name="张三", erp_number="S001"),),
    customers=(Customer(number="A1", name="海湾电器", erp_number="C0007"),),
    materials=tuple(Material(number=f"M-{place:03}", name="轴承") for place in range(25)),
    warehouses=(("CK01", "成品仓"), ("CK02", "退货仓")),
    stock=tuple(
        Stock(material=f"M-{place:03}", warehouse="CK01", quantity=Decimal("12.5"))
        for place in range(25)
    ),
)
ROW_KINDS = dict.fromkeys(("Quantity", "OrigTaxPrice", "OrigTaxAmount"), "number")
ORDER_SHAPE = Shape(
    ORDER,
    ("ID",),
    ("Memo", "Customer.Code"),
    "Code",
    {ROWS: Table("ID", ("Inventory.Code", "Quantity", "OrigTaxPrice"), kinds=ROW_KINDS)},
)


def row(line: str) -> RowWrite:
    """Ten at 11.30 with tax."""
    fields = {
        "Inventory.Code": "M-001",
        "Unit.Name": "Pcs",
        "Quantity": Decimal(10),
        "OrigTaxPrice": Decimal("11.3"),
        "OrigTaxAmount": Decimal(113),
        "TaxRate": Decimal("0.13"),
        "DeliveryDate": date(2026, 3, 20),
    }
    return RowWrite(line, "", fields)


def order(tag: str) -> Write:
    fields = {
        "Code": tag,
        "VoucherDate": date(2026, 3, 5),
        "Customer.Code": "C0007",
        "BusinessType.Code": "15",
    }
    return Write(
        form=ORDER,
        key="",
        fields=fields,
        tables={ROWS: TableWrite([row("a"), row("b")])},
        reference=(MARK, f"crm:{tag}"),
        number="Code",
        show=ORDER_SHAPE,
        on_change=("edit", "unaudit"),
    )


def of_nobody(tag: str) -> Write:
    return replace(order(tag), fields={**order(tag).fields, "Clerk.Code": "nobody"})


CUSTOMER_SHAPE = Shape(CUSTOMER, ("Code",), ("Name", "PartnerAbbName"), "Code")


def customer(tag: str) -> Write:
    fields = {"Code": tag, "Name": f"客户{tag}", "PartnerType.Code": "01"}
    return Write(form=CUSTOMER, key="", fields=fields, number="Code", show=CUSTOMER_SHAPE)


ORDERS = Sample(
    shape=ORDER_SHAPE,
    text="Memo",
    reference=MARK,
    new=order,
    row=row,
    refused=of_nobody,
    refusal="不存在",
    unique_number=True,
    ended="audited",
    cancels_by_closing=True,
    amount=f"{ROWS}/OrigTaxPrice",
)
CUSTOMERS = Sample(shape=CUSTOMER_SHAPE, text="PartnerAbbName", new=customer, unique_number=True)
STOCK = Sample(
    shape=Shape(
        STOCK_FORM,
        ("InventoryCode", "WarehouseCode"),
        ("ExistingQuantity",),
        sums=("ExistingQuantity",),
        kinds={"ExistingQuantity": "number"},
    ),
    amount="ExistingQuantity",
)


class TPlusRemote(SandboxRemote):
    kind = ChanjetTPlus
    small: ClassVar[Mapping[str, Any]] = {"page": 3}
    creating = ("old_create", "update", "add", "edit")
    session_lost = "token_expired"
    secret = "app_secret"

    def __init__(self, sample: Sample) -> None:
        super().__init__(TPlusSandbox(COMPANY), sample.shape.form)
        self._sample = sample
        self._numbers = count(1)

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            records = self.server.books.live(self.form).values()
            return {self._key(one): self._fields(one) for one in records}

    def _key(self, record: Any) -> str:
        return str(record.key)

    def _fields(self, record: Any) -> dict[str, Any]:
        known = FORMS[self.form]
        fields = self._shown(known.fields, record.values)
        for table, rows in record.rows.items():
            fields[table] = [
                {"ID": one.key, **self._shown(known.columns[table], one.values)} for one in rows
            ]
        fields.setdefault(self._sample.text, None)
        return fields

    def _shown(self, known: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        made = {}
        for name, value in values.items():
            target = known[name].target
            if target:
                made[f"{name}.Code"] = self.server.books.get(target, value).number
            elif name != "Maker":
                made[name] = value
        return made

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        if table:
            self.people("edit_row", number=self.held()[key]["Code"], fields={name: value})
        else:
            where = {"form": self.form, "key": self._own(key)}
            self.people("edit", fields={name: value}, **where)

    def _own(self, key: str) -> str:
        """A record's key in the books."""
        return key

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self.edit(key, field, value)
        self._stamp([key], seconds)

    def add_together(self, count: int) -> Sequence[str]:
        keys = [self.add() for _ in range(count)]
        self._stamp(keys, 0)
        return keys

    def _stamp(self, keys: Sequence[str], seconds: float) -> None:
        at = self.ago(seconds)
        with self.server.lock:
            for key in keys:
                record = self.server.books.get(self.form, self._own(key))
                self.server.books.recompute(replace(record, stamp=at))

    def delete(self, key: str) -> None:
        self.people("delete", form=self.form, key=self._own(key))

    def step_of(self, key: str) -> str:
        with self.server.lock:
            state = self.server.books.get(self.form, key).state
        return "audited" if state == AUDITED else "saved"

    def lose_step(self, step: str) -> None:
        self._fail(do="lose_answer", operation="audit", times=1)


class Orders(TPlusRemote):
    def add(self, number: str = "") -> str:
        rows = [
            {"Inventory": {"Code": "M-001"}, "Unit": {"Name": "Pcs"}, "Quantity": 10,
             "OrigTaxPrice": "11.3", "OrigTaxAmount": 113}
        ] * 2  # fmt: skip
        model = {"Code": number or f"P{next(self._numbers)}", "VoucherDate": "2026-03-05",
                 "Customer": {"Code": "C0007"}, ROWS: rows}  # fmt: skip
        return str(self.people("make_bill", model=model)["key"])

    def is_cancelled(self, key: str) -> bool:
        with self.server.lock:
            return bool(self.server.books.get(ORDER, key).state == CLOSED)


class Customers(TPlusRemote):
    """Their key is their code."""

    def _key(self, record: Any) -> str:
        return str(record.number)

    def _own(self, key: str) -> str:
        with self.server.lock:
            return str(self.server.books.named(CUSTOMER, key).key)

    def add(self, number: str = "") -> str:
        code = number or f"P{next(self._numbers)}"
        self.people("add_customer", name="客户", number=code)
        return code


class Inventory(TPlusRemote):
    """Quantities by material and warehouse."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            rows = self.server.records(STOCK_FORM)
        return {f"{one['Inventory']['Code']}|{one['Warehouse']['Code']}": one for one in rows}

    def add(self, number: str = "") -> str:
        material, warehouse = f"M-{next(self._numbers):03}", "CK02"
        self._count(material, warehouse, 1)
        return f"{material}|{warehouse}"

    def edit(self, key: str, field: str, value: Any) -> None:
        self._count(*key.split("|"), value)

    def delete(self, key: str) -> None:
        with self.server.lock:
            for one in self.server.books.live(STOCK_FORM).values():
                values = self._fields(one)
                if key == f"{values['Inventory.Code']}|{values['Warehouse.Code']}":
                    break
        self.people("delete", form=STOCK_FORM, key=one.key)

    def _count(self, material: str, warehouse: str, quantity: Any) -> None:
        self.people("change_stock", material=material, warehouse=warehouse, quantity=str(quantity))
