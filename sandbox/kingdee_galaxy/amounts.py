"""The arithmetic of a sales row, as the client does it while somebody types.

Every quantity, price or rate recomputes the amounts; an amount with tax that is typed stands,
and the prices follow from it. So what was typed last decides.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .values import PLACES, rounded

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
PRICE = PLACES["price"]
Values = dict[str, Any]


def retype(values: Values, key: str, digits: int, tax_included: bool) -> None:
    """Recompute a row after one of `ON_TYPING` was typed; `digits` are the currency's."""
    ON_TYPING[key](values, digits, tax_included)


def decimal(values: Values, key: str) -> Decimal:
    return values.get(key) or ZERO


def _tax(values: Values) -> Decimal:
    return ONE + decimal(values, "FEntryTaxRate") / HUNDRED


def _share(values: Values) -> Decimal:
    return ONE - decimal(values, "FDiscountRate") / HUNDRED


def _from_tax_price(values: Values, digits: int, tax_included: bool) -> None:
    values["FPrice"] = rounded(decimal(values, "FTaxPrice") / _tax(values), PRICE)
    _from_prices(values, digits, tax_included)


def _from_price(values: Values, digits: int, tax_included: bool) -> None:
    values["FTaxPrice"] = rounded(decimal(values, "FPrice") * _tax(values), PRICE)
    _from_prices(values, digits, tax_included)


def _from_rate(values: Values, digits: int, tax_included: bool) -> None:
    values["FTaxRate"] = values.get("FEntryTaxRate")
    (_from_tax_price if tax_included else _from_price)(values, digits, tax_included)


def _from_prices(values: Values, digits: int, tax_included: bool) -> None:
    gross = decimal(values, "FQty") * decimal(values, "FTaxPrice")
    values["FDiscount"] = rounded(gross - gross * _share(values), digits)
    values["FAllAmount"] = rounded(gross * _share(values), digits)
    _split_tax(values, digits)


def _from_amount(values: Values, digits: int, tax_included: bool) -> None:
    amount = values["FAllAmount"] = rounded(decimal(values, "FAllAmount"), digits)
    divisor = decimal(values, "FQty") * _share(values)
    if divisor:
        values["FTaxPrice"] = rounded(amount / divisor, PRICE)
        values["FPrice"] = rounded(decimal(values, "FTaxPrice") / _tax(values), PRICE)
    _split_tax(values, digits)


def _split_tax(values: Values, digits: int) -> None:
    amount = values["FAllAmount"]
    values["FAmount"] = rounded(amount / _tax(values), digits)
    values["FTaxAmount"] = rounded(amount - values["FAmount"], digits)


ON_TYPING: dict[str, Callable[[Values, int, bool], None]] = {
    "FQty": _from_prices,
    "FTaxPrice": _from_tax_price,
    "FPrice": _from_price,
    "FEntryTaxRate": _from_rate,
    "FDiscountRate": _from_prices,
    "FAllAmount": _from_amount,
}
