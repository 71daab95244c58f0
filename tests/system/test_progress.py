"""Line 5: production and shipments show up in the CRM's order, each change once."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from sandbox.clock import CHINA
from tests.system.site import ORDER, Site, sold

FIELDS = ("production", "production_started", "produced", "produced_on", "shipped", "shipped_on",
          "carrier_no")  # fmt: skip


def progress(site: Site, number: str) -> dict[str, Any]:
    order = site.crm_order(number)
    return {name: order.get(f"erp_{name}__c") for name in FIELDS}


@pytest.fixture
def making(either: Site) -> tuple[Site, str]:
    """An order of two made materials that is in the ERP, and another one beside it."""
    number = either.order(sold("M1", 4), sold("M3", 6, "99"))
    either.order(sold("M1", 1))
    either.sync()
    return either, number


def advance(site: Site, number: str, to: str, **more: Any) -> None:
    """The shop floor works; that moves no stamp of a production order, and its last is old."""
    site.clock.advance(3600)
    bill, before = site.bill(number)["FBillNo"], stamps(site)
    site.in_erp("advance_production", order_number=bill, to=to, **more)
    after = stamps(site)
    assert {key: after[key] for key in before} == before


def ship(site: Site, number: str, **more: Any) -> None:
    """The warehouse ships, long after everything else was written."""
    site.clock.advance(3600)
    site.in_erp("ship", order_number=site.bill(number)["FBillNo"], **more)


def stamps(site: Site) -> dict[str, Any]:
    return {made["FID"]: made["FModifyDate"] for made in site.erp.records("PRD_MO")}


def test_nothing_is_told_before_anything_is_made(making: tuple[Site, str]) -> None:
    site, number = making
    assert progress(site, number)["production"] in (None, "", "未开工")


def test_each_stage_is_shown_after_one_run(making: tuple[Site, str]) -> None:
    site, number = making
    advance(site, number, "released")
    site.sync()
    assert progress(site, number)["production"] == "未开工"
    advance(site, number, "started")
    site.sync()
    shown = progress(site, number)
    assert shown["production"] == "已上生产线"
    assert shown["production_started"]
    advance(site, number, "stocked", quantity=3)
    site.sync()
    shown = progress(site, number)
    assert float(shown["produced"]) == 6
    assert shown["production"] == "已上生产线"
    assert not shown["produced_on"]
    advance(site, number, "finished")
    site.sync()
    shown = progress(site, number)
    assert shown["production"] == "生产完工"
    assert float(shown["produced"]) == 10
    assert shown["produced_on"]


def test_shipments_are_shown_with_their_waybill(making: tuple[Site, str]) -> None:
    site, number = making
    ship(site, number, quantity=4, carriage_no="SF1001")
    site.sync()
    shown = progress(site, number)
    assert (shown["production"], shown["carrier_no"]) == ("部分发货", "SF1001")
    assert float(shown["shipped"]) == 4
    ship(site, number, carriage_no="SF1002")
    left = site.erp.records("SAL_OUTSTOCK")[-1]["FDate"][:10]
    site.sync()
    shown = progress(site, number)
    assert (shown["production"], float(shown["shipped"])) == ("已发货", 10)
    assert shown["carrier_no"] == "SF1002"
    midnight = datetime.combine(date.fromisoformat(left), time(), CHINA)
    assert shown["shipped_on"] == midnight.timestamp() * 1000


def test_only_changed_fields_are_written_and_each_once(making: tuple[Site, str]) -> None:
    site, number = making
    key = site.crm_order(number)["_id"]
    advance(site, number, "started")
    site.sync()
    before = site.marks()
    advance(site, number, "stocked", quantity=2)
    for _ in range(3):
        site.sync()
    written = [(e.key, set(e.data)) for e in site.written(before, ORDER)]
    assert written == [(key, {"erp_produced__c"})]


def test_orders_beside_it_are_left_alone(making: tuple[Site, str]) -> None:
    site, number = making
    key = site.crm_order(number)["_id"]
    before = site.marks()
    advance(site, number, "finished")
    ship(site, number)
    site.sync()
    site.sync()
    assert {e.key for e in site.written(before, ORDER)} == {key}


def test_production_that_was_there_before_the_order_s_number_was_known_is_shown(
    making: tuple[Site, str],
) -> None:
    site, _ = making
    number = site.order(sold("M1", 2))
    site.sync("orders", "customers")
    advance(site, number, "started")
    site.sync("production")
    site.sync()
    assert progress(site, number)["production"] == "已上生产线"


def test_progress_reaches_locked_orders(making: tuple[Site, str]) -> None:
    site, number = making
    site.in_crm("lock", number=number)
    advance(site, number, "started")
    site.sync()
    assert progress(site, number)["production"] == "已上生产线"
    assert site.crm_order(number)["lock_status"] == "1"


def test_a_quiet_day_writes_nothing(making: tuple[Site, str]) -> None:
    site, number = making
    advance(site, number, "started")
    site.sync()
    before = site.marks()
    site.clock.advance(days=1)
    site.sync()
    assert site.written(before) == []
