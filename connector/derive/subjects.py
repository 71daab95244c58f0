"""What a record is about: the orders, customers, materials and documents that it names.

A subject is text, `kind:name`. Numbers and keys are those of the system that the record comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from connector.objects import BusinessObject, Part

ABOUT: dict[str, frozenset[str]] = {
    "production_order": frozenset({"order"}),
    "production_cost": frozenset({"order", "document"}),
    "inspection": frozenset({"order", "document"}),
    "purchase_order": frozenset({"order"}),
    "goods_receipt": frozenset({"order", "document"}),
    "shipment": frozenset({"order", "customer", "material"}),
    "goods_return": frozenset({"order", "customer"}),
    "invoice": frozenset({"order", "customer"}),
    "ordinary_invoice": frozenset({"order", "customer"}),
    "receivable": frozenset({"order", "customer", "week"}),
    "payable": frozenset({"week"}),
    "payment": frozenset({"order", "customer", "document"}),
    "refund": frozenset({"order", "customer", "document"}),
    "credit": frozenset({"customer"}),
    "stock": frozenset({"material"}),
    "stock_move": frozenset({"material"}),
}
"""By object, the kinds of subjects that are kept of it."""

FIELDS = {
    "order_number": "order",
    "customer": "customer",
    "material": "material",
    "source_number": "document",
    "production_number": "document",
    "receivable": "document",
}
"""The fields, of a record or of its lines, that name a subject."""


def subject(kind: str, name: str) -> str:
    """As it is stored."""
    return f"{kind}:{name}"


def names(kind: str, subjects: set[str]) -> list[str]:
    """The names of the subjects of a kind."""
    prefix = f"{kind}:"
    return sorted(one.removeprefix(prefix) for one in subjects if one.startswith(prefix))


def about(object: str, record: BusinessObject | None) -> set[str]:
    """What a record of this object is about; nothing of one that cannot be read."""
    kinds = ABOUT.get(object, frozenset())
    if record is None or not kinds:
        return set()
    found = {
        subject(kind, name)
        for part in _parts(record)
        for field, kind in FIELDS.items()
        if kind in kinds and (name := getattr(part, field, ""))
    }
    weeks = {subject("week", week(day).isoformat()) for day in _due(record) if "week" in kinds}
    return found | weeks


def week(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _parts(record: BusinessObject) -> Iterator[Part]:
    yield record
    for name in ("lines", "dues", "allocations"):
        yield from getattr(record, name, ())


def _due(record: Any) -> Iterator[date]:
    dues = getattr(record, "dues", ())
    if dues:
        yield from (due.due_on for due in dues)
    elif day := getattr(record, "due_on", None):
        yield day
