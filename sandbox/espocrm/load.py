"""A company as records of the instance, stamped in the past: nothing here happened today."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.books import Books, Record
from sandbox.company import Company
from sandbox.company.model import Customer, Order, OrderLine

from .amounts import Amounts

OPENING = time(1, 0, tzinfo=UTC)
"""Nine in China: the first record of a day."""
BETWEEN = timedelta(seconds=30)
STATUS = {
    "normal": "In Progress",
    "under_review": "In Review",
    "in_change": "In Review",
    "ineffective": "Draft",
    "invalid": "Canceled",
}
"""The company's life statuses in this instance's words."""


def load(books: Books, amounts: Amounts, company: Company) -> None:
    """Fill the instance: people, accounts with contacts, products, orders with their lines."""
    Loader(books, amounts, company).load()


class Loader:
    def __init__(self, books: Books, amounts: Amounts, company: Company) -> None:
        self._books = books
        self._amounts = amounts
        self._company = company
        self._orders = sorted(company.orders, key=lambda order: order.order_date)
        opened = self._orders[0].order_date if self._orders else books.clock.now().date()
        self._before = datetime.combine(opened - timedelta(days=1), OPENING)
        """Master data is older than the first order."""
        self._latest = books.clock.now() - timedelta(hours=1)
        self._users: dict[str, str] = {}
        self._accounts: dict[str, str] = {}
        self._products: dict[str, str] = {}

    def load(self) -> None:
        for person in self._company.people:
            user = {"name": person.name, "phoneNumber": person.mobile, "isActive": True}
            login = person.erp_number or f"user{person.crm_id}"
            self._users[person.crm_id] = self._add("User", {**user, "userName": login}).key
        for customer in self._company.customers:
            if customer.in_crm:
                self._load_account(customer)
        for material in self._company.materials:
            if material.saleable and material.in_crm:
                fields = {
                    "name": material.name,
                    "partNumber": material.number,
                    "status": "Available",
                    "listPrice": material.list_price,
                    "cSpecification": material.specification,
                    "cUnit": material.unit,
                }
                self._products[material.number] = self._add("Product", fields).key
        self._load_orders()

    def _load_account(self, customer: Customer) -> None:
        fields = {
            "name": customer.name,
            "cNumber": customer.number,
            "cCreditCode": customer.credit_code,
            "emailAddress": customer.email,
            "phoneNumber": customer.phone,
            "billingAddressStreet": customer.address,
            "assignedUser": self._users.get(customer.salesperson),
        }
        key = self._accounts[customer.number] = self._add("Account", fields).key
        for contact in customer.contacts:
            person = {"lastName": contact.name, "phoneNumber": contact.mobile, "account": key}
            self._add("Contact", person)

    def _load_orders(self) -> None:
        day, place = date.min, 0
        for order in self._orders:
            place = place + 1 if order.order_date == day else 0
            day = order.order_date
            made = datetime.combine(day, OPENING) + place * BETWEEN
            self._load_order(order, min(made, self._latest))

    def _load_order(self, order: Order, made: datetime) -> None:
        wanted = [line.wanted_date for line in order.lines if line.wanted_date]
        fields = {
            "number": order.number,
            "status": STATUS[order.status],
            "account": self._accounts[order.customer],
            "assignedUser": self._users.get(order.salesperson),
            "dateOrdered": order.order_date,
            "amountCurrency": order.currency,
            "cDiscount": order.discount or None,
            "cKind": order.kind,
            "cPaymentTerms": order.payment_terms,
            "cCustomerOrderNo": order.customer_order_no,
            "cWantedOn": min(wanted) if wanted else None,
            "shippingAddressStreet": order.address,
            "description": order.note,
        }
        key = self._add("SalesOrder", fields, made).key
        for line in order.lines:
            self._add("SalesOrderItem", self._line(line, key), made)
        self._amounts.follow(self._books.get("SalesOrder", key))

    def _line(self, line: OrderLine, order: str) -> dict[str, Any]:
        return {
            "salesOrder": order,
            "product": self._products[line.material],
            "name": line.material,
            "quantity": line.quantity,
            "taxRate": line.tax_rate * 100,
            "order": line.line_no,
            "cKind": line.kind,
            "cPriceWithTax": line.price,
            "cAmountWithTax": line.amount,
            "cWantedOn": line.wanted_date,
        }

    def _add(self, form: str, fields: dict[str, Any], made: datetime | None = None) -> Record:
        return self._books.load(form, fields, stamp=made or self._before)
