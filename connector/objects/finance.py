"""What is owed and paid. Amounts are in the record's currency."""

from __future__ import annotations

from decimal import Decimal

from connector.objects.base import BusinessObject, Code, Day, Number, Part, Text


class InvoiceLine(Part):
    """A line of an invoice."""

    id: Code
    """The line's key in its system."""
    material: Code = ""
    """Key of the material."""
    quantity: Number = Decimal(0)
    """Quantity, in the order's unit; negative on a red invoice."""
    amount_with_tax: Number
    """Amount, tax included; negative on a red invoice."""
    tax: Number = Decimal(0)
    """Tax in it."""
    order_number: Code = ""
    """Number of the sales order, where it names one."""
    order_line: Code = ""
    """Key of that order's line in the ERP."""


class Invoice(BusinessObject):
    """An invoice to a customer (销售发票). A digital one (数电票) has a number of 20 digits."""

    kind: Code = ""
    """`special` (专票), `ordinary` (普票) or another code."""
    customer: Code = ""
    """Key of the customer."""
    invoiced_on: Day
    """Its date."""
    red: bool = False
    """It takes another one back, wholly or partly."""
    blue_number: Code = ""
    """Number of the invoice that a red one takes back."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    amount_with_tax: Number
    """Amount, tax included; negative on a red invoice."""
    tax: Number = Decimal(0)
    """Tax in it."""
    status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`; only approved ones count."""
    url: Text = ""
    """Where it can be read."""
    lines: tuple[InvoiceLine, ...] = ()
    """What it is for."""


class Due(Part):
    """A part of a debt and when it is to be paid."""

    id: Code = ""
    """Its key in its system."""
    due_on: Day
    """When."""
    amount: Number
    """How much, tax included."""
    settled: Number = Decimal(0)
    """Of this, paid."""
    order_number: Code = ""
    """Number of the order that it is for, where it names one."""


class Debt(BusinessObject):
    """What receivables and payables have in common."""

    organisation: Code = ""
    """Organisation whose books it stands in."""
    booked_on: Day
    """Business date."""
    due_on: Day | None = None
    """When it is to be paid, where `dues` do not say."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    amount_with_tax: Number
    """Amount, tax included; negative: a credit."""
    settled: Number | None = None
    """Of this, paid or set off; None: `dues` say it."""
    status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`; only approved ones count."""
    order_number: Code = ""
    """Number of the order that it is for, where it is for one alone."""
    dues: tuple[Due, ...] = ()
    """When which part is due; empty: all of it on `due_on`."""


class Receivable(Debt):
    """What a customer owes us (应收单)."""

    customer: Code
    """Key of the customer."""


class Payable(Debt):
    """What we owe a supplier (应付单)."""

    supplier: Code
    """Key of the supplier."""


class Allocation(Part):
    """What a payment was used for, as the ERP says."""

    order_number: Code = ""
    """Number of the sales order."""
    receivable: Code = ""
    """Number of the receivable."""
    amount: Number
    """How much of it."""


class Payment(BusinessObject):
    """What a customer paid (收款), or got back (a `refund`). What names neither order nor
    receivable stays unallocated: it is never spread by guess."""

    kind: Code = "ordinary"
    """`advance`, `ordinary` or `refund`."""
    organisation: Code = ""
    """Organisation that was paid."""
    customer: Code = ""
    """Key of the customer."""
    paid_on: Day
    """Business date."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    amount: Number
    """How much; positive also of a refund."""
    status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`; only approved ones count."""
    note: Text = ""
    """Remark."""
    allocations: tuple[Allocation, ...] = ()
    """What it was used for."""


class Credit(BusinessObject):
    """How far a customer is trusted (信用档案)."""

    customer: Code
    """Key of the customer."""
    organisation: Code = ""
    """Organisation for which it counts."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    limit: Number | None = None
    """How much may be owed; None: no limit."""
    used: Number | None = None
    """Of this, used, as the ERP reckons it."""
    overdue_days: int | None = None
    """After how many days overdue nothing is delivered any more."""
    blocked: bool = False
    """Nothing is delivered."""
