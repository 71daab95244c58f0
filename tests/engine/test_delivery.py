"""What becomes of an order on its way, told from both ends."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete

from connector.contract import Record
from connector.engine.caught import Caught
from connector.engine.claim import Claimer
from connector.engine.deliver import Deliverer
from connector.engine.dispatch import Done
from connector.engine.marking import mark_flow
from connector.errors import (
    AlreadyExists,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.operations import overview, reconciling
from connector.store import deliveries, feeds, tables
from tests.engine.factory import Site, deaf, failing, line


def test_an_order_arrives_once_and_audited(shop: Site) -> None:
    shop.order()
    shop.sync()
    bill = shop.bill()
    assert bill.step == "audited"
    assert bill.fields["customer"] == "C1"
    assert bill.fields["date"] == date(2026, 11, 20)
    assert bill.fields["rows"][0]["amount"] == Decimal("20.00")
    assert bill.fields["rows"][0]["unit"] == "Pcs"
    assert shop.delivery().state == "in_sync"


def test_a_second_run_reads_and_writes_nothing(shop: Site) -> None:
    shop.order()
    shop.sync()
    before = len(shop.erp.ledger)
    done = shop.sync()
    assert len(shop.erp.ledger) == before
    assert all(counts.read == 0 for counts in done.feeds.values())


def test_an_order_waits_for_its_customer_and_goes_by_itself(shop: Site) -> None:
    shop.order(customer="c2")
    shop.sync()
    assert (shop.delivery().state, shop.delivery().reason) == ("pending", "waits_for")
    shop.customer("c2")
    shop.sync()
    assert shop.bill().fields["customer"] == "C2"


def test_an_order_waits_for_its_material_to_be_paired(shop: Site) -> None:
    shop.order(lines=[line("1", material="M9")])
    shop.sync()
    assert shop.delivery().reason == "waits_for"
    shop.material("M9")
    shop.sync()
    assert shop.bill().fields["rows"][0]["material"] == "M9"


def test_an_order_under_approval_is_held_and_then_goes(shop: Site) -> None:
    shop.order(status="in_approval")
    shop.sync()
    assert (shop.delivery().reason, shop.bills()) == ("review", [])
    shop.order(status="confirmed")
    shop.sync()
    assert shop.bill().step == "audited"


def test_an_order_out_of_scope_is_not_even_listed(shop: Site) -> None:
    shop.order(status="draft")
    shop.sync()
    assert shop.delivery() is None


def test_a_customer_s_change_carries_only_the_changed_field(shop: Site) -> None:
    shop.sync()
    shop.customer(name="Renamed")
    shop.sync()
    assert shop.erp.ledger[-1] == ("put", "partner", "partner-1", {"name": "Renamed"})


def test_an_audited_order_that_changes_is_a_conflict_and_no_write(shop: Site) -> None:
    shop.order()
    shop.sync()
    before = shop.commits()
    shop.order(note="changed")
    shop.sync()
    assert (shop.delivery().state, shop.delivery().reason) == ("stopped", "conflict")
    assert shop.commits() == before


def test_a_field_that_people_changed_too_is_a_conflict(shop: Site) -> None:
    shop.sync()
    shop.erp.put("partner", {"name": "Theirs"}, "partner-1")
    shop.customer(name="Ours")
    shop.sync()
    row = shop.delivery("c1", "customers")
    assert (row.state, row.reason) == ("stopped", "conflict")
    assert shop.erp.form("partner")["partner-1"].fields["name"] == "Theirs"


def test_a_field_written_once_belongs_to_people_afterwards(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "until: saved, hold:")
    shop.start()
    shop.order()
    shop.sync()
    key = shop.bill().key
    shop.erp.put("bill", {"warehouse": "W9"}, key)
    shop.order(note="more")
    shop.sync()
    bill = shop.bill()
    assert shop.delivery().state == "in_sync"
    assert (bill.fields["warehouse"], bill.fields["note"]) == ("W9", "more")


def test_with_until_saved_people_take_the_bill_further(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "until: saved, hold:")
    shop.start()
    shop.order()
    shop.sync()
    assert shop.bill().step == "saved"
    shop.erp.step("bill", shop.bill().key, "audited")
    before = len(shop.erp.ledger)
    shop.sync()
    assert len(shop.erp.ledger) == before
    assert shop.delivery().state == "in_sync"


def test_a_workflow_keeps_an_order_awaiting_without_attempts(shop: Site) -> None:
    shop.erp.workflows.add("bill")
    shop.order()
    shop.sync()
    for _ in range(3):
        shop.clock.advance(86_400)
        shop.sync()
    row = shop.delivery()
    assert (row.state, row.reason, row.attempts) == ("pending", "awaiting", 0)
    shop.erp.workflows.clear()
    shop.clock.advance(86_400)
    shop.sync()
    assert shop.delivery().state == "in_sync"
    assert shop.commits() == 1


def test_a_refused_order_stops_with_the_erp_s_words_and_its_next_change_goes(shop: Site) -> None:
    shop.erp.trouble = failing(Rejected("必录字段"))
    shop.order()
    shop.sync()
    row = shop.delivery()
    assert (row.state, row.reason, row.detail) == ("stopped", "rejected", "必录字段")
    shop.order(note="mended")
    shop.sync()
    assert shop.bill().fields["note"] == "mended"


def test_a_bill_that_was_saved_only_is_never_saved_twice(shop: Site) -> None:
    steps = []

    def fail_audit(world: object, form: str, key: str, step: str) -> None:
        steps.append(step)
        if step == "audited" and steps.count("audited") == 1:
            from connector.contract import Written

            cause = Transient("busy")
            raise HalfDone(Written(key, "O1", {"rows": {"1": "5"}}, "submitted"), cause)
        original(form, key, step)

    original = shop.erp.step
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(shop.erp), "step", fail_audit)
        shop.order()
        shop.sync()
    assert shop.delivery().step == "submitted"
    shop.clock.advance(3600)
    shop.sync()
    assert (shop.bill().step, shop.commits()) == ("audited", 1)


def test_a_foreign_bill_with_our_number_is_left_alone(shop: Site) -> None:
    shop.erp.unique["bill"] = "no"
    shop.erp.put("bill", {"no": "O1", "customer": "SOMEBODY"}, "theirs")
    shop.order()
    shop.sync()
    row = shop.delivery()
    assert (row.state, row.reason) == ("stopped", "not_ours")
    assert shop.bill().fields == {"no": "O1", "customer": "SOMEBODY"}


def test_two_bills_with_our_mark_stop_the_order(shop: Site) -> None:
    shop.erp.trouble = failing(OutcomeUnknown("lost"), when="after")
    shop.order()
    shop.sync()
    twin = dict(shop.bill().fields)
    shop.erp.put("bill", {**twin, "no": "TWIN"})
    shop.clock.advance(101)
    shop.sync()
    assert shop.delivery().reason == "twice"


def test_an_erp_that_is_down_for_a_weekend_uses_up_no_attempt(shop: Site) -> None:
    shop.erp.trouble = failing(Unreachable("down"), times=10_000)
    shop.order()
    for _ in range(48):
        shop.sync()
        shop.clock.advance(3600)
    assert (shop.delivery().attempts, shop.delivery().state) == (0, "pending")
    shop.erp.trouble = None
    shop.clock.advance(3600)
    shop.sync()
    assert shop.delivery().state == "in_sync"


def pause(shop: Site, calls: int) -> float:
    """Seconds for which the ERP is left alone after so many readings have failed at once."""
    feed = next(feed for feed in shop.system.feeds.values() if feed.connection.name == "erp")
    for _ in range(calls):
        shop.dispatcher.capture([feed], Done())
    with shop.system.store.reading() as tx:
        until = feeds.connection(tx, "erp").paused_until
        return float(until) - shop.system.store.now(tx)


def test_readings_that_fail_together_are_one_failure_of_their_connection(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise Unreachable("down")

    shop.sync()
    monkeypatch.setattr(shop.system.connections["erp"].adapter, "read", down)
    assert 15 <= pause(shop, calls=7) <= 30
    shop.clock.advance(31)
    assert 30 <= pause(shop, calls=7) <= 60
    shop.clock.advance(61)
    assert 60 <= pause(shop, calls=1) <= 120


def test_a_record_that_keeps_failing_stops_after_its_attempts(shop: Site) -> None:
    shop.erp.trouble = failing(Transient("busy"), times=10_000)
    shop.order()
    for _ in range(10):
        shop.sync()
        shop.clock.advance(3601)
    assert (shop.delivery().state, shop.delivery().attempts) == ("stopped", 8)


def test_a_locked_bill_is_tried_again_without_being_counted(shop: Site) -> None:
    shop.erp.trouble = failing(Locked("in use"), times=3)
    shop.order()
    for _ in range(4):
        shop.sync()
        shop.clock.advance(121)
    assert (shop.delivery().state, shop.delivery().attempts) == ("in_sync", 0)


def test_a_bug_in_an_adapter_costs_no_order(shop: Site) -> None:
    shop.erp.trouble = failing(ZeroDivisionError("bug"), when="after")
    shop.order()
    shop.sync()
    assert shop.delivery().state == "in_doubt"
    shop.clock.advance(101)
    shop.sync()
    assert (shop.delivery().state, shop.commits()) == ("in_sync", 1)


def test_an_order_deleted_before_it_was_sent_is_dropped(shop: Site) -> None:
    shop.order(customer="c2")
    shop.sync()
    shop.order(customer="c2", status="draft")
    shop.sync()
    assert shop.delivery() is None


def test_an_order_cancelled_after_delivery_stops_and_names_it(shop: Site) -> None:
    shop.order()
    shop.sync()
    shop.order(status="cancelled")
    shop.sync()
    row = shop.delivery()
    assert (row.state, row.reason, shop.bill().cancelled) == ("stopped", "gone", False)


def test_an_order_cancelled_under_gone_cancel_is_voided_once(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "gone: cancel, hold:")
    shop.start()
    shop.order()
    shop.sync()
    shop.order(status="cancelled")
    shop.sync()
    shop.order(status="cancelled", note="again")
    shop.sync()
    assert shop.bill().cancelled
    assert shop.commits(what="cancel") == 1
    assert shop.delivery().state == "in_sync"


def test_too_many_creates_stop_before_the_first(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "max_creates: 2, hold:")
    shop.start()
    for n in range(3):
        shop.order(f"o{n}")
    done = shop.sync()
    assert "max_creates" in str(done.errors["orders"])
    assert shop.bills() == []
    shop.sync(creates=True)
    assert len(shop.bills()) == 3


def test_a_note_that_is_too_long_stops_and_says_how_long(shop: Site) -> None:
    shop.order(note="超" * 7)
    shop.sync()
    row = shop.delivery()
    assert (row.state, row.reason) == ("stopped", "mapping")
    assert '"size": "21"' in row.detail


def test_already_exists_is_never_adopted_without_our_mark(shop: Site) -> None:
    shop.erp.trouble = failing(AlreadyExists("taken", key="x"))
    shop.order()
    shop.sync()
    assert shop.delivery().reason == "not_ours"


def test_an_update_that_is_saved_but_not_audited_keeps_its_rows(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "on_change: [edit, unaudit], hold:")
    shop.start()
    shop.order()
    shop.sync()
    shop.erp.trouble = failing(Transient("busy"), when="submitted")
    shop.order(note="changed")
    shop.sync()
    assert (shop.delivery().step, shop.delivery().reason) == ("submitted", "retry")
    shop.clock.advance(3600)
    shop.sync()
    shop.order(note="changed again", lines=[line("1", qty="3")])
    shop.sync()
    assert [row["qty"] for row in shop.bill().fields["rows"]] == [Decimal(3)]


def test_what_people_changed_stays_seen_after_our_next_change(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "until: saved, hold:")
    shop.start()
    shop.order(note="ours")
    shop.sync()
    shop.erp.put("bill", {"note": "theirs"}, shop.bill().key)
    shop.order(note="ours", date="2026-11-25")
    shop.sync()
    assert shop.bill().fields["date"] == date(2026, 11, 25)
    (found,) = reconciling.reconcile(shop.system, shop.system.flows["orders"])
    assert [difference.path for difference in found.differences] == ["note"]
    shop.order(note="ours again", date="2026-11-25")
    shop.sync()
    assert shop.delivery().reason == "conflict"


def test_what_the_target_passes_over_without_a_word_is_found_and_repaired(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "until: saved, hold:")
    shop.start()
    shop.order(date="2026-11-21")
    shop.sync()
    flow = shop.system.flows["orders"]
    shop.order(date="2026-12-09", note="new")
    with deaf("date"):
        shop.sync()
    assert (shop.bill().fields["date"], shop.bill().fields["note"]) == (date(2026, 11, 21), "new")
    found = list(reconciling.reconcile(shop.system, flow))
    assert [[one.path for one in each.differences] for each in found] == [["date"]]
    reconciling.repair(shop.system, flow, found, "somebody")
    shop.sync()
    assert shop.bill().fields["date"] == date(2026, 12, 9)


def test_what_shows_only_once_somebody_approves_it_can_be_changed_before(shop: Site) -> None:
    shop.order(note="old")
    shop.sync()
    shop.erp.step("bill", shop.bill().key, "saved")
    shop.erp.workflows.add("bill")
    shop.order(note="new")
    with deaf("note"):
        shop.sync()
    assert shop.delivery().reason == "awaiting"
    shop.order(note="newest")
    shop.sync()
    assert (shop.delivery().reason, shop.bill().fields["note"]) == ("awaiting", "newest")


def test_a_row_that_people_split_is_checked_against_what_is_left_of_it(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "until: saved, hold:")
    checked = "amount: {from: net_amount, scale: money, tolerance: 0}"
    bill = shop.mappings["erp/sales_order"]
    shop.mappings["erp/sales_order"] = bill.replace(
        "amount: {from: net_amount, scale: money}", checked
    )
    shop.start()
    shop.order(lines=[line("1", qty="4", price="10")])
    shop.sync()
    (row,) = shop.bill().fields["rows"]
    rest = {**row, "qty": Decimal(3), "amount": Decimal(30)}
    piece = {**row, "id": "piece", "qty": Decimal(1), "amount": Decimal(10)}
    shop.erp.put("bill", {"rows": [rest, piece]}, shop.bill().key)
    shop.order(lines=[line("1", qty="6", price="10")])
    shop.sync()
    assert shop.delivery().state == "in_sync"
    assert [row["amount"] for row in shop.bill().fields["rows"]] == [Decimal(50), Decimal(10)]


def test_an_order_confirmed_again_after_its_bill_was_voided_waits_for_a_person(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "gone: cancel, hold:")
    shop.start()
    shop.order()
    shop.sync()
    shop.order(status="cancelled")
    shop.sync()
    shop.order(status="confirmed")
    shop.sync()
    assert (shop.delivery().state, shop.delivery().reason) == ("stopped", "gone")
    shop.bill().cancelled = False
    overview.retry(shop.system, shop.system.flows["orders"], ["o1"], "somebody", ours=True)
    shop.sync()
    assert shop.delivery().state == "in_sync"


def test_a_bill_found_before_the_first_create_is_compared_with_the_newest_version(
    shop: Site,
) -> None:
    shop.config = shop.config.replace("hold:", "until: saved, hold:")
    shop.start()
    shop.sync()
    shop.order(note="old")
    shop.sync()
    with shop.system.store.transaction() as tx:
        tx.execute(delete(tables.links).where(tables.links.c.object == "sales_order"))
        tx.execute(delete(tables.deliveries).where(tables.deliveries.c.flow == "orders"))
    shop.erp.trouble = failing(Transient("busy"), when="read", form="bill")
    shop.order(note="new")
    shop.sync()
    assert shop.delivery().reason == "retry"
    shop.clock.advance(60)
    shop.sync()
    assert (shop.bill().fields["note"], shop.delivery().state) == ("new", "in_sync")


def marking(shop: Site, key: str) -> threading.Thread:
    """Another process notes that a record changed, in a transaction of its own."""
    store, flow = shop.system.store, shop.system.flows["orders"]

    def mark() -> None:
        with store.transaction() as tx:
            moved = [Caught(Record(key, {}), "", values={"status": "confirmed"})]
            mark_flow(tx, flow, moved, store.now(tx))

    return threading.Thread(target=mark)


def test_a_change_marked_while_an_outcome_is_stored_is_not_lost(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[threading.Thread] = []
    dirty = deliveries.dirty

    def meanwhile(*arguments: Any) -> set[str]:
        found = dirty(*arguments)
        if not marked and arguments[1] == "orders":
            marked.append(marking(shop, "o1"))
            marked[0].start()
            marked[0].join(0.3)  # it has to wait for us
        return found

    monkeypatch.setattr(deliveries, "dirty", meanwhile)
    shop.order()
    shop.dispatcher.capture(shop.system.feeds.values(), Done())
    Deliverer(shop.system, shop.system.flows["customers"]).group()
    Deliverer(shop.system, shop.system.flows["orders"]).group()
    marked[0].join()
    assert (shop.delivery().state, shop.delivery().reason) == ("pending", "changed")


def test_a_claim_given_up_while_its_record_s_change_is_marked_ends_in_doubt(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.order()
    shop.dispatcher.capture(shop.system.feeds.values(), Done())
    Deliverer(shop.system, shop.system.flows["customers"]).group()
    Claimer(shop.system, shop.system.flows["orders"]).claim(50)
    shop.clock.advance(10_000)
    recovering = threading.Thread(target=partial(shop.dispatcher.recover, alone=False))
    change = deliveries.change

    def meanwhile(*arguments: Any) -> None:
        if not recovering.ident:
            recovering.start()
            recovering.join(0.3)  # it has to wait for us
        change(*arguments)

    monkeypatch.setattr(deliveries, "change", meanwhile)
    thread = marking(shop, "o1")
    thread.start()
    thread.join()
    recovering.join()
    assert (shop.delivery().state, shop.delivery().owner) == ("in_doubt", "")


def test_a_customer_that_another_configuration_delivered_is_there(shop: Site) -> None:
    """Nobody here delivers customers or reads them in the ERP: nobody would wake the order."""
    shop.sync()
    delivered = "customers: {object: customer, from: crm, to: erp}"
    assert delivered in shop.config
    shop.config = shop.config.replace(delivered, "read: {object: customer, from: crm}")
    shop.start()
    shop.order()
    shop.sync()
    assert shop.delivery().state == "in_sync"
