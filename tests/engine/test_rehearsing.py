"""Before anything is written: what would stop, and what would have been done."""

from __future__ import annotations

from datetime import date

from connector.errors import Unreachable
from connector.operations import observing, overview, rehearsing
from connector.operations.rehearsing import Rehearsal
from tests.engine.factory import Site, failing, line


def rehearse(shop: Site, since: date | None = None) -> Rehearsal:
    shop.sync()
    return rehearsing.rehearse(shop.system, shop.system.flows["orders"], since)


def observing_orders(shop: Site) -> None:
    shop.config = shop.config.replace("when: 'status", "mode: observe, when: 'status")
    shop.start()


def causes(found: Rehearsal) -> dict[str, tuple[int, list[str]]]:
    return {cause.words: (cause.count, cause.examples) for cause in found.causes}


def test_what_would_stop_is_grouped_by_its_cause_with_counts_and_examples(shop: Site) -> None:
    observing_orders(shop)
    for n in range(1, 6):
        shop.order(f"o{n}", lines=[line("1", material="M9" if n < 5 else "M1")])
    shop.order("o6", note="x" * 30)
    found = rehearse(shop)
    assert (found.records, found.failing) == (6, 5)
    (material, (count, examples)), (_, (long, numbers)) = causes(found).items()
    assert ("p-M9" in material, count, examples) == (True, 4, ["O1", "O2", "O3"])
    assert (long, numbers) == (1, ["O6"])
    assert all(cause.who for cause in found.causes)


def test_everything_that_is_wrong_with_an_order_is_found_at_once(shop: Site) -> None:
    observing_orders(shop)
    lines = [line("1", material="M7"), line("2", material="M8")]
    shop.order("o1", note="x" * 30, customer="c9", lines=lines)
    assert len(rehearse(shop).causes) == 4


def test_a_customer_who_would_be_created_before_stops_nobody(shop: Site) -> None:
    observing_orders(shop)
    shop.config = shop.config.replace("from: crm, to: erp}", "from: crm, to: erp, mode: observe}")
    shop.start()
    shop.customer("c2")
    shop.order("o1", customer="c2")
    found = rehearse(shop)
    assert (found.failing, found.first) == (0, {"customer": 1})


def test_older_records_are_rehearsed_as_far_back_as_one_asks(shop: Site) -> None:
    shop.config = shop.config.replace("when: 'status", "since: 2026-11-21, when: 'status")
    observing_orders(shop)
    shop.order("o1", date="2026-11-19")
    shop.order("o2", date="2025-01-01")
    assert rehearse(shop, date(2026, 1, 1)).records == 1
    assert rehearse(shop).records == 2


def test_a_rehearsal_writes_nothing(shop: Site) -> None:
    observing_orders(shop)
    shop.order()
    shop.sync()
    before = len(shop.erp.ledger)
    rehearse(shop)
    assert len(shop.erp.ledger) == before


# -- observe ----------------------------------------------------------------------------------


def test_a_report_tells_what_would_have_been_done_since_the_last_one(shop: Site) -> None:
    observing_orders(shop)
    shop.order("o1")
    shop.sync()
    shop.order("o2", customer="c9")
    shop.sync()
    shop.clock.advance(1)
    [report] = observing.observe(shop.system)
    assert report.actions == {"create": 1, "wait": 1}
    shop.clock.advance(86_400)
    shop.order("o3")
    shop.sync()
    [report] = observing.observe(shop.system)
    assert report.actions == {"create": 1}
    assert overview.status(shop.system)["observed"]["orders"]["counts"] == {"create": 1}
    assert shop.bills() == []


def test_a_report_that_failed_is_made_good_by_the_next(shop: Site) -> None:
    observing_orders(shop)
    shop.order("o1")
    shop.sync()
    shop.erp.trouble = failing(Unreachable("down"), when="read")
    [report] = observing.observe(shop.system)
    assert (report.actions, str(report.error)) == ({}, "down")
    shop.clock.advance(86_400)
    [report] = observing.observe(shop.system)
    assert report.actions == {"create": 1}
