"""Create and update; what is ignored there is refused here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from espocrm_world import ACCOUNT, DEAL, ORDER, STOCK, create, shape, update

from connector.contract import RowWrite, TableWrite, Write
from connector.errors import AlreadyExists, Gone, HalfDone, OutcomeUnknown, Rejected


def test_a_write_onto_an_order_sets_its_fields_and_shows_them(world, crm):
    write = Write(ORDER, world.key("SO-1"), {"cErpNumber": "XSDD1"}, show=shape("sales_order"))
    written = crm.write(write)
    assert (written.key, written.shown.number) == (world.key("SO-1"), "SO-1")
    assert world.record("SO-1")["cErpNumber"] == "XSDD1"
    assert world.changes() == ["update"]
    assert world.calls("read") == 0


def test_values_go_out_as_espocrm_takes_them(world, crm):
    fields = {
        "cErpProduced": Decimal("1E+2"),
        "cErpShippedOn": date(2026, 3, 1),
        "cErpSince": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "cErpReason": "缺客户",
    }
    crm.write(update(world.key("SO-1"), **fields))
    crm.write(update(world.key("SO-1"), cErpReason=None))
    order = world.record("SO-1")
    assert (order["cErpProduced"], order["cErpReason"]) == (100, None)
    assert (order["cErpShippedOn"], order["cErpSince"]) == ("2026-03-01", "2026-03-01 12:00:00")


def test_nothing_to_change_asks_nobody(world, crm):
    assert crm.write(Write(ORDER, "any", {})).key == "any"
    assert len(world.sandbox.ledger) == 0


@pytest.mark.parametrize("field", ["cLost", "accountName", "grandTotalAmount", "modifiedAt"])
def test_what_espocrm_would_drop_without_a_word_is_refused(world, crm, field):
    with pytest.raises(Rejected, match=field) as caught:
        crm.write(update(world.key("SO-1"), **{field: "1"}))
    assert caught.value.field == field
    assert world.changes() == []


def test_a_customer_of_the_same_name_is_told_with_its_key_unless_the_mapping_wants_both(world, crm):
    write = Write(ACCOUNT, "", {"name": "甲公司", "cNumber": "C2"}, number="cNumber")
    with pytest.raises(AlreadyExists, match="duplicate") as caught:
        crm.write(write)
    assert caught.value.key == world.key("C1", ACCOUNT)
    both = Write(ACCOUNT, "", write.fields, options={"skip_duplicate_check": True})
    assert crm.write(both).key == world.key("C2", ACCOUNT)


def test_what_a_screen_fills_in_the_interface_demands(world, crm):
    with pytest.raises(Rejected, match="probability required") as caught:
        crm.write(Write(DEAL, "", {"name": "大单", "amount": Decimal(5000)}))
    assert caught.value.field == "probability"


def test_a_deleted_order_is_gone(world, crm):
    key = world.key("SO-1")
    world.people("delete", number="SO-1")
    with pytest.raises(Gone):
        crm.write(update(key))


@pytest.mark.parametrize("do", ["lose_answer", "truncate", "status_after", "html_after"])
def test_a_lost_answer_to_a_create_is_unknown_and_found_by_our_mark(world, crm, do):
    crm._codecs.of(STOCK)
    world.fault(do=do, operation="create")
    with pytest.raises(OutcomeUnknown):
        crm.write(create("erp:1"))
    found = list(crm.find(shape("material").__class__(STOCK, ("id",), ()), "reference", ["erp:1"]))
    assert [record.key for record in found] == [world.key("erp:1", STOCK)]
    assert world.calls("create") == 1


@pytest.mark.parametrize("key", ["", "known"])
def test_an_amount_beyond_tolerance_is_half_done(world, crm, key):
    write = create("erp:1")
    if key:
        write = Write(STOCK, crm.write(write).key, {})
    expect = {"onHand": (Decimal("7.51"), Decimal("0.001"))}
    with pytest.raises(HalfDone, match="onHand"):
        crm.write(Write(STOCK, write.key, write.fields, reference=write.reference, expect=expect))


def test_rows_and_cancellations_are_refused(crm):
    rows = TableWrite([RowWrite("1", "", {"quantity": Decimal(1)})])
    with pytest.raises(Rejected, match="items"):
        crm.write(Write(ORDER, "1", {}, {"items": rows}))
    with pytest.raises(Rejected, match="cancel"):
        crm.write(Write(ORDER, "1", {}, verb="cancel"))
