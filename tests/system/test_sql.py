"""A database on either side: an ERP whose program takes orders out of tables, and a CRM whose
orders stand in tables; configured as `init` writes it, with shipped mappings alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import adapters.sql
from connector.operations import beginning, forms
from sandbox.fxiaoke import FxiaokeSandbox
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import Application, start
from tests.database import PASSWORD, USER
from tests.system.company import SMALL, with_orders
from tests.system.site import QUICK, SharedClock, Site, today
from tests.tables import Tables

ORDERS = 50
SCHEMA = Path(adapters.sql.__file__).with_name("example.sql")
NAMES = count(1)


@contextmanager
def opened(
    directory: Path, url: str, crm: Application | None, erp: Application | None
) -> Iterator[tuple[Site, Tables]]:
    """A site, `None` being the side where the database is."""
    tables = Tables(url)
    names = {"crm": "fxiaoke" if crm else "sql", "erp": "kingdee_galaxy" if erp else "sql"}
    config = beginning.init(**names, directory=directory, backfill=True, today=today())
    served = {name: start(one) for name, one in (("crm", crm), ("erp", erp)) if one}
    urls = {name: found for name, (found, _) in served.items()}
    env: dict[str, str] = {"SQL_PASSWORD": PASSWORD}
    others: Any = (tables, *(one for one in (crm, erp) if one))
    site = Site(directory, crm, erp, urls, SharedClock(others), env)  # type: ignore[arg-type]
    with site.settings() as written:
        written["health"] = ""
        for name, system in (("crm", crm), ("erp", erp)):
            if system is None:
                written["connections"][name] |= {
                    "url": tables.database.url, "user": USER, "timeout": 5, "settle": 31
                }  # fmt: skip
                continue
            settings, secrets = system.settings(urls[name])
            env.update(secrets)
            written["connections"][name] = {**settings, **QUICK[system.system]}
    assert config == site.config
    with pytest.MonkeyPatch.context() as environment:
        for name, value in env.items():
            environment.setenv(name, value)
        try:
            yield site, tables
        finally:
            site.restart()
            for _, stop in served.values():
                stop()
            tables.close()


@contextmanager
def selling(directory: Path, url: str, count: int = ORDERS) -> Iterator[tuple[Site, Tables]]:
    """Fxiaoke with orders, which have gone into the database of an ERP."""
    crm = FxiaokeSandbox(with_orders(count, today()))
    with opened(directory, url, crm, None) as (site, tables):
        tables.fill(SMALL)
        for _ in range(2):
            site.sync()
        yield site, tables


@pytest.fixture
def erp(tmp_path: Path, postgresql: str) -> Iterator[tuple[Site, Tables]]:
    """A few of them, which the ERP's program has not taken yet."""
    with selling(tmp_path, postgresql, 3) as made:
        yield made


def orders(tables: Tables) -> dict[str, dict[str, Any]]:
    """The orders there, by the CRM's number."""
    return {str(one["source_number"] or one["number"]): one for one in tables.orders()}


def settled(site: Site, tables: Tables) -> None:
    """The ERP's program works, and we look at what came of it."""
    while tables.take():
        site.clock.advance(700)
        site.sync()
    site.sync()


def agree(site: Site, tables: Tables) -> None:
    """Every order of the CRM stands there once, with its amount to the fen."""
    there, sold = orders(tables), site.orders()
    assert there.keys() == sold.keys()
    assert len({order["connector_ref"] for order in there.values()}) == len(sold)
    for number, order in sold.items():
        assert there[number]["amount"] == Decimal(str(order["order_amount"]))
        assert sum(line["amount"] for line in there[number]["lines"]) == there[number]["amount"]


def test_fifty_orders_go_into_an_interface_table_change_and_are_cancelled(
    tmp_path: Path, postgresql: str
) -> None:
    with selling(tmp_path, postgresql) as (site, tables):
        first, changed, cancelled, *_ = site.orders()
        assert site.told(first)[0] == "待ERP审核"
        settled(site, tables)
        agree(site, tables)
        before = orders(tables)
        for number, order in before.items():
            assert site.told(number)[:2] == ("已进ERP", order["number"])
        site.in_crm("edit_line", order=changed, line_no=1, fields={"quantity": "77"})
        site.in_crm("invalidate", number=cancelled)
        site.sync()
        ready = {n: o["import_state"] for n, o in orders(tables).items() if o != before[n]}
        assert ready == dict.fromkeys((changed, cancelled), "ready")
        settled(site, tables)
        agree(site, tables)
        after = orders(tables)
        assert after[changed]["lines"][0]["quantity"] == 77
        assert (after[cancelled]["status"], after[cancelled]["bill_status"]) == (
            "cancelled", "void",
        )  # fmt: skip
        assert site.app.failures() == []


def test_what_the_erp_refuses_reaches_the_salesperson_in_its_own_words(
    erp: tuple[Site, Tables],
) -> None:
    site, tables = erp
    number = next(iter(site.orders()))
    tables.ask(
        "update sales_order set import_state = 'failed', import_error = '客户信用额度不足' "
        "where source_number = %s", number,
    )  # fmt: skip
    site.clock.advance(700)
    for _ in range(2):
        site.sync()
    state, _, reason, _ = site.told(number)
    assert (state, reason) == ("已停下，待处理", "客户信用额度不足")


def test_production_and_shipments_in_tables_show_up_in_the_order(
    erp: tuple[Site, Tables],
) -> None:
    site, tables = erp
    settled(site, tables)
    number = next(iter(site.orders()))
    order = orders(tables)[number]
    for line in order["lines"]:
        tables.ask(
            "insert into production_order (number, material_id, order_number, order_line, planned, "
            "finished, status, started_on) values (%s, %s, %s, %s, %s, %s, 'started', %s)",
            f"MO-{line['id']}", line["material_id"], order["number"], line["id"],
            line["quantity"], 1, today(),
        )  # fmt: skip
    for _ in range(2):
        site.sync()
    assert site.crm_order(number)["erp_production__c"] == "已上生产线"
    tables.ship(order)
    for _ in range(2):
        site.sync()
    shown = site.crm_order(number)
    assert (shown["erp_production__c"], shown["erp_carrier_no__c"]) == ("已发货", "SF1")


def test_the_shipped_mappings_fit_the_example_schema(erp: tuple[Site, Tables]) -> None:
    site, tables = erp
    found = forms.check(site.app.system)
    assert [one for one in found if one["connection"] == "erp" and one["problems"]] == []
    tables.ask("alter table customer rename column phone to telephone")
    site.restart()
    problems = [problem for one in forms.check(site.app.system) for problem in one["problems"]]
    assert any("customer" in problem and "phone" in problem for problem in problems), problems


# -- the database is the CRM ------------------------------------------------------------------


def bills(site: Site, tables: Tables) -> Mapping[str, dict[str, Any]]:
    """Kingdee's one bill of each order, by the order's number."""
    made = {bill["F_CRM_Ref"]: bill for bill in site.erp.records("SAL_SaleOrder")}
    assert len(made) == len(site.erp.records("SAL_SaleOrder"))
    return {number: made[f"crm:{order['id']}"] for number, order in orders(tables).items()}


def test_fifty_orders_in_tables_become_bills_and_hear_of_them(
    tmp_path: Path, postgresql: str
) -> None:
    with opened(tmp_path, postgresql, None, KingdeeGalaxySandbox(SMALL)) as (site, tables):
        tables.fill(SMALL)
        tables.know(SMALL)
        tables.sell(with_orders(ORDERS, today()).orders)
        site.flow("orders", until="saved")
        for _ in range(3):
            site.sync()
        for number, bill in bills(site, tables).items():
            order = orders(tables)[number]
            assert Decimal(str(bill["FBillAllAmount"])) == order["amount"]
            assert (order["erp_state"], order["erp_number"]) == ("已进ERP", bill["FBillNo"])
        changed, cancelled, made = list(orders(tables))[:3]
        tables.ask(
            "update sales_order_line set quantity = 77, amount = 77 * price where line_no = 1 and "
            "order_id = (select id from sales_order where number = %s)", changed,
        )  # fmt: skip
        tables.ask(
            "update sales_order set amount = (select sum(amount) from sales_order_line where "
            "order_id = sales_order.id) where number = %s", changed,
        )  # fmt: skip
        tables.ask("update sales_order set status = 'cancelled' where number = %s", cancelled)
        number = bills(site, tables)[made]["FBillNo"]
        site.in_erp("submit", number=number)
        site.in_erp("audit", number=number)
        site.in_erp("advance_production", order_number=number, to="started")
        site.in_erp("ship", order_number=number, carriage_no="SF1")
        for _ in range(3):
            site.sync()
        found = bills(site, tables)
        assert len(found) == ORDERS
        assert found[changed]["FSaleOrderEntry"][0]["FQty"] == 77
        assert found[cancelled]["FCancelStatus"] == "B"
        shown = orders(tables)[made]
        assert (shown["erp_stage"], shown["erp_waybill"]) == ("已发货", "SF1")
        assert site.app.failures() == []
