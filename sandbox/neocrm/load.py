"""A company as records of the tenant, stamped in the past: nothing here happened today."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.books import Books
from sandbox.company import Company
from sandbox.company.model import Customer, Material, Order, OrderLine

from .amounts import Amounts
from .forms import CURRENCIES, UNITS

OPENING = time(1, 0, tzinfo=UTC)
"""Nine in China: the first record of a day."""
BETWEEN = timedelta(seconds=30)
STATUS = {"ineffective": "1", "under_review": "2", "in_change": "2", "normal": "3", "invalid": "4"}
"""The company's life statuses in this tenant's codes."""
KINDS = ("goods", "gift", "service", "freight")
ORDERS = ("standard", "sample", "consignment", "gift")


def load(books: Books, amounts: Amounts, company: Company) -> None:
    """Fill the tenant: people, accounts with contacts, products, orders with their lines."""
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
            user = {"name": person.name, "phone": person.mobile, "status": "1"}
            code = person.erp_number or person.crm_id
            self._users[person.crm_id] = self._add("user", {**user, "employeeCode": code})
        for customer in self._company.customers:
            if customer.in_crm:
                self._load_account(customer)
        for material in self._company.materials:
            if material.saleable and material.in_crm:
                self._load_product(material)
        day, place = date.min, 0
        for order in self._orders:
            place = place + 1 if order.order_date == day else 0
            day = order.order_date
            made = datetime.combine(day, OPENING) + place * BETWEEN
            self._load_order(order, min(made, self._latest))

    def _load_account(self, customer: Customer) -> None:
        fields = {
            "accountName": customer.name,
            "accountCode__c": customer.number,
            "creditCode__c": customer.credit_code,
            "email": customer.email,
            "phone": customer.phone,
            "address": customer.address,
            "ownerId": self._users.get(customer.salesperson),
        }
        key = self._accounts[customer.number] = self._add("account", fields)
        for contact in customer.contacts:
            person = {"contactName": contact.name, "mobile": contact.mobile, "accountId": key}
            self._add("contact", person)

    def _load_product(self, material: Material) -> None:
        fields = {
            "productName": material.name,
            "productCode__c": material.number,
            "specification__c": material.specification,
            "unit__c": _code(UNITS, material.unit),
            "priceUnit": material.list_price,
            "enableStatus": "1",
        }
        self._products[material.number] = self._add("product", fields)

    def _load_order(self, order: Order, made: datetime) -> None:
        wanted = [line.wanted_date for line in order.lines if line.wanted_date]
        fields = {
            "po": order.number,
            "accountId": self._accounts[order.customer],
            "ownerId": self._users.get(order.salesperson),
            "poStatus": STATUS[order.status],
            "transactionDate": order.order_date,
            "currencyUnit": _code(CURRENCIES, order.currency),
            "discount__c": order.discount or None,
            "kind__c": str(ORDERS.index(order.kind) + 1),
            "paymentTerms__c": order.payment_terms,
            "customerOrderNo__c": order.customer_order_no,
            "wantedOn__c": min(wanted) if wanted else None,
            "shipAddress__c": order.address,
            "comment": order.note,
        }
        key = self._add("order", fields, made)
        for line in order.lines:
            self._add("orderProduct", self._line(line, key), made)
        self._amounts.follow(self._books.get("order", key))

    def _line(self, line: OrderLine, order: str) -> dict[str, Any]:
        return {
            "orderId": order,
            "productId": self._products[line.material],
            "quantity": line.quantity,
            "unitPrice": line.price,
            "priceTotal": line.amount,
            "taxRate__c": line.tax_rate * 100,
            "lineNo__c": line.line_no,
            "kind__c": str(KINDS.index(line.kind) + 1),
            "wantedOn__c": line.wanted_date,
        }

    def _add(self, form: str, fields: dict[str, Any], made: datetime | None = None) -> str:
        return self._books.load(form, fields, stamp=made or self._before).key


def _code(options: dict[str, str], name: str) -> str:
    """The code of an option by what people call it."""
    return next(code for code, label in options.items() if label == name)
