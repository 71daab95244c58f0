"""A small company in a Kingdee sandbox, orders to write into it, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from adapters.kingdee_galaxy import KingdeeGalaxy
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.clock import SystemClock
from connector.contract import Record, RowWrite, Shape, Table, TableWrite, Write
from connector.http import Http
from sandbox.company.model import (
    BomLine,
    Company,
    Contact,
    Credit,
    Customer,
    Material,
    PartNumber,
    Person,
    Stock,
    Supplier,
)
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import start

COMPANY = Company(
    name="示例有限公司",
    organisations=(("100", "总公司"), ("101", "分公司")),
    people=(Person(crm_id="p1", name="张三", department="销售一部", erp_number="S001"),),
    customers=(
        Customer(
            number="A1",
            name="海湾电器",
            salesperson="p1",
            erp_number="C0007",
            contacts=(Contact(number="CXR000001", name="王采购", mobile="10000000001"),),
        ),
    ),
    materials=(
        Material(number="M-100", name="齿轮箱", make_or_buy="make", list_price=Decimal("11.3")),
        Material(
            number="M-200",
            name="轴承",
            unit="kg",
            supplier="VEN001",
            standard_cost=Decimal("9.04"),
            minimum_lot=Decimal(50),
        ),
    ),
    bom=(
        BomLine(
            parent="M-100", component="M-200", quantity=Decimal("0.5"), unit="kg", scrap=Decimal(25)
        ),
    ),
    suppliers=(Supplier(number="VEN001", name="远山轴承"),),
    part_numbers=(PartNumber(customer="A1", material="M-100", number="K-1", name="减速机"),),
    credits=(Credit(customer="A1", limit=Decimal(500_000), overdue_days=30),),
    stock=(
        Stock(material="M-100", warehouse="CK01", quantity=Decimal(340)),
        Stock(material="M-200", warehouse="CK01", quantity=Decimal("12.5")),
    ),
)
ORDER, ROWS, ROW_ID = "SAL_SaleOrder", "FSaleOrderEntry", "FEntryID"
REFERENCE = "F_CRM_Ref"
ORDERS = Shape(
    ORDER,
    ("FID",),
    ("FNote", "FCustId.FNumber", "FSaleOrderFinance.FSettleCurrId.FNumber", "FBillAllAmount"),
    "FBillNo",
    {ROWS: Table(ROW_ID, ("FMaterialId.FNumber", "FQty", "FTaxPrice", "FAllAmount"))},
)


@dataclass
class Site:
    """The server, the adapter, and what is asked of both."""

    server: KingdeeGalaxySandbox
    url: str
    erp: KingdeeGalaxy
    more: list[KingdeeGalaxy] = field(default_factory=list)

    def connect(self, **settings: Any) -> KingdeeGalaxy:
        """Another connection with other settings."""
        erp = connected(self.server, self.url, **settings)
        self.more.append(erp)
        return erp

    def people(self, what: str, **arguments: Any) -> Any:
        return self.server.people()[what](**arguments)

    def fail(self, **rule: Any) -> None:
        self.server.faults.set([rule])

    def calls(self, operation: str) -> int:
        """Requests of this kind that arrived."""
        return sum(e.kind == "request" and e.operation == operation for e in self.server.ledger)

    def commits(self, form: str = ORDER) -> list[str]:
        """What our side did to records, in order."""
        return [
            e.operation
            for e in self.server.ledger
            if e.kind == "commit" and e.form == form and e.by == "api"
        ]

    def order(self, key: str, erp: KingdeeGalaxy | None = None) -> Record:
        return next(iter((erp or self.erp).fetch(ORDERS, [key])))

    def state(self, number: str) -> str:
        bill = next(b for b in self.server.records(ORDER) if b["FBillNo"] == number)
        return str(bill["FDocumentStatus"])


@contextmanager
def started(**settings: Any) -> Iterator[Site]:
    """A server on a socket of its own, and one connection to it."""
    server = KingdeeGalaxySandbox(COMPANY)
    url, stop = start(server)
    site = Site(server, url, connected(server, url, **settings))
    yield site
    for erp in (site.erp, *site.more):
        erp.close()
        erp.http.close()  # type: ignore[attr-defined]
    stop()


class WaitingClock(SystemClock):
    """Lets time pass here, as if something had taken long."""

    waited = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.waited


def connected(
    server: KingdeeGalaxySandbox, url: str, clock: SystemClock | None = None, **more: Any
) -> KingdeeGalaxy:
    given, env = server.settings(url)
    secret = next(iter(env.values()))
    settings = KingdeeGalaxySettings(**{**given, "app_secret": secret, "timeout": 5, **more})
    clock = clock or SystemClock()
    return KingdeeGalaxy(settings, Http(settings, clock), clock)


def row(line: str = "1", key: str = "", **fields: Any) -> RowWrite:
    """A complete new row; `fields` come last."""
    usual: dict[str, Any] = {
        "FMaterialId.FNumber": "M-100",
        "FUnitID.FNumber": "Pcs",
        "FPriceUnitId.FNumber": "Pcs",
        "FStockUnitID.FNumber": "Pcs",
        "FSettleOrgIds.FNumber": "100",
        "FReserveType": "1",
        "FOUTLMTUNIT": "SAL",
        "FDeliveryDate": date(2026, 3, 20),
        "FQty": Decimal(20),
        "FEntryTaxRate": Decimal(13),
        "FTaxPrice": Decimal("11.3"),
        "FAllAmount": Decimal("226"),
    }
    return RowWrite(line, key, {**(usual if not key else {}), **fields})


def order(number: str = "N1", *rows: RowWrite, until: str = "audited", **more: Any) -> Write:
    """A complete new order."""
    fields = {
        "FBillTypeID.FNUMBER": "XSDD01_SYS",
        "FBillNo": number,
        "FDate": date(2026, 3, 5),
        "FSaleOrgId.FNumber": "100",
        "FCustId.FNumber": "C0007",
        "FSalerId.FNumber": "S001",
        "FSaleOrderFinance.FSettleCurrId.FNumber": "PRE001",
        **more.pop("fields", {}),
    }
    return Write(
        form=ORDER,
        key="",
        fields=fields,
        tables={ROWS: TableWrite(rows or (row(),))},
        reference=(REFERENCE, f"crm:{number}"),
        number="FBillNo",
        until=until,
        show=ORDERS,
        **more,
    )


def change(
    key: str, fields: Mapping[str, Any] | None = None, *rows: RowWrite,
    drop: Sequence[str] = (), until: str = "audited", **more: Any,
) -> Write:  # fmt: skip
    """A change of a known order; without anything to change, only steps."""
    tables = {ROWS: TableWrite(rows, drop)} if rows or drop else {}
    write = Write(ORDER, key, fields or {}, tables, None, "FBillNo", until, show=ORDERS)
    return replace(write, **more)
