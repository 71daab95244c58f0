"""Fxiaoke and YonBIP by shipped mappings alone: forward once, changed, cancelled, told back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.system.company import SMALL, with_orders
from tests.system.site import Site, opened, today

BILL, CHANGE, ROWS, PARTNER = (
    "sd/voucherorder", "SCC/voucherorderchange", "orderDetails", "digitalModel/merchant",
)  # fmt: skip
DONE, CLOSED = "已进ERP", "2"
SYSTEMS = ("fxiaoke", "yonyou_yonbip")
COUNT = 50


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    company = with_orders(COUNT, today())
    with opened(tmp_path, company, systems=SYSTEMS) as made:
        yield made


def bills(site: Site) -> dict[str, Any]:
    """The ERP's orders by number; each number once."""
    found = site.erp.records(BILL)
    assert len({bill["code"] for bill in found}) == len(found)
    return {bill["code"]: bill for bill in found}


def sums_of(bill: Mapping[str, Any]) -> set[Decimal]:
    """The bill's amount, by its head, its rows, and what they are without and of tax."""
    rows = bill[ROWS]
    prices = [Decimal(row["orderDetailPrices"]["oriMoney"]) for row in rows]
    taxes = [Decimal(row["orderDetailPrices"]["oriTax"]) for row in rows]
    by_rows = sum((Decimal(row["oriSum"]) for row in rows), Decimal(0))
    return {Decimal(bill["payMoney"]), by_rows, sum(prices, Decimal(0)) + sum(taxes, Decimal(0))}


def test_orders_go_forward_once_each_and_what_becomes_of_them_comes_back(site: Site) -> None:
    site.sync()
    found, orders = bills(site), site.orders()
    assert set(found) == set(orders)
    assert len(site.erp.records(PARTNER)) == len(SMALL.customers)
    for number, bill in found.items():
        assert sums_of(bill) == {Decimal(orders[number]["order_amount"])}
        assert bill["status"] == 1
        assert site.told(number)[:2] == (DONE, number)

    quantity = found["SO-0007"][ROWS][0]["qty"] + 5
    site.in_crm("edit_line", order="SO-0007", line_no=1, fields={"quantity": str(quantity)})
    site.in_crm("invalidate", number="SO-0008")
    site.sync()
    changed, ended = bills(site)["SO-0007"], bills(site)["SO-0008"]
    assert changed[ROWS][0]["qty"] == quantity
    assert sums_of(changed) == {Decimal(site.crm_order("SO-0007")["order_amount"])}
    assert (changed["status"], len(site.erp.records(CHANGE))) == (1, 1)
    assert ended["status"] == int(CLOSED)
    assert len(bills(site)) == COUNT

    site.in_erp("ship", order="SO-0009", waybill="SF1")
    site.clock.advance(700)
    site.sync()
    told = site.crm_order("SO-0009")
    assert float(told["erp_shipped__c"]) == sum(row["qty"] for row in found["SO-0009"][ROWS])
    assert told["erp_carrier_no__c"] == "SF1"

    before = site.marks()
    site.clock.advance(700)
    site.sync()
    assert site.written(before) == []


@pytest.mark.parametrize(
    ("do", "operation"),
    [("lose_answer", "save"), ("html_after", "submit"), ("lose_answer", "audit")],
)
def test_lost_answers_make_no_order_twice_and_lose_none(
    tmp_path: Path, do: str, operation: str
) -> None:
    with opened(tmp_path, with_orders(6, today()), systems=SYSTEMS) as site:
        site.sync("erp_customers", "customers", "products", "materials", "employees")
        site.erp.faults.set([{"do": do, "operation": operation, "rate": 0.5, "times": 4}])
        for _ in range(8):
            site.try_sync()
            site.clock.advance(120)
        found = bills(site)
        assert set(found) == set(site.orders())
        assert {bill["status"] for bill in found.values()} == {1}
        assert {site.told(number)[0] for number in found} == {DONE}
