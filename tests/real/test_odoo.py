"""Odoo 19 as it is: the conformance suite, the tests of both sides, and what no stub would teach.

`make odoo-check` runs it, and nothing else does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from connector.contract import Adapter
from connector.errors import AdapterError, AlreadyExists, Transient
from connector.testing import AdapterConformance, Remote
from sandbox.fxiaoke import FxiaokeSandbox
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from tests.conformance import odoo_remote as odoo
from tests.real.odoo_mappings import faults_of_all
from tests.real.odoo_relay import OdooRelay
from tests.real.odoo_server import running
from tests.system.company import with_orders
from tests.system.site import Site, joined, today
from tests.system.test_odoo import (  # noqa: F401 - the same tests, of the real one
    bills,
    in_odoo,
    test_a_changed_quantity_keeps_the_contract_s_price,
    test_a_dropped_line_is_emptied_and_a_cancelled_order_cancelled,
    test_a_line_that_is_added_is_added_once_whatever_answer_is_lost,
    test_a_quotation_goes_when_it_is_won_and_changes_and_ends_with_its_deal,
    test_production_and_shipment_are_told_in_the_crm,
    test_what_becomes_of_an_order_is_told_on_it,
)

pytestmark = pytest.mark.odoo
LOOKBACK = 4.0
"""Seconds; those of production would have to pass really."""


@pytest.fixture(scope="session")
def server() -> Iterator[OdooRelay]:
    with running() as real:
        relay = OdooRelay(real)
        yield relay
        relay.close()


@pytest.fixture
def relay(server: OdooRelay) -> OdooRelay:
    """The server, as empty as at first, with nothing on the way."""
    server.clean()
    server.faults.set([])
    return server


# -- the conformance suite ------------------------------------------------------------------


class Real:
    """What is otherwise than in the sandbox. Put it before the handle of a form."""

    def connect(self, **settings: Any) -> Adapter:
        usual = {"lookback": LOOKBACK, "timeout": 60}
        made: Adapter = super().connect(**{**usual, **settings})  # type: ignore[misc]
        return made


class RealOrders(Real, odoo.Orders):
    pass


class RealOlderOrders(Real, odoo.Older, odoo.Orders):
    pass


class RealCustomers(Real, odoo.Customers):
    pass


class RealQuantities(Real, odoo.Quantities):
    pass


class TestOrders(AdapterConformance):
    sample = odoo.ORDERS

    @pytest.fixture
    def remote(self, relay: OdooRelay) -> Iterator[Remote]:
        with RealOrders.running(self.sample, relay) as made:
            yield made


class TestOrdersOverXmlRpc(AdapterConformance):
    sample = odoo.ORDERS

    @pytest.fixture
    def remote(self, relay: OdooRelay) -> Iterator[Remote]:
        with RealOlderOrders.running(self.sample, relay) as made:
            yield made


class TestCustomers(AdapterConformance):
    sample = odoo.CUSTOMERS

    @pytest.fixture
    def remote(self, relay: OdooRelay) -> Iterator[Remote]:
        with RealCustomers.running(self.sample, relay) as made:
            yield made


class TestStock(AdapterConformance):
    sample = odoo.QUANTITIES

    @pytest.fixture
    def remote(self, relay: OdooRelay) -> Iterator[Remote]:
        with RealQuantities.running(self.sample, relay) as made:
            yield made


# -- both sides -----------------------------------------------------------------------------


@pytest.fixture
def orders(request: pytest.FixtureRequest) -> int:
    """How many orders there are at first."""
    return int(getattr(request, "param", 4))


fifty = pytest.mark.parametrize("orders", [50], indirect=True)


@pytest.fixture
def into_odoo(relay: OdooRelay, tmp_path: Path, orders: int) -> Iterator[Site]:
    company = with_orders(orders, today())
    with joined(tmp_path, FxiaokeSandbox(company), relay) as site:
        site.connection("erp", timeout=30, settle=100)
        site.sync()
        yield site


@pytest.fixture
def out_of_odoo(relay: OdooRelay, tmp_path: Path, orders: int) -> Iterator[Site]:
    company = with_orders(orders, today())
    for order in company.orders:
        lines = [{"product": line.material, "quantity": line.quantity, "price": line.price}
                 for line in order.lines]  # fmt: skip
        relay.people()["add_order"](order.customer, lines, order.number)
    with joined(tmp_path, relay, KingdeeGalaxySandbox(company)) as site:
        site.connection("crm", timeout=30, settle=100)
        site.sync()
        yield site


@fifty
def test_orders_are_made_once_confirmed_and_worth_what_was_agreed(
    into_odoo: Site, orders: int
) -> None:
    made = {order["origin"]: order for order in into_odoo.erp.records("sale.order")}
    contracts = into_odoo.orders()
    assert len(made) == len(into_odoo.erp.records("sale.order")) == orders
    assert {n: order["amount_total"] for n, order in made.items()} == {
        number: Decimal(contract["order_amount"]) for number, contract in contracts.items()
    }
    assert {order["state"] for order in made.values()} == {"sale"}
    into_odoo.sync()
    assert len(into_odoo.erp.records("sale.order")) == orders


@fifty
def test_won_deals_are_made_once_audited_and_worth_what_was_agreed(
    out_of_odoo: Site, orders: int
) -> None:
    contracts = {order["name"]: order for order in out_of_odoo.crm.records("sale.order")}
    made = bills(out_of_odoo)
    assert len(made) == len(out_of_odoo.erp.records("SAL_SaleOrder")) == orders
    assert {number: bill["FBillAllAmount"] for number, bill in made.items()} == {
        number: order["amount_total"] for number, order in contracts.items()
    }
    assert {bill["FDocumentStatus"] for bill in made.values()} == {"C"}


def test_invoices_and_payments_are_told_in_the_crm(into_odoo: Site) -> None:
    number = in_odoo(into_odoo, "SO-0002")["name"]
    into_odoo.in_erp("ship", number=number)
    invoice = into_odoo.in_erp("invoice", number=number)
    into_odoo.sync()
    assert into_odoo.crm_order("SO-0002")["erp_invoiced_on__c"]
    into_odoo.in_erp("pay", number=invoice)
    into_odoo.sync()
    assert into_odoo.crm_order("SO-0002")["erp_paid_on__c"]


# -- what no stub would teach ---------------------------------------------------------------


@pytest.fixture
def remote(relay: OdooRelay) -> Iterator[RealOrders]:
    with RealOrders.running(odoo.ORDERS, relay) as made:
        yield made


def test_of_six_that_make_one_order_at_once_one_is_made_and_nobody_is_in_doubt(
    remote: RealOrders, relay: OdooRelay
) -> None:
    adapters = [remote.connect(base_url=relay._server.url) for _ in range(6)]
    ready = threading.Barrier(len(adapters))

    def make(adapter: Adapter) -> Any:
        adapter.check()
        ready.wait()
        try:
            return adapter.write(odoo.order("RACE"))
        except AdapterError as error:
            return error

    with ThreadPoolExecutor(len(adapters)) as pool:
        outcomes = list(pool.map(make, adapters))
    assert len(remote.held()) == 1
    (rows,) = (held["order_line"] for held in remote.held().values())
    assert len(rows) == 2
    failed = [one for one in outcomes if isinstance(one, AdapterError)]
    assert all(isinstance(one, AlreadyExists | Transient) for one in failed), failed


def test_a_transaction_that_is_committed_after_a_reading_is_found_by_the_next(
    remote: RealOrders, relay: OdooRelay
) -> None:
    adapter = remote.connect()
    key = adapter.write(odoo.order("LATE")).key
    remote.pass_time(2 * LOOKBACK)
    shape = odoo.ORDERS.shape
    engine = create_engine(relay._server.database_url)
    with engine.connect() as connection:
        stamp = "write_date = now() at time zone 'UTC', client_order_ref = 'late'"
        connection.execute(text(f"update sale_order set {stamp} where id = {key}"))
        remote.pass_time(1.1)
        *_, last = adapter.read(shape, None)
        connection.commit()
    engine.dispose()
    found = {r.key: r for page in adapter.read(shape, last.cursor) for r in page.records}
    assert found[key].fields["client_order_ref"] == "late"


def test_what_was_written_in_the_second_of_a_reading_is_in_it_or_in_the_next(
    remote: RealOrders,
) -> None:
    adapter, shape = remote.connect(lookback=0), odoo.ORDERS.shape
    adapter.check()
    cursor: str | None = None
    seen: set[str] = set()
    made: set[str] = set()
    for place in range(12):
        made.add(adapter.write(odoo.order(f"S{place}")).key)
        for page in adapter.read(shape, cursor):
            seen |= {record.key for record in page.records}
            cursor = page.cursor or cursor
    remote.pass_time(1.1)
    adapter.check()
    seen |= {record.key for page in adapter.read(shape, cursor) for record in page.records}
    assert made <= seen


def test_a_list_price_takes_no_contract_s_place_when_people_change_a_quantity(
    remote: RealOrders,
) -> None:
    adapter = remote.connect()
    key = adapter.write(odoo.order("PRICE")).key
    row = remote.held()[key]["order_line"][0]
    remote.people("edit", form="sale.order.line", key=row["id"], fields={"product_uom_qty": 7})
    changed = remote.held()[key]["order_line"][0]
    assert (changed["product_uom_qty"], changed["price_unit"]) == (7, Decimal("11.3"))


def test_every_shipped_mapping_finds_its_fields_and_reads_what_is_there(
    relay: OdooRelay, remote: RealOrders
) -> None:
    line = {"product": "M1", "quantity": 2, "price": 240}
    people = relay.people()
    number = people["add_order"]("C1", [line], "MAPPED")
    for done in ("produce", "ship"):
        people[done](number)
    people["pay"](people["invoice"](number))
    assert faults_of_all(remote.connect()) == {}
