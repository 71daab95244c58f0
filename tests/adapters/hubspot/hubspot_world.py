"""A small company in a HubSpot sandbox behind real sockets, and an adapter that speaks to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.hubspot import HubSpot
from adapters.hubspot.settings import HubSpotSettings
from connector.contract import Record, Shape, Table, Write
from connector.http import Http
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.testing import SkippingClock
from sandbox.company import Company
from sandbox.company.model import Customer, Material, Order, OrderLine, Person
from sandbox.hubspot import HubSpotSandbox
from sandbox.server import start

KEY, DEAL, LINE, COMPANY, CONTACT = (
    "hs_object_id", "deals", "line_items", "companies", "contacts",
)  # fmt: skip
MAPPINGS = Path(__file__).parents[3] / "mappings"
VALUES = Values([MAPPINGS / "values"])
DEALS = Shape(
    DEAL,
    (KEY,),
    ("dealname", "amount", "closedate", "hs_is_closed_won", "associations.companies"),
    "dealname",
    {LINE: Table(KEY, ("quantity", "price"), LINE, "associations.deals")},
)
COMPANIES = Shape(COMPANY, (KEY,), ("name", "phone", "erp_reference"), "customer_number")


def order(number: str, *lines: OrderLine) -> Order:
    amount = sum((each.amount for each in lines), Decimal(0))
    return Order(
        number=number, customer="C1", order_date=date(2026, 3, 1), salesperson="1001", lines=lines,
        amount=amount,
    )  # fmt: skip


def small_company(orders: int) -> Company:
    """So many won deals of two lines, with a company and another one."""
    lines = [
        OrderLine(
            line_no=place, material=material, quantity=Decimal(3), price=Decimal(price),
            amount=Decimal(3) * Decimal(price), tax_rate=Decimal("0.13"),
        )
        for place, material, price in ((1, "P1", "99.90"), (2, "P2", "0.10"))
    ]  # fmt: skip
    return Company(
        name="测试公司",
        people=(Person(crm_id="1001", name="张三", erp_number="YW001"),),
        customers=(
            Customer(number="C1", name="甲公司", salesperson="1001"),
            Customer(number="C2", name="乙公司"),
        ),
        materials=(Material(number="P1", name="减速机"), Material(number="P2", name="电机")),
        orders=tuple(order(f"SO-{n}", *lines) for n in range(1, orders + 1)),
    )


class SharedClock(SkippingClock):
    """A sleep lets time pass in HubSpot, too."""

    def __init__(self, sandbox: HubSpotSandbox) -> None:
        super().__init__()
        self._sandbox = sandbox
        self.skipped = 0.0

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._sandbox.clock.advance(seconds)
        self.skipped += seconds


class World:
    """A sandbox and how to reach it."""

    def __init__(self, company: Company, **options: Any) -> None:
        self.sandbox = HubSpotSandbox(company, **options)
        self.url, self.stop = start(self.sandbox)
        self.clock = SharedClock(self.sandbox)

    def adapter(self, **changes: Any) -> HubSpot:
        """A new adapter, as after a restart, without our own rate limits."""
        stated, env = self.sandbox.settings(self.url)
        known = {**stated, "token": env["HUBSPOT_TOKEN"], "rate": "", "search_rate": "", **changes}
        settings = HubSpotSettings.model_validate(known)
        return HubSpot(settings, Http(settings, self.clock), self.clock)

    def later(self, crm: HubSpot, seconds: float = 5) -> None:
        """Let time pass there and here: `crm` knows HubSpot's time from its answers."""
        self.clock.sleep(seconds)
        crm.check()

    def people(self, name: str, /, **arguments: Any) -> Any:
        """What a person does in HubSpot's own pages."""
        return self.sandbox.people()[name](**arguments)

    def key(self, name: str = "SO-1", form: str = DEAL, field: str = "dealname") -> str:
        """The id of a record by its name."""
        return str(next(one for one in self.sandbox.records(form) if one.get(field) == name)[KEY])

    def record(self, key: str, form: str) -> dict[str, Any]:
        """A record as it stands in HubSpot."""
        return next(one for one in self.sandbox.records(form) if one[KEY] == key)

    def fault(self, **rule: Any) -> None:
        """From now on calls go wrong as the rule says, once unless it says otherwise."""
        self.sandbox.faults.set([{"times": 1, **rule}])

    def calls(self, operation: str, form: str = "*") -> int:
        """How often an operation was asked for."""
        return sum(
            entry.kind == "request" and entry.operation == operation and form in ("*", entry.form)
            for entry in self.sandbox.ledger
        )

    def changes(self) -> list[tuple[str, str]]:
        """What calls did to which record, in order."""
        return [(e.operation, e.key) for e in self.sandbox.ledger
                if e.kind == "commit" and e.by == "api"]  # fmt: skip


def mapping(name: str) -> Mapping:
    """A shipped mapping."""
    return load(MAPPINGS / "hubspot" / f"{name}.yaml", VALUES)


def read(crm: HubSpot, shape: Shape, after: str | None = None) -> tuple[list[Record], str]:
    """A whole reading, and where the next one goes on."""
    pages = list(crm.read(shape, after))
    cursors = [page.cursor for page in pages if page.cursor]
    return [record for page in pages for record in page.records], cursors[-1]


def company(tag: str, **fields: Any) -> Write:
    """A new company."""
    return Write(
        COMPANY, "", {"name": tag, **fields}, reference=("erp_reference", f"erp:{tag}"),
        show=COMPANIES,
    )  # fmt: skip


def told(key: str, form: str = DEAL, **fields: Any) -> Write:
    """What the ERP says, onto a record."""
    return Write(form, key, fields or {"erp_state": "已进ERP"}, options={"read_back": False})


def kinds(outcomes: Sequence[Any]) -> list[str]:
    """What became of each write."""
    return [type(one).__name__ for one in outcomes]
