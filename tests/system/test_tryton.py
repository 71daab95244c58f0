"""Orders into a real Tryton, and what became of them back into the CRM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.company.model import Company
from sandbox.server import Options
from tests.system.company import SMALL, with_orders
from tests.system.site import Site, joined, simulated, today
from tests.tryton.server import TrytonServer

CHANGED, CANCELLED, MADE = ORDERS = ("SO-0001", "SO-0002", "SO-0003")


def site_of(folder: Path, company: Company) -> AbstractContextManager[Site]:
    """This company in the CRM, and a real Tryton."""
    return joined(folder, simulated("fxiaoke", company, Options()), TrytonServer())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path, with_orders(len(ORDERS), today(), SMALL)) as made:
        yield made


def sales(site: Site) -> dict[str, dict[str, Any]]:
    """Tryton's sales by the number of the CRM's order whose mark they carry."""
    keys = {order["_id"]: number for number, order in site.orders().items()}
    found: dict[str, dict[str, Any]] = {}
    for sale in site.erp.rows("select * from sale_sale"):
        number = keys[str(sale["reference"]).rpartition(":")[2]]
        assert number not in found, f"{number} twice"
        found[number] = sale
    return found


def lines(site: Site, number: str) -> list[dict[str, Any]]:
    key = sales(site)[number]["id"]
    return list(site.erp.rows("select * from sale_line where sale = ? order by id", key))


def test_a_day_with_a_real_tryton(site: Site) -> None:
    site.sync()
    _every_order_is_there_once(site)
    for number in ORDERS:
        site.erp.process(sales(site)[number]["id"])
    _a_change_and_a_cancellation_follow(site)
    _what_is_made_and_shipped_is_told(site)


def _every_order_is_there_once(site: Site) -> None:
    there = sales(site)
    assert sorted(there) == sorted(ORDERS)
    totals = site.erp.call(
        "sale.sale.read", [sale["id"] for sale in there.values()], ["total_amount", "state"]
    )
    by_key = {sale["id"]: number for number, sale in there.items()}
    for told in totals:
        order = site.crm_order(by_key[told["id"]])
        total = Decimal(told["total_amount"]["decimal"])
        assert abs(total - Decimal(str(order["order_amount"]))) <= Decimal("0.05")
        assert told["state"] == "confirmed"
    for number, sale in there.items():
        assert site.told(number)[:2] == ("已进ERP", sale["number"])


def _a_change_and_a_cancellation_follow(site: Site) -> None:
    before = [line["quantity"] for line in lines(site, CHANGED)]
    site.in_crm("edit_line", order=CHANGED, line_no=1, fields={"quantity": "9"})
    site.in_crm("invalidate", number=CANCELLED)
    site.sync()
    assert [line["quantity"] for line in lines(site, CHANGED)] == [9, *before[1:]]
    assert sales(site)[CHANGED]["revision"] == 1
    assert {line["quantity"] for line in lines(site, CANCELLED)} == {0}


def _what_is_made_and_shipped_is_told(site: Site) -> None:
    (line,) = lines(site, MADE)
    key = sales(site)[MADE]["id"]
    site.erp.produce(key)
    site.sync()
    assert site.crm_order(MADE)["erp_production__c"] == "生产完工"
    site.erp.ship(key)
    site.sync()
    told = site.crm_order(MADE)
    assert told["erp_production__c"] == "已发货"
    assert Decimal(str(told["erp_shipped__c"])) == Decimal(str(line["quantity"]))
    assert not site.crm_order(CHANGED).get("erp_shipped_on__c")


def test_a_mistake_in_a_mapping_is_found_in_the_live_form_and_no_other(tmp_path: Path) -> None:
    with site_of(tmp_path, SMALL) as site:
        site.mapping("tryton", "sales_order", ("  description: ", "  descripton: "))
        told = site.cli("mapping", "check").out.splitlines()
        (words,) = [line for line in told if line.startswith("    ") and "/tryton/" in line]
        assert "sale.sale has no field descripton" in words
