"""A flow on demand: a record goes when another one's link asks for it, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.engine.dispatch import Done
from connector.operations import agreeing, linking, overview, planning, resyncing, tracing
from tests.engine.factory import CONFIG, MAPPINGS, Site, site

BILL = "customer: {from: customer, link: customer}"


@pytest.fixture
def shop(tmp_path: Path, store_url: str) -> Iterator[Site]:
    """Three customers whom nobody has asked for, of the bills' three roles."""
    with site(tmp_path, store_url) as made:
        made.config = CONFIG.replace("customers: {", "customers: {on_demand: true, ")
        made.mappings["crm/sales_order"] = MAPPINGS["crm/sales_order"].replace(
            "customer: customer", "customer: customer\n  ship_to: ship_to\n  invoice_to: invoice_to"
        )
        made.mappings["erp/sales_order"] = MAPPINGS["erp/sales_order"].replace(
            BILL, f"{BILL}\n  ship_to: {{from: ship_to, link: customer}}\n"
            "  invoice_to: {from: invoice_to, link: customer}"
        )  # fmt: skip
        made.material()
        for key in ("c1", "c2", "c3", "c4"):
            made.customer(key)
        yield made.start()


def partners(shop: Site) -> set[str]:
    return {kept.fields["code"] for kept in shop.erp.form("partner").values()}


def standing(shop: Site, key: str) -> tuple[str, str]:
    row = shop.delivery(key, "customers")
    return row.state, row.reason


def test_nobody_goes_whom_nobody_asked_for(shop: Site) -> None:
    shop.sync()
    shop.customer("c1", name="Renamed")
    shop.sync()
    assert partners(shop) == set()
    assert standing(shop, "c1") == ("pending", "unasked")
    assert overview.standing(shop.system)["customers"]["waiting"] == 0
    assert overview.status(shop.system)["flows"]["customers"]["reasons"] == {"pending/unasked": 4}


def test_an_order_takes_every_customer_along_that_it_names(shop: Site) -> None:
    shop.sync()
    shop.order(ship_to="c2", invoice_to="c3")
    shop.sync()
    assert partners(shop) == {"C1", "C2", "C3"}
    assert shop.bill().fields["invoice_to"] == "C3"
    assert standing(shop, "c4") == ("pending", "unasked")


def test_all_customers_of_an_order_are_asked_for_at_once(shop: Site) -> None:
    shop.sync()
    shop.order(ship_to="c2", invoice_to="c3")
    shop.dispatcher.capture(shop.system.feeds.values(), Done())
    shop.dispatcher.deliver([shop.system.flows["orders"]], Done())
    reasons = [standing(shop, key)[1] for key in ("c1", "c2", "c3", "c4")]
    assert reasons == ["new", "new", "new", "unasked"]


def test_a_customer_who_went_is_like_any_other_afterwards(shop: Site) -> None:
    shop.order()
    shop.sync()
    shop.customer("c1", name="Renamed")
    shop.sync()
    assert shop.erp.ledger[-1] == ("put", "partner", "partner-1", {"name": "Renamed"})


def test_a_customer_who_is_read_after_the_order_goes_as_well(shop: Site) -> None:
    shop.order(customer="c9")
    shop.sync()
    shop.customer("c9")
    shop.sync()
    assert partners(shop) == {"C9"}
    assert shop.bill().fields["customer"] == "C9"


def test_a_customer_with_a_counterpart_already_is_carried(shop: Site) -> None:
    shop.sync()
    shop.erp.put("partner", {"code": "K1", "name": "Known"}, "p1")
    linking.set_link(
        shop.system, shop.system.flows["customers"], "C1", "K1", "somebody", agreed=False
    )
    shop.sync()
    assert shop.erp.form("partner")["p1"].fields["name"] == "Customer c1"
    assert partners(shop) == {"K1"}


def test_a_baseline_leaves_alone_whom_nobody_asked_for(shop: Site) -> None:
    shop.sync()
    agreeing.baseline(shop.system, shop.system.flows["customers"], ["c1", "c2"], "somebody")
    shop.order(customer="c2")
    shop.sync()
    assert partners(shop) == {"C2"}


def test_neither_retry_nor_resync_takes_along_whom_nobody_asked_for(shop: Site) -> None:
    shop.sync()
    flow = shop.system.flows["customers"]
    overview.retry(shop.system, flow, ["c1"], "somebody", ours=False)
    overview.discard(shop.system, flow, ["c2"], "somebody")
    keys = resyncing.chosen(shop.system, flow, (), None)
    resyncing.reread(shop.system, shop.dispatcher, flow, [*keys, "c3"], everything=True)
    shop.customer("c2", name="Renamed")
    shop.sync()
    assert partners(shop) == set()


def test_a_person_may_make_one_all_the_same(shop: Site) -> None:
    shop.sync()
    linking.create_anew(shop.system, shop.system.flows["customers"], "C2", "somebody")
    shop.sync()
    assert partners(shop) == {"C2"}


def test_plan_and_trace_say_that_nobody_has_asked(shop: Site) -> None:
    shop.sync()
    flow = shop.system.flows["customers"]
    assert planning.plan(shop.system, flow, None, 100).items == []
    [item] = planning.plan(shop.system, flow, ["c1"], 100).items
    assert item.action == "wait"
    [story] = tracing.trace(shop.system, "customer", "C1")
    [row] = story.deliveries
    assert item.reason == row["words"] != ""


def test_without_the_option_everybody_goes(shop: Site) -> None:
    shop.sync()
    shop.config = CONFIG
    shop.start()
    shop.sync()
    assert partners(shop) == {"C1", "C2", "C3", "C4"}
