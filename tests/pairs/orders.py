"""The orders that are carried: small, of prices that do not divide evenly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tests.pairs.side import Line
from tests.system.company import MATERIALS


def lines_of(n: int) -> list[Line]:
    """One to three lines."""
    price = Decimal(f"{n % 90 + 10}.{n % 90:02}")
    places = range(1, n % 3 + 2)
    return [Line(MATERIALS[(n + one) % 4].number, Decimal(n % 7 + one), price) for one in places]


def customer_of(n: int) -> str:
    """Whose it is."""
    return f"C{n % 3 + 1}"


def amounts(lines: Sequence[Line]) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """What an ERP books of them; as `Booked.amounts`."""
    return tuple(sorted((one.material, one.quantity, one.amount) for one in lines))
