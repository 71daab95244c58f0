"""A small company in a Neocrm sandbox behind real sockets, and an adapter that speaks to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.neocrm import Neocrm
from adapters.neocrm.settings import NeocrmSettings
from connector.clock import SystemClock
from connector.contract import Record, Shape, Write
from connector.http import Http
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.mapping.reading import read_shape
from sandbox.company import Company
from sandbox.company.model import Customer, Material, Order, OrderLine, Person
from sandbox.neocrm import NeocrmSandbox
from sandbox.server import start

ORDER, LINE, ACCOUNT, STOCK = "order", "orderProduct", "account", "erpStock__c"
MAPPINGS = Path(__file__).parents[3] / "mappings"
VALUES = Values([MAPPINGS / "values"])


def line(place: int, material: str, quantity: str, price: str) -> OrderLine:
    amount = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    return OrderLine(
        line_no=place,
        material=material,
        quantity=Decimal(quantity),
        price=Decimal(price),
        amount=amount,
        tax_rate=Decimal("0.13"),
    )


def small_company(orders: int = 3) -> Company:
    """So many orders of two lines each, of one customer."""
    lines = (line(1, "P1", "3", "99.990001"), line(2, "P2", "1.5", "0.1"))
    placed = (
        Order(
            number=f"SO-{place}",
            customer="C1",
            order_date=date(2026, 3, 1),
            salesperson="1001",
            lines=lines,
            amount=sum((each.amount for each in lines), Decimal(0)),
        )
        for place in range(1, orders + 1)
    )
    return Company(
        name="测试公司",
        people=(Person(crm_id="1001", name="张三", erp_number="YW001"),),
        customers=(Customer(number="C1", name="甲公司", salesperson="1001"),),
        materials=(Material(number="P1", name="减速机"), Material(number="P2", name="电机")),
        orders=tuple(placed),
    )


class World:
    """A sandbox and how to reach it."""

    def __init__(self, company: Company, **options: Any) -> None:
        self.sandbox = NeocrmSandbox(company, **options)
        self.url, self.stop = start(self.sandbox)

    def adapter(self, clock: SystemClock | None = None, **changes: Any) -> Neocrm:
        """A new adapter, as after a restart, without our own rate limit."""
        stated, env = self.sandbox.settings(self.url)
        secrets = {f"${{env:{name}}}": value for name, value in env.items()}
        known = {name: secrets.get(str(value), value) for name, value in stated.items()}
        settings = NeocrmSettings.model_validate({**known, "rate": "", **changes})
        clock = clock or SystemClock()
        return Neocrm(settings, Http(settings, clock), clock)

    def later(self, crm: Neocrm, seconds: float = 5) -> None:
        """Let time pass there and here: `crm` knows the remote's time from its answers."""
        self.sandbox.clock.advance(seconds)
        crm.check()

    def people(self, what: str, /, **arguments: Any) -> Any:
        """What a person does in Neocrm's own pages."""
        return self.sandbox.people()[what](**arguments)

    def record(self, number: str, form: str = ORDER) -> dict[str, Any]:
        """A record as it stands in Neocrm."""
        field = {ORDER: "po", ACCOUNT: "accountCode__c", STOCK: "reference__c"}[form]
        return next(row for row in self.sandbox.records(form) if row.get(field) == number)

    def key(self, number: str, form: str = ORDER) -> str:
        return str(self.record(number, form)["id"])

    def fault(self, **rule: Any) -> None:
        """From now on calls go wrong as the rule says, once unless it says otherwise."""
        self.sandbox.faults.set([{"times": 1, **rule}])

    def calls(self, operation: str, form: str = "*") -> int:
        """How often an operation was asked for."""
        return sum(
            entry.kind == "request" and entry.operation == operation
            for entry in self.sandbox.ledger
            if form in ("*", entry.form)
        )

    def changes(self) -> list[str]:
        """What happened to records since the start, in order."""
        return [entry.operation for entry in self.sandbox.ledger if entry.kind == "commit"]


def mapping(name: str) -> Mapping:
    """A shipped mapping."""
    return load(MAPPINGS / "neocrm" / f"{name}.yaml", VALUES)


def shape(name: str = "sales_order") -> Shape:
    """What a shipped mapping reads."""
    return read_shape(mapping(name))


def read(
    adapter: Neocrm, after: str | None = None, wanted: Shape | None = None
) -> tuple[list[Record], str | None]:
    """A whole reading: its records and the cursor after it."""
    records: list[Record] = []
    cursor = after
    for page in adapter.read(wanted or shape(), after):
        records += page.records
        cursor = page.cursor or cursor
    return records, cursor


def numbers(records: list[Record]) -> list[str]:
    return sorted(record.number for record in records)


def update(key: str, form: str = ORDER, **fields: Any) -> Write:
    """A write onto a record, as the status flows make it."""
    fields = fields or {"erpNumber__c": "XSDD1"}
    return Write(form, key, fields, options={"read_back": False})


def create(reference: str, form: str = STOCK, **fields: Any) -> Write:
    """A new record that carries our mark."""
    fields = {"name": "P1", "onHand__c": Decimal("7.5000"), **fields}
    return Write(form, "", fields, reference=("reference__c", reference))
