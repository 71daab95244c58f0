"""What is expected and what is planned around orders."""

from __future__ import annotations

from decimal import Decimal

from connector.objects.base import BusinessObject, Code, Day, Number, Text


class Forecast(BusinessObject):
    """What sales expects to sell of one material in one period (销售预测)."""

    material: Code
    """Key of the material, in the system the record came from."""
    customer: Code = ""
    """Key of the customer, where it is for one."""
    organisation: Code = ""
    """Organisation that sells; empty: the flow's default."""
    salesperson: Code = ""
    """Key of the employee who expects it."""
    opportunity: Code = ""
    """Key of the opportunity it comes from."""
    starts_on: Day
    """First day of the period."""
    ends_on: Day
    """Last day of the period."""
    quantity: Number
    """How much, in `unit`."""
    unit: Code = ""
    """Number of the unit; empty: the material's sales unit."""
    probability: Number = Decimal(1)
    """How likely, as a fraction; planning counts the expected quantity."""
    status: Code = ""
    """`draft`, `in_approval`, `confirmed` or `cancelled`."""
    note: Text = ""
    """Remark."""


class Project(BusinessObject):
    """A project (立项) that an order begins."""

    name: Text
    """Its name."""
    customer: Code = ""
    """Key of the customer."""
    order: Code = ""
    """Key of the order that began it."""
    organisation: Code = ""
    """Organisation in charge."""
    manager: Code = ""
    """Key of the employee in charge."""
    department: Code = ""
    """Key of the department in charge."""
    starts_on: Day | None = None
    """Planned start."""
    ends_on: Day | None = None
    """Planned end."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    amount_with_tax: Number | None = None
    """What it was sold for."""
    budget: Number | None = None
    """What it may cost."""
    cost: Number | None = None
    """What it has cost so far; comes from the ERP only."""
    progress: Number | None = None
    """How far it is, as a fraction; comes from the ERP only."""
    status: Code = ""
    """`planned`, `started`, `finished`, `stopped` or another code."""
    note: Text = ""
    """What it is about."""
