"""The arithmetic of a sales row, as the client does it while somebody types.

Every quantity, price or rate recomputes the amounts; an amount with tax that is typed stands,
and the prices follow from it. So what was typed last decides.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from .values import PLACES, rounded

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
Values = dict[str, Any]


class Digits(NamedTuple):
    """How many places a currency has."""

    money: int = PLACES["money"]
    price: int = PLACES["price"]


def retype(values: Values, key: str, digits: Digits, tax_included: bool) -> None:
    """Recompute a row after one of `ON_TYPING` was typed."""
    ON_TYPING[key](values, digits, tax_included)


def decimal(values: Values, key: str) -> Decimal:
    return values.get(key) or ZERO


def _tax(values: Values) -> Decimal:
    return ONE + decimal(values, "FEntryTaxRate") / HUNDRED


def _share(values: Values) -> Decimal:
    return ONE - decimal(values, "FDiscountRate") / HUNDRED


def _from_tax_price(values: Values, digits: Digits, tax_included: bool) -> None:
    values["FTaxPrice"] = rounded(decimal(values, "FTaxPrice"), digits.price)
    values["FPrice"] = rounded(values["FTaxPrice"] / _tax(values), digits.price)
    _from_prices(values, digits, tax_included)


def _from_price(values: Values, digits: Digits, tax_included: bool) -> None:
    values["FPrice"] = rounded(decimal(values, "FPrice"), digits.price)
    values["FTaxPrice"] = rounded(values["FPrice"] * _tax(values), digits.price)
    _from_prices(values, digits, tax_included)


def _from_rate(values: Values, digits: Digits, tax_included: bool) -> None:
    values["FTaxRate"] = values.get("FEntryTaxRate")
    (_from_tax_price if tax_included else _from_price)(values, digits, tax_included)


def _from_prices(values: Values, digits: Digits, tax_included: bool) -> None:
    gross = decimal(values, "FQty") * decimal(values, "FTaxPrice")
    values["FDiscount"] = rounded(gross - gross * _share(values), digits.money)
    values["FAllAmount"] = rounded(gross * _share(values), digits.money)
    _split_tax(values, digits)


def _from_amount(values: Values, digits: Digits, tax_included: bool) -> None:
    amount = values["FAllAmount"] = rounded(decimal(values, "FAllAmount"), digits.money)
    divisor = decimal(values, "FQty") * _share(values)
    if divisor:
        values["FTaxPrice"] = rounded(amount / divisor, digits.price)
        values["FPrice"] = rounded(values["FTaxPrice"] / _tax(values), digits.price)
    _split_tax(values, digits)


def _split_tax(values: Values, digits: Digits) -> None:
    amount = values["FAllAmount"]
    values["FAmount"] = rounded(amount / _tax(values), digits.money)
    values["FTaxAmount"] = rounded(amount - values["FAmount"], digits.money)


ON_TYPING: dict[str, Callable[[Values, Digits, bool], None]] = {
    "FQty": _from_prices,
    "FTaxPrice": _from_tax_price,
    "FPrice": _from_price,
    "FEntryTaxRate": _from_rate,
    "FDiscountRate": _from_prices,
    "FAllAmount": _from_amount,
}
