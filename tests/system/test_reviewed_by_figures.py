"""Departments are asked by what both systems tell together: a customer's credit, missing parts,
what an order would earn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from connector.operations.reviewing import Said
from sandbox.company.model import Credit
from tests.system.site import Site, opened, sold
from tests.system.test_insight import COMPANY

REVIEW = {
    "finance": {
        "who": ["finance"],
        "when": "standing.exposure + amount_with_tax > standing.limit",
        "shows": ["standing.limit", "standing.exposure"],
    },
    "planning": {
        "who": ["planner"],
        "when": "kitting.complete == false",
        "shows": ["kitting.from_stock", "kitting.short_of"],
    },
    "pricing": {
        "who": ["pricer"],
        "when": "margin.rate < 0.25",
        "shows": ["margin.revenue", "margin.cost", "margin.rate"],
    },
}
KNOWN = tuple(replace(one, erp_number=one.number) for one in COMPANY.customers)
CREDIT = Credit(customer="C1", limit=Decimal(500), overdue_days=0)
TRUSTED = replace(COMPANY, customers=KNOWN, credits=(CREDIT,))


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Site]:
    with opened(tmp_path, TRUSTED, whole=True) as site:
        with site.settings() as config:
            config["reviews"] = {"order_review": {"departments": REVIEW}}
            config["people"] = {
                "fin": {"roles": ["finance"], "logins": ["fin"]},
                "pla": {"roles": ["planner"], "logins": ["pla"]},
                "pri": {"roles": ["pricer"], "logins": ["pri"]},
            }
            config["sees"] = {"costs": ["pricer"]}
            config["flows"]["credits"] = {"object": "credit", "from": "erp"}
            config["flows"]["orders"]["review"] = "order_review"
        site.sync()
        for one in KNOWN:
            site.app.set_link("customers", one.number, one.number)
        yield site


def go(site: Site) -> None:
    """Until departments are asked, and what concerns nobody is in the ERP."""
    site.sync()
    site.sync()
    site.mind()
    site.sync()


def asked(site: Site, number: str) -> dict[str, Said]:
    return {said.department: said for said in site.app.review("orders", number).departments}


def test_an_order_within_the_credit_and_of_what_lies_there_goes_by_itself(firm: Site) -> None:
    number = firm.order(sold("M1", 10))
    go(firm)
    assert asked(firm, number) == {}
    assert len(firm.bills(number)) == 1


def test_an_order_that_exceeds_the_credit_waits_for_finance(firm: Site) -> None:
    """500, of which 20 at 11.30 use 226: 30 more are too many."""
    firm.order(sold("M1", 20))
    go(firm)
    number = firm.order(sold("M1", 30))
    go(firm)
    said = asked(firm, number)
    assert list(said) == ["finance"]
    assert said["finance"].evidence == {"standing.limit": "500", "standing.exposure": "226"}
    assert firm.bills(number) == []


def test_an_order_of_what_is_short_waits_for_planning_with_what_is_missing(firm: Site) -> None:
    """250 wanted and 10 more, 100 lie there, 100 can be made: 120 bearings are missing."""
    number = firm.order(sold("M1", 250), sold("M1", 10), customer="C2")
    go(firm)
    said = asked(firm, number)
    assert list(said) == ["planning"]
    assert said["planning"].evidence["kitting.from_stock"] == "100"
    assert said["planning"].evidence["kitting.short_of"].startswith("M2 100")


def test_an_order_that_would_earn_too_little_waits_for_who_sets_prices(firm: Site) -> None:
    """A gear box costs 2 × 3 + 0.5 × 2 = 7, and is sold for 9.04 with tax, 8 without."""
    number = firm.order(sold("M1", 10, "9.04"))
    go(firm)
    said = asked(firm, number)
    assert list(said) == ["pricing"]
    shown = {name.partition(".")[2]: value for name, value in said["pricing"].evidence.items()}
    assert shown == {"revenue": "80", "cost": "70", "rate": "0.125"}
    assert firm.bills(number) == []


def test_departments_are_asked_once_figures_know_the_order(firm: Site) -> None:
    """And no later than ten minutes, should nobody reckon: then all whom figures would tell of."""
    number = firm.order(sold("M1", 60))
    with pytest.MonkeyPatch.context() as patch:
        for one in ("planning.Planning", "reckoning.Reckoning"):
            patch.setattr(f"connector.engine.{one}.run", lambda self: 0)
        firm.sync()
        firm.mind()
        assert [review.state for review in firm.app.reviews()] == ["new"]
        firm.clock.advance(601)
        firm.mind()
    assert sorted(asked(firm, number)) == ["finance", "planning", "pricing"]
    assert firm.bills(number) == []


def test_all_look_at_an_order_whose_customer_the_erp_does_not_know(firm: Site) -> None:
    """Before it can be told how they stand, nobody is spared."""
    firm.app.remove_link("customers", "C3")
    number = firm.order(sold("M1", 1), customer="C3")
    go(firm)
    assert asked(firm, number) == {}
    firm.clock.advance(601)
    firm.mind()
    assert sorted(asked(firm, number)) == ["finance", "planning", "pricing"]
