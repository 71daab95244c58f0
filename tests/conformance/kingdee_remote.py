"""Kingdee as people and the network make it: sales orders, customers, stock on hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

from adapters.kingdee_galaxy import KingdeeGalaxy
from connector.contract import RowWrite, Shape, Table, TableWrite, Write
from connector.testing import Sample
from sandbox.company.model import Company, Customer, Material, Person, Stock
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.kingdee_galaxy.account_set import stamp_of
from tests.conformance.sandboxed import SandboxRemote

ORDER, ROWS, ROW_ID = "SAL_SaleOrder", "FSaleOrderEntry", "FEntryID"
CUSTOMER, INVENTORY = "BD_Customer", "STK_Inventory"
STEP_OF = {"Z": "saved", "A": "saved", "D": "saved", "B": "submitted", "C": "audited"}
MOVING = ("FModifyDate", "FModifierId")
COMPANY = Company(
    name="示例有限公司",
    organisations=(("100", "总公司"), ("101", "分公司")),
    warehouses=(("CK01", "成品仓"), ("CK02", "退货仓")),
    people=(Person(crm_id="p1", name="张三", department="销售一部", erp_number="S001"),),
    customers=(Customer(number="A1", name="海湾电器", erp_number="C0007"),),
    materials=tuple(Material(number=f"M-{place:03}", name="轴承") for place in range(25)),
    stock=tuple(
        Stock(material=f"M-{place:03}", warehouse="CK01", quantity=Decimal("12.5"))
        for place in range(25)
    ),
)

ORDER_SHAPE = Shape(
    ORDER,
    ("FID",),
    ("FNote", "FCustId.FNumber"),
    "FBillNo",
    {ROWS: Table(ROW_ID, ("FMaterialId.FNumber", "FQty", "FTaxPrice"))},
)


def row(line: str) -> RowWrite:
    fields = {
        "FMaterialId.FNumber": "M-001",
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
    }
    return RowWrite(line, "", fields)


def order(tag: str) -> Write:
    fields = {
        "FBillTypeID.FNUMBER": "XSDD01_SYS",
        "FBillNo": tag,
        "FDate": date(2026, 3, 5),
        "FSaleOrgId.FNumber": "100",
        "FCustId.FNumber": "C0007",
        "FSalerId.FNumber": "S001",
        "FSaleOrderFinance.FSettleCurrId.FNumber": "PRE001",
    }
    return Write(
        form=ORDER,
        key="",
        fields=fields,
        tables={ROWS: TableWrite([row("a"), row("b")])},
        reference=("F_CRM_Ref", f"crm:{tag}"),
        number="FBillNo",
        show=ORDER_SHAPE,
    )


def of_nobody(tag: str) -> Write:
    return replace(order(tag), fields={**order(tag).fields, "FSalerId.FNumber": "nobody"})


CUSTOMER_SHAPE = Shape(CUSTOMER, ("FCUSTID",), ("FName", "FADDRESS"), "FNumber")


def customer(tag: str) -> Write:
    fields = {
        "FCreateOrgId.FNumber": "100",
        "FUseOrgId.FNumber": "100",
        "FNumber": tag,
        "FName": f"客户{tag}",
        "FTRADINGCURRID.FNumber": "PRE001",
    }
    return Write(
        form=CUSTOMER,
        key="",
        fields=fields,
        reference=("F_CRM_Ref", f"crm:{tag}"),
        number="FNumber",
        show=CUSTOMER_SHAPE,
        options={"allocate": ["101"]},
    )


ORDERS = Sample(
    shape=ORDER_SHAPE,
    text="FNote",
    reference="F_CRM_Ref",
    new=order,
    row=row,
    refused=of_nobody,
    refusal="必录",
    unique_number=True,
    amount=f"{ROWS}/FTaxPrice",
    coded=f"{ROWS}/FUnitID.FNumber",
)
CUSTOMERS = Sample(
    shape=CUSTOMER_SHAPE,
    text="FADDRESS",
    reference="F_CRM_Ref",
    new=customer,
    unique_number=True,
    coded="FTRADINGCURRID.FNumber",
)
STOCK = Sample(
    shape=Shape(
        INVENTORY,
        ("FMaterialId.FNumber", "FStockId.FNumber"),
        ("FBaseQty",),
        sums=("FBaseQty",),
    ),
    amount="FBaseQty",
)


class KingdeeRemote(SandboxRemote):
    kind = KingdeeGalaxy
    small: ClassVar[Mapping[str, Any]] = {"page": 2, "query_limit": 10}
    creating = ("Save", "BatchSave")
    session_lost = "session_lost"
    secret = "app_secret"

    def __init__(self, sample: Sample) -> None:
        super().__init__(KingdeeGalaxySandbox(COMPANY), sample.shape.form)
        self._sample = sample
        self._numbers = count(1)


class Bills(KingdeeRemote):
    """Orders and customers."""

    key = "FID"

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            found = self.server.records(self.form)
        held: dict[str, dict[str, Any]] = {}
        for record in found:
            fields = {name: value for name, value in record.items() if name not in MOVING}
            fields.setdefault(self._sample.text, None)
            held[str(record[self.key])] = fields
        return held

    def edit(self, key: str, field: str, value: Any) -> None:
        table, _, name = field.rpartition("/")
        if table:
            number = self.held()[key]["FBillNo"]
            self.people("edit_row", number=number, seq=1, fields={name: value})
        else:
            self.people("edit", form=self.form, key=int(key), fields={name: value})

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self.edit(key, field, value)
        self._stamp([key], seconds)

    def add_together(self, count: int) -> Sequence[str]:
        keys = [self.add() for _ in range(count)]
        self._stamp(keys, 0)
        return keys

    def _stamp(self, keys: Sequence[str], seconds: float) -> None:
        stamp = stamp_of(self.ago(seconds))
        table = self.server.books.table(self.form)
        with self.server.lock:
            for key in keys:
                bill = table.get(int(key)).copy()
                bill.values["FModifyDate"] = stamp
                table.put(bill)

    def step_of(self, key: str) -> str:
        return STEP_OF[self.held()[key]["FDocumentStatus"]]

    def lose_step(self, step: str) -> None:
        verb = {"submitted": "Submit", "audited": "Audit"}[step]
        self._fail(do="lose_answer", operation=verb, times=1)


class Orders(Bills):
    def add(self, number: str = "") -> str:
        rows = [{"FMaterialId": "M-002", "FUnitID": "Pcs", "FPriceUnitId": "Pcs",
                 "FStockUnitID": "Pcs", "FSettleOrgIds": "100", "FReserveType": "1",
                 "FOUTLMTUNIT": "SAL", "FDeliveryDate": "2026-03-20", "FQty": 2,
                 "FTaxPrice": 3} for _ in range(2)]  # fmt: skip
        model = {
            "FBillTypeID": "XSDD01_SYS",
            "FBillNo": number or f"P{next(self._numbers)}",
            "FDate": "2026-03-05",
            "FSaleOrgId": "100",
            "FCustId": "C0007",
            "FSalerId": "S001",
            "FSaleOrderFinance": {"FSettleCurrId": "PRE001"},
            ROWS: rows,
        }
        return str(self.people("make_bill", model=model)["key"])

    def delete(self, key: str) -> None:
        self.people("delete", number=self.held()[key]["FBillNo"])

    def is_cancelled(self, key: str) -> bool:
        return bool(self.held()[key]["FCancelStatus"] == "B")


class Customers(Bills):
    key = "FCUSTID"

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        """Without the copies that other organisations were given."""
        everything = super().held()
        return {
            key: held
            for key, held in everything.items()
            if held.get("FUseOrgId") in (None, held.get("FCreateOrgId"))
        }

    def add(self, number: str = "") -> str:
        model = {
            "FCreateOrgId": "100",
            "FUseOrgId": "100",
            "FNumber": number or f"P{next(self._numbers)}",
            "FName": "客户",
            "FTRADINGCURRID": "PRE001",
        }
        return str(self.people("make_bill", model=model, form=CUSTOMER)["key"])

    def delete(self, key: str) -> None:
        self.people("delete", number=self.held()[key]["FNumber"], form=CUSTOMER)


class Inventory(KingdeeRemote):
    """Quantities by material and warehouse."""

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            found = self.server.records(INVENTORY)
        return {
            f"{row['FMaterialId']['FNumber']}|{row['FStockId']['FNumber']}": row for row in found
        }

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
