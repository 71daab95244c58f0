"""EspoCRM and Kingdee, by what `init` writes and by shipped mappings alone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.system.company import with_orders
from tests.system.site import Site, opened, today

COUNT = 50
COMPANY = with_orders(COUNT, today())
BOTH = ("espocrm", "kingdee_galaxy")


@pytest.fixture(scope="module")
def carried(tmp_path_factory: Any) -> Iterator[Site]:
    """Fifty orders and what they need besides, carried by one run; for looking only."""
    with opened(tmp_path_factory.mktemp("espocrm"), COMPANY, systems=BOTH) as site:
        site.sync()
        yield site


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Site]:
    """Three orders, carried an hour ago."""
    with opened(tmp_path, with_orders(3, today()), systems=BOTH) as site:
        site.sync()
        site.clock.advance(3600)
        yield site


def order(site: Site, number: str) -> dict[str, Any]:
    """An order as the CRM shows it."""
    return next(one for one in site.crm.records("SalesOrder") if one["number"] == number)


def bill(site: Site, number: str) -> dict[str, Any]:
    """The one bill that carries our mark of an order."""
    key = order(site, number)["id"]
    [found] = [one for one in site.bills() if str(one["F_CRM_Ref"]).endswith(key)]
    return found


def test_every_order_goes_into_the_erp_once_with_its_amounts(carried: Site) -> None:
    assert len(carried.bills()) == COUNT
    for placed in COMPANY.orders:
        made = bill(carried, placed.number)
        rows = made["FSaleOrderEntry"]
        assert made["FBillNo"] == placed.number
        assert sum(Decimal(str(row["FAllAmount"])) for row in rows) == placed.amount
        assert len(rows) == len(placed.lines)


def test_every_order_is_told_its_number_and_state(carried: Site) -> None:
    told = {
        one["number"]: (one["cErpNumber"], one["cErpState"])
        for one in carried.crm.records("SalesOrder")
    }
    assert told == {placed.number: (placed.number, "已进ERP") for placed in COMPANY.orders}


def test_a_second_run_writes_nothing(carried: Site) -> None:
    carried.sync()
    before = carried.marks()
    carried.sync()
    assert carried.written(before) == []


def test_the_erp_s_stock_stands_beside_its_product(carried: Site) -> None:
    held = {one["name"]: one["onHand"] for one in carried.crm.records("CErpStock")}
    assert held == {"M1": 100, "M2": 200, "M3": 300, "M4": 400}


def test_a_change_and_a_cancellation_follow(busy: Site) -> None:
    busy.in_crm("edit_line", order="SO-0002", line_no=1, fields={"quantity": 77})
    busy.in_crm("cancel", number="SO-0003")
    busy.sync()
    rows = bill(busy, "SO-0002")["FSaleOrderEntry"]
    assert 77 in [Decimal(str(row["FQty"])) for row in rows]
    assert bill(busy, "SO-0003")["FCloseStatus"] == "B"  # audited: closed, not voided
    assert len(busy.bills()) == 3


def test_production_and_shipment_come_back_onto_the_order(busy: Site) -> None:
    made = bill(busy, "SO-0002")["FBillNo"]
    busy.in_erp("advance_production", order_number=made, to="finished")
    busy.in_erp("ship", order_number=made, carriage_no="SF1")
    busy.sync()
    shown = order(busy, "SO-0002")
    assert (shown["cErpProduction"], shown["cErpCarrierNo"]) == ("已发货", "SF1")
    assert shown["cErpShippedOn"]


def test_the_command_line_finds_nothing_wrong_with_the_connection(carried: Site) -> None:
    told = carried.cli("check")
    assert (told.code, told.words) == (0, [])
    assert "crm (espocrm)  6b01e7617dbda25c1  connector" in told.out
