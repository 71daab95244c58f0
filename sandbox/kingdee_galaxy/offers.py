"""Quotes: their amounts follow what is typed, as those of orders do."""

from __future__ import annotations

from .account_set import AccountSet
from .amounts import ON_TYPING, ZERO, decimal, retype
from .records import Bill, Row
from .rules import Rules
from .sales import digits_of
from .values import rounded

TOTALS = (
    ("FBillAllAmount", "FAllAmount"), ("FBillAmount", "FAmount"), ("FBillTaxAmount", "FTaxAmount"),
)  # fmt: skip


class Quotation(Rules):
    """SAL_QUOTATION."""

    recomputing = frozenset(ON_TYPING)

    def typed(self, books: AccountSet, bill: Bill, row: Row | None, key: str) -> None:
        if row is not None:
            retype(row.values, key, digits_of(books, bill), bool(bill.values.get("FIsIncludedTax")))

    def finish(self, books: AccountSet, bill: Bill) -> None:
        for total, part in TOTALS:
            amount = sum((decimal(row.values, part) for row in bill.each_row()), ZERO)
            bill.values[total] = rounded(amount, digits_of(books, bill).money)
