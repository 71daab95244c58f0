"""Odoo as people and the network make it: orders with lines, customers, stock on hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

from adapters.odoo import Odoo
from connector.contract import Adapter, RowWrite, Shape, Table, TableWrite, Write
from connector.testing import Remote, Sample
from sandbox.company.model import Company, Customer, Material, Stock
from sandbox.odoo import OdooSandbox
from sandbox.server import Application
from tests.conformance.sandboxed import SandboxRemote

ORDER, ROWS, ROW = "sale.order", "order_line", "sale.order.line"
CUSTOMER, STOCK = "res.partner:customer", "stock.quant:internal"
MARK = "external_id"
MOVING = ("write_date", "create_date", "date_order", "locked")
STEPS = {"draft": "saved", "sent": "saved", "sale": "audited"}
COMPANY = Company(
    name="示例有限公司",
    warehouses=(("CK01", "成品仓"), ("CK02", "退货仓")),
    customers=(Customer(number="C1", name="海湾电器", erp_number="C1"),),
    materials=tuple(Material(number=f"M-{place:03}", name="轴承") for place in range(12)),
    stock=tuple(
        Stock(material=f"M-{place:03}", warehouse="CK01", quantity=Decimal("12.5"))
        for place in range(6)
    ),
)

ORDER_SHAPE = Shape(
    ORDER,
    ("id",),
    (MARK, "client_order_ref", "partner_id"),
    "name",
    {ROWS: Table("id", ("product_id", "product_uom_qty", "price_unit", "tax_ids.name"))},
)
CUSTOMER_SHAPE = Shape(CUSTOMER, ("id",), (MARK, "name", "street"), "ref")


def row(line: str) -> RowWrite:
    fields = {
        "product_id.default_code": "M-001",
        "product_uom_qty": Decimal(20),
        "tax_ids.name": "13%",
        "price_unit": Decimal("11.3"),
        "technical_price_unit": Decimal(0),
    }
    return RowWrite(line, "", fields)


def order(tag: str) -> Write:
    return Write(
        form=ORDER,
        key="",
        fields={"partner_id.ref": "C1", "name": tag},
        tables={ROWS: TableWrite([row("a"), row("b")])},
        reference=(MARK, f"crm:{tag}"),
        number="name",
        show=ORDER_SHAPE,
    )


def of_nobody(tag: str) -> Write:
    return replace(order(tag), fields={"partner_id": "4711", "name": tag})


def customer(tag: str) -> Write:
    return Write(
        form=CUSTOMER,
        key="",
        fields={"name": f"客户{tag}", "ref": tag, "is_company": True, "customer_rank": 1},
        reference=(MARK, f"crm:{tag}"),
        number="ref",
        show=CUSTOMER_SHAPE,
    )


ORDERS = Sample(
    shape=ORDER_SHAPE,
    text="client_order_ref",
    reference=MARK,
    new=order,
    row=row,
    refused=of_nobody,
    refusal="No matching record found",
    amount=f"{ROWS}/price_unit",
    coded=f"{ROWS}/tax_ids.name",
)
CUSTOMERS = Sample(shape=CUSTOMER_SHAPE, text="street", reference=MARK, new=customer)
QUANTITIES = Sample(
    shape=Shape(
        STOCK,
        ("product_id", "location_id.warehouse_id.code"),
        ("quantity",),
        sums=("quantity",),
    ),
    amount="quantity",
)


class OdooRemote(SandboxRemote):
    kind = Odoo
    creating = ("load", "write")
    secret = "api_key"
    model: ClassVar[str]
    end_session = Remote.end_session  # there are none: a key is asked for with every call

    def __init__(self, sample: Sample, server: Application | None = None) -> None:
        super().__init__(server or OdooSandbox(COMPANY), self.model)
        self._sample = sample
        self._numbers = count(1)

    def held(self) -> dict[str, dict[str, Any]]:
        with self.server.lock:
            found = self.server.records(self.model)
        return {str(record["id"]): self._told(record) for record in found}

    def _told(self, record: Mapping[str, Any]) -> dict[str, Any]:
        told = {name: value for name, value in record.items() if name not in MOVING}
        told[MARK] = told[MARK].partition("/")[2]
        told.setdefault(self._sample.text, None)
        return told

    def edit(self, key: str, field: str, value: Any) -> None:
        self._edit(key, field, value)

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self._edit(key, field, value, at=self.ago(seconds).isoformat())

    def _edit(self, key: str, field: str, value: Any, **more: Any) -> None:
        self.people("edit", form=self.model, key=int(key), fields={field: value}, **more)

    def add_together(self, count: int) -> Sequence[str]:
        keys, at = [self.add() for _ in range(count)], self.ago(0)
        for key in keys:
            self._edit(key, self._sample.text, "1", at=at.isoformat())
        return keys

    def delete(self, key: str) -> None:
        self.people("delete", form=self.model, key=int(key))


class Orders(OdooRemote):
    model = ORDER

    def held(self) -> dict[str, dict[str, Any]]:
        held = super().held()
        rows = {row["id"]: row for row in self.server.records(ROW)}
        for told in held.values():
            told[ROWS] = [
                {n: v for n, v in rows[id].items() if n not in MOVING} for id in told[ROWS]
            ]
        return held

    def _edit(self, key: str, field: str, value: Any, **more: Any) -> None:
        table, _, name = field.rpartition("/")
        if not table:
            super()._edit(key, field, value, **more)
            return
        row = self.held()[key][ROWS][0]["id"]
        self.people("edit", form=ROW, key=row, fields={name: value}, **more)

    def add(self, number: str = "") -> str:
        lines = [{"product": "M-001", "quantity": place, "price": 3} for place in (1, 2)]
        number = number or f"P{next(self._numbers)}"
        self.people("add_order", customer="C1", lines=lines, number=number, confirm=False)
        orders = self.server.records(ORDER)
        return next(str(order["id"]) for order in orders if order["name"] == number)

    def step_of(self, key: str) -> str:
        return STEPS[self.held()[key]["state"]]

    def is_cancelled(self, key: str) -> bool:
        return bool(self.held()[key]["state"] == "cancel")

    def lose_step(self, step: str) -> None:
        self._fail(do="lose_answer", operation="action_confirm", times=1)


class Customers(OdooRemote):
    model = "res.partner"

    def held(self) -> dict[str, dict[str, Any]]:
        """Without the partners that every database has."""
        return {key: told for key, told in super().held().items() if told.get("customer_rank")}

    def add(self, number: str = "") -> str:
        number = number or f"P{next(self._numbers)}"
        return str(self.people("add_customer", name="乙公司", number=number))


class Older(OdooRemote):
    """As Odoo 14 to 18 are spoken to, and compare stamps. Put it before the handle of a form."""

    protocol: ClassVar[str] = "xmlrpc"

    def __init__(self, sample: Sample, server: Application | None = None) -> None:
        super().__init__(sample, server)
        self.server.switches["microseconds"] = True

    def connect(self, **settings: Any) -> Adapter:
        return super().connect(**{"protocol": self.protocol, "user": "connector", **settings})


class OlderOrders(Older, Orders):
    pass


class OlderCustomers(Older, Customers):
    protocol = "jsonrpc"


class Quantities(OdooRemote):
    """Stock by product and warehouse."""

    model = "stock.quant"

    def held(self) -> dict[str, dict[str, Any]]:
        records = self.server.records
        codes = {place["id"]: place["code"] for place in records("stock.warehouse")}
        places = {
            place["id"]: codes.get(place["warehouse_id"])
            for place in records("stock.location")
            if place["usage"] == "internal"
        }
        return {
            f"{quant['product_id']}|{places[quant['location_id']]}": quant
            for quant in records(self.model)
            if quant["quantity"] and quant["location_id"] in places
        }

    def add(self, number: str = "") -> str:
        number = f"M-{5 + next(self._numbers):03}"
        self.people("change_stock", product=number, warehouse="CK02", quantity="1")
        products = self.server.records("product.product")
        return next(f"{p['id']}|CK02" for p in products if p["default_code"] == number)

    def _edit(self, key: str, field: str, value: Any, **more: Any) -> None:
        id, warehouse = key.split("|")
        products = self.server.records("product.product")
        number = next(p["default_code"] for p in products if p["id"] == int(id))
        self.people("change_stock", product=number, warehouse=warehouse, quantity=str(value))

    def delete(self, key: str) -> None:
        self._edit(key, "quantity", 0)
