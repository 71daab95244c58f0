"""What the org reckons itself: totals of lines and of what they belong to, names, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any

from sandbox.books import Books, Record

from .forms import DETAILS, MASTERS
from .shown import DELETED

CENT = Decimal("0.01")
NUMBERS = {"Order": "OrderNumber", "Quote": "QuoteNumber", "Contract": "ContractNumber"}
"""Numbers that the org draws, by object."""


class Amounts:
    """Lines by quantity and price, orders by their lines."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches
        self._drawn = count(100)

    def computed(self, record: Record) -> Record:
        """What follows from the record's own fields."""
        values = record.values
        if record.form in MASTERS and "Quantity" in values and "UnitPrice" in values:
            off = 1 - values.get("Discount", Decimal(0)) / 100
            amount = values["Quantity"] * values["UnitPrice"] * off
            return record.with_values(TotalPrice=amount.quantize(CENT, ROUND_HALF_UP))
        if record.form == "Contact":
            parts = (values.get("FirstName"), values.get("LastName"))
            return record.with_values(Name=" ".join(filter(None, parts)))
        if record.form == "Opportunity":
            stage = values.get("StageName", "")
            won = stage == "Closed Won"
            return record.with_values(IsWon=won, IsClosed=stage.startswith("Closed"))
        drawn = NUMBERS.get(record.form)
        if drawn and drawn not in values:
            record = record.with_values(**{drawn: f"{next(self._drawn):08}"})
        if record.form == "Quote":
            deal = self._books.live("Opportunity").get(str(values.get("OpportunityId")))
            record = record.with_values(AccountId=deal.values.get("AccountId") if deal else None)
        return record

    def follow(self, record: Record) -> None:
        """After a line came, changed or went: its order's total. Whether that moves the order's
        stamp is unknown; here it does not, unless the switch says so."""
        form, by = MASTERS.get(record.form, (record.form, ""))
        key = str(record.values.get(by) if by else record.key)
        master = self._books.live(form).get(key)
        if form not in DETAILS or master is None:
            return
        line, by_key, total = DETAILS[form]
        lines = [one for one in self._books.having(line, by_key, key) if one.state != DELETED]
        amount = sum((one.values.get("TotalPrice", Decimal(0)) for one in lines), Decimal(0))
        totals: dict[str, Any] = {total: amount}
        self._books.recompute(master.with_values(**totals))
        if by and self._switches["rollups_move_stamp"]:
            self._books.change(form, key, {}, by="rollup")
