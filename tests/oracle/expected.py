"""What a bill must show for a version of an order: written by hand, from the sample mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Fields = Mapping[str, Any]

UNITS = {"M1": "Pcs", "M2": "Pcs", "M3": "Pcs"}
MARK = "crm:"
"""Our mark is this and the record's key."""


@dataclass(frozen=True)
class Expected:
    """The head, and the rows by the order's own line."""

    head: Fields
    once: Fields
    """What is written on create and belongs to the ERP's people afterwards."""
    rows: Mapping[str, Fields]


def readable(fields: Fields) -> bool:
    """Whether a version can be carried at all: its quantities are numbers."""
    return all(not isinstance(line["qty"], str) for line in fields.get("lines", ()))


def bill(order: Fields, numbering: str) -> Expected:
    """The bill of an order."""
    head = {
        "customer": order["customer"].upper(),
        "date": order["date"],
        "note": order["note"] or None,
    }
    once = {"warehouse": "W1"}
    if numbering == "crm":
        once["no"] = order["number"]
    return Expected(head, once, {line["id"]: _row(line) for line in order["lines"]})


def _row(line: Fields) -> Fields:
    material = line["product"].removeprefix("p-")
    amount = (Decimal(line["qty"]) * Decimal(line["price"])).quantize(Decimal("0.01"))
    return {
        "material": material,
        "unit": UNITS[material],
        "qty": Decimal(line["qty"]),
        "amount": amount,
    }


def partner(account: Fields) -> Expected:
    """The ERP's customer of a CRM's."""
    return Expected({"name": account["name"]}, {"code": account["code"]}, {})


def same(expected: Any, shown: Any) -> bool:
    """Equal as values: `20` and `20.0000` are, and nothing and an empty text."""
    if isinstance(expected, Decimal):
        return shown is not None and Decimal(str(shown)) == expected
    return (expected or None) == (shown or None)
