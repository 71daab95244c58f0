"""What production, the warehouse and finance make of orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Record, Row
from sandbox.clock import CHINA

from .forms import (
    AUDITED,
    CLOSED,
    DELIVERY,
    DISPATCH,
    INVENTORY,
    INVOICE,
    MAKING,
    ORDER,
    PURCHASE,
    RECEIPT,
    STOCK,
    WAREHOUSE,
)
from .saving import Saving

Quantity = int | str | Decimal


class Shop:
    """Everything that follows an audited order."""

    def __init__(self, books: Books, saving: Saving, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._saving = saving
        self._switches = switches

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.make_production_order, self.finish_production, self.receive_purchase, self.ship,
            self.invoice, self.change_stock,
        )  # fmt: skip

    def make_production_order(self, order: str, line_no: int = 1) -> str:
        """Begin to make what a row of an order asks for: order (number), line_no. Its number."""
        row = self._books.named(ORDER, order).rows["SaleOrderDetails"][line_no - 1]
        day = self._today()
        made = {
            **_goods(row), "Quantity": row.values["Quantity"], "FinishedQuantity": 0,
            "PreStartDate": day, "PreFinishDate": day + timedelta(days=7), "SaleOrderCode": order,
        }  # fmt: skip
        rows = {"ManufactureOrderDetails": [("", made)]}
        return self._made(MAKING, {"VoucherDate": day}, rows, "planner")

    def finish_production(self, number: str, quantity: Quantity | None = None) -> None:
        """Report what was made: number, quantity (else all). What is finished is closed."""
        bill = self._books.named(MAKING, number)
        row = bill.rows["ManufactureOrderDetails"][0]
        ordered, before = row.values["Quantity"], row.values["FinishedQuantity"]
        done = min(Decimal(str(quantity or ordered)) + before, ordered)
        self._count(bill, [(row, "FinishedQuantity", done - before)])
        if done >= ordered:
            self._books.move(MAKING, bill.key, CLOSED, by="person:workshop")

    def receive_purchase(self, number: str, quantity: Quantity | None = None) -> str:
        """What was bought comes: number, quantity (else all that is open)."""
        bill = self._books.named(PURCHASE, number)
        row = bill.rows["PurchaseOrderDetails"][0]
        left = row.values["Quantity"] - row.values.get("ExecutedQuantity", Decimal(0))
        come = Decimal(str(quantity)) if quantity is not None else left
        self._count(bill, [(row, "ExecutedQuantity", come)])
        head = {"VoucherDate": self._today(), "Partner": bill.values["Partner"],
                "SourceVoucherCode": number}  # fmt: skip
        rows = {"RDRecordDetails": [("", {**_goods(row), "Quantity": come})]}
        return self._made(RECEIPT, head, rows, "warehouse")

    def ship(
        self, order: str, lines: Mapping[str, Quantity] | None = None, waybill: str = ""
    ) -> str:
        """Ship what is open of an order, or so much by row (from 1): order, lines, waybill."""
        bill = self._books.named(ORDER, order)
        rows, sent = [], []
        for place, row in enumerate(bill.each("SaleOrderDetails"), 1):
            left = row.values["Quantity"] - row.values.get("ExecutedQuantity", Decimal(0))
            quantity = left if lines is None else Decimal(str(lines.get(str(place), 0)))
            if quantity > 0:
                rows.append(("", _share(row, quantity) | {"SourceVoucherCode": bill.number}))
                sent.append((row, "ExecutedQuantity", quantity))
        day = self._today()
        head = {
            "Customer": bill.values["Customer"], "VoucherDate": day, "DeliveryDate": day,
            "SettleCustomer": bill.values.get("SettleCustomer"),
            "OrigTaxAmount": sum((one["OrigTaxAmount"] for _, one in rows), Decimal(0)),
            "RecivingMaturity": day + timedelta(days=30),
            "DynamicProperty.priuserdefnvc1": waybill,
        }  # fmt: skip
        number = self._made(DELIVERY, head, {"SaleDeliveryDetails": rows}, "warehouse")
        goods = [("", {n: one[n] for n in ("Inventory", "Unit", "Quantity") if n in one})
                 for _, one in rows]  # fmt: skip
        out = {"Partner": bill.values["Customer"], "VoucherDate": day, "SourceVoucherCode": number}
        self._made(DISPATCH, out, {"RDRecordDetails": goods}, "warehouse")
        self._count(bill, sent)
        return number

    def invoice(self, order: str) -> str:
        """Invoice an order: order."""
        bill = self._books.named(ORDER, order)
        rows = [("", _share(row, row.values["Quantity"]) | {"SourceVoucherCode": order})
                for row in bill.each("SaleOrderDetails")]  # fmt: skip
        head = {
            "Customer": bill.values["Customer"], "VoucherDate": self._today(),
            "OrigTaxAmount": sum((one["OrigTaxAmount"] for _, one in rows), Decimal(0)),
            "InvoiceNo": f"24312000{bill.key:>012}", "InvoiceType": "01",
        }  # fmt: skip
        return self._made(INVOICE, head, {"SaleInvoiceDetails": rows}, "finance")

    def change_stock(self, material: str, warehouse: str, quantity: Quantity) -> None:
        """Set what lies in a warehouse: material, warehouse, quantity."""
        goods = self._books.named(INVENTORY, material).key
        place = self._books.named(WAREHOUSE, warehouse).key
        amount = Decimal(str(quantity))
        values = {"ExistingQuantity": amount, "AvailableQuantity": amount}
        there = [one for one in self._books.having(STOCK, "Inventory", goods)
                 if one.values["Warehouse"] == place]  # fmt: skip
        if there:
            self._books.change(STOCK, there[0].key, values, by="person:warehouse")
        else:
            made = {"Inventory": goods, "Warehouse": place, **values}
            self._books.create(STOCK, made, by="person:warehouse")

    # -- making -----------------------------------------------------------------------------

    def _made(self, form: str, head: dict[str, Any], rows: Any, by: str) -> str:
        values = {"Code": self._saving.next_code(form), **head}
        made = self._books.create(form, values, rows, by=f"person:{by}")
        self._books.move(form, made.key, AUDITED, by=f"person:{by}", operation="audit")
        return str(values["Code"])

    def _count(self, bill: Record, done: list[tuple[Row, str, Decimal]]) -> None:
        """What was done is told in the bill's rows; whether the head's row version moves, nobody
        knows."""
        made, table = bill, next(iter(bill.rows))
        for row, name, quantity in done:
            before = row.values.get(name, Decimal(0))
            made = made.with_values(table, row.key, **{name: before + quantity})
        self._books.recompute(made)
        if self._switches["progress_moves_version"]:
            self._books.change(bill.form, bill.key, {}, by="person:warehouse")

    def _today(self) -> date:
        return self._books.clock.now().astimezone(CHINA).date()


def _goods(row: Row) -> dict[str, Any]:
    return {name: row.values[name] for name in ("Inventory", "Unit") if name in row.values}


def _share(row: Row, quantity: Decimal) -> dict[str, Any]:
    """A row of what becomes of so much of it."""
    share = row.values["OrigTaxAmount"] * quantity / row.values["Quantity"]
    return {
        **_goods(row), "Quantity": quantity, "OrigTaxPrice": row.values["OrigTaxPrice"],
        "OrigTaxAmount": share, "TaxRate": row.values.get("TaxRate"),
    }  # fmt: skip
