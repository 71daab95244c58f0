"""Money: the one module that computes amounts.

The tax-inclusive amount of a line, as the contract prints it, is the truth. Price, tax and
the amount without tax are computed from it, never the other way round. A header discount or
rounding (抹零) is spread over the lines by largest remainder, so that the lines sum to the
header exactly. What does not add up is an error, never silently rounded away.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext
from math import prod

PLACES = {"JPY": 0, "KRW": 0, "VND": 0}
"""Digits after the point per currency (ISO 4217); two where none is named."""

SCALES = {"price": 6, "quantity": 10}
"""Digits that `scale: price` and `scale: quantity` keep; `scale: money` asks the currency."""

_ONE = Decimal(1)
_WIDE = Context(prec=200)
MOST_DIGITS = 28
"""After the point, that anything is rounded to."""
_UNITS = [Decimal(1).scaleb(-digits) for digits in range(MOST_DIGITS + 1)]


def places(currency: str) -> int:
    """Digits after the point in which this currency is paid."""
    return PLACES.get(currency, 2)


def unit(digits: int) -> Decimal:
    """The last of so many digits after the point: 0.01 for two."""
    return _UNITS[digits]


def unit_of(currency: str) -> Decimal:
    """The smallest amount that can be paid in a currency."""
    return _UNITS[places(currency)]


def rounded(value: Decimal, digits: int) -> Decimal:
    """Half up, as every invoice in this trade is rounded."""
    return value.quantize(_UNITS[digits], ROUND_HALF_UP)


def ratio(over: Sequence[Decimal], under: Sequence[Decimal], digits: int) -> Decimal:
    """The product of the first by the product of the second, rounded once, at the end.

    Exact until then: the context is wider than any product of a handful of our numbers.
    """
    with localcontext(_WIDE):
        return rounded(prod(over, start=_ONE) / prod(under, start=_ONE), digits)


def spread(total: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """Divide `total` in proportion to `weights`, each share a whole number of fen.

    The shares sum to `total` exactly (largest remainder; ties go to the earlier line).
    Lines of weight zero get nothing. Raises ValueError if there is nothing to weigh by, or if
    the total is no whole number of fen.
    """
    whole = sum(weights, Decimal(0))
    if not total:
        return [Decimal(0)] * len(weights)
    if whole <= 0:
        raise ValueError("nothing to spread over")
    fen = unit(digits)
    if total % fen:
        raise ValueError(f"{total} cannot be paid in whole units of {fen}")
    exact = [total * weight / whole for weight in weights]
    shares = [value.quantize(fen, ROUND_DOWN) for value in exact]
    missing = int((total - sum(shares, Decimal(0))) / fen)
    step = fen if missing > 0 else -fen
    order = sorted(
        (i for i, weight in enumerate(weights) if weight),
        key=lambda i: (-abs(exact[i] - shares[i]), i),
    )
    for i in range(abs(missing)):
        shares[order[i % len(order)]] += step
    return shares


def unit_price(amount: Decimal, quantity: Decimal, digits: int = SCALES["price"]) -> Decimal:
    """The price that an amount and a quantity imply; zero quantity gives zero."""
    return rounded(amount / quantity, digits) if quantity else Decimal(0)


def tax_of(amount_with_tax: Decimal, rate: Decimal, digits: int) -> Decimal:
    """The tax contained in a tax-inclusive amount; `rate` is a fraction (0.13)."""
    return amount_with_tax - rounded(amount_with_tax / (1 + rate), digits)
