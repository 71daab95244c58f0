"""Insight as tables: on a screen, on a page, in a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from connector.messages import word
from connector.objects import BusinessObject
from connector.objects.showing import Cell, plainly
from connector.objects.sights import HIDDEN
from connector.operations.asking import Answer


@dataclass(frozen=True, slots=True)
class Table:
    """How an answer is shown: fields of the record, then those of its parts, a row for each."""

    columns: tuple[str, ...]
    parts: str = ""
    of_parts: tuple[tuple[str, str], ...] = ()
    """`(field, heading)`."""

    @property
    def headings(self) -> tuple[str, ...]:
        return (*self.columns, *(heading for _, heading in self.of_parts))

    def titles(self) -> list[str]:
        """The headings in plain words."""
        return [word("head", name) for name in self.headings]

    def rows(self, answer: Answer) -> Iterator[list[Cell]]:
        """A row for each part of a record, its own fields in the first of them."""
        for record in answer.records:
            unseen = answer.unseen(record)
            own = [_cell(record, name, answer, unseen) for name in self.columns]
            parts: Sequence[Any] = getattr(record, self.parts) if self.parts else ()
            for n, part in enumerate(parts or (None,)):
                cells = [_cell(part, name, answer, unseen) if part else ""
                         for name, _ in self.of_parts]  # fmt: skip
                yield [*(own if n == 0 else [""] * len(own)), *cells]


LATE, GROUPS = "late", "groups"
"""Questions of their own, whose answers stand in requirements and margins."""
TABLES = {
    "order_progress": Table(
        ("number", "stage", "basis", "ordered", "produced", "shipped", "materials_on",
         "started_on", "produced_on", "inspected_on", "shipped_on", "expected_on", "waybill"),
    ),
    "kitting": Table(
        ("record", "material", "open", "from_stock", "buildable", "complete"),
        "shortages",
        (("number", "short_of"), ("needed", "needed"), ("short", "short"),
         ("expected_on", "expected_on")),
    ),
    "availability": Table(
        ("number", "on_hand", "reserved", "available", "lead_time_days"),
        "promises", (("on", "from_day"), ("quantity", "promised")),
    ),
    "material_requirement": Table(
        ("number", "gross", "on_hand", "incoming"),
        "suggestions",
        (("kind", "suggestion"), ("quantity", "suggested"), ("start_on", "start_on"),
         ("due_on", "due_on")),
    ),
    LATE: Table(
        ("number", "incoming"),
        "late",
        (("wanted_on", "wanted_on"), ("expected_on", "expected_on"), ("quantity", "quantity")),
    ),
    "price_estimate": Table(
        ("number", "unit", "material_cost", "labour_cost", "overhead_cost", "cost", "price",
         "price_with_tax", "missing"),
    ),
    "order_margin": Table(("number", "revenue", "cost", "margin", "rate", "basis")),
    GROUPS: Table(
        ("group", "revenue", "cost", "margin", "rate", "unknown", "falling"),
    ),
    "three_flows": Table(
        ("number", "currency", "ordered", "shipped", "invoiced", "received", "uninvoiced",
         "unpaid", "differs_since"),
    ),
    "customer_standing": Table(
        ("customer", "currency", "limit", "receivable", "unallocated", "undelivered", "exposure",
         "oldest_due_on", "payment_days", "blocked"),
    ),
    "cash_forecast": Table(("week", "currency", "receivable", "orders", "payable", "net")),
    "slow_stock": Table(("number", "on_hand", "value", "moved_on", "came_on")),
    "customer_grade": Table(
        ("customer", "grade", "last_order_on", "orders", "revenue", "silent_since", "might_buy"),
    ),
    "measures": Table(
        ("month", "orders", "cycle_days", "on_time_rate", "kitting_delay_rate", "stock_value",
         "turnover", "forecast_accuracy", "ordered", "growth", "collected_of_dues", "repeat_rate"),
    ),
}  # fmt: skip
NAMED = {
    "record": "sales_order",
    "material": "material",
    "customer": "customer",
    "might_buy": "material",
}
"""Fields that hold keys, for which people have numbers: of which object."""


def _cell(record: BusinessObject | Any, name: str, answer: Answer, unseen: frozenset[str]) -> Cell:
    value = getattr(record, name)
    if name in unseen and value is not None:
        return HIDDEN
    if isinstance(value, tuple):
        return ", ".join(_name(name, one, answer) for one in value)
    if name in NAMED:
        return _name(name, value, answer)
    if isinstance(value, bool):
        return word("answer", "yes" if value else "no")
    if name in ("stage", "basis", "kind") and value:
        return word(name, value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return Decimal(plainly(value))
    return "" if value is None else value


def _name(field: str, key: str, answer: Answer) -> str:
    return answer.names.get(NAMED.get(field, ""), {}).get(key, key)
