"""State records that tell how selling goes, by month, salesperson and week.

Amounts are in the record's currency, tax included. A salesperson is named by their key in the
system that orders come from; one who is only in the ERP by that; nobody: empty.
"""

from __future__ import annotations

from decimal import Decimal

from connector.objects.base import BusinessObject, Code, Day, Number
from connector.objects.derived import OpenDue


class SalespersonMonth(BusinessObject):
    """What came of a salesperson's customers in one month (业绩)."""

    month: Day
    """First day of the month."""
    salesperson: Code = ""
    """Who."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    orders: int = 0
    """Orders placed in it."""
    ordered: Number = Decimal(0)
    """What they are worth."""
    shipped: Number = Decimal(0)
    """What left in it, less what came back."""
    invoiced: Number = Decimal(0)
    """What was invoiced in it, less what red invoices took back."""
    received: Number = Decimal(0)
    """What was paid in it, less refunds."""
    promised: int = 0
    """Orders that left in full in it, and had been promised for a day."""
    on_time: int = 0
    """Of these, on that day or before."""


class OrderBacklog(BusinessObject):
    """What is ordered and has not left, by the week that it was promised for (在手订单)."""

    week: Day | None = None
    """Its Monday; None: nobody promised a day."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    orders: int = 0
    """Orders of which something is to leave in it."""
    amount: Number = Decimal(0)
    """What that is worth."""


class SalespersonDebt(BusinessObject):
    """What a salesperson's customers owe."""

    salesperson: Code = ""
    """Who."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    dues: tuple[OpenDue, ...] = ()
    """What is open, by the day it is due; credits are negative."""
