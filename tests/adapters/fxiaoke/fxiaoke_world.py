"""A small company in a Fxiaoke sandbox behind real sockets, and an adapter that speaks to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.fxiaoke import Fxiaoke
from adapters.fxiaoke.settings import FxiaokeSettings
from connector.clock import SystemClock
from connector.contract import Record, Shape, Write
from connector.http import Http
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.mapping.reading import read_shape
from sandbox.company import Company
from sandbox.company.model import Customer, Material, Order, OrderLine, Person
from sandbox.fxiaoke import FxiaokeSandbox
from sandbox.server import start

ORDER, LINE, ACCOUNT, STOCK = "SalesOrderObj", "SalesOrderProductObj", "AccountObj", "erp_stock__c"
MAPPINGS = Path(__file__).parents[3] / "mappings"
VALUES = Values([MAPPINGS / "values"])


def line(place: int, material: str, quantity: str, price: str, amount: str) -> OrderLine:
    return OrderLine(
        line_no=place,
        material=material,
        quantity=Decimal(quantity),
        price=Decimal(price),
        amount=Decimal(amount),
        tax_rate=Decimal("0.13"),
        wanted_date=date(2026, 12, 1),
    )


def order(number: str, *lines: OrderLine, **rest: Any) -> Order:
    amount = sum((each.amount for each in lines), Decimal(0)) - rest.get("discount", 0)
    fields = {"customer": "C1", "order_date": date(2026, 3, 1), "salesperson": "1001", **rest}
    return Order(number=number, lines=lines, amount=amount, **fields)


def small_company(orders: int = 3) -> Company:
    """SO-1 has two lines, SO-2 a discount, SO-3 is locked; any further ones are like SO-1."""
    first = (line(1, "P1", "3", "99.990001", "299.97"), line(2, "P2", "1.5", "0.1", "0.15"))
    more = (order(f"SO-{place}", *first) for place in range(4, orders + 1))
    return Company(
        name="测试公司",
        people=(Person(crm_id="1001", name="张三", erp_number="YW001", department="销售部"),),
        customers=(Customer(number="C1", name="甲公司", salesperson="1001"),),
        materials=(Material(number="P1", name="减速机"), Material(number="P2", name="电机")),
        orders=(
            order("SO-1", *first),
            order("SO-2", line(1, "P2", "2", "50", "100.00"), discount=Decimal("5.55")),
            order("SO-3", line(1, "P1", "1", "100", "100.00"), locked=True),
            *more,
        ),
    )


class WaitingClock(SystemClock):
    """Lets time pass here, as if something had taken long."""

    waited = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.waited


class World:
    """A sandbox and how to reach it."""

    def __init__(self, company: Company, **options: Any) -> None:
        self.sandbox = FxiaokeSandbox(company, **options)
        self.url, self.stop = start(self.sandbox)

    def adapter(self, clock: SystemClock | None = None, **changes: Any) -> Fxiaoke:
        """A new adapter, as after a restart, without our own rate limit."""
        stated, env = self.sandbox.settings(self.url)
        secrets = {f"${{env:{name}}}": value for name, value in env.items()}
        known = {name: secrets.get(str(value), value) for name, value in stated.items()}
        settings = FxiaokeSettings.model_validate({**known, "rate": "", **changes})
        clock = clock or SystemClock()
        return Fxiaoke(settings, Http(settings, clock), clock)

    def later(self, crm: Fxiaoke, seconds: float = 5) -> None:
        """Let time pass there and here: `crm` knows the remote's time from its answers."""
        self.sandbox.clock.advance(seconds)
        crm.check()

    def people(self, name: str, **arguments: Any) -> Any:
        """What a person does in Fxiaoke's own pages."""
        return self.sandbox.people()[name](**arguments)

    def key(self, number: str, form: str = ORDER) -> str:
        """The `_id` of a record by its number."""
        return str(self.record(number, form)["_id"])

    def record(self, number: str, form: str = ORDER) -> dict[str, Any]:
        """A record as it stands in Fxiaoke."""
        field = {ORDER: "name", ACCOUNT: "account_no", STOCK: "reference__c"}[form]
        return next(row for row in self.sandbox.records(form) if row.get(field) == number)

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

    def changes(self, number: str = "") -> list[str]:
        """What happened to records since the start, in order."""
        return [
            entry.operation
            for entry in self.sandbox.ledger
            if entry.kind == "commit" and number in ("", entry.number)
        ]


def mapping(name: str) -> Mapping:
    """A shipped mapping."""
    return load(MAPPINGS / "fxiaoke" / f"{name}.yaml", VALUES)


def shape(name: str = "sales_order") -> Shape:
    """What a shipped mapping reads."""
    return read_shape(mapping(name))


class Reading:
    """What a reading found."""

    def __init__(self, records: list[Record], cursor: str | None) -> None:
        self.records = records
        self.cursor = cursor

    @property
    def numbers(self) -> list[str]:
        return [record.number for record in self.records]

    @property
    def news(self) -> list[str]:
        """The numbers of records that were not read before the window began."""
        return [record.number for record in self.records if not record.again]


def read(adapter: Fxiaoke, after: str | None = None, wanted: Shape | None = None) -> Reading:
    """A whole reading: its records and the cursor after it."""
    records: list[Record] = []
    cursor = after
    for page in adapter.read(wanted or shape(), after):
        records += page.records
        cursor = page.cursor or cursor
    return Reading(records, cursor)


def update(key: str, form: str = ORDER, **fields: Any) -> Write:
    """A write onto a record, as the status flows make it."""
    fields = fields or {"erp_number__c": "XSDD1"}
    return Write(form, key, fields, options={"read_back": False})


def create(reference: str, form: str = STOCK, **fields: Any) -> Write:
    """A new record that carries our mark."""
    fields = {"name": "P1", "on_hand__c": Decimal("7.5000"), **fields}
    return Write(form, "", fields, reference=("reference__c", reference))
