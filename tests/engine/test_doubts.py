"""What becomes of an order whose answer was lost: looked up, never doubled, never forgotten."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector import faults
from connector.contract import Write
from connector.engine.dispatch import Done
from connector.errors import (
    OutcomeUnknown,
    Transient,
)
from connector.operations import linking, overview, reconciling
from tests.engine.factory import Site, failing, line


def test_a_lost_answer_is_looked_up_after_settling_and_adopted(shop: Site) -> None:
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.order()
    shop.sync()
    assert shop.delivery().state == "in_doubt"
    shop.sync()
    assert shop.commits() == 1
    shop.clock.advance(101)
    shop.sync()
    assert (shop.delivery().state, shop.commits()) == ("in_sync", 1)


def test_a_lost_request_is_sent_again_after_settling(shop: Site) -> None:
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="before")
    shop.order()
    shop.sync()
    shop.clock.advance(101)
    shop.sync()
    assert (shop.delivery().state, shop.commits()) == ("in_sync", 1)


def test_a_change_whose_answer_is_lost_after_unauditing_is_audited_again(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "on_change: [edit, unaudit], hold:")
    shop.start()
    shop.order()
    shop.sync()
    erp: Any = shop.system.connections["erp"].adapter
    whole = erp.write

    def only_saved(write: Write) -> None:
        erp._save(write)
        raise OutcomeUnknown("lost")

    erp.write = only_saved
    shop.order(note="changed")
    shop.sync()
    erp.write = whole
    assert (shop.delivery().state, shop.bill().step) == ("in_doubt", "saved")
    shop.clock.advance(101)
    shop.sync()
    assert (shop.bill().step, shop.bill().fields["note"]) == ("audited", "changed")
    assert shop.delivery().state == "in_sync"


def test_an_order_renumbered_while_in_doubt_yields_one_bill(shop: Site) -> None:
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.order()
    shop.sync()
    shop.order(number="O1-NEW")
    shop.sync()
    shop.clock.advance(101)
    shop.sync()
    assert [bill["no"] for bill in shop.bills()] == ["O1"]
    assert shop.delivery().state == "in_sync"


def test_an_order_changed_while_in_doubt_ends_with_the_newest_version(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "until: saved, hold:")
    shop.start()
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.order()
    shop.sync()
    shop.order(note="newest", lines=[line("1", qty="5"), line("2")])
    shop.clock.advance(101)
    shop.sync()
    bill = shop.bill()
    assert bill.fields["note"] == "newest"
    assert [row["qty"] for row in bill.fields["rows"]] == [Decimal(5), Decimal(2)]
    assert shop.delivery().state == "in_sync"


def test_an_update_whose_answer_was_lost_is_no_conflict(shop: Site) -> None:
    shop.sync()
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after", form="partner")
    shop.customer(name="Second")
    shop.sync()
    shop.customer(name="Third")
    shop.clock.advance(101)
    shop.sync()
    assert shop.delivery("c1", "customers").state == "in_sync"
    assert shop.erp.form("partner")["partner-1"].fields["name"] == "Third"


def test_what_a_dead_process_had_claimed_is_in_doubt(shop: Site) -> None:
    def die(moment: str, form: str) -> None:
        if moment == "after" and form == "bill":
            raise KeyboardInterrupt

    shop.erp.trouble = die
    shop.order()
    with pytest.raises(KeyboardInterrupt):
        shop.sync()
    assert shop.delivery().state == "sending"
    shop.erp.trouble = None
    shop.start()
    assert shop.delivery().state == "in_doubt"
    shop.clock.advance(101)
    shop.sync()
    assert (shop.delivery().state, shop.commits()) == ("in_sync", 1)


def test_a_cancelled_order_that_is_in_doubt_is_looked_up_first(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "gone: cancel, hold:")
    shop.start()
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.order()
    shop.sync()
    shop.order(status="cancelled")
    shop.clock.advance(101)
    shop.sync()
    assert shop.bill().cancelled


def test_a_change_taken_back_while_it_is_in_doubt_is_taken_back_there_too(shop: Site) -> None:
    shop.sync()
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after", form="partner")
    shop.customer(name="Second")
    shop.sync()
    shop.customer()
    shop.clock.advance(101)
    shop.sync()
    assert shop.delivery("c1", "customers").state == "in_sync"
    assert shop.erp.form("partner")["partner-1"].fields["name"] == "Customer c1"


def test_an_unanswered_change_that_took_the_audit_away_is_audited_again(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "on_change: [edit, unaudit], hold:")
    shop.start()
    shop.order()
    shop.sync()

    def lose(moment: str, form: str) -> None:
        if moment == "submitted" and form == "bill":
            shop.erp.trouble = None
            shop.erp.step("bill", shop.bill().key, "saved")
            raise KeyError("the answer is lost before the first step")

    shop.erp.trouble = lose
    shop.order(note="changed")
    shop.sync()
    assert shop.delivery().state == "in_doubt"
    shop.clock.advance(101)
    shop.sync()
    assert (shop.bill().step, shop.bill().fields["note"]) == ("audited", "changed")
    assert shop.delivery().state == "in_sync"


def test_in_class_c_a_change_does_not_send_what_may_be_there(shop: Site) -> None:
    shop.config = shop.config.replace("settle: 100", "settle: 100, search: false")
    shop.start()
    shop.sync()
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.order()
    shop.sync()
    shop.clock.advance(101)
    shop.sync()
    shop.order(note="changed")
    shop.sync()
    assert (shop.delivery().state, shop.delivery().reason) == ("stopped", "unknown")
    assert shop.commits() == 1
    overview.retry(shop.system, shop.system.flows["orders"], ["o1"], "somebody", ours=False)
    shop.sync()
    assert shop.commits() == 2, "a person who says so has looked"


def test_a_doubt_outlives_a_record_that_cannot_be_read(shop: Site) -> None:
    shop.config = shop.config.replace("settle: 100", "settle: 100, search: false")
    shop.start()
    shop.sync()
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.order()
    shop.sync()
    shop.order(date="no date")
    shop.clock.advance(101)
    shop.sync()
    shop.order()
    shop.sync()
    assert (shop.delivery().reason, shop.commits()) == ("unknown", 1)


def test_a_customer_renamed_while_in_doubt_ends_with_the_new_name(shop: Site) -> None:
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after", form="partner")
    shop.sync()
    shop.customer(name="Renamed")
    shop.sync()
    shop.clock.advance(101)
    shop.sync()
    assert shop.erp.form("partner")["partner-1"].fields["name"] == "Renamed"
    assert shop.delivery("c1", "customers").state == "in_sync"


def test_what_people_changed_before_a_lost_answer_was_cleared_up_is_seen(shop: Site) -> None:
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.order(note="ours")
    shop.sync()
    shop.erp.put("bill", {"note": "theirs"}, shop.bill().key)
    shop.clock.advance(101)
    shop.sync()
    assert shop.delivery().state == "in_sync"
    (found,) = reconciling.reconcile(shop.system, shop.system.flows["orders"])
    assert [difference.path for difference in found.differences] == ["note"]


def test_a_doubt_about_what_the_crm_was_told_survives_a_refusal(shop: Site) -> None:
    shop.config += "  status: {object: delivery_status, from: hub, to: crm, on_conflict: ours}\n"
    shop.config = shop.config.replace("world: crm", "world: crm, settle: 100")
    shop.mappings["crm/delivery_status"] = """
object: delivery_status
form: order
key: id
onto: record
write: {erp_state: state}
"""
    shop.config = shop.config.replace("from: hub,", "from: hub, when: 'flow == \"orders\"',")
    shop.start()
    shop.order()
    shop.sync()
    shop.crm.trouble = failing(OutcomeUnknown("lost"), when="after", form="order")
    shop.order(note="a conflict: it is audited")
    shop.sync()
    shop.order(note=None)
    shop.sync()
    shop.crm.trouble = failing(Transient("busy"), form="order")
    shop.clock.advance(101)
    shop.sync()
    shop.clock.advance(3600)
    shop.sync()
    assert shop.crm.form("order")["o1"].fields["erp_state"] == "done"


@pytest.mark.parametrize("slept", [False, True], ids=["stopped", "suspended"])
def test_whoever_was_stopped_after_claiming_sends_nothing_any_more(shop: Site, slept: bool) -> None:
    shop.sync()
    shop.order()
    lease = shop.system.connections["erp"].lease

    def stop(name: str) -> None:
        if name == "after_claim" and shop.delivery() and shop.delivery().state == "sending":
            shop.clock.advance(lease + 1)
            shop.clock.asleep += lease + 1 if slept else 0
            shop.dispatcher.recover(alone=False)  # as another daemon does meanwhile

    faults.install(stop)
    try:
        shop.sync()
    finally:
        faults.install(None)
    assert (shop.bills(), shop.delivery().state) == ([], "in_doubt")


def test_a_record_that_costs_its_batch_the_answer_takes_the_others_along_once(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp: Any = shop.system.connections["erp"].adapter
    write = erp.write

    def crashing(writes: Any) -> Any:
        if any(one.reference == ("ref", "crm:o2") for one in writes):
            raise OutcomeUnknown("lost")
        return [write(one) for one in writes]

    monkeypatch.setattr(erp, "write_many", crashing)
    monkeypatch.setattr(erp, "write", lambda one: crashing([one])[0])
    for key in ("o1", "o2", "o3"):
        shop.order(key)
    shop.sync()
    assert shop.bills() == []
    shop.clock.advance(101)
    shop.sync()
    assert [shop.delivery(key).state for key in ("o1", "o2", "o3")] == [
        "in_sync",
        "in_doubt",
        "in_sync",
    ]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_first_change_of_a_linked_record_arrives_though_its_answer_was_lost(
    shop: Site, when: str
) -> None:
    shop.sync()
    shop.erp.put("partner", {"code": "P9", "name": "Theirs"}, "p9")
    shop.customer("c9")
    shop.dispatcher.capture(shop.system.feeds.values(), Done())
    linking.set_link(
        shop.system, shop.system.flows["customers"], "C9", "P9", "somebody", agreed=False
    )
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when=when, form="partner")
    shop.sync()
    shop.clock.advance(200)
    shop.sync()
    assert shop.erp.form("partner")["p9"].fields["name"] == "Customer c9"
    assert shop.delivery("c9", "customers").state == "in_sync"


def test_a_doubt_is_cleared_up_within_a_minute_however_often_the_look_has_failed(
    shop: Site,
) -> None:
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.order()
    shop.sync()
    shop.clock.advance(101)
    shop.erp.trouble = failing(Transient("busy"), when="read", times=6)
    for _ in range(6):
        shop.sync()
        assert shop.delivery().state == "in_doubt"
        shop.clock.advance(60)
    shop.sync()
    assert (shop.delivery().state, shop.commits()) == ("in_sync", 1)


def test_an_order_that_came_back_while_its_withdrawal_was_in_doubt_waits_for_a_person(
    shop: Site,
) -> None:
    shop.config = shop.config.replace("hold:", "gone: cancel, hold:")
    shop.start()
    shop.order()
    shop.sync()
    shop.order(status="cancelled")
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.sync()
    assert shop.delivery().state == "in_doubt"
    shop.order(status="confirmed")
    shop.clock.advance(101)
    shop.sync()
    row = shop.delivery()
    assert (row.state, row.reason) == ("stopped", "gone")
    assert shop.bill().cancelled
    shop.bill().cancelled = False  # a person restores it in the ERP
    overview.retry(shop.system, shop.system.flows["orders"], ["o1"], "ops", ours=True)
    shop.sync()
    assert shop.delivery().state == "in_sync"
