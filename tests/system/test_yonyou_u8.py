"""Fxiaoke and U8+ by shipped mappings alone: forward once, changed by people, closed, told back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.system.company import SMALL, with_orders
from tests.system.site import Site, opened, today

BILL, ROWS, PARTNER = "saleorder", "entry", "customer"
DONE, AWAITING, AUDITED, CLOSED = "已进ERP", "待ERP审核", "审核", "关闭"
SYSTEMS = ("fxiaoke", "yonyou_u8")
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


def total(bill: Mapping[str, Any]) -> Decimal:
    return sum((Decimal(row["sum"]) for row in bill[ROWS]), Decimal(0))


def test_orders_go_forward_once_each_and_what_becomes_of_them_comes_back(site: Site) -> None:
    site.sync()
    found, orders = bills(site), site.orders()
    assert set(found) == set(orders)
    assert len(site.erp.records(PARTNER)) == len(SMALL.customers)
    for number, bill in found.items():
        assert total(bill) == Decimal(orders[number]["order_amount"])
        assert bill["state"] == AUDITED
        assert site.told(number)[:2] == (DONE, number)

    rows = found["SO-0007"][ROWS]
    quantity = Decimal(rows[0]["quantity"]) + 5
    site.in_crm("edit_line", order="SO-0007", line_no=1, fields={"quantity": str(quantity)})
    site.in_crm("invalidate", number="SO-0008")
    site.sync()
    assert bills(site)["SO-0008"]["state"] == CLOSED
    assert bills(site)["SO-0007"] == found["SO-0007"]
    state, _, reason, _ = site.told("SO-0007")
    assert state == AWAITING
    assert f"quantity: {quantity:f}" in reason

    lines = [{"rowno": row["rowno"]} for row in rows]
    site.in_erp(
        "change", number="SO-0007", lines=[{**lines[0], "quantity": str(quantity)}, *lines[1:]]
    )
    site.clock.advance(700)
    site.sync()
    assert site.told("SO-0007")[0] == DONE
    assert total(bills(site)["SO-0007"]) == Decimal(site.crm_order("SO-0007")["order_amount"])
    assert len(bills(site)) == COUNT

    site.in_erp("ship", order="SO-0009", waybill="SF1")
    site.clock.advance(700)
    site.sync()
    told = site.crm_order("SO-0009")
    shipped = sum(Decimal(row["quantity"]) for row in found["SO-0009"][ROWS])
    assert Decimal(str(told["erp_shipped__c"])) == shipped
    assert told["erp_carrier_no__c"] == "SF1"

    before = site.marks()
    site.clock.advance(700)
    site.sync()
    assert site.written(before) == []


@pytest.mark.parametrize(
    ("do", "operation"),
    [("lose_answer", "add"), ("html_after", "add"), ("lose_answer", "verify")],
)
def test_lost_answers_make_no_order_twice_and_lose_none(
    tmp_path: Path, do: str, operation: str
) -> None:
    with opened(tmp_path, with_orders(6, today()), systems=SYSTEMS) as site:
        site.sync("erp_customers", "customers", "products", "materials", "employees")
        site.erp.faults.set([{"do": do, "operation": operation, "rate": 0.5, "times": 4}])
        for _ in range(8):
            site.try_sync()
            site.clock.advance(300)
        found = bills(site)
        assert set(found) == set(site.orders())
        assert {bill["state"] for bill in found.values()} == {AUDITED}
        assert {site.told(number)[0] for number in found} == {DONE}
