"""Fxiaoke and T+ by shipped mappings alone: forward once, changed, cancelled, told back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.system.company import SMALL, with_orders
from tests.system.site import Site, opened, today

BILL, ROWS, PARTNER = "SaleOrder", "SaleOrderDetails", "partner"
DONE, AUDITED, CLOSED = "已进ERP", "已审", "中止"
SYSTEMS = ("fxiaoke", "chanjet_tplus")
COUNT = 50


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    company = with_orders(COUNT, today())
    with opened(tmp_path, company, systems=SYSTEMS) as made:
        yield made


def bills(site: Site) -> dict[str, Any]:
    """The ERP's orders by number; each number once."""
    found = site.erp.records(BILL)
    assert len({bill["Code"] for bill in found}) == len(found)
    return {bill["Code"]: bill for bill in found}


def total(bill: Mapping[str, Any]) -> Decimal:
    return sum((Decimal(row["OrigTaxAmount"]) for row in bill[ROWS]), Decimal(0))


def state(bill: Mapping[str, Any]) -> str:
    return str(bill["VoucherState"]["Name"])


def test_orders_go_forward_once_each_and_what_becomes_of_them_comes_back(site: Site) -> None:
    site.sync()
    found, orders = bills(site), site.orders()
    assert set(found) == set(orders)
    customers = [one for one in site.erp.records(PARTNER) if one["PartnerTypeCode"] == "01"]
    assert len(customers) == len(SMALL.customers)
    for number, bill in found.items():
        assert total(bill) == Decimal(orders[number]["order_amount"])
        assert state(bill) == AUDITED
        assert site.told(number)[:2] == (DONE, number)

    quantity = Decimal(found["SO-0007"][ROWS][0]["Quantity"]) + 5
    site.in_crm("edit_line", order="SO-0007", line_no=1, fields={"quantity": str(quantity)})
    site.in_crm("invalidate", number="SO-0008")
    site.sync()
    changed, ended = bills(site)["SO-0007"], bills(site)["SO-0008"]
    assert Decimal(changed[ROWS][0]["Quantity"]) == quantity
    assert total(changed) == Decimal(site.crm_order("SO-0007")["order_amount"])
    assert (state(changed), state(ended)) == (AUDITED, CLOSED)
    assert len(bills(site)) == COUNT

    site.in_erp("ship", order="SO-0009", waybill="SF1")
    site.clock.advance(700)
    site.sync()
    told = site.crm_order("SO-0009")
    sold = sum(Decimal(row["Quantity"]) for row in found["SO-0009"][ROWS])
    assert Decimal(told["erp_shipped__c"]) == sold
    assert told["erp_carrier_no__c"] == "SF1"

    before = site.marks()
    site.clock.advance(700)
    site.sync()
    assert site.written(before) == []


@pytest.mark.parametrize(
    ("do", "operation"),
    [("lose_answer", "old_create"), ("html_after", "old_create"), ("lose_answer", "audit")],
)
def test_lost_answers_make_no_order_twice_and_lose_none(
    tmp_path: Path, do: str, operation: str
) -> None:
    """Even where T+ itself would take a mark twice."""
    with opened(tmp_path, with_orders(6, today()), systems=SYSTEMS) as site:
        site.erp.switches["external_codes"] = "twice"
        site.sync("erp_customers", "customers", "products", "materials", "employees")
        site.erp.faults.set([{"do": do, "operation": operation, "rate": 0.5, "times": 4}])
        for _ in range(8):
            site.try_sync()
            site.clock.advance(120)
        found = bills(site)
        assert set(found) == set(site.orders())
        assert {state(bill) for bill in found.values()} == {AUDITED}
        assert {site.told(number)[0] for number in found} == {DONE}
