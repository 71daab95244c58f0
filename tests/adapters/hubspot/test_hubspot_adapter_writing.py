"""Batches: what an answer says of each record, what it leaves open, and whose a value is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hubspot_world import COMPANIES, COMPANY, CONTACT, DEAL, DEALS, KEY, company, kinds, told

from connector.contract import RowWrite, Shape, TableWrite, Write, Written
from connector.errors import AlreadyExists, Gone, HalfDone, OutcomeUnknown, Rejected

GOOD, BAD = "甲", {"erp_blocked": "perhaps"}


def test_a_hundred_updates_are_one_call(build: Any) -> None:
    world = build(150)
    crm = world.adapter()
    keys = [one[KEY] for one in world.sandbox.records(DEAL)]
    outcomes = list(crm.write_many([told(key) for key in keys]))
    assert [one.key for one in outcomes] == keys
    assert world.calls("update") == 2
    assert world.calls("read") == 0


def test_new_records_go_together_only_where_a_unique_property_holds_our_mark(
    world: Any, crm: Any
) -> None:
    names = [f"新{n}" for n in range(5)]
    outcomes = list(crm.write_many([company(name) for name in names]))
    assert [one.shown.fields["name"] for one in outcomes] == names
    assert world.calls("create") == 1
    unmarked = [replace(company(name), reference=("description", name)) for name in names]
    assert kinds(list(crm.write_many(unmarked))) == ["Written"] * 5
    assert world.calls("create") == 6


@pytest.mark.parametrize("policy", ["whole", "each", "partly"])
def test_one_bad_record_costs_the_others_nothing_however_a_batch_is_refused(
    world: Any, crm: Any, policy: str
) -> None:
    world.sandbox.switches["batch_refusals"] = policy
    writes = [company("一"), company("二", **BAD), company("三")]
    first, bad, last = crm.write_many(writes)
    assert isinstance(bad, Rejected)
    assert isinstance(last, Written)
    if policy == "partly":
        # It was made by the very call that was refused: whoever asks next finds it by our mark.
        assert isinstance(first, AlreadyExists)
        [found] = crm.find(COMPANIES, "erp_reference", ["erp:一"])
        assert found.key == first.key
    else:
        assert isinstance(first, Written)
    assert [one["name"] for one in world.sandbox.records(COMPANY)][2:] == ["一", "三"]


@pytest.mark.parametrize("policy", ["whole", "each", "partly"])
def test_one_bad_update_costs_the_others_nothing(world: Any, crm: Any, policy: str) -> None:
    world.sandbox.switches["batch_refusals"] = policy
    keys = [one[KEY] for one in world.sandbox.records(DEAL)]
    fields = [{"erp_state": "1"}, {"erp_shipped": "many"}, {"erp_state": "3"}]
    writes = [told(key, **some) for key, some in zip(keys, fields, strict=True)]
    outcomes = list(crm.write_many(writes))
    assert kinds(outcomes) == ["Written", "Rejected", "Written"]
    assert outcomes[1].field == "erp_shipped"
    assert [world.held(key, DEAL).get("erp_state") for key in keys] == ["1", None, "3"]
    assert world.calls("update") == (1 if policy == "each" else 4)


@pytest.mark.parametrize("in_order", [True, False])
def test_of_a_batch_what_is_not_there_is_gone_and_the_rest_is_done(
    world: Any, crm: Any, in_order: bool
) -> None:
    world.sandbox.switches["in_order"] = in_order
    keys = [one[KEY] for one in world.sandbox.records(DEAL)]
    world.people("delete", key=keys[1])
    outcomes = list(crm.write_many([told(key) for key in keys]))
    assert kinds(outcomes) == ["Written", "Gone", "Written"]
    assert world.calls("update") == 1


def test_what_an_answer_does_not_speak_of_is_asked_for_alone(
    world: Any, crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors that name no input, and results that are left out."""
    answered = type(world.sandbox._objects)._answer

    def silent(self: Any, status: int, results: Any, errors: Any) -> Any:
        errors = [{**one, "context": {}} for one in errors]
        return answered(self, status, results[:1], errors)

    monkeypatch.setattr("sandbox.hubspot.objects.Objects._answer", silent)
    keys = [one[KEY] for one in world.sandbox.records(DEAL)]
    world.people("delete", key=keys[1])
    outcomes = list(crm.write_many([told(key) for key in keys]))
    assert kinds(outcomes) == ["Written", "Gone", "Written"]


def test_a_new_record_of_which_nothing_is_said_is_in_doubt(
    world: Any, crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(self: Any, status: int, results: Any, errors: Any) -> Any:
        return status, {"status": "COMPLETE", "results": []}

    monkeypatch.setattr("sandbox.hubspot.objects.Objects._answer", nothing)
    with pytest.raises(OutcomeUnknown):
        crm.write(company(GOOD))


def test_a_record_that_was_merged_into_another_one_is_gone(
    world: Any, crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HubSpot lets the one that stayed answer for both."""
    stayed, merged = world.key("SO-1"), "1"
    named = type(world.sandbox._objects)._named

    def either(self: Any, form: str, key: str, by: str) -> Any:
        return named(self, form, stayed if key == merged else key, by)

    monkeypatch.setattr("sandbox.hubspot.objects.Objects._named", either)
    with pytest.raises(Gone):
        crm.write(told(merged))
    assert list(crm.fetch(DEALS, [merged])) == []


def test_a_mark_that_another_record_has_is_its(world: Any, crm: Any) -> None:
    first = crm.write(company(GOOD))
    with pytest.raises(AlreadyExists) as caught:
        crm.write(replace(company("乙"), reference=("erp_reference", f"erp:{GOOD}")))
    assert caught.value.key == first.key
    with pytest.raises(AlreadyExists) as caught:
        crm.write(Write(COMPANY, first.key, {"customer_number": "C1"}))
    assert caught.value.key == world.key("甲公司", COMPANY)


def test_a_contact_whose_address_is_known_belongs_to_another(world: Any, crm: Any) -> None:
    key = world.people("add", form=CONTACT, fields={"email": "a@example.com"})
    with pytest.raises(AlreadyExists) as caught:
        crm.write(Write(CONTACT, "", {"lastname": "王", "email": "a@example.com"}))
    assert caught.value.key == key


def test_a_new_contact_belongs_to_its_company(world: Any, crm: Any) -> None:
    there = world.key("甲公司", COMPANY)
    fields = {"lastname": "王采购", "associations.companies": there}
    shape = Shape(CONTACT, (KEY,), ("lastname", "associations.companies"))
    mark = ("erp_reference", "erp:7")
    made = crm.write(Write(CONTACT, "", fields, reference=mark, show=shape))
    assert made.shown.fields["associations.companies"] == there
    with pytest.raises(Rejected, match="association"):
        crm.write(Write(CONTACT, made.key, {"associations.companies": there}))
    with pytest.raises(Rejected) as caught:
        crm.write(Write(CONTACT, "", {**fields, "associations.companies": "1"}))
    assert "CONTACT" not in str(caught.value)


def test_what_cannot_be_said_is_refused(world: Any, crm: Any) -> None:
    key = world.key("SO-1")
    rows = {"line_items": TableWrite([RowWrite("1", "", {"quantity": Decimal(1)})])}
    for write in (
        Write(DEAL, key, {}, rows),
        Write(DEAL, key, {}, verb="cancel"),
        told(key, colour="red"),
        told(key, amount=Decimal(1), hs_is_closed_won=True),
    ):
        with pytest.raises(Rejected):
            crm.write(write)
    assert world.written() == []


def test_amounts_are_compared_with_what_hubspot_shows(world: Any, crm: Any) -> None:
    expect = {"erp_shipped": (Decimal("1.5"), Decimal(0))}
    key = world.key("SO-1")
    done = crm.write(replace(told(key, erp_shipped=Decimal("1.5")), expect=expect))
    assert done.key == key
    with pytest.raises(HalfDone) as caught:
        crm.write(replace(told(key, erp_shipped=Decimal("1.6")), expect=expect))
    assert isinstance(caught.value.cause, Rejected)


def test_amounts_that_nobody_saw_are_not_as_expected_yet(world: Any, crm: Any) -> None:
    expect = {"erp_shipped": (Decimal(1), Decimal(0))}
    key = world.key("SO-1")
    crm.codes(DEAL, "dealname")
    world.fault(do="status", status=503, operation="read", times=9)
    with pytest.raises(HalfDone):
        crm.write(replace(told(key, erp_shipped=Decimal(1)), expect=expect))
    shown = Shape(DEAL, (KEY,), ("erp_shipped",))
    unseen = crm.write(Write(DEAL, key, {"erp_shipped": Decimal(2)}, show=shown))
    assert (unseen.key, unseen.shown) == (key, None)


def test_a_write_that_changes_nothing_sends_nothing(world: Any, crm: Any) -> None:
    key = world.key("SO-1")
    assert crm.write(Write(DEAL, key, {})) == Written(key)
    assert world.calls("update") == 0
