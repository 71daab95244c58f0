"""Approvals in DingTalk: asked once, answered there, withdrawn, and never taken for approved."""

from __future__ import annotations

import threading

import pytest
from dingtalk_app_world import World
from pydantic import ValidationError

from adapters.dingtalk_app.instances import standing
from adapters.dingtalk_app.settings import DingTalkAppSettings
from connector import log
from connector.contract import Shape
from connector.errors import (
    AccessDenied,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.testing import SkippingClock
from sandbox.dingtalk_app.application import APP_SECRET, NODE

TOKEN = "token-1-of-the-application"
BOTH = "manager01,user002"
CHOSEN = {"actioner_key": NODE}
"""Settings with which the template's own flow is kept."""
REFUSALS: list[tuple[str, type[Exception], str, float | None]] = [
    ("too_fast", Unreachable, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 1),
    ("all_too_fast", Unreachable, "Forbidden.AccessDenied.QpsLimitForApi", 1),
    ("used_up", Unreachable, "Forbidden.AccessDenied.ApiCountLimitForOrg", 3600),
    ("limited", Unreachable, "autoflowLikeTriggerRateLimited", None),
    ("address", AccessDenied, "Forbidden.AccessDenied.IpNotInWhiteList", None),
    ("permission", AccessDenied, "Forbidden.AccessDenied.AccessTokenPermissionDenied", None),
    ("need_auth", AccessDenied, "needAuth", None),
    ("unknown_code", Rejected, "illegalComponent", None),
    ("inside", OutcomeUnknown, "internalError", None),
    ("system", OutcomeUnknown, "sysErrror", None),
]
"""Refusals to make an instance, what each means, and for how long nothing is sent then."""
LOST = ["lose_answer", "html_after", "truncate", "status_after"]


# -- asking --------------------------------------------------------------------------------------


def test_one_person_is_asked_and_shown_what_it_is_about(world: World) -> None:
    assert world.ask("manager01") == "instance-1"
    (asked,) = world.asked
    assert asked["people"] == ["manager01"]
    assert asked["form"] == {
        "单号": "A1",
        "标题": "订单评审 SO-1",
        "内容": "客户：甲公司\r\n数量：30",
        "承诺交期": "",
    }


def test_where_nothing_is_shown_the_title_stands_for_the_text(world: World) -> None:
    world.ask("manager01", text="")
    assert world.asked[0]["form"]["内容"] == "订单评审 SO-1"


def test_of_several_people_any_one_may_answer(world: World) -> None:
    key = world.ask(BOTH)
    assert (world.asked[0]["people"], world.asked[0]["every"]) == (["manager01", "user002"], False)
    world.people("approve", key=key, who="user002")
    assert world.look(key).state == "approved"


def test_a_template_that_has_no_component_for_our_number_does_without(world: World) -> None:
    components = {"title": "标题", "text": "内容"}
    world.ask("manager01", {"components": components})
    assert world.asked[0]["form"]["单号"] == ""


@pytest.mark.parametrize("lacking", ["title", "text"])
def test_a_template_must_have_components_for_title_and_text(world: World, lacking: str) -> None:
    components = {"title": "标题", "text": "内容"}
    del components[lacking]
    with pytest.raises(ValidationError, match=f"which component of the template is {lacking}"):
        world.adapter(components=components)


def test_nobody_is_not_asked(world: World) -> None:
    with pytest.raises(Rejected, match="Nobody is asked"):
        world.ask(" , ")
    assert world.calls() == 0


def test_people_who_are_named_cannot_fill_in_anything_so_that_is_refused(world: World) -> None:
    with pytest.raises(Rejected, match="asks for wanted_date, but approvers named by a call"):
        world.ask("manager01", asks="wanted_date")
    assert world.calls() == 0


def test_a_field_that_no_component_holds_is_refused_before_anybody_is_asked(world: World) -> None:
    with pytest.raises(Rejected, match="which component of the template is price"):
        world.ask("manager01", CHOSEN, asks="wanted_date,price")
    assert world.calls() == 0


def test_people_fill_in_what_is_asked_where_the_template_says_who_may(world: World) -> None:
    key = world.ask(BOTH, CHOSEN, asks="wanted_date")
    assert dict(world.look(key).given) == {}
    world.people("fill", key=key, who="manager01", 承诺交期="2026-12-20")
    world.people("approve", key=key, who="manager01", comment="产线已排")
    found = world.look(key)
    assert (found.state, found.who, found.comment) == ("approved", "manager01", "产线已排")
    assert dict(found.given) == {"wanted_date": "2026-12-20"}


@pytest.mark.parametrize("settings", [{"originator": "nobody01"}, {"department": -1}])
def test_who_is_not_known_there_is_refused(world: World, settings: dict[str, str]) -> None:
    with pytest.raises(Rejected, match="processInstanceInvalidParameter"):
        world.ask("manager01", settings)
    with pytest.raises(Rejected, match="userid错误: stranger"):
        world.ask("stranger")
    assert world.asked == []


def test_a_component_that_the_template_lacks_is_named(world: World) -> None:
    with pytest.raises(Rejected, match=r"formConverterError.*摘要"):
        world.ask("manager01", {"components": {"title": "摘要", "text": "内容"}})


def test_without_its_template_the_connection_waits(world: World) -> None:
    with pytest.raises(AccessDenied, match="processCodeError"):
        world.ask("manager01", {"process_code": "PROC-OTHER"})
    world.sandbox.switches["enabled"] = False
    with pytest.raises(AccessDenied, match="processGetFailed"):
        world.ask("manager01")


# -- how it stands -------------------------------------------------------------------------------


def test_what_nobody_has_answered_is_open(world: World) -> None:
    key = world.ask(BOTH)
    world.people("remark", key=key, who="manager01", comment="在看")
    found = world.look(key)
    assert (found.state, found.who, found.comment) == ("open", "", "")


def test_a_refusal_says_who_and_why(world: World) -> None:
    key = world.ask(BOTH)
    world.people("remark", key=key, who="manager01", comment="在看")
    world.people("refuse", key=key, who="user002", comment="产能不足")
    found = world.look(key)
    assert (found.state, found.who, found.comment) == ("refused", "user002", "产能不足")


def test_what_its_originator_withdraws_there_is_withdrawn(world: World) -> None:
    key = world.ask("manager01")
    world.people("withdraw", key=key)
    found = world.look(key)
    assert (found.state, found.who) == ("withdrawn", "")


def test_each_is_looked_at_by_its_key_and_what_is_not_there_is_left_out(world: World) -> None:
    keys = [world.ask("manager01"), "instance-99", world.ask("user002")]
    adapter = world.adapter()
    assert [one.key for one in adapter.look(keys)] == [keys[0], keys[2]]
    assert world.calls("read") == 3


def test_it_is_fetched_as_a_record_too(world: World) -> None:
    key = world.ask("manager01", CHOSEN, asks="wanted_date")
    world.people("fill", key=key, who="manager01", 承诺交期="2026-12-20")
    shape = Shape("approval", ("id",), ())
    (record,) = world.adapter().fetch(shape, [key])
    assert record.fields["state"] == "open"
    assert record.fields["given.wanted_date"] == "2026-12-20"


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


@pytest.mark.parametrize("fault", ["bare", "inside"])
def test_an_answer_that_tells_nothing_is_asked_for_again_later(world: World, fault: str) -> None:
    key = world.ask("manager01")
    world.fault(do="system", name=fault, operation="read")
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


@pytest.mark.parametrize("answer", ["approve", "refuse"])
def test_what_is_over_stays_as_it_is(world: World, answer: str) -> None:
    key = world.ask("manager01")
    world.people(answer, key=key, who="manager01")
    before = world.look(key)
    world.withdraw(key)
    assert world.look(key) == before


def test_what_is_withdrawn_already_or_was_never_there_needs_nothing(world: World) -> None:
    key = world.ask("manager01")
    world.people("withdraw", key=key)
    world.withdraw(key)
    world.withdraw("instance-99")
    assert world.changes() == ["made", "withdrawn"]


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


# -- tokens --------------------------------------------------------------------------------------


def test_one_token_serves_all_calls(world: World) -> None:
    adapter = world.adapter()
    for _ in range(3):
        adapter.write(world.write(who="manager01"))
    assert (world.calls("token"), world.calls("make")) == (1, 3)


def test_a_token_is_renewed_before_its_time_is_up_and_no_call_is_wasted(world: World) -> None:
    clock = SkippingClock()
    adapter = world.adapter(clock)
    adapter.write(world.write(who="manager01"))
    clock.sleep(7150)
    adapter.write(world.write(who="manager01"))
    assert (world.calls("token"), world.calls("make")) == (2, 2)


def test_a_token_that_is_refused_is_renewed_once_and_no_more(world: World) -> None:
    adapter = world.adapter()
    adapter.write(world.write(who="manager01"))
    world.sandbox.clock.advance(7201)
    adapter.write(world.write(who="manager01"))
    assert (world.calls("token"), world.calls("make"), len(world.asked)) == (2, 3, 2)
    world.fault(do="system", name="invalid", operation="make", times=None)
    with pytest.raises(AccessDenied, match="InvalidAuthentication"):
        adapter.write(world.write(who="manager01"))
    assert (world.calls("token"), world.calls("make"), len(world.asked)) == (3, 5, 2)


def test_of_many_callers_whose_token_is_lost_one_asks_for_another(world: World) -> None:
    adapter = world.adapter()
    adapter.check()
    world.sandbox.clock.advance(7201)
    threads = [
        threading.Thread(target=adapter.write, args=(world.write(who="manager01"),))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (world.calls("token"), len(world.asked)) == (2, 8)


def test_whoever_is_not_let_in_waits_until_that_is_mended(world: World) -> None:
    with pytest.raises(AccessDenied, match="app_key and app_secret") as told:
        world.ask("manager01", {"app_secret": "another-secret"})
    assert told.value.code == "invalidClientIdOrSecret"


@pytest.mark.parametrize(
    ("fault", "error"), [("too_fast", Unreachable), ("address", AccessDenied), ("bare", Transient)]
)
def test_where_no_token_is_given_for_now_nothing_is_asked(
    world: World, fault: str, error: type[Exception]
) -> None:
    world.fault(do="system", name=fault, operation="token", times=None)
    with pytest.raises(error):
        world.ask("manager01")
    assert world.calls("make") == 0


@pytest.mark.parametrize("do", LOST)
def test_a_lost_answer_about_a_token_leaves_no_doubt(world: World, do: str) -> None:
    world.fault(do=do, operation="token", times=None)
    with pytest.raises(Transient):
        world.adapter(SkippingClock()).write(world.write(who="manager01"))
    assert world.asked == []


def test_a_check_asks_each_time_and_tells_application_and_originator(world: World) -> None:
    adapter = world.adapter()
    adapter.check()
    assert (adapter.check().tenant, adapter.check().user) == ("dingdemo0123456789", "user003")
    assert (world.calls("token"), world.calls("make")) == (3, 0)


# -- what answers mean ---------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "error", "code", "pause"), REFUSALS)
def test_a_refusal_is_what_its_code_says(
    world: World, fault: str, error: type[Exception], code: str, pause: float | None
) -> None:
    world.fault(do="system", name=fault, operation="make")
    with pytest.raises(error, match=code) as told:
        world.ask("manager01")
    assert getattr(told.value, "code", "") == code
    assert getattr(told.value, "retry_after", None) == pause
    assert world.asked == []


def test_a_403_that_says_nothing_is_a_refusal_all_the_same(world: World) -> None:
    world.fault(do="system", name="wordless", operation="make")
    with pytest.raises(AccessDenied, match="403"):
        world.ask("manager01")
    world.fault(do="status", status=403, operation="make")
    with pytest.raises(AccessDenied, match="403"):
        world.ask("manager01")


@pytest.mark.parametrize("do", LOST)
def test_where_the_answer_is_lost_nobody_knows(world: World, do: str) -> None:
    world.fault(do=do, operation="make")
    with pytest.raises(OutcomeUnknown):
        world.ask("manager01")
    assert len(world.asked) == 1


def test_a_200_without_an_instance_is_in_doubt(world: World) -> None:
    world.fault(do="system", name="bare", operation="make")
    with pytest.raises(OutcomeUnknown, match="has no instanceId"):
        world.ask("manager01")


def test_neither_the_secret_nor_the_token_is_shown_where_dingtalk_repeats_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_secrets", [APP_SECRET])
    world.fault(do="system", name="repeats", operation="token")
    with pytest.raises(AccessDenied, match=r"invalidParameter.*\*\*\*") as told:
        world.ask("manager01")
    shown = f"{told.value!r} {told.value} {told.value.answer} {world.adapter().settings!r}"
    assert APP_SECRET not in shown
    world.fault(do="system", name="unknown_code", operation="make")
    with pytest.raises(Rejected) as refused:
        world.ask("manager01")
    assert TOKEN not in f"{refused.value!r} {refused.value.answer}"


def test_at_the_usual_rate_nothing_is_refused(world: World) -> None:
    adapter = world.adapter(rate=DingTalkAppSettings.model_fields["rate"].default)
    for _ in range(30):
        adapter.write(world.write(who="manager01"))
    assert len(world.asked) == 30


def test_beyond_what_is_allowed_in_a_second_dingtalk_refuses(world: World) -> None:
    adapter = world.adapter()
    with pytest.raises(Unreachable, match="QpsLimitForAppkeyAndApi"):
        for _ in range(200):
            adapter.write(world.write(who="manager01"))
    assert len(world.asked) >= 20
