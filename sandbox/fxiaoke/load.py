"""A company as records of the tenant, stamped in the past: nothing here happened today."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sandbox.company import Company
from sandbox.company.model import Customer, Material, Order, OrderLine

from .auth import ADMINISTRATOR
from .fields import IN_APPROVAL
from .index import Record
from .records import Records
from .values import midnight, plain

OPENING = 9 * 3_600_000
"""The first record of a day is made at nine."""
BETWEEN = 30_000
"""Milliseconds from one record of a day to the next."""
HOUR = 3_600_000


def load(records: Records, company: Company) -> None:
    """Fill the tenant: people, departments, accounts, products, orders with their lines."""
    Loader(records, company).load()


class Loader:
    def __init__(self, records: Records, company: Company) -> None:
        self._records = records
        self._company = company
        self._orders = sorted(company.orders, key=lambda order: order.order_date)
        today = records.clock.now().date()
        opened = self._orders[0].order_date if self._orders else today
        self._before = midnight(opened - timedelta(days=1)) + OPENING
        """Master data is older than the first order."""
        self._started = records.clock.millis() - HOUR
        """Nothing that was loaded is newer than this, whatever the hour of the day."""
        self._customers: dict[str, Customer] = {}
        self._accounts: dict[str, str] = {}
        self._products: dict[str, str] = {}

    def load(self) -> None:
        self._load_people()
        for customer in self._company.customers:
            if customer.in_crm:
                self._customers[customer.number] = customer
                self._accounts[customer.number] = self._load_account(customer)
                self._load_contacts(customer)
        for material in self._company.materials:
            if material.saleable and material.in_crm:
                self._products[material.number] = self._load_product(material)
        self._load_orders()

    def _load_people(self) -> None:
        people = self._company.people
        if ADMINISTRATOR not in {person.crm_id for person in people}:
            self._load_person(ADMINISTRATOR, "系统管理员", "10000000000", "", "")
        for person in people:
            self._load_person(
                person.crm_id, person.name, person.mobile, person.erp_number, person.department
            )
        for name in sorted({person.department for person in people if person.department}):
            self._add("DepartmentObj", {"name": name}, self._before, ADMINISTRATOR)

    def _load_person(self, key: str, name: str, phone: str, number: str, dept: str) -> None:
        """A person's id is the employee id, not an id of the usual kind (general knowledge)."""
        fields = {"name": name, "phone": phone, "number__c": number, "dept": dept}
        record = self._records.stamped(_filled(fields), self._before, [ADMINISTRATOR])
        self._records.load("PersonnelObj", {**record, "_id": key})

    def _load_account(self, customer: Customer) -> str:
        fields = {
            "name": customer.name,
            "account_no": customer.number,
            "tel": customer.phone,
            "email": customer.email,
            "address": customer.address,
            "credit_code__c": customer.credit_code,
        }
        return self._add("AccountObj", fields, self._before, customer.salesperson)

    def _load_contacts(self, customer: Customer) -> None:
        for contact in customer.contacts:
            fields = {
                "name": contact.name,
                "account_id": self._accounts[customer.number],
                "mobile1": contact.mobile,
            }
            self._add("ContactObj", fields, self._before, customer.salesperson)

    def _load_product(self, material: Material) -> str:
        fields = {
            "name": material.name,
            "product_code": material.number,
            "unit": material.unit,
            "price": plain(material.list_price),
            "product_status": "1",
            "product_spec": material.specification,
        }
        return self._add("ProductObj", fields, self._before, ADMINISTRATOR)

    def _load_orders(self) -> None:
        day, place = date.min, 0
        for order in self._orders:
            place = place + 1 if order.order_date == day else 0
            day = order.order_date
            made = midnight(day) + OPENING + place * BETWEEN
            self._load_order(order, min(made, self._started))

    def _load_order(self, order: Order, made: int) -> None:
        wanted = [line.wanted_date for line in order.lines if line.wanted_date]
        fields = {
            "name": order.number,
            "account_id": self._accounts[order.customer],
            "order_time": midnight(order.order_date),
            "order_amount": plain(order.amount),
            "discount_amount__c": plain(order.discount) if order.discount else "",
            "mc_currency": order.currency,
            "kind__c": order.kind,
            "payment_terms__c": order.payment_terms,
            "remark": order.note,
            "ship_to_add": order.address,
            "ship_to_tel": self._customers[order.customer].phone,
            "customer_order_no__c": order.customer_order_no,
            "delivery_date": midnight(min(wanted)) if wanted else "",
            "life_status": order.status,
            "lock_status": "1" if order.locked or order.status in IN_APPROVAL else "0",
        }
        key = self._add("SalesOrderObj", fields, made, order.salesperson)
        for line in order.lines:
            self._load_line(order, line, key, made)

    def _load_line(self, order: Order, line: OrderLine, order_key: str, made: int) -> None:
        fields = {
            "name": f"{order.number}-{line.line_no}",
            "order_id": order_key,
            "product_id": self._products[line.material],
            "quantity": plain(line.quantity),
            "sales_price": plain(line.price),
            "subtotal": plain(line.amount),
            "kind__c": line.kind,
            "unit__c": line.unit,
            "tax_rate__c": percent(line.tax_rate),
            "delivery_date__c": midnight(line.wanted_date) if line.wanted_date else "",
            "line_no__c": str(line.line_no),
            "life_status": "invalid" if order.status == "invalid" else "normal",
        }
        self._add("SalesOrderProductObj", fields, made, order.salesperson)

    def _add(self, form: str, fields: Record, made: int, owner: str) -> str:
        record = self._records.stamped({}, made, [owner or ADMINISTRATOR])
        self._records.load(form, {**record, **_filled(fields)})
        return str(record["_id"])


def percent(rate: Decimal) -> str:
    """A rate as a percentile field has it: 0.13 is "13"."""
    return plain((rate * 100).normalize())


def _filled(fields: Record) -> Record:
    return {name: value for name, value in fields.items() if value != ""}
