"""What HubSpot reckons itself: a line's amount, a deal's, and whether a deal is closed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.books import Books, Record

from .associations import Associations
from .forms import SALES

CENT = Decimal("0.01")
TOTALS = {"deals": "amount", "quotes": "hs_quote_amount", "orders": "hs_total_price"}


class Amounts:
    """Keeps what depends on other values."""

    def __init__(
        self, books: Books, associations: Associations, switches: Mapping[str, Any]
    ) -> None:
        self._books = books
        self._associations = associations
        self._switches = switches

    def computed(self, record: Record) -> Record:
        """A record before it is kept."""
        if record.form == "deals":
            stage = record.values.get("dealstage")
            closed, won = stage in ("closedwon", "closedlost"), stage == "closedwon"
            return record.with_values(hs_is_closed=closed, hs_is_closed_won=won)
        if record.form == "line_items":
            return record.with_values(amount=_amount(record.values))
        return record

    def follow(self, form: str, key: str, by: str = "api") -> None:
        """A line, or a deal's lines, changed: the totals follow, and the deal's stamp only where
        the switch `lines_bump_deal` says so."""
        if form == "line_items":
            for sale in SALES:
                for owner in self._associations.of(form, key, sale):
                    self.follow(sale, owner, by)
        elif form in TOTALS:
            lines = self._associations.of(form, key, "line_items")
            amounts = [self._books.get("line_items", line).values["amount"] for line in lines]
            record = self._books.get(form, key)
            if self._switches["lines_bump_deal"]:
                record = self._books.change(form, key, {}, by=by)
            totals: dict[str, Any] = {TOTALS[form]: sum(amounts, Decimal(0))}
            self._books.recompute(record.with_values(**totals))


def _amount(values: Mapping[str, Any]) -> Decimal:
    quantity = values.get("quantity") or Decimal(0)
    price = values.get("price") or Decimal(0)
    off = values.get("hs_discount_percentage") or Decimal(0)
    amount: Decimal = quantity * price * (100 - off) / 100
    return amount.quantize(CENT, ROUND_HALF_UP)
