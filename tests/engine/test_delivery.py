"""What becomes of an order on its way, told from both ends."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from connector import faults
from connector.contract import Write
from connector.engine.claim import Claimer
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
from connector.store import tables
from tests.engine.factory import Site, failing, line


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


def test_a_store_put_back_does_not_add_the_rows_that_it_forgot(shop: Site) -> None:
    shop.config = shop.config.replace("hold:", "until: saved, hold:")
    shop.start()
    shop.order()
    shop.sync()
    with shop.system.store.transaction() as tx:
        kept = {
            table: [dict(row._mapping) for row in tx.execute(select(table))]
            for table in (tables.deliveries, tables.links, tables.snapshots)
        }
    shop.order(lines=[line("1"), line("2", qty="7")])
    shop.sync()
    with shop.system.store.transaction() as tx:
        for table, rows in kept.items():
            tx.execute(delete(table))
            tx.execute(insert(table), rows)
        tx.execute(update(tables.feeds).values(cursor=""))
    shop.sync()
    assert [row["qty"] for row in shop.bill().fields["rows"]] == [Decimal(2), Decimal(7)]
    shop.order(lines=[line("1"), line("2", qty="8")])
    shop.sync()
    assert [row["qty"] for row in shop.bill().fields["rows"]] == [Decimal(2), Decimal(8)]


@pytest.mark.parametrize("slept", [False, True], ids=["stopped", "suspended"])
def test_whoever_was_stopped_after_claiming_sends_nothing_any_more(shop: Site, slept: bool) -> None:
    shop.sync()
    shop.order()
    lease = Claimer(shop.system, shop.system.flows["orders"]).lease

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
