"""A small company in a simulated Odoo."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapters.odoo import Odoo
from connector.contract import Page, Record, RowWrite, Shape, Table, TableWrite, Write
from connector.mapping.model import Mapping
from connector.mapping.writing import Writer
from sandbox.company import Company
from sandbox.company.model import BomLine, Customer, Material, Person, Stock
from sandbox.odoo import OdooSandbox
from tests.adapters import simulated
from tests.adapters.simulated import mapping_of, shape_of

ORDER, LINE, MARK = "sale.order", "sale.order.line", "external_id"


COMPANY = Company(
    name="测试公司",
    people=(Person(crm_id="1001", name="张三", erp_number="YW001"),),
    customers=tuple(Customer(number=n, name=f"{n}有限公司", erp_number=n) for n in ("C1", "C2")),
    materials=(
        Material(number="M1", name="齿轮箱", make_or_buy="make", list_price=Decimal("250")),
        Material(number="M2", name="轴承", list_price=Decimal("5")),
    ),
    bom=(BomLine(parent="M1", component="M2", quantity=Decimal(4)),),
    stock=(Stock(material="M2", warehouse="CK01", quantity=Decimal("487.5")),),
)


class World(simulated.World):
    adapter_type = Odoo
    sandbox_type = OdooSandbox
    usual = {"user": "connector"}

    @staticmethod
    def small_company(orders: int) -> Company:
        """M1 is made of four M2; C1 and C2 are known, and so is a salesperson."""
        return COMPANY

    def held(self, key: str, form: str = ORDER) -> dict[str, Any]:
        """A record as it stands in Odoo, by its key."""
        return next(row for row in self.sandbox.records(form) if row["id"] == int(key))

    def rows(self, key: str) -> list[dict[str, Any]]:
        """The rows of an order as they stand in Odoo."""
        return [self.held(str(row), LINE) for row in self.held(key)["order_line"]]


def mapping(name: str) -> Mapping:
    """A shipped mapping."""
    return mapping_of("odoo", name)


def shape(name: str = "sales_order") -> Shape:
    """What a shipped mapping reads."""
    return shape_of("odoo", name)


SHOWN = Shape(
    ORDER,
    ("id",),
    (MARK, "partner_id", "amount_total"),
    "name",
    {"order_line": Table("id", ("product_id", "product_uom_qty", "price_unit", "price_total"))},
)


def row(line: str, product: str = "1", key: str = "", **fields: Any) -> RowWrite:
    usual = {"product_id": product, "product_uom_qty": Decimal(3), "price_unit": Decimal(240)}
    return RowWrite(line, key, fields if key else {**usual, **fields})


def order(tag: str, *rows: RowWrite, **more: Any) -> Write:
    """A new order for C1, to be confirmed."""
    table = TableWrite(list(rows) or [row("a")])
    usual: dict[str, Any] = {
        "fields": {"partner_id": "1"},
        "tables": {"order_line": table},
        "reference": (MARK, f"crm:{tag}"),
        "until": "audited",
        "show": SHOWN,
        "number": "name",
    }
    return Write(ORDER, "", **{**usual, **more})


def change(key: str, *rows: RowWrite, drop: tuple[str, ...] = (), **more: Any) -> Write:
    """A change of an order that is there."""
    tables = {"order_line": TableWrite(list(rows), drop)} if rows or drop else {}
    usual: dict[str, Any] = {"fields": {}, "until": "audited", "show": SHOWN, "number": "name"}
    return Write(ORDER, key, tables=tables, **{**usual, **more})


def read(erp: Odoo, after: str | None = None, wanted: Shape | None = None) -> list[Record]:
    """All records of a reading."""
    return [record for page in pages(erp, after, wanted) for record in page.records]


def pages(erp: Odoo, after: str | None = None, wanted: Shape | None = None) -> list[Page]:
    return list(erp.read(wanted or shape(), after))


def written(name: str, record: dict[str, Any]) -> dict[str, Any]:
    """What a shipped mapping makes of a record."""
    return Writer(mapping(name))(record).fields
