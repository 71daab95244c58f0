"""Odoo on either side, with what `init` writes and the shipped mappings alone; `tests/pairs` counts
the orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.system.company import with_orders
from tests.system.site import Site, opened, today

LINE = "sale.order.line"


@pytest.fixture
def into_odoo(tmp_path: Path) -> Iterator[Site]:
    """Orders in Fxiaoke, which Odoo has taken."""
    with opened(tmp_path, with_orders(4, today()), systems=("fxiaoke", "odoo")) as site:
        site.sync()
        yield site


@pytest.fixture
def out_of_odoo(tmp_path: Path) -> Iterator[Site]:
    """Orders that were won in Odoo, which Kingdee has taken."""
    with opened(tmp_path, with_orders(4, today()), systems=("odoo", "kingdee_galaxy")) as site:
        site.sync()
        yield site


# -- Odoo as the ERP ------------------------------------------------------------------------


def in_odoo(site: Site, number: str) -> dict[str, Any]:
    """The one order in Odoo that comes from a CRM's."""
    (order,) = (order for order in site.erp.records("sale.order") if order["origin"] == number)
    return dict(order)


def rows(site: Site, number: str) -> list[dict[str, Any]]:
    ids = in_odoo(site, number)["order_line"]
    return [row for row in site.erp.records(LINE) if row["id"] in ids]


def test_a_changed_quantity_keeps_the_contract_s_price(into_odoo: Site) -> None:
    price = rows(into_odoo, "SO-0001")[0]["price_unit"]
    into_odoo.in_crm("edit_line", order="SO-0001", line_no=1, fields={"quantity": "40"})
    into_odoo.sync()
    changed = rows(into_odoo, "SO-0001")[0]
    assert (changed["product_uom_qty"], changed["price_unit"]) == (40, price)
    amount = Decimal(into_odoo.crm_order("SO-0001")["order_amount"])
    assert in_odoo(into_odoo, "SO-0001")["amount_total"] == amount


def test_a_line_that_is_added_is_added_once_whatever_answer_is_lost(into_odoo: Site) -> None:
    into_odoo.in_crm("add_line", order="SO-0002", product="M4", quantity="3", price="5")
    before = len(rows(into_odoo, "SO-0002"))
    lost = {"do": "lose_answer", "operation": "load", "form": "sale.order", "times": 1}
    into_odoo.erp.faults.set([lost])
    into_odoo.sync()
    into_odoo.clock.advance(120)
    into_odoo.sync()
    assert len(rows(into_odoo, "SO-0002")) == before + 1
    assert into_odoo.told("SO-0002")[0] == "已进ERP"


def test_a_dropped_line_is_emptied_and_a_cancelled_order_cancelled(into_odoo: Site) -> None:
    into_odoo.in_crm("drop_line", order="SO-0002", line_no=1)
    into_odoo.in_crm("invalidate", number="SO-0003")
    into_odoo.sync()
    assert rows(into_odoo, "SO-0002")[0]["product_uom_qty"] == 0
    assert in_odoo(into_odoo, "SO-0003")["state"] == "cancel"
    assert in_odoo(into_odoo, "SO-0004")["state"] == "sale"


def test_production_and_shipment_are_told_in_the_crm(into_odoo: Site) -> None:
    number = in_odoo(into_odoo, "SO-0003")["name"]
    for done, stage in (("produce", "生产完工"), ("ship", "已发货")):
        into_odoo.in_erp(done, number=number)
        into_odoo.sync()
        assert into_odoo.crm_order("SO-0003")["erp_production__c"] == stage
    assert into_odoo.told("SO-0003")[:2] == ("已进ERP", number)


# -- Odoo as the CRM ------------------------------------------------------------------------


def won(site: Site, number: str) -> dict[str, Any]:
    """An order as it stands in Odoo, the CRM."""
    (order,) = (order for order in site.crm.records("sale.order") if order["name"] == number)
    return dict(order)


def bills(site: Site) -> dict[str, dict[str, Any]]:
    """What Kingdee has of Odoo's orders, by their numbers."""
    return {bill["FBillNo"]: bill for bill in site.erp.records("SAL_SaleOrder")}


def test_a_quotation_goes_when_it_is_won_and_changes_and_ends_with_its_deal(
    out_of_odoo: Site,
) -> None:
    line = {"product": "M1", "quantity": 3, "price": "11.30"}
    number = out_of_odoo.in_crm("add_order", customer="C1", lines=[line], confirm=False)
    out_of_odoo.sync()
    assert number not in bills(out_of_odoo)
    out_of_odoo.in_crm("confirm", number=number)
    out_of_odoo.sync()
    out_of_odoo.in_crm("edit_line", number=number, line=1, fields={"product_uom_qty": 5})
    out_of_odoo.sync()
    assert bills(out_of_odoo)[number]["FBillAllAmount"] == Decimal("56.50")
    out_of_odoo.in_crm("cancel", number=number)
    out_of_odoo.sync()
    ended = bills(out_of_odoo)[number]
    assert "B" in (ended["FCancelStatus"], ended["FCloseStatus"])


def test_what_becomes_of_an_order_is_told_on_it(out_of_odoo: Site) -> None:
    bill = bills(out_of_odoo)["SO-0003"]["FBillNo"]
    out_of_odoo.in_erp("advance_production", order_number=bill, to="finished")
    out_of_odoo.in_erp("ship", order_number=bill)
    out_of_odoo.sync()
    told = won(out_of_odoo, "SO-0003")
    assert (told["x_erp_number"], told["x_erp_state"]) == (bill, "已进ERP")
    assert told["x_erp_stage"] == "已发货"
    assert told["x_erp_shipped_on"] == today()
