"""What bills do to the bills that they were made from: executed quantities, and closing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from .account_set import AccountSet
from .amounts import ZERO, decimal
from .records import Bill, Row
from .rules import Act
from .values import plain

OPEN, YES = "A", "B"

Lines = Mapping[int, Decimal]
"""Quantity by the source's row."""


class Source(NamedTuple):
    """Which fields of a row say what it was made from, and how much of it."""

    number: str
    line: str
    quantity: str


def sources(bill: Bill, source: Source, sign: int) -> dict[str, dict[int, Decimal]]:
    """What the rows take of which rows of which bills, by number."""
    found: dict[str, dict[int, Decimal]] = {}
    for row in bill.each_row():
        number, line = row.values.get(source.number), row.values.get(source.line) or 0
        if number:
            lines = found.setdefault(number, {})
            lines[line] = lines.get(line, ZERO) + decimal(row.values, source.quantity) * sign
    return found


def execute(
    books: AccountSet, form_id: str, number: str, lines: Lines, act: Act,
    change: Callable[[Row, Decimal], None], *, closes: bool = False,
) -> None:  # fmt: skip
    """Change rows of a source; its modification stamp does not move. `closes`: a source whose
    rows are all closed closes itself."""
    bill = books.find(form_id, number)
    if bill is None:
        return
    changed = bill.copy()
    for row in changed.each_row():
        if row.id in lines:
            change(row, lines[row.id])
    if closes:
        close_when_done(changed)
    books.commit("executed", changed, act.by, moves=False)


def add(row: Row, key: str, quantity: Decimal) -> None:
    row.values[key] = plain(decimal(row.values, key) + quantity)


def close_when_done(order: Bill) -> None:
    """The head is closed exactly while no row is open."""
    is_open = any(
        row.values["FMrpCloseStatus"] == OPEN
        and row.values.get("FMrpTerminateStatus", OPEN) == OPEN
        for row in order.each_row()
    )
    order.values["FCloseStatus"] = OPEN if is_open else YES
