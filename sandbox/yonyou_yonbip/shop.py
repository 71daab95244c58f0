"""What production, the warehouse and finance make of orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Record
from sandbox.clock import CHINA

from .forms import (
    AUDITED,
    CUSTOMER,
    INVOICE,
    ORDER,
    PAYMENT,
    PRODUCT,
    PRODUCTION,
    PURCHASE,
    RECEIPT,
    RECEIVABLE,
    SHIPMENT,
    STOCK,
    WAREHOUSE,
)
from .saving import Saving

Quantity = int | str | Decimal
STARTED, FINISHED, CLOSED = "5", "6", "2"


class Shop:
    """Everything that follows an audited order."""

    def __init__(self, books: Books, saving: Saving, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._saving = saving
        self._switches = switches

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.make_production_order, self.finish_production, self.receive_purchase, self.ship,
            self.invoice, self.take_payment, self.book_receivable, self.change_stock,
        )  # fmt: skip

    def make_production_order(self, order: str, line_no: int = 1) -> str:
        """Begin to make what a row of an order asks for: order (number), line_no. Its number."""
        bill = self._books.named(ORDER, order)
        row = bill.rows["orderDetails"][line_no - 1].values
        day = self._today()
        made = {
            "productId": row["productId"], "lineNo": 10, "quantity": row["qty"],
            "completedQuantity": 0, "incomingQuantity": 0, "stockStatus": 0, "startDate": day,
            "finishDate": day + timedelta(days=7),
        }  # fmt: skip
        values = {"orgId": bill.values["salesOrgId"], "vouchdate": day, "out_sys_code": order,
                  "progress": STARTED}  # fmt: skip
        return self._made(PRODUCTION, values, {"orderProduct": [("", made)]}, "planner")

    def finish_production(self, number: str, quantity: Quantity | None = None) -> None:
        """Report and receive what was made: number, quantity (else all)."""
        bill = self._books.named(PRODUCTION, number)
        row = bill.rows["orderProduct"][0]
        ordered, before = row.values["quantity"], row.values["incomingQuantity"]
        done = min(Decimal(str(quantity or ordered)) + before, ordered)
        whole = done >= ordered
        values = {
            "completedQuantity": done,
            "incomingQuantity": done,
            "stockStatus": 2 if whole else 1,
        }
        rows = {"orderProduct": [(row.key, values)]}
        head = {"progress": FINISHED if whole else STARTED}
        self._books.change(PRODUCTION, bill.key, head, rows, by="person:workshop")

    def receive_purchase(self, number: str, quantity: Quantity | None = None) -> str:
        """What was bought comes: number, quantity (else all that is open)."""
        bill = self._books.named(PURCHASE, number)
        row = bill.rows["purchaseOrders"][0]
        ordered, before = row.values["qty"], row.values.get("totalInQty", Decimal(0))
        come = Decimal(str(quantity)) if quantity is not None else ordered - before
        rows = {"purchaseOrders": [(row.key, {"totalInQty": before + come})]}
        self._books.change(PURCHASE, bill.key, {}, rows, by="person:warehouse")
        made = {"product": row.values["product"], "qty": come, "pocode": number}
        head = {name: bill.values[name] for name in ("org", "vendor")}
        values = {**head, "vouchdate": self._today()}
        return self._made(RECEIPT, values, {"purInRecords": [("", made)]}, "warehouse")

    def ship(
        self, order: str, lines: Mapping[str, Quantity] | None = None, waybill: str = ""
    ) -> str:
        """Ship what is open of an order, or so much by row (from 1): order, lines, waybill."""
        bill = self._books.named(ORDER, order)
        rows, sent = [], []
        for place, row in enumerate(bill.each("orderDetails"), 1):
            left = row.values["qty"] - row.values.get("totalOutStockQuantity", Decimal(0))
            quantity = left if lines is None else Decimal(str(lines.get(str(place), 0)))
            if quantity > 0:
                share = row.values["oriSum"] * quantity / row.values["qty"]
                made = {"product": row.values["productId"], "qty": quantity, "oriSum": share,
                        "subQty": quantity, "firstupcode": bill.number}  # fmt: skip
                rows.append(("", made))
                sent.append((row.key, "totalOutStockQuantity", quantity))
                sent.append((row.key, "sendQty", quantity))
        values = {
            "org": bill.values["salesOrgId"], "cust": bill.values["agentId"],
            "warehouse": next(iter(self._books.live(WAREHOUSE))), "vouchdate": self._today(),
            "upcode": f"FH-{bill.number}", "logistics": waybill,
        }  # fmt: skip
        number = self._made(SHIPMENT, values, {"details": rows}, "warehouse")
        self._executed(bill, sent)
        return number

    def invoice(self, order: str) -> str:
        """Invoice what of an order is not invoiced yet: order."""
        bill = self._books.named(ORDER, order)
        rows, done = [], []
        for row in bill.each("orderDetails"):
            left = row.values["qty"] - row.values.get("invoiceQty", Decimal(0))
            tax = row.values["orderDetailPrices.oriTax"]
            if left > 0:
                rows.append(("", {"productId": row.values["productId"], "qty": left,
                                  "oriSum": row.values["oriSum"], "oriTax": tax,
                                  "srcVoucherNo": bill.number}))  # fmt: skip
                done.append((row.key, "invoiceQty", left))
        total, taxes = (
            sum((one[name] for _, one in rows), Decimal(0)) for name in ("oriSum", "oriTax")
        )
        values = {
            "agentId": bill.values["agentId"], "vouchdate": self._today(), "invoiceType": 1,
            "oriSum": total, "oriTax": taxes, "oriMoney": total - taxes, "currency_code": "CNY",
        }  # fmt: skip
        number = self._made(INVOICE, values, {"saleInvoiceDetails": rows}, "finance")
        self._executed(bill, done)
        return number

    def book_receivable(self, order: str, days: int = 30) -> str:
        """Book what a customer owes for an order: order, days."""
        bill, day = self._books.named(ORDER, order), self._today()
        row = {"Customer": bill.values["agentId"], "OriTaxIncludedAmount": bill.values["payMoney"],
               "OriCurrencyName": "人民币"}  # fmt: skip
        values = {"financeOrg": bill.values["settlementOrgId"], "billDate": day,
                  "startDate": day + timedelta(days=days), "writeOffState": "0"}  # fmt: skip
        return self._made(RECEIVABLE, values, {"bodyItem": [("", row)]}, "finance")

    def take_payment(self, customer: str, amount: Quantity, order: str = "") -> str:
        """A customer (number) pays: customer, amount, order."""
        partner = self._books.named(CUSTOMER, customer)
        money = Decimal(str(amount))
        values = {"customer": partner.key, "vouchdate": self._today(), "oriSum": money,
                  "balance": money, "orderno": order, "currency_name": "人民币",
                  "tradetype_name": "销售收款"}  # fmt: skip
        return self._made(PAYMENT, values, {}, "finance")

    def change_stock(self, material: str, warehouse: str, quantity: Quantity) -> None:
        """Set what lies in a warehouse: material, warehouse, quantity (0: no row is left)."""
        product = self._books.named(PRODUCT, material).key
        place = self._books.named(WAREHOUSE, warehouse).key
        amount = Decimal(str(quantity))
        there = [one for one in self._books.having(STOCK, "product", product)
                 if one.values["warehouse"] == place]  # fmt: skip
        for one in there[amount != 0 :]:
            self._books.remove(STOCK, one.key, by="person:warehouse")
        values = {"currentqty": amount, "availableqty": amount}
        if there and amount:
            self._books.change(STOCK, there[0].key, values, by="person:warehouse")
        elif amount:
            self._books.create(
                STOCK, {"product": product, "warehouse": place, **values}, by="person:warehouse"
            )

    # -- making -----------------------------------------------------------------------------

    def _made(self, form: str, values: dict[str, Any], rows: Any, by: str) -> str:
        values["code"] = self._saving.next_code(form)
        made = self._books.create(form, values, rows, by=f"person:{by}")
        self._books.move(form, made.key, AUDITED, by=f"person:{by}", operation="audit")
        return str(values["code"])

    def _executed(self, order: Record, done: list[tuple[str, str, Decimal]]) -> None:
        """What was done is told in the order's rows; whether its stamp moves, nobody knows."""
        made = order
        for key, name, quantity in done:
            before = next(row for row in made.each("orderDetails") if row.key == key).values
            made = made.with_values(
                "orderDetails", key, **{name: before.get(name, Decimal(0)) + quantity}
            )
        self._books.recompute(made)
        if self._switches["progress_moves_stamp"]:
            self._books.change(ORDER, order.key, {}, by="person:warehouse", operation="progress")

    def _today(self) -> Any:
        return self._books.clock.now().astimezone(CHINA).date()
