"""Fxiaoke and Xingchen by shipped mappings alone: forward once, changed, closed, told back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.system.company import SMALL, with_orders
from tests.system.site import Site, opened, today

BILL, ROWS, PARTNER = "scm/sal_order", "material_entity", "bd/customer"
DONE, AUDITED, CLOSED = "已进ERP", "C", "H"
SYSTEMS = ("fxiaoke", "kingdee_xingchen")
COUNT = 50


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    company = with_orders(COUNT, today())
    with opened(tmp_path, company, systems=SYSTEMS) as made:
        granted(made)
        yield made


def granted(site: Site) -> None:
    """The application may see phones and addresses, as the README asks for."""
    site.erp.switches["plain_text"] = True
    site.connection("erp", plain_text=True)


def bills(site: Site) -> dict[str, Any]:
    """The ERP's orders by the CRM's number, which stands in their remark; each once."""
    found = site.erp.records(BILL)
    made = {bill["remark"].split()[0]: bill for bill in found}
    assert len(made) == len(found)
    return made


def test_orders_go_forward_once_each_and_what_becomes_of_them_comes_back(site: Site) -> None:
    site.sync()
    found, orders = bills(site), site.orders()
    assert set(found) == set(orders)
    assert len(site.erp.records(PARTNER)) == len(SMALL.customers)
    for number, bill in found.items():
        assert bill["bill_no"] == f"crm:{orders[number]['_id']}"
        assert Decimal(bill["total_amount"]) == Decimal(orders[number]["order_amount"])
        assert bill["bill_status"] == AUDITED
        assert site.told(number)[:2] == (DONE, bill["bill_no"])

    quantity = Decimal(found["SO-0007"][ROWS][0]["qty"]) + 5
    site.in_crm("edit_line", order="SO-0007", line_no=1, fields={"quantity": str(quantity)})
    site.in_crm("invalidate", number="SO-0008")
    site.sync()
    changed, ended = bills(site)["SO-0007"], bills(site)["SO-0008"]
    assert Decimal(changed[ROWS][0]["qty"]) == quantity
    assert Decimal(changed["total_amount"]) == Decimal(site.crm_order("SO-0007")["order_amount"])
    assert (changed["id"], changed["bill_status"]) == (found["SO-0007"]["id"], AUDITED)
    assert ended["bill_close_state"] == CLOSED
    assert len(bills(site)) == COUNT

    number = found["SO-0009"]["bill_no"]
    task = site.in_erp("make_production_order", order=number)
    site.in_erp("finish_production", number=task)
    site.in_erp("ship", order=number, waybill="SF1")
    site.clock.advance(700)
    site.sync()
    told = site.crm_order("SO-0009")
    shipped = sum(Decimal(row["qty"]) for row in found["SO-0009"][ROWS])
    assert Decimal(str(told["erp_shipped__c"])) == shipped
    assert told["erp_carrier_no__c"] == "SF1"

    before = site.marks()
    site.clock.advance(700)
    site.sync()
    assert site.written(before) == []


@pytest.mark.parametrize(
    ("do", "operation"),
    [("lose_answer", "save"), ("html_after", "save"), ("lose_answer", "audit")],
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
        assert {bill["bill_status"] for bill in found.values()} == {AUDITED}
        assert {site.told(number)[0] for number in found} == {DONE}
