"""What answers mean: every code and limit that is known, by what is to be done about it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from adapters.yonyou_yonbip.answers import Repeated, TokenLost, Words, data_of, outcomes
from connector import exact
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Changed,
    Gone,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.http import Answer

WORDS = Words(re.compile("已存在|重复"), re.compile("已被.{0,6}修改|请刷新"))


def answer(body: Any, status: int = 200, *, writes: bool = True) -> Answer:
    raw = body.encode() if isinstance(body, str) else exact.encode(body)
    return Answer(status, {}, raw, writes=writes)


def refused(body: Any, status: int = 200, *, writes: bool = True) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        data_of(answer(body, status, writes=writes), WORDS, writes=writes)
    return caught.value


@pytest.mark.parametrize("code", ["200", 200, "00000"])
def test_success_is_said_in_several_ways(code: Any) -> None:
    assert data_of(answer({"code": code, "data": {"id": 1}}), WORDS, writes=True) == {"id": 1}


@pytest.mark.parametrize("body", ["非法token", {"code": "310036", "message": "非法token"}])
def test_a_bad_token_is_told_by_code_or_by_text(body: Any) -> None:
    with pytest.raises(TokenLost):
        data_of(answer(body), WORDS, writes=True)


@pytest.mark.parametrize(
    ("code", "words", "kind", "of_a_read"),
    [
        ("310001", "access_token不能为空。", AccessDenied, AccessDenied),
        ("10018", "应用不存在或appKey已停用", AccessDenied, AccessDenied),
        ("310037", "没有权限", AccessDenied, AccessDenied),
        ("310031", "IP", AccessDenied, AccessDenied),
        ("310038", "IP", AccessDenied, AccessDenied),
        ("310041", "IP", AccessDenied, AccessDenied),
        ("310047", "IP", AccessDenied, AccessDenied),
        ("118001", "没有权限", AccessDenied, AccessDenied),
        ("310032", "限流", Unreachable, Unreachable),
        ("310039", "限流", Unreachable, Unreachable),
        ("310042", "限流", Unreachable, Unreachable),
        ("310046", "限流", Unreachable, Unreachable),
        ("310050", "限流", Unreachable, Unreachable),
        ("310043", "熔断", Unreachable, Unreachable),
        ("310504", "超时", OutcomeUnknown, Transient),
        ("310061", "插件", OutcomeUnknown, Transient),
        ("310066", "插件", OutcomeUnknown, Transient),
        ("310071", "后端", OutcomeUnknown, Transient),
        ("310072", "后端", OutcomeUnknown, Transient),
        ("202", "处理中", OutcomeUnknown, Transient),
        ("310002", "请求体", Rejected, Rejected),
        ("310008", "参数", Rejected, Rejected),
        ("310024", "过长", Rejected, Rejected),
        ("310404", "没有注册此API", Rejected, Rejected),
        ("310405", "方法", Rejected, Rejected),
        ("315001", "未知", Rejected, Rejected),
        ("506", "操作符", Rejected, Rejected),
        ("1002", "数据不存在", Gone, Gone),
        ("999", "未获取到当前订单商品信息", Rejected, Rejected),
        (999, "未获取到当前订单商品信息", Rejected, Rejected),
        ("1001", "参数错误", Rejected, Rejected),
        ("0", "客户编码不能为空", Rejected, Rejected),
        ("10004", "重复提交，没有主键", AlreadyExists, AlreadyExists),
        ("999", "编码SO-1已存在，请重新输入", AlreadyExists, AlreadyExists),
        ("999", "单据已被他人修改，请刷新后重试", Changed, Changed),
    ],
)
def test_every_refusal_has_its_class(
    code: Any, words: str, kind: type[AdapterError], of_a_read: type[AdapterError]
) -> None:
    body = {"code": code, "message": words}
    error = refused(body)
    assert (type(error), error.code) == (kind, str(code))
    assert words in str(error)
    assert type(refused(body, writes=False)) is of_a_read


def test_too_many_calls_keep_us_away_for_a_while() -> None:
    error = refused({"code": "310050", "message": "限流"})
    assert isinstance(error, Unreachable)
    assert error.retry_after == 30


def test_a_code_without_words_is_told() -> None:
    assert "999" in str(refused({"code": 999, "displayCode": "", "message": None}))


@pytest.mark.parametrize("code", ["10004", "100004"])
def test_a_resubmit_key_that_has_made_a_record_names_it(code: str) -> None:
    with pytest.raises(Repeated) as caught:
        data_of(answer({"code": code, "message": "", "data": {"id": 7}}), WORDS, writes=True)
    assert caught.value.key == "7"


def test_an_empty_list_of_customers_is_no_refusal() -> None:
    body = {"code": "118001", "message": "根据条件查询结果为空"}
    assert data_of(answer(body), WORDS, writes=False) == []


@pytest.mark.parametrize("body", [[], "null", "1", {"data": {}}, "{}"])
def test_what_says_neither_yes_nor_no_is_unclear(body: Any) -> None:
    assert isinstance(refused(body), OutcomeUnknown)
    assert isinstance(refused(body, writes=False), Transient)


def test_yes_under_a_status_of_failure_is_unclear() -> None:
    assert isinstance(refused({"code": "200", "data": {"id": 1}}, 400), OutcomeUnknown)


# -- several records ---------------------------------------------------------------------------


def test_of_several_each_has_its_own_outcome() -> None:
    data = {"count": 2, "sucessCount": 1, "failCount": 1, "messages": ["单据2不存在"],
            "infos": [{"id": 1, "status": 3}]}  # fmt: skip
    told = outcomes(data, ["1", "2"], WORDS)
    assert told["1"] == {"id": 1, "status": 3}
    assert isinstance(told["2"], Rejected)
    assert "单据2不存在" in str(told["2"])


@pytest.mark.parametrize(
    "messages", ["没有权限审核", ["没有权限审核"], ["没有权限审核", "没有权限审核"]]
)
def test_messages_are_a_list_or_one_text(messages: Any) -> None:
    told = outcomes({"failCount": 1, "messages": messages, "infos": []}, ["1"], WORDS)
    assert str(told["1"]).count("没有权限审核") == 1


def test_a_success_need_not_show_the_records() -> None:
    assert outcomes({"failCount": 0, "sucessCount": 2}, ["1", "2"], WORDS) == {"1": {}, "2": {}}


def test_an_action_may_show_the_one_record_that_it_was_for() -> None:
    assert outcomes({"id": 1, "status": 2}, ["1"], WORDS)["1"] == {"id": 1, "status": 2}


@pytest.mark.parametrize("data", [None, "", [], {"id": 9}])
def test_an_action_that_shows_nothing_of_a_record_leaves_it_in_doubt(data: Any) -> None:
    assert isinstance(outcomes(data, ["1"], WORDS)["1"], OutcomeUnknown)
