"""What a department promised stands in the bill and on the CRM's own order, in any CRM."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

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
    systems = (str(request.param), ERP)
    with opened(tmp_path, with_orders(1, today()), systems=systems) as site:
        with site.settings() as config:
            department = {"who": ["wang"], "asks": ["wanted_date"]}
            config["reviews"] = {"order_review": {"departments": {"production": department}}}
            config["people"] = {"wang": {"logins": ["wang"]}}
            config["flows"]["orders"]["review"] = "order_review"
            told = {"object": "order_review", "from": "hub", "to": "crm", "on_conflict": "ours"}
            config["flows"]["reviews"] = told
        yield site


def day(shown: str | int) -> str:
    """A day as a CRM shows it: written out, or in milliseconds of China's midnight."""
    if isinstance(shown, int):
        return f"{datetime.fromtimestamp(shown / 1000, CHINA):%Y-%m-%d}"
    return shown


def test_the_promised_date_comes_back(reviewed: Site) -> None:
    site = reviewed
    form, state, said, promised = REVIEWED[site.crm.system]
    site.sync()
    site.mind()
    site.sync()
    [order] = site.crm.records(form)
    assert (order[state], order.get(promised) or None) == ("评审中", None)
    [review] = site.app.reviews()
    site.app.who = "wang"
    site.app.answer_review(
        "orders", review.key, "production", "approved", "排在月底", {"wanted_date": PROMISED}
    )
    site.sync()
    [order] = site.crm.records(form)
    assert (order[state], order[said]) == ("评审通过", SAID)
    assert day(order[promised]) == PROMISED
    [bill] = site.bills()
    assert {str(row["FDeliveryDate"])[:10] for row in bill[ROWS]} == {PROMISED}
    before = site.marks()
    site.sync()
    assert site.written(before) == []
