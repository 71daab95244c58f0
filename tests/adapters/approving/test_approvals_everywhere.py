"""Approvals in every system that has them: asked once, answered there, never taken for approved."""

from __future__ import annotations

import threading

import pytest

from connector import log
from connector.contract import Shape
from connector.errors import (
    AccessDenied,
    AlreadyExists,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.testing import SkippingClock
from tests.adapters.asking import BOTH, LOST, Asked

DINGTALK, FEISHU, WECOM = "dingtalk_app", "feishu_approval", "wecom_approval"
LIMITED = "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"
REFUSALS: list[tuple[str, str, type[Exception], str, float | None]] = [
    (DINGTALK, "too_fast", Unreachable, LIMITED, 1),
    (DINGTALK, "all_too_fast", Unreachable, "Forbidden.AccessDenied.QpsLimitForApi", 1),
    (DINGTALK, "used_up", Unreachable, "Forbidden.AccessDenied.ApiCountLimitForOrg", 3600),
    (DINGTALK, "limited", Unreachable, "autoflowLikeTriggerRateLimited", None),
    (DINGTALK, "address", AccessDenied, "Forbidden.AccessDenied.IpNotInWhiteList", None),
    (
        DINGTALK,
        "permission",
        AccessDenied,
        "Forbidden.AccessDenied.AccessTokenPermissionDenied",
        None,
    ),
    (DINGTALK, "need_auth", AccessDenied, "needAuth", None),
    (DINGTALK, "unknown_code", Rejected, "illegalComponent", None),
    (DINGTALK, "inside", OutcomeUnknown, "internalError", None),
    (DINGTALK, "system", OutcomeUnknown, "sysErrror", None),
    (FEISHU, "too_fast", Unreachable, "99991400", 52),
    (FEISHU, "once_too_fast", Unreachable, "99991400", 52),
    (FEISHU, "used_up", Unreachable, "99991403", 3600),
    (FEISHU, "address", AccessDenied, "99991401", None),
    (FEISHU, "permission", AccessDenied, "99991672", None),
    (FEISHU, "off", AccessDenied, "99991662", None),
    (FEISHU, "deleted", AccessDenied, "1390016", None),
    (FEISHU, "no_operation", AccessDenied, "1390009", None),
    (FEISHU, "inside", OutcomeUnknown, "1395001", None),
    (FEISHU, "locked", Transient, "60014", None),
    (FEISHU, "unknown_code", Rejected, "1390099", None),
    (FEISHU, "taken", AlreadyExists, "60012", None),
    (WECOM, "busy", Transient, "-1", None),
    (WECOM, "too_fast", Unreachable, "45009", None),
    (WECOM, "at_once", Unreachable, "45033", None),
    (WECOM, "address", AccessDenied, "60020", None),
    (WECOM, "permission", AccessDenied, "301055", None),
    (WECOM, "no_call", AccessDenied, "48002", None),
    (WECOM, "stopped", AccessDenied, "301056", None),
    (WECOM, "parameter", Rejected, "301025", None),
    (WECOM, "inside", OutcomeUnknown, "301057", None),
]
"""Refusals to make an instance, what each means, and for how long nothing is sent then."""
NOT_LET_IN = {DINGTALK: "invalidClientIdOrSecret", FEISHU: "10015", WECOM: "40001"}


# -- asking --------------------------------------------------------------------------------------


def test_one_person_is_asked_and_shown_what_it_is_about(world: Asked) -> None:
    key = world.ask("manager01")
    (asked,) = world.asked
    assert (asked["id"], asked["people"]) == (key, ["manager01"])
    form = {name: value.replace("\r", "") for name, value in asked["form"].items()}
    assert form == {
        "单号": "A1",
        "标题": "订单评审 SO-1",
        "内容": "客户：甲公司\n数量：30",
        "承诺交期": "",
    }


def test_where_nothing_is_shown_the_title_stands_for_the_text(world: Asked) -> None:
    world.ask("manager01", text="")
    assert world.asked[0]["form"]["内容"] == "订单评审 SO-1"


def test_of_several_people_any_one_may_answer(world: Asked) -> None:
    key = world.ask(BOTH)
    assert (world.asked[0]["people"], world.asked[0]["every"]) == (["manager01", "user002"], False)
    world.people("approve", key=key, who="user002", comment="可以")
    found = world.look(key)
    assert (found.state, found.who, found.comment) == ("approved", "user002", "可以")


def test_a_template_that_has_no_component_for_our_number_does_without(world: Asked) -> None:
    world.ask("manager01", {"components": {"title": "标题", "text": "内容"}})
    assert world.asked[0]["form"]["单号"] == ""


def test_nobody_is_not_asked(world: Asked) -> None:
    with pytest.raises(Rejected, match="Nobody is asked"):
        world.ask(" , ")
    assert world.calls() == 0


def test_a_field_that_no_component_holds_is_refused_before_anybody_is_asked(world: Asked) -> None:
    with pytest.raises(Rejected, match="which component of the template is price"):
        world.ask("manager01", world.fillable, asks="wanted_date,price")
    assert world.calls() == 0


def test_people_fill_in_what_is_asked(world: Asked) -> None:
    key = world.ask(BOTH, world.fillable, asks="wanted_date")
    assert dict(world.look(key).given) == {}
    world.promise(key, "manager01", "2026-12-20", "产线已排")
    found = world.look(key)
    assert (found.state, found.who) == ("approved", "manager01")
    assert "产线已排" in found.comment
    assert dict(found.given) == {"wanted_date": "2026-12-20"}


def test_who_is_not_known_there_is_refused(world: Asked) -> None:
    with pytest.raises(Rejected):
        world.ask("manager01", {"originator": "nobody01"})
    with pytest.raises(Rejected, match="stranger"):
        world.ask("stranger")
    assert world.asked == []


def test_a_component_that_the_template_lacks_is_named(world: Asked) -> None:
    with pytest.raises((Rejected, AccessDenied), match="摘要"):
        world.ask("manager01", {"components": {"title": "摘要", "text": "内容"}})
    assert world.asked == []


# -- how it stands -------------------------------------------------------------------------------


def test_what_nobody_has_answered_is_open(world: Asked) -> None:
    key = world.ask(BOTH)
    world.people("remark", key=key, who="manager01", comment="在看")
    found = world.look(key)
    assert (found.state, found.who, found.comment) == ("open", "", "")


def test_a_refusal_says_who_and_why(world: Asked) -> None:
    key = world.ask(BOTH)
    world.people("remark", key=key, who="manager01", comment="在看")
    world.people("refuse", key=key, who="user002", comment="产能不足")
    found = world.look(key)
    assert (found.state, found.who, found.comment) == ("refused", "user002", "产能不足")


def test_what_its_originator_withdraws_there_is_withdrawn(world: Asked) -> None:
    key = world.ask("manager01")
    world.people("withdraw", key=key)
    found = world.look(key)
    assert (found.state, found.who) == ("withdrawn", "")


def test_each_is_looked_at_by_its_key_and_what_is_not_there_is_left_out(world: Asked) -> None:
    keys = [world.ask("manager01"), "instance-99", world.ask("user002")]
    adapter = world.adapter()
    assert [one.key for one in adapter.look(keys)] == [keys[0], keys[2]]
    assert world.calls("read") == 3


def test_it_is_fetched_as_a_record_too(world: Asked) -> None:
    key = world.ask("manager01", world.fillable, asks="wanted_date")
    world.promise(key, "manager01", "2026-12-20")
    (record,) = world.adapter().fetch(Shape("approval", ("id",), ()), [key])
    assert (record.key, record.fields["state"]) == (key, "approved")
    assert record.fields["given.wanted_date"] == "2026-12-20"


def test_an_answer_that_tells_nothing_is_asked_for_again_later(world: Asked) -> None:
    key = world.ask("manager01")
    world.fault(do="system", name="bare", operation="read")
    with pytest.raises(Transient):
        world.look(key)


# -- withdrawing ---------------------------------------------------------------------------------

WITHDRAWING = pytest.mark.parametrize("system", [DINGTALK, FEISHU], indirect=True)
"""WeCom has no call for it."""


@WITHDRAWING
@pytest.mark.parametrize("answer", ["approve", "refuse"])
def test_what_is_over_stays_as_it_is(world: Asked, answer: str) -> None:
    key = world.ask("manager01")
    world.people(answer, key=key, who="manager01")
    before = world.look(key)
    world.withdraw(key)
    assert world.look(key) == before


@WITHDRAWING
def test_what_is_withdrawn_already_or_was_never_there_needs_nothing(world: Asked) -> None:
    key = world.ask("manager01")
    world.people("withdraw", key=key)
    world.withdraw(key)
    world.withdraw("instance-99")
    assert world.changes() == ["made", "withdrawn"]


# -- tokens --------------------------------------------------------------------------------------


def test_one_token_serves_all_calls(world: Asked) -> None:
    adapter = world.adapter()
    for _ in range(3):
        adapter.write(world.write(who="manager01"))
    assert (world.calls("token"), world.calls("make")) == (1, 3)


@pytest.mark.parametrize("system", [DINGTALK, FEISHU], indirect=True)
def test_a_token_is_renewed_before_its_time_is_up_and_no_call_is_wasted(world: Asked) -> None:
    clock = SkippingClock()
    adapter = world.adapter(clock)
    adapter.write(world.write(who="manager01"))
    clock.sleep(7150)
    adapter.write(world.write(who="manager01"))
    assert (world.calls("token"), world.calls("make")) == (2, 2)


def test_a_token_that_is_refused_is_renewed_once_and_no_more(world: Asked) -> None:
    adapter = world.adapter()
    adapter.write(world.write(who="manager01"))
    world.sandbox.clock.advance(7201)
    adapter.write(world.write(who="manager01"))
    assert (world.calls("token"), world.calls("make"), len(world.asked)) == (2, 3, 2)
    world.fault(do="system", name="invalid", operation="make", times=None)
    with pytest.raises(AccessDenied):
        adapter.write(world.write(who="manager01"))
    assert (world.calls("token"), world.calls("make"), len(world.asked)) == (3, 5, 2)


def test_of_many_callers_whose_token_is_lost_one_asks_for_another(world: Asked) -> None:
    adapter = world.adapter()
    adapter.check()
    world.sandbox.clock.advance(7201)
    writes = [world.write(who="manager01") for _ in range(8)]
    threads = [threading.Thread(target=adapter.write, args=(write,)) for write in writes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (world.calls("token"), len(world.asked)) == (2, 8)


def test_whoever_is_not_let_in_waits_until_that_is_mended(world: Asked) -> None:
    with pytest.raises(AccessDenied, match="Copy them again") as told:
        world.ask("manager01", world.wrong)
    assert told.value.code == NOT_LET_IN[world.system]


@pytest.mark.parametrize(
    ("fault", "error"), [("too_fast", Unreachable), ("address", AccessDenied), ("bare", Transient)]
)
def test_where_no_token_is_given_for_now_nothing_is_asked(
    world: Asked, fault: str, error: type[Exception]
) -> None:
    world.fault(do="system", name=fault, operation="token", times=None)
    with pytest.raises(error):
        world.ask("manager01")
    assert world.calls("make") == 0


@pytest.mark.parametrize("do", LOST)
def test_a_lost_answer_about_a_token_leaves_no_doubt(world: Asked, do: str) -> None:
    world.fault(do=do, operation="token", times=None)
    with pytest.raises(Transient):
        world.adapter(SkippingClock()).write(world.write(who="manager01"))
    assert world.asked == []


def test_a_check_asks_each_time_and_tells_in_whose_name_is_asked(world: Asked) -> None:
    adapter = world.adapter()
    first, second = adapter.check(), adapter.check()
    assert (first.tenant, first.user) == (second.tenant, "user003")
    assert first.tenant
    assert (world.calls("token"), world.calls("make")) == (2, 0)


# -- what answers mean ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "fault", "error", "code", "pause"), REFUSALS, indirect=["system"]
)
def test_a_refusal_is_what_its_code_says(
    world: Asked, fault: str, error: type[Exception], code: str, pause: float | None
) -> None:
    world.fault(do="system", name=fault, operation="make")
    with pytest.raises(error, match=code) as told:
        world.ask("manager01")
    assert getattr(told.value, "code", "") == code
    assert getattr(told.value, "retry_after", None) == pause
    assert world.asked == []


@pytest.mark.parametrize("do", LOST)
def test_where_the_answer_is_lost_nobody_knows(world: Asked, do: str) -> None:
    world.fault(do=do, operation="make")
    with pytest.raises(OutcomeUnknown):
        world.ask("manager01")
    assert len(world.asked) == 1


def test_a_200_without_an_instance_is_in_doubt(world: Asked) -> None:
    world.fault(do="system", name="bare", operation="make")
    with pytest.raises(OutcomeUnknown, match="answer has no"):
        world.ask("manager01")


@pytest.mark.parametrize("operation", ["token", "make"])
def test_neither_the_secret_nor_the_token_is_shown_where_they_are_repeated(
    world: Asked, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_secrets", [world.secret])
    world.fault(do="system", name="repeats", operation=operation)
    with pytest.raises((Rejected, AccessDenied)) as told:
        world.ask("manager01")
    shown = f"{told.value!r} {told.value} {told.value.answer} {world.adapter().settings!r}"
    assert world.secret not in shown
    assert "-1-of-the-application" not in shown


@pytest.mark.parametrize(("system", "most"), [(DINGTALK, 30), (FEISHU, 150)], indirect=["system"])
def test_at_the_usual_rate_nothing_is_refused(world: Asked, most: int) -> None:
    usual = type(world.adapter().settings).model_fields["rate"].default
    adapter = world.adapter(world.passing(), rate=usual)
    for _ in range(most):
        adapter.write(world.write(who="manager01"))
    assert len(world.asked) == most
