"""The shop floor: production, its receipts, inspections, and a day that passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sandbox.clock import CHINA

from .account_set import AccountSet
from .amounts import decimal
from .making import (
    Quantity,
    amount_of,
    code_of,
    create_audited,
    finish_by_hand,
    organisation_of,
)
from .production import (
    CLOSED,
    CONFIRMED,
    FINISHED,
    RELEASED,
    STARTED,
    WORKSHOP,
    change_rows,
    set_status,
)
from .push import open_rows, push_bill
from .records import Bill, Row
from .rules import Act
from .stock import Place, on_hand, usual_warehouse
from .values import plain
from .warehouse import Warehouse

STAGES = {"confirmed": CONFIRMED, "released": RELEASED, "started": STARTED, "stocked": STARTED,
          "finished": FINISHED, "closed": CLOSED}  # fmt: skip
PLANNER, FOREMAN, INSPECTOR = (
    Act("person:planner"), Act("person:foreman"), Act("person:inspector"),
)  # fmt: skip


class ShopFloor:
    """Everything that happens after an order is audited."""

    def __init__(self, books: AccountSet, rng: Random, warehouse: Warehouse) -> None:
        self.books, self.random, self.warehouse = books, rng, warehouse

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.make_production_order, self.advance_production, self.inspect, self.advance_day,
        )  # fmt: skip

    def make_production_order(
        self,
        material: str,
        quantity: Quantity,
        order_number: str = "",
        organisation: str = "",
        days: int = 7,
    ) -> str:
        """An audited PRD_MO due in `days`; without order_number it names no order. Its number."""
        org = organisation_of(self.books, organisation)
        product = self.books.require("BD_MATERIAL", material, org)
        bill = self._production_bill(product, Decimal(str(quantity)), org, days)
        order = self.books.require("SAL_SaleOrder", order_number) if order_number else None
        if order is not None:
            _name_order(next(bill.each_row()), order, product)
        return create_audited(self.books, bill, PLANNER)

    def _production_bill(self, product: Bill, quantity: Decimal, org: int, days: int) -> Bill:
        books, form = self.books, self.books.tables["PRD_MO"].form
        now = books.clock.now().astimezone(CHINA)
        due = (now + timedelta(days=days)).strftime("%Y-%m-%dT17:30:00")
        row = books.new_row(form, "FTreeEntity")
        row.values |= {
            "FMaterialId": product.id, "FUnitId": product.values["FBaseUnitId"],
            "FQty": plain(quantity), "FNoStockInQty": plain(quantity), "FSeq": 1,
            "FPlanStartDate": now.strftime("%Y-%m-%dT08:00:00"), "FPlanFinishDate": due,
            "FWorkShopID": books.require("BD_Department", WORKSHOP).id,
        }  # fmt: skip
        bill = books.new_bill(form)
        bill.rows["FTreeEntity"] = [row]
        bill.values |= {
            "FBillType": books.require("BOS_BillType", "SCDD01_SYS").id, "FPrdOrgId": org,
            "FDate": now.strftime("%Y-%m-%dT00:00:00"), "FOwnerId": org,
        }  # fmt: skip
        return bill

    def advance_production(
        self,
        order_number: str = "",
        to: str = "finished",
        quantity: Quantity | None = None,
        material: str = "",
    ) -> list[str]:
        """Move the rows of an order (or all) to confirmed, released, started, stocked (receives
        `quantity`, else the rest), finished (receives the rest) or closed. An order without
        production orders gets them for the materials that are made. Returns their numbers."""
        if to not in STAGES:
            raise ValueError(f"unknown stage {to!r}; one of: {', '.join(STAGES)}")
        bills = list(self._production_orders(order_number, material))
        if not bills and order_number:
            self._plan(self.books.require("SAL_SaleOrder", order_number))
            bills = list(self._production_orders(order_number, material))
        for bill in bills:
            self._advance(bill, to, None if quantity is None else Decimal(str(quantity)))
        return [bill.number for bill in bills]

    def _production_orders(self, order_number: str, material: str) -> Iterator[Bill]:
        table = self.books.tables["PRD_MO"]
        found = table.find("FSaleOrderNo", order_number) if order_number else table.bills.values()
        products = set(self.books.tables["BD_MATERIAL"].lookup("FNumber", material))
        for bill in list(found):
            made = {row.values.get("FMaterialId") for row in bill.each_row()}
            if bill.status == "C" and (not material or made & products):
                yield bill

    def _plan(self, order: Bill) -> None:
        for line in order.each_row():
            product = self.books.bill("BD_MATERIAL", line.values["FMaterialId"])
            if product.values.get("FErpClsID") == "2":
                self.make_production_order(
                    product.number, decimal(line.values, "FQty"), order.number
                )

    def _advance(self, bill: Bill, to: str, quantity: Decimal | None) -> None:
        self._move(bill, min(STAGES[to], STARTED))
        if to in ("stocked", "finished", "closed"):
            self._receive(bill, quantity)
            self._move(bill, STAGES[to])

    def _move(self, bill: Bill, target: str) -> None:
        """Step by step, so that every date on the way is set."""

        def move(row: Row) -> None:
            for status in "23456":
                if str(row.values["FStatus"]) < status <= target:
                    set_status(self.books, row, status)

        bill = self.books.bill("PRD_MO", bill.id)
        if any(str(row.values["FStatus"]) < target for row in bill.each_row()):
            change_rows(self.books, bill, FOREMAN, "row_status", move)

    def _receive(self, bill: Bill, quantity: Decimal | None) -> None:
        bill = self.books.bill("PRD_MO", bill.id)
        left = open_rows(self.books, bill, "PRD_INSTOCK")
        if quantity is not None:
            left = {row: min(quantity, open_quantity) for row, open_quantity in left.items()}
        if left:
            receipt = push_bill(self.books, bill, "PRD_INSTOCK", left, FOREMAN)
            finish_by_hand(self.books, receipt, FOREMAN)

    def inspect(
        self,
        source: str,
        qualified: Quantity,
        unqualified: Quantity = 0,
        defects: str = "",
        rework: bool = False,
    ) -> str:
        """An audited inspection of what a production order or a purchase receipt brought; with
        `rework` what failed goes back into production, by an order of its own: source, qualified,
        unqualified, defects, rework. Its number."""
        books, failed = self.books, amount_of(unqualified)
        order = books.find("PRD_MO", source)
        document = order or books.require("STK_InStock", source)
        line = next(document.each_row())
        product = books.bill("BD_MATERIAL", line.values["FMaterialId"])
        org = document.values["FPrdOrgId" if order else "FStockOrgId"]
        bill = books.new_bill(books.tables["QM_InspectBill"].form)
        row = books.new_row(bill.form, "FEntity")
        good = amount_of(qualified)
        row.values |= {
            "FMaterialId": product.id, "FUnitID": product.values["FBaseUnitId"],
            "FInspectQty": plain(good + failed), "FQualifiedQty": good, "FUnqualifiedQty": failed,
            "FInspectResult": "2" if failed else "1", "FSrcBillNo": source,
            "FSrcEntryId": line.id, "FMemo": defects, "F_CRM_Rework": rework,
        }  # fmt: skip
        bill.rows["FEntity"] = [row]
        kind = code_of(books, "BOS_BillType", "JYD002_SYS" if order else "JYD001_SYS")
        bill.values |= {"FBillTypeID": kind, "FInspectOrgId": org, "FSourceOrgId": org}
        number = create_audited(books, bill, INSPECTOR)
        if rework and failed:
            self._rework(product, failed, org, line)
        return number

    def _rework(self, product: Bill, quantity: Decimal, org: int, line: Row) -> None:
        bill = self._production_bill(product, quantity, org, 3)
        bill.values["FIsRework"] = True
        for key in ("FSaleOrderNo", "FSaleOrderId", "FSaleOrderEntryId", "FMTONo"):
            next(bill.each_row()).values[key] = line.values.get(key)
        create_audited(self.books, bill, PLANNER)

    def advance_day(self) -> dict[str, int]:
        """A day passes: the clock moves on, some production orders are released, started and
        finished, and some audited orders are shipped where stock allows. Returns counts."""
        self.books.clock.advance(86_400)
        done = {"moved": 0, "shipped": 0}
        for bill in self._production_orders("", ""):
            status = str(next(bill.each_row()).values["FStatus"])
            if status < FINISHED and self.random.random() < 0.4:
                stage = {"2": "released", "3": "started"}.get(status, "finished")
                self._advance(bill, stage, None)
                done["moved"] += 1
        for order in list(self.books.tables["SAL_SaleOrder"].bills.values()):
            if self.random.random() < 0.2 and self._can_ship(order):
                self.warehouse.ship(order.number)
                done["shipped"] += 1
        return done

    def _can_ship(self, order: Bill) -> bool:
        if order.status != "C" or order.values["FCloseStatus"] != "A":
            return False
        rows = open_rows(self.books, order, "SAL_OUTSTOCK")
        org = order.values["FSaleOrgId"]
        for row in order.each_row():
            material = row.values["FMaterialId"]
            house = row.values.get("FSOStockId") or usual_warehouse(self.books, material, org)
            lies_there = on_hand(self.books, material, Place(house, org))
            if row.id in rows and lies_there < rows[row.id]:
                return False
        return bool(rows)


def _name_order(row: Row, order: Bill, product: Bill) -> None:
    """Write the order, and the line that asks for this product, into a production row."""
    row.values |= {"FSaleOrderNo": order.number, "FSaleOrderId": order.id}
    for line in order.each_row():
        if line.values.get("FMaterialId") == product.id:
            row.values["FSaleOrderEntryId"] = line.id
            return
