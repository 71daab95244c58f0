"""A customer's order as both sides together show it: all that is told of orders starts here.

Keys are the source's (the CRM's) where they say so, else the ERP's. Quantities are in base units
and amounts in the order's currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from connector.objects import money
from connector.objects.orders import PaymentDue

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order that stands in the ERP."""

    id: str
    """Its key in the source."""
    rows: frozenset[str]
    """Keys of the ERP's rows that stand for it: its own, and what people split from that."""
    material: str
    """Key of its material in the ERP; empty: none, or it is not linked."""
    ordered: Decimal
    """In base units."""
    amount_with_tax: Decimal = ZERO
    """What the customer pays for it, after the header discount."""
    tax_rate: Decimal = ZERO
    """As a fraction."""
    factor: Decimal = Decimal(1)
    """Base units per unit of the order."""
    wanted_on: date | None = None
    """When the customer wants it."""
    goods: bool = True
    """Something leaves the warehouse for it; false: freight or a service."""
    open: bool = True
    """False: closed or cancelled, nothing more is to leave."""

    @property
    def net(self) -> Decimal:
        """What the customer pays for it, without tax, unrounded."""
        return self.amount_with_tax / (1 + self.tax_rate)


@dataclass(frozen=True, slots=True)
class Order:
    """An order."""

    key: str
    """In the source."""
    number: str
    """In the source."""
    target_number: str
    """In the ERP; empty: not there yet."""
    customer: str
    """Key of the customer in the ERP; empty: not linked."""
    source_customer: str
    """Key of the customer in the source; of an order that was typed into the ERP, in the system
    from which the others come; empty: it is not there."""
    ordered_on: date
    """Business date."""
    currency: str = "CNY"
    """ISO 4217 code."""
    rate: Decimal = Decimal(1)
    """Home currency per unit of it; zero: nobody knows."""
    promised_on: date | None = None
    """When the customer was promised it."""
    urgency: int = 0
    """Higher goes first."""
    payment_terms: str = ""
    """Terms of payment, a code."""
    payment_plan: tuple[PaymentDue, ...] = ()
    """When which part is to be paid."""
    salesperson: str = ""
    """Key of the employee in charge, in the source; of an order that was typed into the ERP, in the
    system from which the others come, if they are known there."""
    tracking_no: str = ""
    """计划跟踪号 or project number that production uses."""
    in_force: bool = True
    """False: cancelled, void or not confirmed yet."""
    lines: tuple[Line, ...] = field(default=())
    """What is ordered."""

    @property
    def booked(self) -> bool:
        """It stands in the ERP under a number."""
        return bool(self.target_number)

    @property
    def amount_with_tax(self) -> Decimal:
        """What the customer pays for all of it."""
        return sum((line.amount_with_tax for line in self.lines), ZERO)

    def value(self, home: str = "CNY") -> Decimal:
        """What it is worth without tax, in the home currency, each line rounded."""
        digits = money.places(home)
        net = ((line.amount_with_tax, 1 + line.tax_rate) for line in self.lines)
        return sum((money.ratio([a, self.rate], [taxed], digits) for a, taxed in net), ZERO)
