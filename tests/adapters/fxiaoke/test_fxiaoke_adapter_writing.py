"""Create, update, cancel; lost answers; what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from fxiaoke_world import ACCOUNT, LINE, ORDER, STOCK, create, shape, update

from connector.contract import Shape, TableWrite, Write
from connector.errors import (
    AlreadyExists,
    Conflict,
    Gone,
    HalfDone,
    OutcomeUnknown,
    Rejected,
    Transient,
)


def test_a_write_onto_an_order_sets_its_fields_without_approvals(world, crm):
    written = crm.write(update(world.key("SO-1")))
    assert (written.key, written.shown) == (world.key("SO-1"), None)
    assert world.record("SO-1")["erp_number__c"] == "XSDD1"
    assert world.changes() == ["update"]


def test_values_go_out_as_fxiaoke_takes_them(world, crm):
    fields = {
        "erp_produced__c": Decimal("1E+2"),
        "erp_shipped_on__c": date(2026, 3, 1),
        "erp_since__c": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "erp_reason__c": None,
    }
    crm.write(update(world.key("SO-1"), **fields))
    order = world.record("SO-1")
    assert order["erp_produced__c"] == "100"
    assert order["erp_shipped_on__c"] == 1772294400000
    assert order["erp_since__c"] == 1772366400000


def test_an_empty_value_empties_the_field(world, crm):
    crm.write(update(world.key("SO-1"), erp_reason__c="缺客户"))
    crm.write(update(world.key("SO-1"), erp_reason__c=None))
    assert "erp_reason__c" not in world.record("SO-1")


def test_nothing_to_change_asks_nobody(world, crm):
    assert crm.write(Write(ORDER, "any", {})).key == "any"
    assert len(world.sandbox.ledger) == 0


def test_an_account_is_made_with_its_owner_and_shown(world, crm):
    fields = {"name": "乙公司", "account_no": "C2", "owner": "1001", "email": None}
    written = crm.write(Write(ACCOUNT, "", fields, number="account_no", show=shape("customer")))
    assert (written.number, written.shown.fields["owner"]) == ("C2", "1001")
    assert world.record("C2", ACCOUNT)["owner"] == ["1001"]


def test_a_custom_record_gets_its_key_by_our_mark(world, crm):
    written = crm.write(create("erp:1"))
    assert written.key == world.key("erp:1", STOCK)
    assert world.record("erp:1", STOCK)["on_hand__c"] == "7.5000"


def test_a_tenant_that_answers_the_key_is_not_asked_again(build):
    world = build()
    world.sandbox.switches["custom_create_returns_id"] = True
    assert world.adapter().write(create("erp:1")).key == world.key("erp:1", STOCK)
    assert world.calls("query") == 0


def test_a_custom_record_that_search_does_not_see_yet_is_in_doubt(build):
    world = build()
    world.sandbox.switches["visible_after"] = 60
    with pytest.raises(OutcomeUnknown, match="without telling its id"):
        world.adapter().write(create("erp:1"))


def test_a_failing_look_for_the_new_key_leaves_the_create_in_doubt(world, crm):
    world.fault(do="system", name="rate", operation="query")
    with pytest.raises(OutcomeUnknown):
        crm.write(create("erp:1"))
    assert len(world.sandbox.records(STOCK)) == 1


@pytest.mark.parametrize("do", ["lose_answer", "truncate", "status_after", "html_after"])
def test_a_lost_answer_to_a_create_is_unknown_and_found_by_our_mark(world, crm, do):
    world.fault(do=do, operation="create")
    with pytest.raises(OutcomeUnknown):
        crm.write(create("erp:1"))
    assert world.calls("create") == 1
    found = list(crm.find(Shape(STOCK, ("_id",), ("name",)), "reference__c", ["erp:1"]))
    assert [record.key for record in found] == [world.key("erp:1", STOCK)]


def test_a_lost_answer_to_an_update_is_unknown_and_not_repeated(world, crm):
    world.fault(do="lose_answer", operation="update")
    with pytest.raises(OutcomeUnknown):
        crm.write(update(world.key("SO-1")))
    assert world.calls("update") == 1


def test_after_an_update_the_record_is_shown_as_it_stands_at_once(build):
    world = build()
    world.sandbox.switches["visible_after"] = 60
    write = Write(ACCOUNT, world.key("C1", ACCOUNT), {"tel": "1"}, show=shape("customer"))
    shown = world.adapter().write(write).shown
    assert (shown.fields["tel"], shown.number) == ("1", "C1")


def test_a_write_is_done_even_if_showing_it_fails(world, crm):
    world.fault(do="status", operation="get", times=9)
    write = Write(ACCOUNT, world.key("C1", ACCOUNT), {"tel": "1"}, show=shape("customer"))
    assert crm.write(write).shown is None


# -- what may not be there twice -------------------------------------------------------------


def account(number, **fields):
    return Write(ACCOUNT, "", {"name": "乙公司", "account_no": number, **fields})


def test_a_number_in_use_names_the_record_that_has_it(world, crm):
    with pytest.raises(AlreadyExists, match="已存在") as caught:
        crm.write(account("C1"))
    assert (caught.value.key, caught.value.code) == (world.key("C1", ACCOUNT), "32000")


def test_a_number_in_use_is_found_out_by_an_update_too(world, crm):
    key = crm.write(account("C2")).key
    with pytest.raises(AlreadyExists) as caught:
        crm.write(Write(ACCOUNT, key, {"account_no": "C1"}))
    assert caught.value.key == world.key("C1", ACCOUNT)


def test_a_refusal_for_something_else_stays_one_whoever_has_our_number(world, crm):
    key = crm.write(account("C2")).key
    with pytest.raises(Rejected, match="长度"):
        crm.write(Write(ACCOUNT, key, {"account_no": "C2", "name": "长" * 201}))
    with pytest.raises(Rejected, match="长度"):
        crm.write(account("C3", name="长" * 201))


def test_a_field_that_is_not_there_is_no_double(world, crm):
    with pytest.raises(Rejected, match="no field"):
        crm.write(account("C1", nobody__c="1"))


def test_a_value_that_may_be_there_twice_is_no_reason_to_look(world, crm):
    with pytest.raises(Rejected, match="选项值"):
        crm.write(Write("ProductObj", "", {"name": "减速机", "unit": "Foo"}))
    assert world.calls("query") == 0


def test_a_double_that_cannot_be_looked_up_is_a_refusal(world, crm):
    world.fault(do="status", operation="query", times=9)
    with pytest.raises(Rejected, match="已存在"):
        crm.write(account("C1"))


# -- amounts ---------------------------------------------------------------------------------


def expecting(write, amount, **more):
    return replace(write, expect={"on_hand__c": (Decimal(amount), Decimal("0.01"))}, **more)


def test_amounts_as_expected_go_through(world, crm):
    assert crm.write(expecting(create("erp:1"), "7.505")).key == world.key("erp:1", STOCK)


@pytest.mark.parametrize("options", [{}, {"read_back": False}])
def test_an_amount_beyond_tolerance_is_half_done_however_often_it_is_tried(world, crm, options):
    write = expecting(create("erp:1"), "7.52", options=options)
    with pytest.raises(HalfDone, match=r"7\.5000 instead of 7\.52") as caught:
        crm.write(write)
    assert isinstance(caught.value.cause, Rejected)
    key = caught.value.written.key
    assert key == world.key("erp:1", STOCK)
    with pytest.raises(HalfDone):
        crm.write(replace(write, key=key, fields={}, reference=None))


def test_amounts_are_checked_after_a_change_too(world, crm):
    key = crm.write(create("erp:1")).key
    with pytest.raises(HalfDone):
        crm.write(expecting(update(key, STOCK, on_hand__c=Decimal(8)), "9"))


def test_amounts_that_cannot_be_read_back_are_not_taken_for_right(world, crm):
    key = crm.write(create("erp:1")).key
    world.fault(do="status", operation="get", times=9)
    with pytest.raises(HalfDone) as caught:
        crm.write(expecting(update(key, STOCK, on_hand__c=Decimal(8)), "8"))
    assert isinstance(caught.value.cause, Transient)
    world.sandbox.faults.set([])
    assert crm.write(expecting(Write(STOCK, key, {}), "8")).key == key


# -- ending ----------------------------------------------------------------------------------


def test_a_write_is_done_even_if_its_rows_cannot_be_shown(world, crm):
    world.fault(do="status", operation="query", form=LINE, times=9)
    write = Write(ORDER, world.key("SO-1"), {"remark": "急"}, show=shape())
    assert crm.write(write).shown is None
    assert world.record("SO-1")["remark"] == "急"


def test_a_cancelled_record_is_invalid_and_cancelling_again_is_no_mistake(world, crm):
    write = Write(ORDER, world.key("SO-1"), {}, verb="cancel")
    crm.write(write)
    assert world.record("SO-1")["life_status"] == "invalid"
    assert crm.write(write).key == write.key
    assert world.calls("invalid") == 1


def test_what_is_not_there_any_more_is_gone(world, crm):
    key = world.key("SO-1")
    world.people("delete", number="SO-1")
    with pytest.raises(Gone):
        crm.write(update(key))
    with pytest.raises(Gone):
        crm.write(Write(ORDER, key, {}, verb="cancel"))


def test_an_invalid_record_is_beyond_editing(world, crm):
    world.people("invalidate", number="SO-1")
    with pytest.raises(Conflict, match="invalid"):
        crm.write(update(world.key("SO-1")))


def test_a_field_that_is_not_there_is_refused_instead_of_dropped(world, crm):
    with pytest.raises(Rejected, match="no field erp_nummer__c"):
        crm.write(update(world.key("SO-1"), erp_nummer__c="1"))
    assert world.changes() == []


def test_rows_owners_and_closing_are_refused_with_a_sentence(world, crm):
    key = world.key("SO-1")
    with pytest.raises(Rejected, match="rows cannot be written"):
        crm.write(Write(ORDER, key, {}, {LINE: TableWrite()}))
    with pytest.raises(Rejected, match="owner is written on create only"):
        crm.write(update(key, owner="1000"))
    with pytest.raises(Rejected, match="cannot be closed"):
        crm.write(Write(ORDER, key, {}, verb="close"))


def test_the_remotes_own_words_come_with_their_code(world, crm):
    with pytest.raises(Rejected, match=r"长度不能超过50个字符 \[32000\]") as caught:
        crm.write(update(world.key("SO-1"), erp_number__c="X" * 51))
    assert caught.value.code == "32000"
    assert "traceId" in caught.value.answer
