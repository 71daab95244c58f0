"""A company in plain data: what both simulated systems are filled from.

One neutral description, so that the CRM's side and the ERP's side of a company agree where
they should and differ where real ones do. Text numbers are what people call a record;
amounts are Decimals; dates are dates (China's).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A salesperson. `erp_number` empty: nobody made an ERP record for them."""

    crm_id: str
    name: str
    mobile: str = ""
    department: str = ""
    erp_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody who works at a customer."""

    number: str
    """As the ERP numbers people; the CRM has no number for them."""
    name: str
    mobile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer as it stands in the CRM, in the ERP, or in both."""

    number: str
    name: str
    credit_code: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    salesperson: str = ""
    """A person's `crm_id`."""
    in_crm: bool = True
    erp_number: str = ""
    """Its number in the ERP before go-live; empty: not there yet."""
    contacts: tuple[Contact, ...] = ()
    """Known wherever the customer is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """A supplier; only the ERP knows them."""

    number: str
    name: str
    credit_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A material (ERP) and, where saleable, a product (CRM)."""

    number: str
    name: str
    unit: str = "Pcs"
    specification: str = ""
    make_or_buy: str = "buy"
    """`make` or `buy`."""
    saleable: bool = True
    in_crm: bool = True
    """Being saleable, it stands in the CRM before go-live."""
    list_price: Decimal = Decimal(0)
    standard_cost: Decimal = Decimal(0)
    safety_stock: Decimal = Decimal(0)
    lead_days: int = 0
    minimum_lot: Decimal = Decimal(0)
    """Least quantity that is bought or made at a time."""
    lot_multiple: Decimal = Decimal(0)
    """In multiples of this."""
    group: str = ""
    supplier: str = ""
    """Number of the usual supplier."""
    organisation: str = "100"


@dataclass(frozen=True, slots=True, kw_only=True)
class BomLine:
    """`quantity` of `component` goes into one `parent`."""

    parent: str
    component: str
    quantity: Decimal
    unit: str = "Pcs"
    scrap: Decimal = Decimal(0)
    """Per cent that is needed on top."""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    material: str
    warehouse: str
    quantity: Decimal
    organisation: str = "100"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One contract line; `price` and `amount` include tax, as the contract prints them."""

    line_no: int
    material: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    tax_rate: Decimal = Decimal(0)
    kind: str = "goods"
    """`goods`, `gift`, `service` or `freight`."""
    wanted_date: date | None = None
    unit: str = ""
    """A code of the CRM's, where its lines have one: `pcs`, `set`, `box`, `kg`, `m`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A customer's order. The sum of the lines less `discount` is `amount`."""

    number: str
    customer: str
    """The customer's `number`."""
    order_date: date
    lines: tuple[OrderLine, ...]
    amount: Decimal
    discount: Decimal = Decimal(0)
    """Header discount and 抹零 together, tax included, as one amount."""
    currency: str = "CNY"
    salesperson: str = ""
    status: str = "normal"
    """The CRM's life status: `normal`, `under_review`, `in_change`, `ineffective`, `invalid`."""
    locked: bool = False
    kind: str = "standard"
    customer_order_no: str = ""
    payment_terms: str = ""
    """A code of the CRM's: `cod`, `advance`, `net30`, `net60`, `net90`."""
    address: str = ""
    note: str = ""
    erp_number: str = ""
    """Already typed into the ERP by hand under this number (an open order before go-live)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """A production order (生产订单)."""

    number: str
    material: str
    ordered: Decimal
    stocked: Decimal = Decimal(0)
    scrapped: Decimal = Decimal(0)
    start: date
    end: date | None = None
    due: date
    order_number: str = ""
    """The sales order it serves; empty: made for stock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A purchase order (采购订单) of one line; `price` includes tax."""

    number: str
    supplier: str
    material: str
    quantity: Decimal
    received: Decimal = Decimal(0)
    price: Decimal
    order_date: date
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNumber:
    """A customer's own number for a material."""

    customer: str
    """The customer's `number`."""
    material: str
    number: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """How far the ERP trusts a customer."""

    customer: str
    """The customer's `number`."""
    limit: Decimal
    overdue_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everything. `currency` is the home currency."""

    name: str
    currency: str = "CNY"
    organisations: tuple[tuple[str, str], ...] = (("100", "总公司"),)
    """`(number, name)` pairs; the first one sells."""
    people: tuple[Person, ...] = ()
    customers: tuple[Customer, ...] = ()
    materials: tuple[Material, ...] = ()
    bom: tuple[BomLine, ...] = ()
    stock: tuple[Stock, ...] = ()
    orders: tuple[Order, ...] = ()
    work_orders: tuple[WorkOrder, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    part_numbers: tuple[PartNumber, ...] = ()
    credits: tuple[Credit, ...] = ()
    past: tuple[Order, ...] = ()
    """Orders that the ERP alone knows: made, shipped, invoiced and paid before go-live."""
    warehouses: tuple[tuple[str, str], ...] = (("CK01", "成品仓"),)
    closed_before: date | None = None
    """The ERP's accounting periods before this date are closed."""
    extra: dict[str, object] = field(default_factory=dict)
