"""Approvals in DingTalk: what is its own. See `approving` for what all such systems do."""

from __future__ import annotations

import pytest
from dingtalk_app_world import World

from adapters.dingtalk_app.instances import standing
from connector.errors import (
    AccessDenied,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)

# -- asking --------------------------------------------------------------------------------------


def test_people_who_are_named_cannot_fill_in_anything_so_that_is_refused(world: World) -> None:
    with pytest.raises(Rejected, match="asks for wanted_date, but approvers named by a call"):
        world.ask("manager01", asks="wanted_date")
    assert world.calls() == 0


@pytest.mark.parametrize("settings", [{"originator": "nobody01"}, {"department": -1}])
def test_who_is_not_known_there_is_refused(world: World, settings: dict[str, str]) -> None:
    with pytest.raises(Rejected, match="processInstanceInvalidParameter"):
        world.ask("manager01", settings)
    with pytest.raises(Rejected, match="userid错误: stranger"):
        world.ask("stranger")
    assert world.asked == []


def test_without_its_template_the_connection_waits(world: World) -> None:
    with pytest.raises(AccessDenied, match="processCodeError"):
        world.ask("manager01", {"process_code": "PROC-OTHER"})
    world.sandbox.switches["enabled"] = False
    with pytest.raises(AccessDenied, match="processGetFailed"):
        world.ask("manager01")


# -- how it stands -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({"status": "RUNNING", "result": "agree"}, "open"),
        ({"status": "NEW"}, "open"),
        ({"status": "COMPLETED", "result": ""}, "open"),
        ({"status": "COMPLETED", "result": "redirected"}, "open"),
        ({"status": "COMPLETED", "result": "agree"}, "approved"),
        ({"status": "COMPLETED", "result": "refuse"}, "refused"),
        ({"status": "TERMINATED", "result": "agree"}, "withdrawn"),
        ({}, "open"),
    ],
)
def test_only_what_ended_in_agreement_is_approved(found: dict[str, str], state: str) -> None:
    assert standing("1", found, {}).state == state


@pytest.mark.parametrize(
    ("result", "who", "comment"),
    [("agree", "user002", "代为同意"), ("refuse", "user003", "产能不足")],
)
def test_who_decided_is_the_last_whose_word_was_the_end_of_it(
    result: str, who: str, comment: str
) -> None:
    said = [
        ("manager01", "EXECUTE_TASK_NORMAL", "AGREE", "先同意"),
        ("user003", "EXECUTE_TASK_NORMAL", "REFUSE", "产能不足"),
        ("user002", "EXECUTE_TASK_AGENT", "AGREE", "代为同意"),
        ("user003", "ADD_REMARK", "NONE", "知道了"),
    ]
    records = [dict(zip(("userId", "type", "result", "remark"), one, strict=True)) for one in said]
    found = {"status": "COMPLETED", "result": result, "operationRecords": records}
    stands = standing("1", found, {})
    assert (stands.who, stands.comment) == (who, comment)


def test_what_dingtalk_cannot_tell_now_is_asked_for_again_later(world: World) -> None:
    key = world.ask("manager01")
    world.fault(do="system", name="inside", operation="read")
    with pytest.raises(Transient):
        world.look(key)


# -- withdrawing ---------------------------------------------------------------------------------


def test_what_changed_is_withdrawn_in_the_originators_name(world: World) -> None:
    key = world.ask("manager01")
    world.sandbox.clock.advance(16)
    world.withdraw(key)
    assert world.look(key).state == "withdrawn"
    assert world.calls("read") == 1


def test_what_is_too_new_is_withdrawn_later(world: World) -> None:
    key = world.ask("manager01")
    with pytest.raises(Locked, match="15 seconds") as told:
        world.withdraw(key)
    assert told.value.retry_after == 15
    world.sandbox.clock.advance(told.value.retry_after + 1)
    world.withdraw(key)
    assert world.look(key).state == "withdrawn"


def test_a_template_that_lets_nobody_withdraw_is_a_plain_refusal(world: World) -> None:
    world.sandbox.switches["withdrawable"] = False
    key = world.ask("manager01")
    with pytest.raises(Rejected, match="internalError: 您没有任务处理的权限"):
        world.withdraw(key)


def test_a_withdrawal_whose_answer_says_nothing_is_in_doubt(world: World) -> None:
    key = world.ask("manager01")
    world.fault(do="system", name="bare", operation="terminate")
    with pytest.raises(OutcomeUnknown, match="has no result"):
        world.withdraw(key)


def test_an_instance_that_dingtalk_keeps_in_so_many_words_is_not_withdrawn(world: World) -> None:
    key = world.ask("manager01")
    world.sandbox.clock.advance(16)
    world.fault(do="system", name="kept", operation="terminate")
    with pytest.raises(Rejected, match="has not withdrawn"):
        world.withdraw(key)
    assert world.look(key).state == "open"


# -- what answers mean ---------------------------------------------------------------------------


def test_a_403_that_says_nothing_is_a_refusal_all_the_same(world: World) -> None:
    world.fault(do="system", name="wordless", operation="make")
    with pytest.raises(AccessDenied, match="403"):
        world.ask("manager01")
    world.fault(do="status", status=403, operation="make")
    with pytest.raises(AccessDenied, match="403"):
        world.ask("manager01")


def test_beyond_what_is_allowed_in_a_second_dingtalk_refuses(world: World) -> None:
    adapter = world.adapter()
    with pytest.raises(Unreachable, match="QpsLimitForAppkeyAndApi"):
        for _ in range(200):
            adapter.write(world.write(who="manager01"))
    assert len(world.asked) >= 20
