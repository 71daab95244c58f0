"""What production, the warehouse and finance make of orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Record
from sandbox.clock import CHINA

from .forms import AUDITED, CUSTOMER, MATERIAL, ORDER, PAYMENT, ROWS, SHIPMENT, STOCK, STORE, TASK
from .saving import Saving, cents

Quantity = int | str | Decimal
ZERO = Decimal(0)


class Shop:
    """Everything that follows an audited order."""

    def __init__(self, books: Books, saving: Saving, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._saving = saving
        self._switches = switches

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.make_production_order, self.finish_production, self.ship, self.take_payment,
            self.change_stock,
        )  # fmt: skip

    def make_production_order(self, order: str, line_no: int = 1) -> str:
        """Begin to make what a row of an order asks for: order (number), line_no. Its number."""
        row = self._books.named(ORDER, order).rows[ROWS][line_no - 1].values
        names = ("material_id", "qty", "unit_id", "delivery_date")
        made = {name: row.get(name) for name in names} | {"src_bill_no": order}
        return self._made(TASK, {"io_status": "N"}, [made], "planner")

    def finish_production(self, number: str, quantity: Quantity | None = None) -> None:
        """Receive what was made: number, quantity (else all). It closes by itself."""
        task = self._books.named(TASK, number)
        row = task.rows[ROWS][0]
        ordered, before = row.values["qty"], row.values.get("inv_qty", ZERO)
        done = min(Decimal(str(quantity or ordered)) + before, ordered)
        made = self._done(task, [(row.key, done - before)])
        if done >= ordered:
            self._books.recompute(made.with_values(bill_close_state="S"))

    def ship(
        self, order: str, lines: Mapping[str, Quantity] | None = None, waybill: str = ""
    ) -> str:
        """Ship what is open of an order, or so much by row (from 1): order, lines, waybill (kept as
        its remark)."""
        bill = self._books.named(ORDER, order)
        rows, sent = [], []
        for place, row in enumerate(bill.each(ROWS), 1):
            values = row.values
            left = values["qty"] - values.get("inv_qty", ZERO)
            quantity = left if lines is None else Decimal(str(lines.get(str(place), 0)))
            if quantity > 0:
                share = cents(values["all_amount"] * quantity / values["qty"])
                names = ("material_id", "unit_id", "tax_price", "cess")
                made = {"qty": quantity, "all_amount": share, "src_bill_no": order}
                rows.append({name: values.get(name) for name in names} | made)
                sent.append((row.key, quantity))
        head = {"customer_id": bill.values["customer_id"], "remark": waybill}
        number = self._made(SHIPMENT, head, rows, "warehouse")
        self._done(bill, sent)
        return number

    def take_payment(self, customer: str, amount: Quantity, order: str = "") -> str:
        """A customer (number) pays: customer, amount, order (kept as the remark)."""
        partner = self._books.named(CUSTOMER, customer)
        head = {
            "customer_id": partner.key,
            "total_amount": Decimal(str(amount)),
            "remark": order,
        }
        return self._made(PAYMENT, head, [], "finance")

    def change_stock(self, material: str, warehouse: str, quantity: Quantity) -> None:
        """Set what lies in a warehouse: material, warehouse, quantity (0: no row is left)."""
        product = self._books.named(MATERIAL, material).key
        place = self._books.named(STORE, warehouse).key
        amount = Decimal(str(quantity))
        there = [one for one in self._books.having(STOCK, "material_id", product)
                 if one.values["stock_id"] == place]  # fmt: skip
        for one in there[amount != 0 :]:
            self._books.remove(STOCK, one.key, by="person:warehouse")
        values: dict[str, Any] = {"qty": amount, "valid_qty": amount}
        if there and amount:
            self._books.change(STOCK, there[0].key, values, by="person:warehouse")
        elif amount:
            values |= {"material_id": product, "stock_id": place}
            self._books.create(STOCK, values, by="person:warehouse")

    # -- making -----------------------------------------------------------------------------

    def _made(self, form: str, values: dict[str, Any], rows: list[Any], by: str) -> str:
        day = self._books.clock.now().astimezone(CHINA).date()
        head = {"bill_no": self._saving.next_number(form), "bill_date": day, **values}
        tables = {ROWS: [("", row) for row in rows]} if rows else {}
        made = self._books.create(form, head, tables, by=f"person:{by}")
        self._books.move(form, made.key, AUDITED, by=f"person:{by}", operation="audit")
        return made.number

    def _done(self, bill: Record, done: list[tuple[str, Decimal]]) -> Record:
        """What was done is told in the bill's rows; whether that modifies it, nobody knows."""
        made = bill
        for key, quantity in done:
            before = next(row for row in made.each(ROWS) if row.key == key).values
            total = before.get("inv_qty", ZERO) + quantity
            made = made.with_values(ROWS, key, inv_qty=total)
        if self._switches["steps_modify"]:
            made = replace(made, stamp=self._books.clock.now())
        return self._books.recompute(made)
