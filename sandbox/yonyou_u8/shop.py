"""What the warehouse, production and finance make of orders."""

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
    ENTRY,
    FORMS,
    INVENTORY,
    INVOICE,
    ORDER,
    PAYMENT,
    PRODUCT_IN,
    PURCHASE,
    PURCHASE_IN,
    RECEIVABLE,
    SALEOUT,
    STOCK,
    WAREHOUSE,
)
from .saving import Saving

Quantity = int | str | Decimal
SPECIAL = "26"
"""专用发票; 27 is an ordinary one."""


class Shop:
    """Everything that follows an audited order."""

    def __init__(self, books: Books, saving: Saving) -> None:
        self._books = books
        self._saving = saving
        self._planned: dict[str, tuple[str, Decimal, str]] = {}
        """Production orders by number: material, quantity, order. No call shows them."""

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.make_production_order, self.finish_production, self.receive_purchase, self.ship,
            self.invoice, self.take_payment, self.book_receivable, self.change_stock,
        )  # fmt: skip

    def make_production_order(self, order: str, line_no: int = 1) -> str:
        """Begin to make what a row of an order asks for: order (number), line_no. Its number."""
        row = self._books.named(ORDER, order).rows[ENTRY][line_no - 1].values
        number = f"MO{len(self._planned) + 1:08}"
        self._planned[number] = (row["inventorycode"], row["quantity"], order)
        return number

    def finish_production(self, number: str, quantity: Quantity | None = None) -> str:
        """Receive what was made: number, quantity (else all). The receipt's number."""
        material, planned, order = self._planned[number]
        done = planned if quantity is None else Decimal(str(quantity))
        row = {"inventorycode": material, "quantity": done, "rowno": 1, "mocode": number,
               "ordercode": order}  # fmt: skip
        values = {"warehousecode": self._first_warehouse(), "handler": "person:warehouse"}
        return self._made(PRODUCT_IN, values, [row])

    def receive_purchase(self, number: str, quantity: Quantity | None = None) -> str:
        """What was bought comes: number, quantity (else all that is open)."""
        bill = self._books.named(PURCHASE, number)
        row = bill.rows[ENTRY][0]
        before = row.values.get("receivedqty", Decimal(0))
        left = row.values["quantity"] - before
        come = left if quantity is None else Decimal(str(quantity))
        done = {"receivedqty": before + come}
        head = {"receiptstatus": 2 if before + come >= row.values["quantity"] else 1}
        self._books.change(
            PURCHASE, bill.key, head, {ENTRY: [(row.key, done)]}, by="person:warehouse"
        )
        made = {"inventorycode": row.values["inventorycode"], "quantity": come, "rowno": 1,
                "id": number}  # fmt: skip
        values = {"vendorcode": bill.values["vendorcode"], "warehousecode": self._first_warehouse(),
                  "handler": "person:warehouse"}  # fmt: skip
        return self._made(PURCHASE_IN, values, [made])

    def ship(
        self, order: str, lines: Mapping[str, Quantity] | None = None, waybill: str = ""
    ) -> str:
        """Ship what is open of an order, or so much by row (from 1): order, lines, waybill."""
        bill = self._books.named(ORDER, order)
        rows, done = [], []
        for place, row in enumerate(bill.each(ENTRY), 1):
            left = row.values["quantity"] - row.values.get("shipped", Decimal(0))
            quantity = left if lines is None else Decimal(str(lines.get(str(place), 0)))
            if quantity > 0:
                rows.append({"inventorycode": row.values["inventorycode"], "quantity": quantity,
                             "rowno": place, "ordercode": order})  # fmt: skip
                done.append((row.key, "shipped", quantity))
        values = {
            "customercode": bill.values["custcode"], "warehousecode": self._first_warehouse(),
            "businesstype": "普通销售", "handler": "person:warehouse", "define10": waybill,
        }  # fmt: skip
        number = self._made(SALEOUT, values, rows)
        self._executed(bill, done)
        return number

    def invoice(self, order: str) -> str:
        """Invoice the whole of an order: order."""
        bill = self._books.named(ORDER, order)
        rows = [
            {"inventorycode": row.values["inventorycode"], "quantity": row.values["quantity"],
             "originalsum": row.values["sum"], "originaltax": row.values["tax"],
             "originalmoney": row.values["money"], "sum": row.values["sum"], "irowno": place,
             "csocode": order}
            for place, row in enumerate(bill.each(ENTRY), 1)
        ]  # fmt: skip
        values = {"vouchertype": SPECIAL, "customercode": bill.values["custcode"],
                  "isnegative": 0, "csocode": order, "verifier": "person:finance"}  # fmt: skip
        return self._made(INVOICE, values, rows)

    def book_receivable(self, order: str, days: int = 30) -> str:
        """Book what a customer owes for an order: order, days."""
        bill = self._books.named(ORDER, order)
        total = sum((row.values["sum"] for row in bill.each(ENTRY)), Decimal(0))
        values = {"cust_vendor_code": bill.values["custcode"], "amount": total,
                  "natamount": total, "remainamount": total, "bdebitcredit": 1, "digest": order,
                  "currency_name": "人民币", "date": self._today() + timedelta(days=days),
                  "vouchdate": self._today()}  # fmt: skip
        return self._made(RECEIVABLE, values, [])

    def take_payment(self, customer: str, amount: Quantity, order: str = "") -> str:
        """A customer (number) pays: customer, amount, order."""
        money = Decimal(str(amount))
        values = {"customercode": self._books.named(CUSTOMER, customer).key, "vouchtype": "48",
                  "amount": money, "originalamount": money, "foreigncurrency": "人民币",
                  "digest": order, "verifier": "person:finance",
                  "vouchdate": self._today()}  # fmt: skip
        return self._made(PAYMENT, values, [])

    def change_stock(self, material: str, warehouse: str, quantity: Quantity) -> None:
        """Set what lies in a warehouse: material, warehouse, quantity (0: no row is left)."""
        product = self._books.named(INVENTORY, material).key
        place = self._books.named(WAREHOUSE, warehouse).key
        amount = Decimal(str(quantity))
        there = [one for one in self._books.having(STOCK, "invcode", product)
                 if one.values["whcode"] == place]  # fmt: skip
        for one in there[amount != 0 :]:
            self._books.remove(STOCK, one.key, by="person:warehouse")
        values = {"qty": amount, "availqty": amount}
        if there and amount:
            self._books.change(STOCK, there[0].key, values, by="person:warehouse")
        elif amount:
            made = {"invcode": product, "whcode": place, **values}
            self._books.create(STOCK, made, by="person:warehouse")

    # -- making -----------------------------------------------------------------------------

    def _made(self, form: str, values: dict[str, Any], rows: list[dict[str, Any]]) -> str:
        number = self._saving.next_code(form)
        values |= {FORMS[form].number: number}
        if "date" in FORMS[form].fields:
            values.setdefault("date", self._today())
        tables = {ENTRY: [("", row) for row in rows]} if FORMS[form].tables else {}
        made = self._books.create(form, values, tables, by="person:clerk")
        self._books.move(form, made.key, AUDITED, by="person:clerk", operation="verify")
        return number

    def _executed(self, order: Record, done: list[tuple[str, str, Decimal]]) -> None:
        """U8 notes in the order's rows what was done; its row version does not move."""
        made = order
        for key, name, quantity in done:
            before = next(row for row in made.each(ENTRY) if row.key == key).values
            made = made.with_values(ENTRY, key, **{name: before.get(name, Decimal(0)) + quantity})
        self._books.recompute(made)

    def _first_warehouse(self) -> str:
        return next(iter(self._books.live(WAREHOUSE)))

    def _today(self) -> Any:
        return self._books.clock.now().astimezone(CHINA).date()
