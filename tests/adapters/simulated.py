"""A simulated system behind real sockets, and the adapter that speaks to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from connector.assemble import shipped
from connector.clock import Clock, SystemClock
from connector.contract import Adapter, Record, Shape
from connector.http import Http, NoHttp
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping as Mapped
from connector.mapping.reading import read_shape
from connector.testing import SkippingClock
from sandbox.clock import SandboxClock
from sandbox.company import Company
from sandbox.company.model import Customer, Material, Order, OrderLine, Person
from sandbox.server import start

VALUES = Values([shipped() / "values"])


class World:
    """A simulated system and how to reach it. Subclass it and say which."""

    adapter_type: ClassVar[type[Adapter]]
    sandbox_type: ClassVar[Any]
    key_field: ClassVar[str] = "id"
    numbers: ClassVar[Mapping[str, str]]
    """By form, the field that holds a record's number; the first is that of orders."""
    usual: ClassVar[Mapping[str, Any]] = {}
    """Settings that every test has, as a rule no limits of our own."""
    orders: ClassVar[int] = 3
    """That a company has where nobody says otherwise."""

    def __init__(self, company: Company, **options: Any) -> None:
        self.sandbox = self.sandbox_type(company, **options)
        self.url, self.stop = start(self.sandbox)

    @staticmethod
    def small_company(orders: int) -> Company:
        """Its orders are SO-1 and so on."""
        raise NotImplementedError

    def clock(self) -> Clock:
        """The adapter's."""
        return SystemClock()

    def adapter(self, clock: Clock | None = None, **changes: Any) -> Any:
        """A new adapter, as after a restart."""
        stated, env = self.sandbox.settings(self.url)
        secrets = {f"${{env:{name}}}": value for name, value in env.items()}
        known = {name: secrets.get(str(value), value) for name, value in stated.items()}
        kind = self.adapter_type
        settings = kind.settings_type.model_validate({**known, **self.usual, **changes})
        clock = clock or self.clock()
        http = Http(settings, clock) if kind.speaks_http else NoHttp(clock)
        return kind(settings, http, clock)

    @cached_property
    def looking(self) -> Any:
        """One adapter for whoever only looks."""
        return self.adapter()

    def passing(self) -> Clock:
        """A clock for the adapter: when it sleeps, time passes here and there."""
        return _Passing(self.sandbox.clock)

    def later(self, adapter: Adapter, seconds: float = 5) -> None:
        """Let time pass there and here: the adapter knows the remote's time from its answers."""
        self.sandbox.clock.advance(seconds)
        adapter.check()

    def people(self, what: str, /, **arguments: Any) -> Any:
        """What a person does in the system's own pages."""
        return self.sandbox.people()[what](**arguments)

    def record(self, number: str, form: str = "") -> dict[str, Any]:
        """A record as it stands there, an order unless `form` says otherwise."""
        form = form or next(iter(self.numbers))
        found: list[dict[str, Any]] = self.sandbox.records(form)
        return next(row for row in found if row.get(self.numbers[form]) == number)

    def key(self, number: str, form: str = "") -> str:
        """Its key."""
        return str(self.record(number, form)[self.key_field])

    def fault(self, **rule: Any) -> None:
        """From now on calls go wrong as the rule says, once unless it says otherwise."""
        self.sandbox.faults.set([{"times": 1, **rule}])

    def calls(self, operation: str = "", form: str = "*") -> int:
        """How often an operation was asked for; or any."""
        return sum(
            entry.kind == "request" and operation in ("", entry.operation)
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


class _Passing(SkippingClock):
    def __init__(self, there: SandboxClock) -> None:
        super().__init__()
        self._there = there

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._there.advance(seconds)


@dataclass(frozen=True)
class Reading:
    """What a reading found."""

    records: Sequence[Record]
    cursor: str | None
    """Where the next one goes on."""
    gone: Sequence[str]

    @property
    def numbers(self) -> list[str]:
        return [record.number for record in self.records]

    @property
    def news(self) -> list[str]:
        """The numbers of records that were not read before the window began."""
        return [record.number for record in self.records if not record.again]


def whole(adapter: Adapter, shape: Shape, after: str | None = None) -> Reading:
    """A whole reading."""
    pages = list(adapter.read(shape, after))
    cursors = [after, *(page.cursor for page in pages if page.cursor)]
    records = [record for page in pages for record in page.records]
    return Reading(records, cursors[-1], [key for page in pages for key in page.gone])


def numbers(records: Sequence[Record]) -> list[str]:
    """Theirs, in order."""
    return sorted(record.number for record in records)


def mapping_of(system: str, name: str) -> Mapped:
    """A shipped mapping."""
    return load(shipped() / system / f"{name}.yaml", VALUES)


def shape_of(system: str, name: str = "sales_order") -> Shape:
    """What a shipped mapping reads."""
    return read_shape(mapping_of(system, name))


# -- small companies ------------------------------------------------------------------------------


def line(place: int, material: str, quantity: str, price: str, amount: str = "") -> OrderLine:
    """Of an order, with 13 % tax; its amount is the rounded product unless it is given."""
    product = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    return OrderLine(
        line_no=place,
        material=material,
        quantity=Decimal(quantity),
        price=Decimal(price),
        amount=Decimal(amount) if amount else product,
        tax_rate=Decimal("0.13"),
        wanted_date=date(2026, 12, 1),
    )


def order(number: str, *lines: OrderLine, **rest: Any) -> Order:
    """Of the first customer, by the one salesperson."""
    amount = sum((each.amount for each in lines), Decimal(0)) - rest.get("discount", 0)
    fields = {"customer": "C1", "order_date": date(2026, 3, 1), "salesperson": "1001", **rest}
    return Order(number=number, lines=lines, amount=amount, **fields)


def company(*orders: Order) -> Company:
    """A customer, two materials, a salesperson, and these orders."""
    return Company(
        name="测试公司",
        people=(Person(crm_id="1001", name="张三", erp_number="YW001", department="销售部"),),
        customers=(Customer(number="C1", name="甲公司", salesperson="1001"),),
        materials=(Material(number="P1", name="减速机"), Material(number="P2", name="电机")),
        orders=orders,
    )
