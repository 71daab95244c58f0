"""Collections: partial success, prompts, halves after a refusal, what is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from salesforce_world import ACCOUNT, ORDER, STOCK, create, shape, update

from connector.contract import Shape, TableWrite, Write, Written
from connector.errors import (
    AlreadyExists,
    Gone,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)

STOCKS = Shape(STOCK, ("Id",), ("On_Hand__c",), "Name")
NOBODY = "8015g00000zzzzzAAA"


def outcomes(crm, *writes):
    return list(crm.write_many(writes))


def kinds(found):
    return [type(one) for one in found]


def test_two_hundred_records_are_one_call(world, crm):
    found = outcomes(crm, *(create(f"S{n}") for n in range(201)))
    assert set(kinds(found)) == {Written}
    assert world.calls("create") == 2
    assert [row["Reference__c"] for row in world.sandbox.records(STOCK)] == [
        f"S{n}" for n in range(201)
    ]


def test_what_was_written_is_shown_by_one_query_and_not_at_all_where_nobody_asks(world, crm):
    shown = outcomes(crm, *(replace(create(f"S{n}"), show=STOCKS, number="Name") for n in range(9)))
    assert [one.shown.fields["On_Hand__c"] for one in shown] == [Decimal("7.5")] * 9
    assert [one.number for one in shown] == [f"S{n}" for n in range(9)]
    assert world.calls("query") == 1
    quiet = [replace(create(f"T{n}"), show=STOCKS, options={"read_back": False}) for n in range(9)]
    assert {one.shown for one in outcomes(crm, *quiet)} == {None}
    assert world.calls("query") == 1


def test_one_row_that_is_locked_is_later_and_the_others_are_written(world, crm):
    world.fault(do="system", name="row_lock", skip=1)
    found = outcomes(crm, *(create(f"S{n}") for n in range(3)))
    assert kinds(found) == [Written, Transient, Written]


def test_each_record_is_refused_for_its_own_reason(world, crm):
    world.people("submit", number="SO-2")
    locked, good = world.key("SO-2"), world.key("SO-1")
    found = outcomes(
        crm,
        update(locked),
        update(good, Erp_Reason__c="长" * 501),
        update(NOBODY),
        update(good, OwnerId=NOBODY),
        update(good),
    )
    assert kinds(found) == [Locked, Rejected, Gone, Rejected, Written]
    assert (found[1].field, found[3].field) == ("Erp_Reason__c", "OwnerId")


def test_an_order_that_was_deleted_is_gone(world, crm):
    key = world.key("SO-1")
    world.people("delete", number="SO-1")
    with pytest.raises(Gone, match="ENTITY_IS_DELETED"):
        crm.write(update(key))


def test_a_value_that_refuses_a_collection_costs_nobody_else(world, crm):
    bad = create("B", Warehouse__c=True)
    found = outcomes(crm, *(bad if n == 4 else create(f"S{n}") for n in range(7)))
    assert [n for n, one in enumerate(found) if not isinstance(one, Written)] == [4]
    assert found[4].code == "JSON_PARSER_ERROR"
    assert len(world.sandbox.records(STOCK)) == 6


def test_an_object_that_is_not_there_is_asked_for_once(world, crm):
    found = outcomes(crm, *(create(f"S{n}", "Nonsense__c") for n in range(8)))
    assert kinds(found) == [Rejected] * 8
    assert world.calls("describe") == 1


def test_a_collection_whose_answer_is_lost_is_in_doubt_and_not_sent_in_halves(world, crm):
    world.fault(do="lose_answer", operation="create")
    found = outcomes(crm, *(create(f"S{n}") for n in range(4)))
    assert kinds(found) == [OutcomeUnknown] * 4
    assert len(world.sandbox.records(STOCK)) == 4


def test_what_became_of_one_call_is_told_though_the_next_one_fails(world, crm):
    world.fault(do="drop_request", operation="update")
    found = outcomes(crm, create("S1"), update(world.key("SO-1")), create("S2"))
    assert kinds(found) == [Written, OutcomeUnknown, Written]


def test_a_second_record_with_our_mark_is_refused_and_names_the_first(crm):
    first = crm.write(create("S1"))
    with pytest.raises(AlreadyExists) as caught:
        crm.write(create("S1"))
    assert caught.value.key == first.key


def test_a_duplicate_rule_is_answered_where_the_mapping_says_so(world, crm):
    world.sandbox.switches["duplicate_rule"] = True
    with pytest.raises(AlreadyExists, match="DUPLICATES_DETECTED"):
        crm.write(create("甲公司", ACCOUNT))
    crm.write(replace(create("甲公司", ACCOUNT), accept=frozenset({"DUPLICATES_DETECTED"})))
    assert len(world.sandbox.records(ACCOUNT)) == 2


def test_an_instant_a_day_and_a_box_are_written_as_their_fields_take_them(world, crm):
    since = datetime(2026, 11, 21, 8, 0, 5, tzinfo=UTC)
    fields = {"Erp_Since__c": since, "Erp_Shipped_On__c": since.date(), "Erp_Agrees__c": True}
    crm.write(update(world.key("SO-1"), **fields, Erp_Produced__c=Decimal("1.5")))
    told = world.record("SO-1")
    assert told["Erp_Since__c"] == "2026-11-21T08:00:05.000+0000"
    assert (told["Erp_Shipped_On__c"], told["Erp_Agrees__c"]) == ("2026-11-21", True)
    assert told["Erp_Produced__c"] == Decimal("1.5")


def test_amounts_beyond_tolerance_are_half_done(crm):
    expect = {"On_Hand__c": (Decimal(8), Decimal("0.1"))}
    write = replace(create("S1"), expect=expect)
    with pytest.raises(HalfDone) as caught:
        crm.write(write)
    assert (caught.value.written.key[:3], type(caught.value.cause)) == ("a00", Rejected)
    crm.write(replace(create("S2"), expect={"On_Hand__c": (Decimal("7.5"), Decimal(0))}))


def test_a_write_that_cannot_be_shown_is_done_all_the_same(world, crm):
    world.fault(do="status", operation="query", times=9)
    written = crm.write(replace(create("S1"), show=STOCKS))
    assert (written.key[:3], written.shown) == ("a00", None)
    with pytest.raises(HalfDone):
        crm.write(replace(create("S2"), expect={"On_Hand__c": (Decimal(1), Decimal(0))}))


def test_nothing_to_change_costs_nothing(world, crm):
    before = world.calls()
    key = world.key("SO-1")
    assert crm.write(Write(ORDER, key, {})) == Written(key)
    assert world.calls() == before


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (Write(ORDER, "", {}, {"OrderItem": TableWrite()}), "rows cannot be written"),
        (Write(ORDER, "1", {}, verb="cancel"), "neither cancelled nor closed"),
        (Write(ORDER, "1", {}, verb="close"), "neither cancelled nor closed"),
    ],
)
def test_what_cannot_be_said_to_salesforce_is_refused(world, crm, write, words):
    with pytest.raises(Rejected, match=words):
        crm.write(write)
    assert world.calls() == 0


def test_what_would_take_too_long_is_not_sent(world, monkeypatch):
    crm = world.adapter(timeout=1)
    crm.check()
    sent = crm._client.create

    def slowly(*arguments, **more):
        crm.clock.monotonic = lambda: 1e12
        return sent(*arguments, **more)

    monkeypatch.setattr(crm._client, "create", slowly)
    with pytest.raises(Unreachable):
        crm.write(create("S1"))
    assert world.sandbox.records(STOCK) == []


def test_orders_are_shown_with_their_lines(world, crm):
    key = world.key("SO-1")
    written = crm.write(replace(update(key), options={}, show=shape(), number="OrderNumber"))
    assert written.number == "SO-1"
    assert len(written.shown.fields["OrderItem"]) == 2
