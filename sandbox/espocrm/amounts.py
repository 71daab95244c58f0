"""What this instance reckons before it keeps a record: lines and totals, names, versions."""

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
        """What follows from the record's own fields."""
        version = int(record.values.get("versionNumber", 0)) + 1
        made = record.with_values(versionNumber=Decimal(version))
        if record.form == "Contact":
            parts = (record.values.get("firstName"), record.values.get("lastName"))
            return made.with_values(name=" ".join(filter(None, parts)))
        if record.form == "SalesOrder":
            return made.with_values(name=record.values.get("number"))
        return self._line(made) if record.form == "SalesOrderItem" else made

    def _line(self, line: Record) -> Record:
        values = line.values
        quantity, price = values.get("quantity"), values.get("cPriceWithTax")
        if quantity is None or price is None:
            return line
        with_tax = values.get("cAmountWithTax")
        before = self._books.live(line.form).get(line.key)
        changed = before is not None and any(
            before.values.get(name) != values.get(name) for name in ("quantity", "cPriceWithTax")
        )
        if with_tax is None or changed:
            with_tax = _round(quantity * price)
        rate = 1 + values.get("taxRate", Decimal(0)) / 100
        return line.with_values(
            cAmountWithTax=with_tax,
            unitPrice=(price / rate).quantize(Decimal("0.000001"), ROUND_HALF_UP),
            amount=_round(with_tax / rate),
        )

    def follow(self, record: Record) -> None:
        """After a line came, changed or went, or an order changed: its totals. Whether that
        moves the order's stamp is unknown; here it does not, unless the switch says so."""
        is_line = record.form == "SalesOrderItem"
        order = str(record.values.get("salesOrder") if is_line else record.key)
        if order not in self._orders:
            return
        self._books.recompute(self._totalled(self._orders[order]))
        if is_line and self._switches["lines_bump_order"]:
            self._books.change("SalesOrder", order, {}, by="totals")

    @property
    def _orders(self) -> Mapping[str, Record]:
        return self._books.live("SalesOrder")

    def _totalled(self, order: Record) -> Record:
        lines = self._books.having("SalesOrderItem", "salesOrder", order.key)
        net = sum((line.values.get("amount", Decimal(0)) for line in lines), Decimal(0))
        gross = sum((line.values.get("cAmountWithTax", Decimal(0)) for line in lines), Decimal(0))
        discount = order.values.get("cDiscount", Decimal(0))
        return order.with_values(amount=net, grandTotalAmount=gross - discount)


def _round(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
