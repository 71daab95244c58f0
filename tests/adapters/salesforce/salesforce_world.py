"""A small company in a Salesforce sandbox behind real sockets, and an adapter that speaks to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.salesforce import Salesforce
from adapters.salesforce.settings import SalesforceSettings
from connector.clock import SystemClock
from connector.contract import Page, Shape, Write
from connector.http import Http
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.mapping.reading import read_shape
from sandbox.company import Company
from sandbox.company.model import Customer, Material, Order, OrderLine, Person
from sandbox.salesforce import SalesforceSandbox
from sandbox.server import start

ORDER, LINE, ACCOUNT, STOCK = "Order", "OrderItem", "Account", "Erp_Stock__c"
MAPPINGS = Path(__file__).parents[3] / "mappings"
VALUES = Values([MAPPINGS / "values"])


def line(place: int, material: str, quantity: str, price: str) -> OrderLine:
    quantity_, price_ = Decimal(quantity), Decimal(price)
    return OrderLine(
        line_no=place,
        material=material,
        quantity=quantity_,
        price=price_,
        amount=quantity_ * price_,
        tax_rate=Decimal("0.13"),
        wanted_date=date(2026, 12, 1),
    )


def order(number: str, *lines: OrderLine, **rest: Any) -> Order:
    amount = sum((each.amount for each in lines), Decimal(0)) - rest.get("discount", 0)
    fields = {"customer": "C1", "order_date": date(2026, 3, 1), "salesperson": "1001", **rest}
    return Order(number=number, lines=lines, amount=amount, **fields)


def small_company(orders: int = 2) -> Company:
    """SO-1 has two lines, SO-2 a discount; any further ones are like SO-1."""
    first = (line(1, "P1", "3", "99.99"), line(2, "P2", "1.5", "0.1"))
    return Company(
        name="测试公司",
        people=(Person(crm_id="1001", name="张三", erp_number="YW001", department="销售部"),),
        customers=(Customer(number="C1", name="甲公司", salesperson="1001"),),
        materials=(Material(number="P1", name="减速机"), Material(number="P2", name="电机")),
        orders=(
            order("SO-1", *first),
            order("SO-2", line(1, "P2", "2", "50"), discount=Decimal("5.55")),
            *(order(f"SO-{place}", *first) for place in range(3, orders + 1)),
        ),
    )


class World:
    """A sandbox and how to reach it."""

    def __init__(self, company: Company, **options: Any) -> None:
        self.sandbox = SalesforceSandbox(company, **options)
        self.url, self.stop = start(self.sandbox)

    def adapter(self, clock: SystemClock | None = None, **changes: Any) -> Salesforce:
        """A new adapter, as after a restart."""
        stated, env = self.sandbox.settings(self.url)
        secrets = {f"${{env:{name}}}": value for name, value in env.items()}
        known = {name: secrets.get(str(value), value) for name, value in stated.items()}
        settings = SalesforceSettings.model_validate({**known, **changes})
        clock = clock or SystemClock()
        return Salesforce(settings, Http(settings, clock), clock)

    def later(self, crm: Salesforce, seconds: float = 5) -> None:
        """Let time pass there and here: `crm` knows the remote's time from its answers."""
        self.sandbox.clock.advance(seconds)
        crm.check()

    def people(self, name: str, **arguments: Any) -> Any:
        """What a person does in Salesforce's own pages."""
        return self.sandbox.people()[name](**arguments)

    def record(self, number: str, form: str = ORDER) -> dict[str, Any]:
        """A record as it stands in Salesforce."""
        field = {ORDER: "OrderNumber", ACCOUNT: "AccountNumber", STOCK: "Name"}[form]
        return next(row for row in self.sandbox.records(form) if row[field] == number)

    def key(self, number: str, form: str = ORDER) -> str:
        return str(self.record(number, form)["Id"])

    def fault(self, **rule: Any) -> None:
        """From now on calls go wrong as the rule says, once unless it says otherwise."""
        self.sandbox.faults.set([{"times": 1, **rule}])

    def calls(self, operation: str = "") -> int:
        """How often an operation was asked for."""
        return sum(
            entry.kind == "request" and operation in ("", entry.operation)
            for entry in self.sandbox.ledger
        )

    def changes(self) -> list[str]:
        """What happened to records since the start, in order."""
        return [entry.operation for entry in self.sandbox.ledger if entry.kind == "commit"]


def mapping(name: str) -> Mapping:
    """A shipped mapping."""
    return load(MAPPINGS / "salesforce" / f"{name}.yaml", VALUES)


def shape(name: str = "sales_order") -> Shape:
    """What a shipped mapping reads."""
    return read_shape(mapping(name))


def read(crm: Salesforce, after: str | None = None, wanted: Shape | None = None) -> Page:
    """A whole reading as one page: its records, the cursor after it, what is gone."""
    pages = list(crm.read(wanted or shape(), after))
    cursors = [after, *(page.cursor for page in pages if page.cursor)]
    records = [record for page in pages for record in page.records]
    return Page(records, cursors[-1], [key for page in pages for key in page.gone])


def numbers(page: Page) -> list[str]:
    return [record.number for record in page.records]


def update(key: str, form: str = ORDER, **fields: Any) -> Write:
    """A write onto a record, as the status flows make it."""
    fields = fields or {"Erp_Number__c": "XSDD1"}
    return Write(form, key, fields, options={"read_back": False})


def create(mark: str, form: str = STOCK, **fields: Any) -> Write:
    """A new record that carries our mark."""
    usual = {"Name": mark, "On_Hand__c": Decimal("7.5")} if form == STOCK else {"Name": mark}
    field = "Reference__c" if form == STOCK else "Erp_Reference__c"
    return Write(form, "", {**usual, **fields}, reference=(field, mark))
