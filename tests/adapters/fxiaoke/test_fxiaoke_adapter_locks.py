"""Locked records: unlock, wait or fail; and always locked again."""

from __future__ import annotations

import pytest
from fxiaoke_world import ORDER, STOCK, WaitingClock, create, update

from connector.contract import Write
from connector.errors import (
    AccessDenied,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)


def test_a_locked_order_is_unlocked_written_and_locked_again(world, crm):
    crm.write(update(world.key("SO-3")))
    assert world.changes("SO-3") == ["unlock", "update", "lock"]
    assert world.record("SO-3")["erp_number__c"] == "XSDD1"
    assert world.record("SO-3")["lock_status"] == "1"


def test_a_locked_order_waits_or_stops_where_the_site_says_so(world):
    key = world.key("SO-3")
    with pytest.raises(Locked):
        world.adapter(locked="wait").write(update(key))
    with pytest.raises(Rejected, match="locked"):
        world.adapter(locked="fail").write(update(key))
    assert world.changes() == []


def test_an_unlocked_order_costs_one_call(world, crm):
    crm.write(update(world.key("SO-1")))
    assert [world.calls(name) for name in ("update", "get", "unlock", "lock")] == [1, 0, 0, 0]


def test_custom_objects_are_written_through_their_lock(world, crm):
    key = crm.write(create("erp:1")).key
    world.people("lock", number="P1", form=STOCK)
    crm.write(update(key, STOCK, on_hand__c="8"))
    assert world.record("erp:1", STOCK)["on_hand__c"] == "8"
    with pytest.raises(Locked):
        world.adapter(locked="wait").write(update(key, STOCK, on_hand__c="9"))


def test_a_locked_order_is_cancelled_and_stays_locked(world, crm):
    crm.write(Write(ORDER, world.key("SO-3"), {}, verb="cancel"))
    assert world.changes("SO-3") == ["unlock", "invalid", "lock"]


def test_a_refusal_after_unlocking_leaves_the_order_locked(world, crm):
    with pytest.raises(Rejected, match="32000"):
        crm.write(update(world.key("SO-3"), erp_number__c="X" * 51))
    assert world.record("SO-3")["lock_status"] == "1"


def test_a_lost_answer_after_unlocking_leaves_the_order_locked(world, crm):
    world.fault(do="lose_answer", operation="update", skip=1)
    with pytest.raises(OutcomeUnknown):
        crm.write(update(world.key("SO-3")))
    assert world.record("SO-3")["lock_status"] == "1"


def test_a_lost_answer_stays_in_doubt_though_the_order_could_not_be_locked_again(world, crm):
    world.sandbox.faults.set(
        [
            {"do": "lose_answer", "operation": "update", "skip": 1},
            {"do": "status", "operation": "lock"},
        ]
    )
    with pytest.raises(OutcomeUnknown, match="could not be locked again"):
        crm.write(update(world.key("SO-3")))
    world.sandbox.faults.set([])
    crm.write(update(world.key("SO-3")))
    assert world.record("SO-3")["lock_status"] == "1"


def test_an_order_is_locked_again_however_long_the_write_took(world):
    clock = WaitingClock()
    crm = world.adapter(clock=clock)
    unlock = crm._client.unlock

    def slowly(form, key):
        unlock(form, key)
        clock.waited += 10_000

    crm._client.unlock = slowly
    crm.write(update(world.key("SO-3")))
    assert world.changes("SO-3") == ["unlock", "update", "lock"]


def test_nothing_is_unlocked_once_the_time_of_the_write_is_used_up(world):
    clock = WaitingClock()
    crm = world.adapter(clock=clock)
    update_it = crm._client.update

    def slowly(*arguments):
        clock.waited += 10_000
        update_it(*arguments)

    crm._client.update = slowly
    with pytest.raises(Unreachable):
        crm.write(update(world.key("SO-3")))
    assert world.changes() == []


def test_an_unlock_without_an_answer_leaves_the_order_locked(world, crm):
    world.fault(do="lose_answer", operation="unlock")
    with pytest.raises(Transient):
        crm.write(update(world.key("SO-3")))
    assert world.changes("SO-3") == ["unlock", "lock"]
    assert world.record("SO-3")["lock_status"] == "1"


def test_a_lock_that_stands_though_its_answers_are_lost_is_no_failure(world, crm):
    world.fault(do="lose_answer", operation="lock", times=9)
    crm.write(update(world.key("SO-3")))
    assert world.record("SO-3")["lock_status"] == "1"


def test_a_record_whose_lock_cannot_be_seen_counts_as_open(world, crm):
    world.sandbox.faults.set(
        [
            {"do": "status", "operation": "lock"},
            {"do": "status", "operation": "get", "skip": 1},
        ]
    )
    with pytest.raises(Transient, match="could not be locked again"):
        crm.write(update(world.key("SO-3")))


def test_one_lost_answer_of_a_lock_is_repeated_at_once(world, crm):
    world.fault(do="lose_answer", operation="lock")
    crm.write(update(world.key("SO-3")))
    assert world.record("SO-3")["lock_status"] == "1"


def test_an_order_that_could_not_be_locked_again_is_locked_with_the_next_write(world, crm):
    world.fault(do="status", operation="lock", times=9)
    with pytest.raises(Transient, match="could not be locked again"):
        crm.write(update(world.key("SO-3")))
    assert world.record("SO-3")["lock_status"] == "0"
    world.sandbox.faults.set([])
    crm.write(update(world.key("SO-3")))
    assert world.changes("SO-3")[-2:] == ["update", "lock"]
    assert world.record("SO-3")["lock_status"] == "1"


def test_an_order_that_may_not_be_unlocked_waits(world, crm, monkeypatch):
    monkeypatch.setattr(crm._client, "unlock", _refuse(Rejected("审批中 [32000]")))
    with pytest.raises(Locked, match="may not be unlocked: 审批中"):
        crm.write(update(world.key("SO-3")))
    assert world.calls("lock") == 0


def test_a_day_that_is_used_up_before_unlocking_is_told_as_it_is(world, crm, monkeypatch):
    monkeypatch.setattr(crm._client, "unlock", _refuse(Unreachable("明天再来", retry_after=9)))
    with pytest.raises(Unreachable):
        crm.write(update(world.key("SO-3")))
    assert world.calls("lock") == 0


def test_50009_without_a_lock_means_nobody_knows(world, crm):
    world.fault(do="system", name="timeout_50009", operation="update")
    with pytest.raises(OutcomeUnknown, match="50009"):
        crm.write(update(world.key("SO-1")))
    assert world.record("SO-1")["erp_number__c"] == "XSDD1"


def test_50009_that_cannot_be_looked_into_means_nobody_knows(world, crm, monkeypatch):
    monkeypatch.setattr(crm._client, "get", _refuse(AccessDenied("停用")))
    with pytest.raises(OutcomeUnknown, match="50009"):
        crm.write(update(world.key("SO-3")))


def _refuse(error):
    def refuse(*_):
        raise error

    return refuse
