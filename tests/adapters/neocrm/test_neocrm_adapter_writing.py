"""Create and update, alone and in batches; record types; what a refusal meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from neocrm_world import ACCOUNT, ORDER, STOCK, create, shape, update

from connector.contract import RowWrite, Shape, TableWrite, Write, Written
from connector.errors import (
    AlreadyExists,
    Gone,
    HalfDone,
    OutcomeUnknown,
    Rejected,
    Unreachable,
)


def product(tag: str, **options: str) -> Write:
    fields = {"productName": tag, "productCode__c": tag}
    return Write("product", "", fields, number="productCode__c", options=options)


def test_a_write_onto_an_order_sets_its_fields(world, crm):
    written = crm.write(update(world.key("SO-1")))
    assert (written.key, written.shown) == (world.key("SO-1"), None)
    assert world.record("SO-1")["erpNumber__c"] == "XSDD1"
    assert world.changes() == ["update"]


def test_values_go_out_as_neocrm_takes_them(world, crm):
    fields = {
        "erpProduced__c": Decimal("1E+2"),
        "erpShippedOn__c": date(2026, 3, 1),
        "erpSince__c": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "poStatus": "2",
        "erpReason__c": "缺客户",
    }
    crm.write(update(world.key("SO-1"), **fields))
    crm.write(update(world.key("SO-1"), erpReason__c=None))
    order = world.record("SO-1")
    assert (order["erpProduced__c"], order["erpShippedOn__c"]) == ("100", 1772294400000)
    assert (order["erpSince__c"], order["poStatus"]) == (1772366400000, 2)
    assert "erpReason__c" not in order


def test_nothing_to_change_asks_nobody(world, crm):
    assert crm.write(Write(ORDER, "any", {})).key == "any"
    assert len(world.sandbox.ledger) == 0


def test_a_customer_is_made_and_shown_as_it_stands_though_queries_lag(world):
    world.sandbox.switches["visible_after"] = 60
    owner = world.sandbox.records("user")[0]["id"]
    fields = {"accountName": "乙公司", "accountCode__c": "C2", "ownerId": owner, "email": None}
    write = Write(ACCOUNT, "", fields, number="accountCode__c", show=shape("customer"))
    written = world.adapter().write(write)
    assert (written.number, written.shown.fields["ownerId"]) == ("C2", owner)


def test_of_several_record_types_the_usual_one_is_taken_or_the_one_that_is_named(world, crm):
    for tag, options in (("P8", {}), ("P9", {"record_type": "serviceBusiType"})):
        assert crm.write(product(tag, **options)).number == tag
    made = {
        row["productCode__c"]: row.get("entityType") for row in world.sandbox.records("product")
    }
    assert made["P9"] == str(int(made["P8"]) + 1)
    with pytest.raises(Rejected, match="defaultBusiType, serviceBusiType"):
        crm.write(product("P7", record_type="lost"))
    assert world.calls("busiType") == 1


def test_a_field_that_is_not_there_is_refused_by_name(world, crm):
    with pytest.raises(Rejected, match="lost__c") as caught:
        crm.write(update(world.key("SO-1"), lost__c="1"))
    assert caught.value.field == "lost__c"
    assert world.changes() == []


def test_a_number_in_use_is_told_with_its_key(world, crm):
    write = Write(
        ACCOUNT, "", {"accountName": "乙", "accountCode__c": "C1"}, number="accountCode__c"
    )
    with pytest.raises(AlreadyExists, match="已存在") as caught:
        crm.write(write)
    assert caught.value.key == world.key("C1", ACCOUNT)


def test_a_deleted_record_is_gone_and_a_busy_system_says_nothing_of_it(world, crm):
    key = world.key("SO-1")
    world.fault(do="system", name="busy", times=9)
    with pytest.raises(Rejected, match="990500"):
        world.adapter()._client.update(ORDER, key, {"comment": "x"})
    world.fault(do="system", name="busy", operation="update", times=1)
    with pytest.raises(Rejected, match="990500"):
        crm.write(update(key))
    world.people("delete", number="SO-1")
    with pytest.raises(Gone):
        crm.write(update(key))


@pytest.mark.parametrize("do", ["lose_answer", "truncate", "status_after", "html_after"])
def test_a_lost_answer_to_a_create_is_unknown_and_found_by_our_mark(world, crm, do):
    world.fault(do=do, operation="create")
    with pytest.raises(OutcomeUnknown):
        crm.write(create("erp:1"))
    found = list(crm.find(Shape(STOCK, ("id",), ()), "reference__c", ["erp:1"]))
    assert [record.key for record in found] == [world.key("erp:1", STOCK)]
    assert world.calls("create") == 1


@pytest.mark.parametrize("known", [False, True])
def test_an_amount_beyond_tolerance_is_half_done(world, crm, known):
    write = create("erp:1")
    if known:
        write = Write(STOCK, crm.write(write).key, {})
    with pytest.raises(HalfDone, match="onHand__c"):
        crm.write(replace(write, expect={"onHand__c": (Decimal("7.51"), Decimal("0.001"))}))


def test_rows_and_cancellations_are_refused(crm):
    rows = TableWrite([RowWrite("1", "", {"quantity": Decimal(1)})])
    with pytest.raises(Rejected, match="items"):
        crm.write(Write(ORDER, "1", {}, {"items": rows}))
    with pytest.raises(Rejected, match="cancel"):
        crm.write(Write(ORDER, "1", {}, verb="cancel"))


# -- batches --------------------------------------------------------------------------------------


def test_many_updates_go_out_by_one_call(world, crm):
    keys = [world.key(f"SO-{n}") for n in (1, 2, 3)]
    outcomes = list(crm.write_many([update(key, erpNumber__c=key) for key in keys]))
    assert [outcome.key for outcome in outcomes] == keys
    assert (world.calls("update"), world.changes()) == (1, ["update"] * 3)


def test_of_a_batch_each_has_its_own_outcome(world, crm):
    keys = [world.key(f"SO-{n}") for n in (1, 2, 3)]
    world.people("delete", number="SO-2")
    bad = update(keys[0], lost__c="1")
    long = update(keys[2], erpReason__c="长" * 501)
    first, lost, gone, refused = crm.write_many([update(keys[0]), bad, update(keys[1]), long])
    assert isinstance(first, Written)
    assert [type(one) for one in (lost, gone, refused)] == [Rejected, Gone, Rejected]
    assert world.calls("update") == 1


def test_a_batch_is_cut_to_what_the_settings_allow(world):
    crm = world.adapter(batch=2)
    outcomes = list(crm.write_many([create(f"erp:{n}") for n in range(5)]))
    assert len({outcome.key for outcome in outcomes}) == 5
    assert world.calls("create") == 3


@pytest.mark.parametrize(
    ("fault", "kind"),
    [({"do": "system", "name": "burst"}, Unreachable), ({"do": "lose_answer"}, OutcomeUnknown)],
)
def test_what_befalls_a_batch_befalls_each_of_it(world, crm, fault, kind):
    crm.check()
    world.fault(**fault, operation="create")
    outcomes = list(crm.write_many([create("erp:1"), create("erp:2")]))
    assert [type(outcome) for outcome in outcomes] == [kind, kind]


def test_a_batch_that_is_answered_short_is_in_doubt(world, crm, monkeypatch):
    crm._codecs.of(STOCK), crm._codecs.record_type(STOCK, "")
    monkeypatch.setattr(crm._client, "_call", lambda *_, **__: {"code": 200, "batchData": [{}]})
    outcomes = list(crm.write_many([create("erp:1"), create("erp:2")]))
    assert [type(outcome) for outcome in outcomes] == [OutcomeUnknown] * 2
