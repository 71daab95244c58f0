"""A company as records of the account, stamped in the past: nothing here happened today."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.books import Books, Record
from sandbox.clock import CHINA
from sandbox.company import Company
from sandbox.company.model import Customer, Order, OrderLine

from .amounts import Amounts
from .associations import Associations
from .values import iso

OPENING = time(1, 0, tzinfo=UTC)
"""Nine in China: the first record of a day."""
BETWEEN = timedelta(seconds=30)
STAGES = {
    "normal": "closedwon",
    "under_review": "contractsent",
    "in_change": "contractsent",
    "ineffective": "appointmentscheduled",
    "invalid": "closedlost",
}
"""The company's life statuses as stages of its pipeline."""


def load(books: Books, associations: Associations, amounts: Amounts, company: Company) -> None:
    """Fill the account: owners, companies with contacts, products, deals with their lines."""
    Loader(books, associations, amounts, company).load()


class Loader:
    def __init__(
        self, books: Books, associations: Associations, amounts: Amounts, company: Company
    ) -> None:
        self._books = books
        self._associations = associations
        self._amounts = amounts
        self._company = company
        self._orders = sorted(company.orders, key=lambda order: order.order_date)
        opened = self._orders[0].order_date if self._orders else books.clock.now().date()
        self._before = datetime.combine(opened - timedelta(days=1), OPENING)
        """Master data is older than the first deal."""
        self._latest = books.clock.now() - timedelta(hours=1)
        self._owners: dict[str, str] = {}
        self._companies: dict[str, str] = {}
        self._products: dict[str, str] = {}

    def load(self) -> None:
        for person in self._company.people:
            login = person.erp_number or f"user{person.crm_id}"
            owner = {"email": f"{login}@example.com", "type": "PERSON",
                     "firstName": person.name[1:], "lastName": person.name[:1]}  # fmt: skip
            self._owners[person.crm_id] = self._add("owners", owner).key
        for customer in self._company.customers:
            if customer.in_crm:
                self._load_company(customer)
        for material in self._company.materials:
            if material.saleable and material.in_crm:
                fields = {
                    "name": material.name,
                    "hs_sku": material.number,
                    "description": material.specification,
                    "price": material.list_price,
                }
                self._products[material.number] = self._add("products", fields).key
        self._load_deals()

    def _load_company(self, customer: Customer) -> None:
        fields = {
            "name": customer.name,
            "customer_number": customer.number,
            "credit_code": customer.credit_code,
            "phone": customer.phone,
            "address": customer.address,
            "hubspot_owner_id": self._owners.get(customer.salesperson),
        }
        key = self._companies[customer.number] = self._add("companies", fields).key
        for contact in customer.contacts:
            person = {"lastname": contact.name, "mobilephone": contact.mobile}
            made = self._add("contacts", person)
            self._associations.link(("contacts", made.key), ("companies", key))

    def _load_deals(self) -> None:
        day, place = date.min, 0
        for order in self._orders:
            place = place + 1 if order.order_date == day else 0
            day = order.order_date
            made = datetime.combine(day, OPENING) + place * BETWEEN
            self._load_deal(order, min(made, self._latest))

    def _load_deal(self, order: Order, made: datetime) -> None:
        wanted = [line.wanted_date for line in order.lines if line.wanted_date]
        fields = {
            "dealname": order.number,
            "pipeline": "default",
            "dealstage": STAGES[order.status],
            "closedate": iso(datetime.combine(order.order_date, time(), CHINA)),
            "deal_currency_code": order.currency,
            "hubspot_owner_id": self._owners.get(order.salesperson),
            "order_discount": order.discount or None,
            "order_kind": order.kind,
            "payment_terms": order.payment_terms,
            "customer_order_no": order.customer_order_no,
            "wanted_date": min(wanted) if wanted else None,
            "ship_to_address": order.address,
            "description": order.note,
        }
        deal = self._add("deals", fields, made).key
        company = self._companies[order.customer]
        self._associations.link(("deals", deal), ("companies", company))
        for line in order.lines:
            item = self._add("line_items", self._line(line), made).key
            self._associations.link(("line_items", item), ("deals", deal))
        self._amounts.follow("deals", deal)

    def _line(self, line: OrderLine) -> dict[str, Any]:
        return {
            "name": line.material,
            "hs_sku": line.material,
            "hs_product_id": self._products[line.material],
            "quantity": line.quantity,
            "price": line.price,
            "hs_position_on_quote": line.line_no,
            "tax_rate": line.tax_rate * 100,
            "line_kind": line.kind,
            "wanted_date": line.wanted_date,
        }

    def _add(self, form: str, fields: dict[str, Any], made: datetime | None = None) -> Record:
        return self._books.load(form, fields, stamp=made or self._before)
