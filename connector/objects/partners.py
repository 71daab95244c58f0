"""Whom we deal with and who works here."""

from __future__ import annotations

from connector.objects.base import (
    BusinessObject,
    Code,
    Number,
    Part,
    PersonalCode,
    PersonalText,
    Text,
)


class Address(Part):
    """Where goods or papers go."""

    kind: Code = ""
    """`ship`, `invoice` or empty."""
    text: PersonalText = ""
    """The address as one line."""
    contact: PersonalText = ""
    """Who receives there."""
    phone: PersonalCode = ""
    """Their number."""


class Customer(BusinessObject):
    """A customer (客户)."""

    name: Text
    """Legal name."""
    short_name: Text = ""
    """What people call them."""
    credit_code: Code = ""
    """统一社会信用代码 (GB 32100), where they have one."""
    tax_number: Code = ""
    """Tax number, where it differs from the credit code."""
    group: Code = ""
    """Customer group, a code."""
    organisations: tuple[Code, ...] = ()
    """Organisations that may deal with them; empty: the system does not divide by organisation."""
    salesperson: Code = ""
    """Key of the employee in charge, in the system the record came from."""
    department: Code = ""
    """Key of the department in charge."""
    currency: Code = ""
    """ISO 4217 code they are billed in."""
    tax_rate: Number | None = None
    """Usual tax rate as a fraction."""
    invoice_title: Text = ""
    """Name on invoices (发票抬头)."""
    email: PersonalCode = ""
    """General e-mail address."""
    phone: PersonalCode = ""
    """General phone number."""
    address: PersonalText = ""
    """Registered address."""
    addresses: tuple[Address, ...] = ()
    """Delivery and invoice addresses."""
    payment_terms: Code = ""
    """Terms of payment, a code."""
    active: bool = True
    """False: forbidden, on hold or deleted for business."""


class Contact(BusinessObject):
    """A person at a customer (联系人)."""

    name: PersonalText
    """Full name."""
    customer: Code = ""
    """Key of the customer they work for, in the system the record came from; of people at
    suppliers it is empty."""
    mobile: PersonalCode = ""
    """Mobile number."""
    email: PersonalCode = ""
    """E-mail address."""
    title: PersonalText = ""
    """Position."""
    address: PersonalText = ""
    """Where they work."""
    active: bool = True
    """False: forbidden, or not there any more."""


class Supplier(BusinessObject):
    """A supplier (供应商)."""

    name: Text
    """Legal name."""
    credit_code: Code = ""
    """统一社会信用代码 (GB 32100), where they have one."""
    payment_terms: Code = ""
    """Terms of payment, a code."""
    active: bool = True
    """False: forbidden."""


class Employee(BusinessObject):
    """Someone who works here; as a salesperson, whom orders name."""

    name: Text
    """Full name."""
    mobile: PersonalCode = ""
    """Mobile number."""
    organisation: Code = ""
    """Organisation they belong to."""
    department: Code = ""
    """Key of their department."""
    active: bool = True
    """False: left or forbidden."""


class Department(BusinessObject):
    """A department."""

    name: Text
    """Its name."""
    organisation: Code = ""
    """Organisation it belongs to."""
    active: bool = True
    """False: closed."""
