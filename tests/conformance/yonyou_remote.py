"""YonBIP as people and the network make it: sales orders, customers, stock on hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

from adapters.yonyou_yonbip import YonyouYonBip
from connector.contract import RowWrite, Shape, Table, TableWrite, Write
from connector.testing import Sample
from sandbox.company.model import Company, Customer, Material, Person, Stock
from sandbox.yonyou_yonbip import YonBipSandbox
from tests.conformance.sandboxed import SandboxRemote

ORDER, ROWS = "sd/voucherorder", "orderDetails"
CUSTOMER, STOCK_FORM = "digitalModel/merchant", "scm/stock"
MARK = "headItem.define1"
STEP_OF = {"open": "saved", "rejected": "saved", "submitted": "submitted", "audited": "audited"}
SECRET_NAMES = ("maker", "editor")
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

PRICE = "orderDetailPrices.oriUnitPrice"
ORDER_SHAPE = Shape(
    ORDER,
    ("id",),
    ("memo", "agentId"),
    "code",
    {ROWS: Table("id", ("productCode", "qty", PRICE))},
)
LISTED_SHAPE = Shape(
    ORDER,
    ("id",),
    ("purchaseNo", "agentId"),
    "code",
    {ROWS: Table("id", ("productCode", "qty", "bodyItem.define2", "oriSum"))},
)


def row(line: str) -> RowWrite:
    """Ten at 11.30 with tax, 100.00 without."""
    names = ("masterUnitId", "iProductAuxUnitId", "iProductUnitId")
    amounts = {
        "oriMoney": "100",
        "oriTax": "13",
        "natMoney": "100",
        "natSum": "113",
        "natTax": "13",
    }
    prices = {"oriUnitPrice": "10", "natUnitPrice": "10", "natTaxUnitPrice": "11.3"}
    fields = {
        "productId": "M-001",
        "stockOrgId": "100",
        "settlementOrgId": "100",
        **dict.fromkeys(names, "Pcs"),
        **dict.fromkeys(("qty", "subQty", "priceQty"), Decimal(10)),
        **dict.fromkeys(("invExchRate", "invPriceExchRate"), 1),
        **dict.fromkeys(("unitExchangeType", "unitExchangeTypePrice"), 0),
        "taxId": "VAT13",
        "orderProductType": "SALE",
        "consignTime": date(2026, 3, 20),
        "oriTaxUnitPrice": Decimal("11.3"),
        "oriSum": Decimal(113),
        **{f"orderDetailPrices.{name}": Decimal(text) for name, text in (amounts | prices).items()},
    }
    return RowWrite(line, "", fields)


def order(tag: str) -> Write:
    fields = {
        "salesOrgId": "100",
        "transactionTypeId": "SO-STD",
        "vouchdate": date(2026, 3, 5),
        "code": tag,
        "agentId": "C0007",
        "invoiceAgentId": "C0007",
        "settlementOrgId": "100",
        "payMoney": Decimal(226),
        "orderPrices.currency": "CNY",
        "orderPrices.natCurrency": "CNY",
        "orderPrices.exchRate": 1,
        "orderPrices.exchangeRateType": "01",
        "orderPrices.taxInclusive": True,
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
    return replace(order(tag), fields={**order(tag).fields, "corpContact": "nobody"})


CUSTOMER_SHAPE = Shape(CUSTOMER, ("id",), ("name", "website"), "code")


def customer(tag: str) -> Write:
    fields = {"code": tag, "name": f"客户{tag}", "createOrgCode": "100", "enterpriseNature": "0"}
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
    amount=f"{ROWS}/{PRICE}",
)
LISTED = Sample(shape=LISTED_SHAPE, text="purchaseNo", amount=f"{ROWS}/oriSum")
CUSTOMERS = Sample(shape=CUSTOMER_SHAPE, text="website", new=customer, unique_number=True)
STOCK = Sample(
    shape=Shape(
        STOCK_FORM, ("product_code", "warehouse_code"), ("currentqty",), sums=("currentqty",)
    ),
    amount="currentqty",
)


class YonyouRemote(SandboxRemote):
    kind = YonyouYonBip
    small: ClassVar[Mapping[str, Any]] = {"page": 3}
    creating = ("save", "insert", "update")
    session_lost = "token_expired"
    secret = "app_secret"

    def __init__(self, sample: Sample) -> None:
        super().__init__(YonBipSandbox(COMPANY), sample.shape.form)
        self._sample = sample
        self._numbers = count(1)

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            return {
                key: self._fields(record)
                for key, record in self.server.books.live(self.form).items()
            }

    def _fields(self, record: Any) -> dict[str, Any]:
        fields = {n: v for n, v in record.values.items() if n not in SECRET_NAMES}
        for table, rows in record.rows.items():
            fields[table] = [{"id": one.key, **one.values} for one in rows]
        fields.setdefault(self._sample.text, None)
        return fields

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        if table:
            self.people("edit_row", number=self.held()[key]["code"], fields={name: value})
        else:
            self.people("edit", form=self.form, key=key, fields={name: value})

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self.edit(key, field, value)
        self._stamp([key], seconds)

    def add_together(self, count: int) -> Sequence[str]:
        keys = [self.add() for _ in range(count)]
        self._stamp(keys, 0)
        return keys

    def _stamp(self, keys: Sequence[str], seconds: float) -> None:
        with self.server.lock:
            for key in keys:
                record = self.server.books.get(self.form, key)
                self.server.books.recompute(replace(record, stamp=self.ago(seconds)))

    def delete(self, key: str) -> None:
        self.people("delete", form=self.form, key=key)

    def step_of(self, key: str) -> str:
        with self.server.lock:
            return STEP_OF[self.server.books.get(self.form, key).state]

    def lose_step(self, step: str) -> None:
        verb = {"submitted": "submit", "audited": "audit"}[step]
        self._fail(do="lose_answer", operation=verb, times=1)


class Orders(YonyouRemote):
    def add(self, number: str = "") -> str:
        made = order(number or f"P{next(self._numbers)}")
        rows = [
            {name.replace("Prices.", "Prices!"): _plain(v) for name, v in one.fields.items()}
            for one in made.tables[ROWS].rows
        ]
        head = {n.replace("Prices.", "Prices!"): _plain(v) for n, v in made.fields.items()}
        return str(self.people("make_bill", model={**head, ROWS: rows})["key"])

    def is_cancelled(self, key: str) -> bool:
        with self.server.lock:
            return bool(self.server.books.get(ORDER, key).state == "opposed")


class Customers(YonyouRemote):
    def add(self, number: str = "") -> str:
        given = {"number": number or f"P{next(self._numbers)}"}
        return str(self.people("add_customer", name="客户", **given)["key"])


class Inventory(YonyouRemote):
    """Quantities by material and warehouse."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            rows = self.server.records(STOCK_FORM)
        return {f"{row['product_code']}|{row['warehouse_code']}": row for row in rows}

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
