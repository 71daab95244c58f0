"""From an order to the part that was bought for it, by the daemon alone.

A gear box is made of 2 bearings and a seal; 300 are wanted, 100 lie there, and of the 400 bearings
that the rest takes 200 are missing. A bearing takes 30 days to come, a gear box 5 to make.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.system.site import Site, opened, sold, today, wait_for
from tests.system.test_daemon import quickened, serving
from tests.system.test_insight import COMPANY

AHEAD = 3
"""Days before an order must be placed at which it is."""


@pytest.fixture
def buying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr("connector.daemon.PLAN", 0.2)
    with opened(tmp_path, COMPANY, whole=True) as site:
        released: dict[str, Any] = {"from": "hub", "to": "erp", "max_creates": "none"}
        site.flow("released_purchases", **{"object": "purchase_requisition", **released})
        with site.settings() as settings:
            settings["insight"] = {"release_ahead": f"{AHEAD}d"}
        yield quickened(site)


def requisitions(site: Site) -> list[dict[str, Any]]:
    return [one for one in site.erp.records("PUR_Requisition") if one.get("F_CRM_Ref")]


def wanted_in(site: Site, days: int) -> str:
    wanted = today() + timedelta(days=days)
    return site.order({**sold("M1", 300), "delivery_date__c": str(wanted)})


def test_what_is_wanted_now_is_bought_and_told_when_it_is_there(buying: Site) -> None:
    with serving(buying):
        number = wanted_in(buying, 10)
        submitted = {"FDocumentStatus": "B"}
        wait_for(
            lambda: [one for one in requisitions(buying) if submitted.items() <= one.items()], 60
        )
        [asked] = requisitions(buying)
        assert [(row["FReqQty"], asked["FDocumentStatus"]) for row in asked["FEntity"]] == [
            (200, "B"),
        ]  # fmt: skip
        assert not buying.crm_order(number).get("erp_materials_on__c")
        buying.in_erp("audit", number=asked["FBillNo"], form="PUR_Requisition")
        bought = buying.in_erp("order_requested", number=asked["FBillNo"])
        buying.in_erp("receive_purchase", number=bought)
        wait_for(lambda: buying.crm_order(number).get("erp_materials_on__c"), 60)
    buying.sync()
    assert len(requisitions(buying)) == 1
    story = buying.cli("trace", "sales_order", number, lang="en").out
    for step in (
        "purchase requisition",
        asked["FBillNo"],
        "purchase order",
        bought,
        "goods receipt",
    ):
        assert step in story


def test_what_is_wanted_later_is_bought_when_its_day_has_come(buying: Site) -> None:
    """Wanted in 50 days, it must be ordered in 15; twelve days later that is three days ahead."""
    with serving(buying) as daemon:
        number = wanted_in(buying, 50)
        wait_for(lambda: buying.crm_order(number).get("erp_number__c"), 60)
        buying.clock.advance(days=10)
        reached = today() + timedelta(days=10 + AHEAD)
        wait_for(lambda: daemon._released_until and daemon._released_until >= reached, 60)
        assert requisitions(buying) == []
        buying.clock.advance(days=3)
        wait_for(lambda: requisitions(buying), 60)
