"""A company as records of the org, stamped in the past: nothing here happened today."""

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
    "normal": "Activated",
    "under_review": "In Approval",
    "in_change": "In Approval",
    "ineffective": "Draft",
    "invalid": "Cancelled",
}
"""The company's life statuses in this org's words."""


def load(books: Books, amounts: Amounts, company: Company) -> None:
    """Fill the org: people, accounts with contacts, products, orders with their lines."""
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
            user = {"Name": person.name, "MobilePhone": person.mobile, "IsActive": True}
            own = {"EmployeeNumber": person.erp_number, "Department": person.department}
            self._users[person.crm_id] = self._add("User", {**user, **own}).key
        for customer in self._company.customers:
            if customer.in_crm:
                self._load_account(customer)
        for material in self._company.materials:
            if material.saleable and material.in_crm:
                fields = {
                    "Name": material.name,
                    "ProductCode": material.number,
                    "Description": material.specification,
                    "QuantityUnitOfMeasure": material.unit,
                    "IsActive": True,
                }
                key = self._products[material.number] = self._add("Product2", fields).key
                price = {"Product2Id": key, "UnitPrice": material.list_price, "IsActive": True}
                self._add("PricebookEntry", price)
        self._load_orders()

    def _load_account(self, customer: Customer) -> None:
        fields = {
            "Name": customer.name,
            "AccountNumber": customer.number,
            "Credit_Code__c": customer.credit_code,
            "Email__c": customer.email,
            "Phone": customer.phone,
            "BillingStreet": customer.address,
            "OwnerId": self._users.get(customer.salesperson),
        }
        key = self._accounts[customer.number] = self._add("Account", fields).key
        for contact in customer.contacts:
            person = {"LastName": contact.name, "MobilePhone": contact.mobile, "AccountId": key}
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
            "OrderNumber": order.number,
            "Status": STATUS[order.status],
            "AccountId": self._accounts[order.customer],
            "OwnerId": self._users.get(order.salesperson),
            "EffectiveDate": order.order_date,
            "CurrencyIsoCode": order.currency,
            "Discount_Amount__c": order.discount or None,
            "Type": order.kind,
            "Payment_Terms__c": order.payment_terms,
            "PoNumber": order.customer_order_no,
            "Delivery_Date__c": min(wanted) if wanted else None,
            "ShippingStreet": order.address,
            "Description": order.note,
        }
        key = self._add("Order", fields, made).key
        for line in order.lines:
            self._add("OrderItem", self._line(line, key), made)
        self._amounts.follow(self._books.get("Order", key))

    def _line(self, line: OrderLine, order: str) -> dict[str, Any]:
        return {
            "OrderId": order,
            "Product2Id": self._products[line.material],
            "Quantity": line.quantity,
            "UnitPrice": line.price,
            "Tax_Rate__c": line.tax_rate * 100,
            "Line_No__c": line.line_no,
            "Kind__c": line.kind,
            "ServiceDate": line.wanted_date,
        }

    def _add(self, form: str, fields: dict[str, Any], made: datetime | None = None) -> Record:
        return self._books.load(form, fields, stamp=made or self._before)
