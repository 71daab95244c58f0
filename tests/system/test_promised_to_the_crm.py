"""What a department promised stands in the bill and on the CRM's own order, in any CRM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.objects.derived import OrderProgress
from connector.operations.reviewing import Reply
from connector.store import snapshots
from sandbox.clock import CHINA
from tests.system.company import with_orders
from tests.system.site import ROWS, Site, opened, today

ERP = "kingdee_galaxy"
REVIEWED = {
    "fxiaoke": ("SalesOrderObj", "erp_review__c", "erp_review_said__c", "erp_promised_on__c"),
    "salesforce": ("Order", "Erp_Review__c", "Erp_Review_Said__c", "Erp_Promised_On__c"),
    "hubspot": ("deals", "erp_review", "erp_review_said", "erp_promised_on"),
    "neocrm": ("order", "erpReview__c", "erpReviewSaid__c", "erpPromisedOn__c"),
    "odoo": ("sale.order", "x_erp_review", "x_erp_review_said", "x_erp_promised_on"),
    "espocrm": ("SalesOrder", "cErpReview", "cErpReviewSaid", "cErpPromisedOn"),
}
"""By CRM: the form of orders, and what the mapping writes there of a review."""
PROMISED = (today() + timedelta(days=30)).isoformat()
SAID = "production: 通过 (wang): 排在月底"


@pytest.fixture(params=REVIEWED)
def reviewed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """One order, which production looks at; its review is told to the CRM."""
    with promising(tmp_path, str(request.param)) as site:
        yield site


@contextmanager
def promising(directory: Path, crm: str) -> Iterator[Site]:
    with opened(directory, with_orders(1, today()), systems=(crm, ERP)) as site:
        with site.settings() as config:
            department = {"who": ["wang"], "asks": ["wanted_date"]}
            config["reviews"] = {"order_review": {"departments": {"production": department}}}
            config["people"] = {"wang": {"logins": ["wang"]}}
            config["flows"]["orders"]["review"] = "order_review"
            told = {"object": "order_review", "from": "hub", "to": "crm", "on_conflict": "ours"}
            config["flows"]["reviews"] = told
        yield site


def promise(site: Site) -> None:
    """What production is asked it approves, for that day."""
    [review] = site.app.reviews()
    site.app.who = "wang"
    reply = Reply("approved", "排在月底", {"wanted_date": PROMISED})
    site.app.answer_review("orders", review.key, "production", reply)
    site.sync()


def day(shown: Any) -> str:
    """A day as a CRM shows it: written out, or in milliseconds of China's midnight."""
    if isinstance(shown, int):
        return f"{datetime.fromtimestamp(shown / 1000, CHINA):%Y-%m-%d}"
    return str(shown)


def test_the_promised_date_comes_back(reviewed: Site) -> None:
    site = reviewed
    form, state, said, promised = REVIEWED[site.crm.system]
    site.sync()
    site.mind()
    site.sync()
    [order] = site.crm.records(form)
    assert (order[state], order.get(promised) or None) == ("评审中", None)
    promise(site)
    [order] = site.crm.records(form)
    assert (order[state], order[said]) == ("评审通过", SAID)
    assert day(order[promised]) == PROMISED
    [bill] = site.bills()
    assert {str(row["FDeliveryDate"])[:10] for row in bill[ROWS]} == {PROMISED}
    before = site.marks()
    site.sync()
    assert site.written(before) == []


def test_an_order_is_late_by_what_was_promised_not_by_what_was_wanted(tmp_path: Path) -> None:
    with promising(tmp_path, "fxiaoke") as site:
        wanted = (today() - timedelta(days=30)).isoformat()
        site.in_crm("edit", number="SO-0001", fields={"delivery_date": wanted})
        site.sync()
        site.mind()
        promise(site)
        bill = site.bill("SO-0001")["FBillNo"]
        site.in_erp("advance_production", order_number=bill, to="finished")
        site.sync()
        key = site.crm_order("SO-0001")["_id"]
        with site.app.system.store.reading() as tx:
            told = snapshots.models(tx, "hub", "order_progress", OrderProgress, [key])
        assert str(told[key].promised_on) == PROMISED
