"""U8+ as people and the network make it: sales orders, customers, stock on hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

from adapters.yonyou_u8 import YonyouU8
from connector.contract import RowWrite, Shape, Table, TableWrite, Write
from connector.testing import Sample
from sandbox.company.model import Company, Customer, Material, Person, Stock
from sandbox.yonyou_u8 import U8Sandbox
from tests.conformance.sandboxed import SandboxRemote

ORDER, ROWS, CUSTOMER, STOCK_FORM = "saleorder", "entry", "customer", "currentstock"
MARK = "define11"
STEP_OF = {"开立": "saved", "审核": "audited", "关闭": "audited"}
OURS = ("maker", "verifier", "closer")
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

ORDER_SHAPE = Shape(
    ORDER,
    ("code",),
    ("memo", "custcode"),
    "code",
    {ROWS: Table("rowno", ("inventorycode", "define28", "taxunitprice"))},
)


def row(line: str) -> RowWrite:
    """Ten at 11.30 with tax."""
    fields = {
        "inventorycode": "M-001",
        "quantity": Decimal(10),
        "taxunitprice": Decimal("11.3"),
        "taxrate": 13,
        "bgift": 0,
        "dpredate": date(2026, 3, 20),
        "define28": line,
    }
    return RowWrite(line, "", fields)


def order(tag: str) -> Write:
    fields = {
        "code": tag,
        "date": date(2026, 3, 5),
        "businesstype": "普通销售",
        "typecode": "01",
        "custcode": "C0007",
        "deptcode": "02",
        "taxrate": 13,
    }
    return Write(
        form=ORDER,
        key="",
        fields=fields,
        tables={ROWS: TableWrite([row("a"), row("b")])},
        reference=(MARK, f"crm:{tag}"),
        number="code",
        show=ORDER_SHAPE,
    )


def of_nobody(tag: str) -> Write:
    return replace(order(tag), fields={**order(tag).fields, "personcode": "nobody"})


CUSTOMER_SHAPE = Shape(CUSTOMER, ("code",), ("name", "memo"), "code")


def customer(tag: str) -> Write:
    fields = {"code": tag, "name": f"客户{tag}", "abbrname": tag, "sort_code": "01"}
    return Write(form=CUSTOMER, key="", fields=fields, number="code", show=CUSTOMER_SHAPE)


ORDERS = Sample(
    shape=ORDER_SHAPE,
    text="memo",
    reference=MARK,
    new=order,
    row=None,
    refused=of_nobody,
    refusal="不存在",
    unique_number=True,
    ended="audited",
    cancels_by_closing=True,
    amount=f"{ROWS}/taxunitprice",
)
CUSTOMERS = Sample(shape=CUSTOMER_SHAPE, text="memo", new=customer, unique_number=True)
STOCK = Sample(
    shape=Shape(STOCK_FORM, ("invcode", "whcode"), ("qty",), sums=("qty",)),
    amount="qty",
)


class U8Remote(SandboxRemote):
    kind = YonyouU8
    small: ClassVar[Mapping[str, Any]] = {"page": 3}
    creating = ("add", "edit")
    session_lost = "token_expired"
    secret = "app_secret"

    def __init__(self, sample: Sample) -> None:
        super().__init__(U8Sandbox(COMPANY), sample.shape.form)
        # Several threads share a clock that skips: it adds up what each of them waits.
        self.server.switches["ping_after"] = 0
        self._sample = sample
        self._numbers = count(1)

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            records = self.server.books.live(self.form).values()
            return {record.number: self._fields(record) for record in records}

    def _fields(self, record: Any) -> dict[str, Any]:
        fields = {n: v for n, v in record.values.items() if n not in OURS}
        for table, rows in record.rows.items():
            fields[table] = [dict(one.values) for one in rows]
        fields.setdefault(self._sample.text, None)
        return fields

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        if table:
            self.people("edit_row", number=key, fields={name: value})
        else:
            self.people("edit", form=self.form, number=key, fields={name: value})

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self.edit(key, field, value)
        self._stamp([key], seconds)

    def add_together(self, count: int) -> Sequence[str]:
        keys = [self.add() for _ in range(count)]
        self._stamp(keys, 0)
        return keys

    def _stamp(self, keys: Sequence[str], seconds: float) -> None:
        moment = self.ago(seconds)
        with self.server.lock:
            for key in keys:
                record = self.server.books.named(self.form, key)
                self.server.books.recompute(replace(record, stamp=moment))

    def delete(self, key: str) -> None:
        self.people("delete", form=self.form, number=key)

    def step_of(self, key: str) -> str:
        with self.server.lock:
            return STEP_OF[self.server.books.named(self.form, key).state]

    def lose_step(self, step: str) -> None:
        self._fail(do="lose_answer", operation="verify", times=1)


class Orders(U8Remote):
    def add(self, number: str = "") -> str:
        made = order(number or f"P{next(self._numbers)}")
        rows = [
            {"rowno": place, **{name: _plain(v) for name, v in one.fields.items()}}
            for place, one in enumerate(made.tables[ROWS].rows, 1)
        ]
        head = {name: _plain(v) for name, v in made.fields.items()}
        return str(self.people("make_bill", model={**head, ROWS: rows})["key"])

    def is_cancelled(self, key: str) -> bool:
        with self.server.lock:
            return bool(self.server.books.named(ORDER, key).state == "关闭")


class Customers(U8Remote):
    def add(self, number: str = "") -> str:
        given = {"number": number or f"P{next(self._numbers)}"}
        return str(self.people("add_customer", name="客户", **given)["key"])


class Inventory(U8Remote):
    """Quantities by material and warehouse."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            rows = self.server.records(STOCK_FORM)
        return {f"{row['invcode']}|{row['whcode']}": row for row in rows}

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


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
