"""What this tenant reckons before it keeps a record: lines, and orders by their lines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.books import Books, Record

CENT = Decimal("0.01")


class Amounts:
    """Lines by quantity and price; orders by their lines."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches

    def computed(self, record: Record) -> Record:
        """A line's amount, where quantity or price changed or there is none."""
        values = record.values
        quantity, price = values.get("quantity"), values.get("unitPrice")
        if record.form != "orderProduct" or quantity is None or price is None:
            return record
        before = self._books.live(record.form).get(record.key)
        changed = before is not None and any(
            before.values.get(name) != values.get(name) for name in ("quantity", "unitPrice")
        )
        if not changed and values.get("priceTotal") is not None:
            return record
        return record.with_values(priceTotal=(quantity * price).quantize(CENT, ROUND_HALF_UP))

    def follow(self, record: Record) -> None:
        """After a line came, changed or went, or an order changed: its amount. Whether that moves
        the order's stamp is unknown; here it does not, unless the switch says so."""
        is_line = record.form == "orderProduct"
        order = str(record.values.get("orderId") if is_line else record.key)
        orders = self._books.live("order")
        if order not in orders:
            return
        lines = self._books.having("orderProduct", "orderId", order)
        amount = sum((line.values.get("priceTotal", Decimal(0)) for line in lines), Decimal(0))
        discount = orders[order].values.get("discount__c", Decimal(0))
        self._books.recompute(orders[order].with_values(amount=amount - discount))
        if is_line and self._switches["lines_bump_order"]:
            self._books.change("order", order, {}, by="totals")
