"""What tells records of a kind apart: their marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from connector.matching import folding

Values = Mapping[str, Any]
"""A business object as it is stored."""
Counterpart = Callable[[str, str], str]
"""`(object, key)` of a record of the source -> the key of its counterpart; empty: none is known."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A record as far as matching looks at it."""

    key: str
    number: str
    name: str
    marks: Mapping[str, str] = field(default_factory=dict)
    """`{kind: folded value}`; empty ones are left out."""
    active: bool = True
    wrong_code: bool = False
    """It shows a credit code whose check character is wrong."""
    on: date | None = None
    """Its own date, where it has one."""


def marked(
    object: str, key: str, number: str, values: Values, counterpart: Counterpart | None = None
) -> Marked:
    """A record's marks. `counterpart`: the record is the source's and names others by its keys."""
    found = {"number": folding.code(number)}
    if object == "sales_order":
        found["content"] = _content(values, counterpart or (lambda _, other: other))
        found["number of theirs"] = folding.code(_text(values, "customer_order_no"))
    else:
        found["name"] = folding.name(_text(values, "name") + _text(values, "specification"))
    if object in ("customer", "employee"):
        found["phone"] = folding.phone(_text(values, "phone") or _text(values, "mobile"))
    shown = _text(values, "credit_code") or _text(values, "tax_number")
    if object == "customer":
        found["credit_code"] = folding.credit_code(shown)
    day = values.get("order_date")
    return Marked(
        key,
        number,
        _text(values, "name"),
        {kind: mark for kind, mark in found.items() if mark},
        active=values.get("active") is not False,
        wrong_code=object == "customer" and len(shown) == 18 and not found["credit_code"],
        on=date.fromisoformat(day) if day else None,
    )


def _text(values: Values, field: str) -> str:
    return str(values.get(field) or "")


def _content(values: Values, counterpart: Counterpart) -> str:
    """Who ordered what for how much; empty where the customer or a material is not known there."""
    lines = [line for line in values.get("lines") or () if line.get("material")]
    named = [counterpart("material", line["material"]) for line in lines]
    customer = counterpart("customer", _text(values, "customer"))
    if not lines or not customer or not all(named):
        return ""
    rows = zip(named, lines, strict=True)
    wanted = sorted(f"{key}×{Decimal(str(line['quantity'])).normalize():f}" for key, line in rows)
    total = sum((Decimal(str(line["amount_with_tax"])) for line in lines), Decimal(0))
    amount = Decimal(str(values.get("amount_with_tax") or total)).normalize()
    return f"{customer} {amount:f} {' '.join(wanted)}"
