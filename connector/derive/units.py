"""Units: quantities in base units and in the units that people write."""

from __future__ import annotations

from decimal import Decimal

from connector.objects.money import SCALES, rounded


def in_unit(base: Decimal, factor: Decimal) -> Decimal:
    """A base quantity in a unit of so many base units, to 10 places where it does not end."""
    value = base / factor
    return value if value * factor == base else rounded(value, SCALES["quantity"])
