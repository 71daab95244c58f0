"""What a customer is offered, orders, signs and sends back."""

from __future__ import annotations

from decimal import Decimal

from connector.errors import MappingFault
from connector.messages import say
from connector.objects import money
from connector.objects.base import (
    BusinessObject,
    Code,
    Day,
    Number,
    Part,
    PersonalCode,
    PersonalText,
    Text,
    fill,
)


class Document(Part):
    """A paper that belongs to an order; only its name and address travel."""

    name: Text
    """File name."""
    url: Text = ""
    """Where it can be read."""


class OrderLine(Part):
    """A line of an order."""

    id: Code
    """The line's own key in its system; never a position."""
    line_no: int | None = None
    """Its position as people see it."""
    kind: Code = "goods"
    """`goods`, `gift`, `service` or `freight`."""
    material: Code = ""
    """Key of the material in the system the order came from."""
    variant: Code = ""
    """Variant (辅助属性)."""
    customer_material: Code = ""
    """The customer's own part number."""
    quantity: Number
    """Ordered quantity in `unit`."""
    unit: Code = ""
    """Number of the unit; empty: the material's sales unit."""
    price_with_tax: Number | None = None
    """Price of one unit, tax included, as the contract prints it."""
    discount_rate: Number | None = None
    """Line discount as a fraction; already taken off in `amount_with_tax`."""
    tax_rate: Number = Decimal(0)
    """As a fraction: 0.13."""
    amount_with_tax: Number
    """The line's amount, tax included, as the contract prints it: the truth."""
    net_amount: Number | None = None
    """`amount_with_tax` less this line's share of the header discount (computed)."""
    net_price: Number | None = None
    """Price that belongs to `net_amount`; the contract's own where nothing was taken off."""
    wanted_date: Day | None = None
    """When the customer wants it."""
    status: Code = "open"
    """`open`, `closed` or `cancelled`."""
    note: Text = ""
    """Remark on the line."""
    base_quantity: Number | None = None
    """`quantity` in the material's base unit, where the system says it."""
    order_number: Code = ""
    """On a return: number of the order whose goods come back."""
    order_line: Code = ""
    """On a return: key of that order's line."""
    shipped: Number | None = None
    """What has left of it, in `unit`; comes from the ERP only."""
    returned: Number | None = None
    """What came back of that, in `unit`; comes from the ERP only."""
    invoiced: Number | None = None
    """What was invoiced of it, in `unit`; comes from the ERP only."""

    def take_off(self, share: Decimal, digits: int) -> None:
        """Book this line at its amount less `share`; the contract's price stays where it fits."""
        net = self.amount_with_tax - share
        price = self.price_with_tax
        fits = price is not None and (
            not net or money.rounded(price * self.quantity, digits) == net
        )
        if share or not fits:
            price = money.unit_price(net, self.quantity)
        fill(self, net_amount=net, net_price=price)


class PaymentDue(Part):
    """A part of the price and when it is to be paid (收款计划)."""

    id: Code = ""
    """Its own key, where the system has one; else its position counts."""
    due_on: Day | None = None
    """When."""
    rate: Number | None = None
    """Share of the order's amount, a fraction."""
    amount: Number | None = None
    """Amount, where it is not a share."""
    advance: bool = False
    """To be paid before the goods leave."""
    blocks_shipment: bool = False
    """Nothing leaves before it is paid."""


class Sale(BusinessObject):
    """What quotes, contracts, orders and returns have in common."""

    customer: Code
    """Key of the customer, in the system the record came from."""
    ship_to: Code = ""
    """Key of the customer who receives, where it differs."""
    invoice_to: Code = ""
    """Key of the customer who gets the invoice, where it differs."""
    payer: Code = ""
    """Key of the customer who pays, where it differs."""
    organisation: Code = ""
    """Number of the selling organisation; empty: the flow's default."""
    kind: Code = "standard"
    """`standard`, `sample`, `consignment`, `gift`, `stock_up` or another code."""
    salesperson: Code = ""
    """Key of the employee in charge."""
    department: Code = ""
    """Key of the department in charge."""
    contract_no: Code = ""
    """Number of the contract it belongs to."""
    customer_order_no: Code = ""
    """The customer's own order number."""
    tracking_no: Code = ""
    """计划跟踪号 or project number that production uses."""
    order_date: Day
    """Business date, in the zone of the system it came from."""
    opportunity: Code = ""
    """Key of the opportunity it comes from."""
    wanted_date: Day | None = None
    """When the customer wants it, where the lines do not say."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    exchange_rate: Number | None = None
    """To the home currency; None: the target's own rate."""
    tax_included: bool = True
    """True: prices and amounts include tax."""
    amount_with_tax: Number | None = None
    """The order's amount, tax included, after the header discount; None: the lines' sum."""
    discount: Number = Decimal(0)
    """Header discount and rounding (抹零) together, an amount with tax."""
    payment_terms: Code = ""
    """Terms of payment, a code."""
    payment_plan: tuple[PaymentDue, ...] = ()
    """When which part is to be paid."""
    status: Code = ""
    """Commercial status in the CRM: `draft`, `in_approval`, `confirmed`, `cancelled`."""
    urgency: int = 0
    """Higher goes first."""
    ship_to_address: PersonalText = ""
    """Delivery address as one line."""
    ship_to_contact: PersonalText = ""
    """Who receives there."""
    ship_to_phone: PersonalCode = ""
    """Their number."""
    special_terms: Text = ""
    """Special clauses and remarks for whoever fulfils the order."""
    documents: tuple[Document, ...] = ()
    """Contract scans and drawings, by name and address."""
    bill_status: Code = ""
    """`draft`, `in_approval`, `approved`, `closed` or `void`; comes from the ERP only."""
    lines: tuple[OrderLine, ...] = ()
    """What it is about, line by line."""

    def settle(self) -> None:
        """Spread the header discount: each line gets the net amount and price the ERP books."""
        if not self.lines:
            raise MappingFault("lines", say("no_lines"))
        amounts = [line.amount_with_tax for line in self.lines]
        due = sum(amounts, Decimal(0)) - self.discount
        if self.amount_with_tax is not None and due != self.amount_with_tax:
            detail = f"{due + self.discount} - {self.discount} = {due} ≠ {self.amount_with_tax}"
            raise MappingFault("amount_with_tax", say("does_not_add_up", detail=detail))
        fill(self, amount_with_tax=due)
        digits = money.places(self.currency)
        try:
            shares = money.spread(self.discount, amounts, digits)
        except ValueError as error:
            raise MappingFault("discount", say("does_not_add_up", detail=str(error))) from None
        for line, share in zip(self.lines, shares, strict=True):
            line.take_off(share, digits)


class SalesOrder(Sale):
    """A customer's order (销售订单)."""


class Quote(Sale):
    """An offer to a customer (报价单)."""

    valid_until: Day | None = None
    """Last day on which it binds us."""


class Contract(Sale):
    """A contract (合同), which one order or many carry out."""

    signed_on: Day | None = None
    """When it was signed."""
    ends_on: Day | None = None
    """When it ends."""


class ReturnOrder(Sale):
    """Goods that a customer sends back (退货)."""

    replace: bool = False
    """True: they are replaced (退货补货), so that the order is open again; false: refunded."""
    reason: Text = ""
    """Why."""
