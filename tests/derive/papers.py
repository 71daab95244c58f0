"""Orders and documents with next to nothing on them, for worked examples."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from connector.derive.order import Line, Order
from connector.objects.finance import (
    Allocation,
    Due,
    Invoice,
    InvoiceLine,
    Payable,
    Payment,
    Receivable,
)
from connector.objects.fulfilment import GoodsReturn, Shipment, ShipmentLine

D = Decimal


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


def line(id_: str, material: str, ordered: Any, amount: Any, **more: Any) -> Line:
    """A line that the ERP's row `r<id>` stands for, at 13 % tax."""
    usual = {"rows": frozenset({f"r{id_}"}), "tax_rate": D("0.13"), **more}
    return Line(id_, material=material, ordered=D(ordered), amount_with_tax=D(amount), **usual)


def order(*lines: Line, **more: Any) -> Order:
    usual: dict[str, Any] = {
        "key": "o1",
        "number": "SO-1",
        "target_number": "XS-1",
        "customer": "K",
        "source_customer": "C",
        "ordered_on": day(1),
        "lines": lines,
    }
    return Order(**{**usual, **more})


def shipment(on: date, *rows: tuple[str, str, Any], **more: Any) -> Shipment:
    """Rows are: row of the order, material, quantity."""
    lines = tuple(_moved(*row) for row in rows)
    return Shipment(shipped_on=on, **{"status": "approved", "lines": lines, **more})


def returned(on: date, *rows: tuple[str, str, Any], **more: Any) -> GoodsReturn:
    lines = tuple(_moved(*row) for row in rows)
    return GoodsReturn(returned_on=on, **{"status": "approved", "lines": lines, **more})


def _moved(row: str, material: str, quantity: Any, **more: Any) -> ShipmentLine:
    return ShipmentLine(
        id="1",
        material=material,
        quantity=D(quantity),
        order_number="XS-1",
        order_line=row,
        **more,
    )


def invoice(on: date, *rows: tuple[str, str, Any, Any], **more: Any) -> Invoice:
    """Rows are: row of the order, material, quantity, amount with tax. Red where that is less."""
    lines = tuple(
        InvoiceLine(
            id="1",
            material=material,
            quantity=D(quantity),
            amount_with_tax=D(amount),
            order_number="XS-1",
            order_line=row,
        )
        for row, material, quantity, amount in rows
    )
    whole = sum((x.amount_with_tax for x in lines), D(0))
    usual = {"status": "approved", "lines": lines, "amount_with_tax": whole, "red": whole < 0}
    return Invoice(invoiced_on=on, **{**usual, **more})


def receivable(number: str, amount: Any, due: date | None = None, **more: Any) -> Receivable:
    return Receivable(**_debt(number, amount, due, {"customer": "K", **more}))


def payable(number: str, amount: Any, due: date | None = None, **more: Any) -> Payable:
    return Payable(**_debt(number, amount, due, {"supplier": "S", **more}))


def _debt(number: str, amount: Any, due: date | None, more: dict[str, Any]) -> dict[str, Any]:
    usual = {"number": number, "amount_with_tax": D(amount), "due_on": due}
    return {"booked_on": day(1), "status": "approved", **usual, **more}


def due(on: date, amount: Any, settled: Any = 0, **more: Any) -> Due:
    return Due(due_on=on, amount=D(amount), settled=D(settled), **more)


def payment(on: date, amount: Any, *uses: Allocation, **more: Any) -> Payment:
    usual = {"status": "approved", "customer": "K", "allocations": uses}
    return Payment(paid_on=on, amount=D(amount), **{**usual, **more})


def for_order(amount: Any, number: str = "XS-1") -> Allocation:
    return Allocation(order_number=number, amount=D(amount))


def for_debt(amount: Any, number: str) -> Allocation:
    return Allocation(receivable=number, amount=D(amount))
