"""What is computed from both sides, read where the salesperson looks: in the CRM."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.operations.beginning import INSIGHT
from tests.system.site import Site, opened, sold
from tests.system.test_insight import COMPANY


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Site]:
    """A firm whose CRM shows everything that is computed."""
    with opened(tmp_path, COMPANY, whole=True) as site:
        for usual in INSIGHT:
            options: dict[str, Any] = {"on_conflict": "ours", "max_creates": "none"}
            if "when: " in usual.options:
                options["when"] = 'currency == "CNY"'
            site.flow(usual.name, **{"object": usual.object, "from": "hub", "to": "crm", **options})
        yield site


def shown(site: Site, form: str, number: str, by: str = "name") -> dict[str, Any]:
    """What the salesperson sees of a record, empty fields left out."""
    (record,) = [one for one in site.crm.records(form) if one.get(by) == number]
    return {name: value for name, value in record.items() if value not in (None, "")}


def line(site: Site, number: str) -> dict[str, Any]:
    order = site.crm_order(number)["_id"]
    (found,) = [one for one in site.crm.records("SalesOrderProductObj") if one["order_id"] == order]
    return found


def settle(site: Site) -> None:
    """A figure may be made of another that was computed in the same round."""
    for _ in range(3):
        site.sync()


def test_a_line_says_what_it_is_short_of_until_it_is_there(telling: Site) -> None:
    """250 wanted, 100 lie there, 200 bearings make 100 more: 100 bearings are missing."""
    number = telling.order(sold("M1", 250))
    settle(telling)
    told = line(telling, number)
    there = [Decimal(told[name]) for name in ("erp_from_stock__c", "erp_buildable__c")]
    assert (there, told["erp_short_of__c"]) == ([100, 100], "M2 100")
    assert told["erp_complete__c"] is False
    bought = telling.in_erp("order_purchase", material="M2", quantity=100, due_on="2027-01-15")
    telling.in_erp("receive_purchase", number=bought)
    settle(telling)
    told = line(telling, number)
    assert (told["erp_complete__c"], told.get("erp_short_of__c") or "") == (True, "")


def test_a_product_says_what_can_be_promised_and_what_it_should_cost(telling: Site) -> None:
    telling.order(sold("M2", 180))
    telling.sync()
    telling.in_erp("order_purchase", material="M2", quantity=50, due_on="2027-01-15")
    settle(telling)
    bearing = shown(telling, "ProductObj", "M2", "product_code")
    told = [Decimal(bearing[name]) for name in ("erp_available__c", "erp_next__c")]
    assert told == [20, 70]
    gear_box = shown(telling, "ProductObj", "M1", "product_code")
    assert Decimal(gear_box["erp_unit_price__c"]) == Decimal("11.3")
    assert "erp_unit_cost__c" not in shown(telling, "ProductObj", "M3", "product_code")


def test_an_order_and_its_customer_say_what_was_earned_and_what_is_owed(telling: Site) -> None:
    """10 gear boxes for 113.00, 7.00 each to make, shipped and billed: 113.00 are owed."""
    number = telling.order(sold("M1", 10))
    settle(telling)
    telling.in_erp("ship", order_number=telling.bill(number)["FBillNo"])
    (shipment,) = [one["FBillNo"] for one in telling.erp.records("SAL_OUTSTOCK")]
    debt = telling.in_erp("book_receivable", document=shipment)
    settle(telling)
    order = telling.crm_order(number)
    earned = {name: Decimal(order[f"erp_{name}__c"]) for name in ("revenue", "cost", "margin_rate")}
    assert earned == {"revenue": 100, "cost": 70, "margin_rate": 30}
    assert (order["erp_margin_basis__c"], order["erp_agrees__c"]) == ("预计", False)
    customer = shown(telling, "AccountObj", "C1", "account_no")
    assert Decimal(customer["erp_receivable__c"]) == 113
    assert len(customer["erp_grade__c"]) == 3
    telling.in_erp("invoice", receivable=debt)
    telling.in_erp("take_payment", amount=113, receivable=debt)
    settle(telling)
    assert telling.crm_order(number)["erp_agrees__c"] is True
    assert Decimal(shown(telling, "AccountObj", "C1", "account_no")["erp_receivable__c"]) == 0


def test_what_did_not_change_is_not_told_again(telling: Site) -> None:
    telling.order(sold("M1", 250))
    settle(telling)
    before = telling.marks()
    telling.clock.advance(days=30)
    settle(telling)
    assert telling.written(before) == []
