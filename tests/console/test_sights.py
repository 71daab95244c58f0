"""What not everybody may see: costs, and what tells of people."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from connector.engine import saving
from connector.objects.derived import LineMargin, OrderMargin, PriceEstimate
from tests.console.factory import Office, text
from tests.reviews.factory import CRM

SEES = "sees: {costs: [finance], personal: [finance]}\n"


@pytest.fixture
def earned(strict: Office) -> Office:
    """An order that the ERP refuses, with somebody's mobile on it; and what it would earn."""
    strict.reviewed.more["crm/sales_order"] = CRM + "  ship_to_phone: mobile\n"
    strict.start(SEES)
    strict.site.order(note="bad", mobile="13911112222")
    strict.go()
    strict.site.order(note="bad", mobile="13933334444")
    strict.go()
    line = LineMargin(id="1", revenue=Decimal(100), cost=Decimal(71), margin=Decimal(29))
    margin = OrderMargin(record="o1", number="O1", revenue=Decimal(100), cost=Decimal(71),
                         margin=Decimal(29), rate=Decimal("0.29"), lines=(line,))  # fmt: skip
    estimate = PriceEstimate(material="i-M1", number="M1", material_cost=Decimal(71),
                             cost=Decimal(71), price=Decimal(100))  # fmt: skip
    with strict.site.system.store.transaction() as tx:
        saving.save(strict.site.system, tx, "order_margin", {"o1": margin})
        saving.save(strict.site.system, tx, "price_estimate", {"i-M1": estimate})
    return strict


@pytest.mark.parametrize("where", ["/insight/order_margin", "/insight/price_estimate",
                                   "/insight/order_margin/sheet.csv"])  # fmt: skip
def test_costs_are_for_those_who_may_see_them(earned: Office, where: str) -> None:
    seen, unseen = earned.as_("fin").get(where), earned.as_("look").get(where)
    assert "71" in text(seen)
    assert "100" in text(unseen)
    assert not any(cost in text(unseen) for cost in ("71", "29"))
    assert "***" in text(unseen)


def test_a_mobile_is_for_those_who_may_see_it_in_record_history_and_payload(
    earned: Office,
) -> None:
    for login, sees in (("fin", True), ("ops", False), ("look", False), ("root", True)):
        browser = earned.as_(login)
        pages = "".join(browser.get(f"{where}").text for where in ("/orders/O1", "/api/orders/O1"))
        pages += browser.get("/failures/orders/o1").text
        for mobile in ("13911112222", "13933334444"):
            assert (mobile in pages) is sees, (login, mobile)


def test_what_is_not_seen_cannot_be_corrected_blindly(earned: Office) -> None:
    shown = earned.as_("ops").get("/failures/orders/o1").text
    assert "field.special_terms" in shown
    assert "field.ship_to_phone" not in shown
    seen = earned.serving.app.failures()[0]["since"]
    body = {"flow": "orders", "key": "o1", "since": seen, "fields": {"ship_to_phone": "1"}}
    program = earned.stranger().client
    refused = program.post("/api/failures/correct", headers=earned.token("ops"), json=body)
    assert refused.status_code == 409
    assert "ship_to_phone" in refused.json()["error"]


def test_a_corrected_mobile_is_in_no_audit_and_goes_with_the_customer(earned: Office) -> None:
    app = earned.serving.app
    said = {"ship_to_phone": "13955556666", "special_terms": "good"}
    app.of("root").correct("orders", "O1", said, app.failures()[0]["since"])
    assert app.audit(1)[0].about["fields"] == {"ship_to_phone": "***", "special_terms": "good"}
    app.of("root").forget("C1")
    fields = {one.path: one for one in app.fields("orders", "O1")}
    assert fields["ship_to_phone"].value == "***"
    assert fields["special_terms"].value == "good"


def test_insight_that_is_asked_for_anew_hides_the_same(earned: Office) -> None:
    app: Any = earned.serving.app
    from connector.entrance import Entrance
    from connector.operations.asking import Answer

    answer = Answer("order_margin", [OrderMargin(record="o1", cost=Decimal(71))])
    answer.hides = Entrance(app, "look").hides
    assert json.dumps(answer.plain(), default=str).count("71") == 0
