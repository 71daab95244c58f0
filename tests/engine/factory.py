"""A CRM and an ERP in memory, joined by a configuration: the smallest whole product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from adapters.memory import World
from connector.assemble import Assembly
from connector.engine.dispatch import Dispatcher, Done, Permits
from connector.engine.system import System
from connector.settings import ConfigFile
from connector.store import deliveries

CONFIG = """
store: STORE
connections:
  crm: {adapter: memory, world: crm}
  erp: {adapter: memory, world: erp, stepped: [bill], settle: 100, full: [onhand]}
flows:
  products: {object: material, from: crm, pair: number}
  materials: {object: material, from: erp, pair: number}
  customers: {object: customer, from: crm, to: erp}
  orders: {object: sales_order, from: crm, to: erp, when: 'status == "confirmed"',
            hold: 'status == "in_approval"'}
"""

MAPPINGS = {
    "crm/customer": """
object: customer
form: account
key: id
number: code
read: {name: name}
""",
    "erp/customer": """
object: customer
form: partner
key: id
number: code
reference: ref
write: {code: {from: number, on: create}, name: name}
""",
    "crm/material": """
object: material
form: product
key: id
number: code
read: {name: name}
""",
    "erp/material": """
object: material
form: item
key: id
number: code
read: {name: name, sales_unit: unit}
""",
    "crm/sales_order": """
object: sales_order
form: order
key: id
number: number
read:
  customer: customer
  order_date: date
  status: status
  special_terms: note
  lines:
    each: lines
    key: id
    fields: {material: product, quantity: qty, price_with_tax: price, amount_with_tax: amount,
             kind: {from: kind, default: goods}}
""",
    "erp/sales_order": """
object: sales_order
form: bill
key: id
number: no
reference: ref
until: audited
write:
  no: {from: number, on: create}
  customer: {from: customer, link: customer}
  date: {from: order_date, type: date}
  note: {from: special_terms, max_bytes: 20}
  warehouse: {value: W1, on: create}
  rows:
    each: lines
    key: id
    fields:
      material: {from: material, link: material}
      unit: {from: material, link: material.sales_unit}
      qty: {from: quantity, scale: quantity}
      amount: {from: net_amount, scale: money}
""",
}


@dataclass
class TestClock:
    """Time that only tests move."""

    __test__ = False
    time: datetime = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)
    asleep: float = 0.0
    """Seconds that the monotonic clock did not count, as on a machine that was suspended."""

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp() - self.asleep

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Line:
    """In place of HTTP, of which worlds in memory need nothing but the number of calls."""

    calls: int = 0


@dataclass
class Site:
    """A running product with its two worlds."""

    directory: Path
    store_url: str
    clock: TestClock
    crm: World
    erp: World
    config: str = CONFIG
    mappings: dict[str, str] = field(default_factory=lambda: dict(MAPPINGS))
    system: System = None  # type: ignore[assignment]
    _dispatcher: Dispatcher | None = None

    def start(self) -> Site:
        """(Re)start the process: read the configuration, recover, be ready."""
        self.stop()
        path = self.directory / "config.yaml"
        path.write_text(self.config.replace("STORE", self.store_url), encoding="utf-8")
        for name, text in self.mappings.items():
            file = self.directory / "mappings" / f"{name}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.system = Assembly(ConfigFile(path), self.clock, lambda *_: Line()).build()
        self.system.store.create()
        self._dispatcher = Dispatcher(self.system, workers=4)
        self._dispatcher.recover(alone=True)
        return self

    def stop(self) -> None:
        if self._dispatcher is not None:
            self._dispatcher.close()
            self.system.store.close()
            self._dispatcher = None

    @property
    def dispatcher(self) -> Dispatcher:
        assert self._dispatcher is not None
        return self._dispatcher

    def sync(self, **permits: bool) -> Done:
        flows = self.system.flows.values()
        return self.dispatcher.sync(flows, permits=Permits(**permits))

    def call(self, name: str, count: int) -> None:
        """Send so many requests to a connection."""
        self.system.connections[name].adapter.http.calls += count

    # -- the CRM's side ---------------------------------------------------------------------

    def customer(self, key: str = "c1", **fields: Any) -> str:
        return self.crm.put(
            "account", {"code": key.upper(), "name": f"Customer {key}", **fields}, key
        )

    def material(self, code: str = "M1") -> None:
        self.crm.put("product", {"code": code, "name": code}, f"p-{code}")
        self.erp.put("item", {"code": code, "name": code, "unit": "Pcs"}, f"i-{code}")

    def order(self, key: str = "o1", lines: Any = None, **fields: Any) -> str:
        lines = [line("1")] if lines is None else lines
        return self.crm.put(
            "order",
            {
                "number": key.upper(),
                "customer": "c1",
                "date": "2026-11-20",
                "status": "confirmed",
                "lines": lines,
                **fields,
            },
            key,
        )

    # -- what came of it --------------------------------------------------------------------

    def bills(self) -> list[dict[str, Any]]:
        return [dict(kept.fields) for kept in self.erp.form("bill").values()]

    def bill(self, number: str = "O1") -> Any:
        found = [kept for kept in self.erp.form("bill").values() if kept.fields["no"] == number]
        assert len(found) == 1, found
        return found[0]

    def delivery(self, key: str = "o1", flow: str = "orders") -> Any:
        with self.system.store.reading() as tx:
            return deliveries.load(tx, flow, [key]).get(key)

    def commits(self, form: str = "bill", what: str = "put") -> int:
        return sum(1 for entry in self.erp.ledger if entry[0] == what and entry[1] == form)


def line(key: str, material: str = "M1", qty: Any = "2", price: Any = "10.00", **more: Any) -> Any:
    from decimal import Decimal

    amount = Decimal(str(qty)) * Decimal(str(price))
    return {
        "id": key,
        "product": f"p-{material}",
        "qty": qty,
        "price": price,
        "amount": amount,
        **more,
    }


@contextmanager
def site(directory: Path, store_url: str) -> Iterator[Site]:
    World.forget_all()
    made = Site(directory, store_url, TestClock(), World.of("crm"), World.of("erp"))
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def deaf(*names: str) -> Iterator[None]:
    """While it lasts, every system says that it has done what is written, and passes these fields
    over."""
    put = World.put

    def heard(world: World, form: str, fields: Any, key: str = "", step: str = "") -> str:
        return put(world, form, {n: v for n, v in fields.items() if n not in names}, key, step)

    with mock.patch.object(World, "put", heard):
        yield


def failing(error: Exception, *, when: str = "before", form: str = "bill", times: int = 1) -> Any:
    """Trouble that raises `error` so many times: before the write is done, or after."""
    left = [times]

    def trouble(moment: str, at: str) -> None:
        if moment == when and at == form and left[0] > 0:
            left[0] -= 1
            raise error

    return trouble
