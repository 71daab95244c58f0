"""What a record is about: the orders, materials and documents that it names.

A subject is text, `kind:name`. Numbers and keys are those of the system that the record comes from.
"""

from __future__ import annotations

from collections.abc import Iterator

from connector.objects import BusinessObject, Part

ABOUT: dict[str, frozenset[str]] = {
    "sales_order": frozenset({"material"}),
    "production_order": frozenset({"order"}),
    "production_cost": frozenset({"order", "document"}),
    "inspection": frozenset({"order", "document"}),
    "purchase_requisition": frozenset({"order"}),
    "purchase_order": frozenset({"order", "document"}),
    "goods_receipt": frozenset({"order", "document"}),
    "production_receipt": frozenset({"order", "document"}),
    "shipment": frozenset({"order"}),
    "goods_return": frozenset({"order"}),
    "invoice": frozenset({"order"}),
    "ordinary_invoice": frozenset({"order"}),
    "receivable": frozenset({"order"}),
    "payment": frozenset({"order", "document"}),
    "refund": frozenset({"order", "document"}),
}
"""By object, the kinds of subjects that are kept of it."""

FIELDS = {
    "order_number": "order",
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
    """What a record of this object is about; nothing of one that is gone or cannot be read."""
    kinds = ABOUT.get(object, frozenset())
    if record is None or not kinds:
        return set()
    return {
        subject(kind, name)
        for part in _parts(record)
        for field, kind in FIELDS.items()
        if kind in kinds and (name := getattr(part, field, ""))
    }


def _parts(record: BusinessObject) -> Iterator[Part]:
    yield record
    for name in ("lines", "dues", "allocations"):
        yield from getattr(record, name, ())
