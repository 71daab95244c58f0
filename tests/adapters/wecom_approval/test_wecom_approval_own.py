"""Approvals in WeCom: what is its own. See `approving` for what all such systems do."""

from __future__ import annotations

from typing import Any

import pytest
from wecom_approval_world import World

from adapters.wecom_approval.instances import standing
from adapters.wecom_approval.settings import WeComApprovalSettings
from connector.errors import AccessDenied, Rejected, Transient
from tests.adapters.asking import BOTH

SETTINGS = WeComApprovalSettings.model_validate(
    {
        "adapter": "wecom_approval",
        "corpid": "ww1",
        "corpsecret": "s",
        "template_id": "T",
        "originator": "o",
        "components": {
            "title": "标题",
            "text": "内容",
            "wanted_date": "承诺交期",
            "custom.bom_version": "BOM 版本",
        },
    }
)
ONE_DATE = SETTINGS.model_copy(
    update={"components": {"title": "标题", "text": "内容", "wanted_date": "承诺交期"}}
)


def said(opinion: str, status: int = 2, word: int = 2) -> dict[str, Any]:
    """An instance about which somebody said something, and that was the end of it."""
    mine = {"userid": "manager01", "speech": opinion, "sp_yj": word, "sptime": 1}
    return {"sp_status": status, "process_list": {"node_list": [{"sub_node_list": [mine]}]}}


def control(kind: str, title: str, value: dict[str, Any]) -> dict[str, Any]:
    """An instance whose form has this component."""
    titles = [{"text": title, "lang": "zh_CN"}]
    return {"apply_data": {"contents": [{"control": kind, "title": titles, "value": value}]}}


# -- asking --------------------------------------------------------------------------------------


def test_whoever_is_asked_for_something_is_told_where_to_write_it(world: World) -> None:
    world.ask("manager01", asks="wanted_date")
    text = world.asked[0]["form"]["内容"].split("\n")
    assert text[:2] == ["客户：甲公司", "数量：30"]
    assert text[-1] == "承诺交期："
    assert "opinion" in text[-2]


def test_what_people_write_in_their_opinion_needs_no_component(world: World) -> None:
    world.sandbox.switches["controls"] = ["标题", "内容"]
    settings = {"components": {"title": "标题", "text": "内容", "wanted_date": "承诺交期"}}
    adapter = world.adapter(**settings)
    key = adapter.write(world.write(who="manager01", asks="wanted_date")).key
    world.promise(key, "manager01", "2026-12-20")
    (found,) = adapter.look([key])
    assert dict(found.given) == {"wanted_date": "2026-12-20"}


def test_what_they_fill_in_where_wecom_lets_them_counts_too(world: World) -> None:
    world.sandbox.switches["editable"] = True
    key = world.ask("manager01", asks="wanted_date")
    world.people("fill", key=key, who="manager01", 承诺交期="2026-12-21")
    world.people("approve", key=key, who="manager01")
    assert dict(world.look(key).given) == {"wanted_date": "2026-12-21"}


def test_a_title_of_two_lines_becomes_one_and_the_summary_is_short(world: World) -> None:
    world.ask("manager01", title="订单评审\nSO-1", text="客户：" + "长" * 30)
    assert world.asked[0]["form"]["标题"] == "订单评审 SO-1"


def test_a_template_is_read_once_and_anew_after_it_was_edited(world: World) -> None:
    adapter = world.adapter()
    for _ in range(2):
        adapter.write(world.write(who="manager01"))
    assert world.calls("template") == 1
    world.sandbox.switches["controls"] = ["标题", "内容", "承诺交期"]
    with pytest.raises(Rejected, match="invalid control id"):
        adapter.write(world.write(who="manager01"))
    with pytest.raises(AccessDenied, match="no component called 单号"):
        adapter.write(world.write(who="manager01"))
    world.sandbox.switches["controls"].append("单号")
    adapter.write(world.write(who="manager01"))
    assert len(world.asked) == 3


def test_a_check_tells_what_is_wrong_with_the_template(world: World) -> None:
    world.adapter().check()
    components = {"title": "标题", "text": "承诺交期"}
    with pytest.raises(AccessDenied, match="承诺交期 take no text"):
        world.adapter(components=components).check()
    with pytest.raises(Rejected, match="301025"):
        world.adapter(template_id="another").check()


# -- how it stands -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (1, "open"),
        (2, "approved"),
        (3, "refused"),
        (4, "withdrawn"),
        (6, "withdrawn"),
        (7, "withdrawn"),
        (10, "open"),
        ("2", "approved"),
        ("", "open"),
        (None, "open"),
    ],
)
def test_only_what_wecom_calls_passed_is_approved(status: Any, state: str) -> None:
    assert standing("1", {"sp_status": status}, SETTINGS).state == state


def test_what_is_withdrawn_after_it_passed_is_not_approved_any_more(world: World) -> None:
    key = world.ask("manager01")
    world.people("approve", key=key, who="manager01")
    world.people("withdraw", key=key)
    found = world.look(key)
    assert (found.state, found.who) == ("withdrawn", "")


@pytest.mark.parametrize("older", [False, True])
def test_who_decided_is_the_one_to_whom_it_was_left(world: World, older: bool) -> None:
    world.sandbox.switches["older"] = older
    key = world.ask("manager01")
    world.people("move", key=key, who="manager01", to="user002")
    world.people("refuse", key=key, who="user002", comment="产能不足")
    found = world.look(key)
    assert (found.state, found.who, found.comment) == ("refused", "user002", "产能不足")


def test_the_last_word_counts_whatever_the_order_in_which_they_are_told() -> None:
    words = [("a", 2, 30, "后"), ("b", 13, 20, "先"), ("c", 4, 40, "转"), ("d", 2, 0, "")]
    some = [dict(zip(("userid", "sp_yj", "sptime", "speech"), one, strict=True)) for one in words]
    found = {"sp_status": 2, "process_list": {"node_list": [{"sub_node_list": some}]}}
    stands = standing("1", found, SETTINGS)
    assert (stands.who, stands.comment) == ("a", "后")


@pytest.mark.parametrize(
    ("opinion", "given"),
    [
        ("承诺交期：2026-12-24", "2026-12-24"),
        ("可以\n承诺交期: 2026年1月5日\n", "2026-01-05"),
        ("承诺交期：2026/12/1\n承诺交期：2026-12-24", "2026-12-24"),
        ("  承诺交期 ： 2026.12.24  ", "2026-12-24"),
        ("2026-12-24", "2026-12-24"),
        ("承诺交期：下周", "下周"),
        ("承诺交期：2026-02-30", ""),
        ("承诺交期：", ""),
        ("承诺交期 2026-12-24", ""),
        ("2026-12-24 可以", ""),
        ("可以", ""),
        ("", ""),
    ],
)
def test_an_opinion_gives_what_stands_in_it_under_its_name(opinion: str, given: str) -> None:
    found = standing("1", said(opinion), ONE_DATE)
    assert dict(found.given) == ({"wanted_date": given} if given else {})


def test_a_bare_date_is_nothing_where_it_could_be_more_than_one_thing() -> None:
    assert dict(standing("1", said("2026-12-24"), SETTINGS).given) == {}
    both = "承诺交期：2026-12-24\nBOM 版本：V3"
    assert dict(standing("1", said(both), SETTINGS).given) == {
        "wanted_date": "2026-12-24",
        "custom.bom_version": "V3",
    }


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ({"date": {"type": "day", "s_timestamp": "1702137600"}}, "2023-12-10"),
        ({"type": "day", "s_timestamp": "1702137600"}, "2023-12-10"),
        (
            {
                "date": {
                    "type": "day",
                    "s_timestamp": "1702134000",
                    "timezone_info": {"zone_offset": "-9", "zone_desc": "UTC+9"},
                }
            },
            "2023-12-10",
        ),
        ({"date": {"type": "day", "s_timestamp": ""}}, ""),
        ({"date": {"type": "day", "s_timestamp": "0"}}, ""),
        ({}, ""),
    ],
)
def test_a_date_is_the_day_that_was_chosen(value: dict[str, Any], day: str) -> None:
    given = standing("1", control("Date", "承诺交期", value), SETTINGS).given
    assert dict(given) == ({"wanted_date": day} if day else {})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Text", {"text": "V3"}),
        ("Number", {"new_number": "V3"}),
        ("Selector", {"selector": {"options": [{"value": [{"text": "V3", "lang": "zh_CN"}]}]}}),
    ],
)
def test_other_components_give_what_they_show(kind: str, value: dict[str, Any]) -> None:
    given = standing("1", control(kind, "BOM 版本", value), SETTINGS).given
    assert dict(given) == {"custom.bom_version": "V3"}


def test_what_wecom_cannot_tell_now_is_asked_for_again_later(world: World) -> None:
    key = world.ask("manager01")
    world.fault(do="system", name="unread", operation="read")
    with pytest.raises(Transient, match="301026"):
        world.look(key)


# -- withdrawing ---------------------------------------------------------------------------------


def test_nothing_is_withdrawn_and_nobody_is_told_that_it_was(world: World) -> None:
    key = world.ask(BOTH)
    calls = world.calls()
    with pytest.raises(Rejected, match="no call by which"):
        world.withdraw(key)
    assert world.calls() == calls
    assert world.look(key).state == "open"
