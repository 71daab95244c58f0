"""What answers mean: every code that is known, and the words that stand for the others."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.yonyou_u8.answers import Nothing, Running, TokenLost, Words, payload_of
from adapters.yonyou_u8.settings import YonyouU8Settings
from connector import exact
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.http import Answer

WORDS = Words.of(
    YonyouU8Settings(
        adapter="yonyou_u8", from_account="a", to_account="b", app_key="k", app_secret="s"
    )
)


def payload(body: Any, status: int = 200, *, writes: bool = True) -> Any:
    raw = body.encode() if isinstance(body, str) else exact.encode(body)
    return payload_of(Answer(status, {}, raw, writes=writes), WORDS, writes=writes)


def refused(body: Any, status: int = 200, *, writes: bool = True) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        payload(body, status, writes=writes)
    return caught.value


def said(code: Any, words: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": words}


@pytest.mark.parametrize("code", ["0", 0])
def test_nought_is_success(code: Any) -> None:
    assert payload({"errcode": code, "errmsg": "", "id": "SO-1"})["id"] == "SO-1"


@pytest.mark.parametrize(
    ("code", "words", "kind", "of_a_read"),
    [
        ("10001", "平台错误", OutcomeUnknown, Transient),
        ("20002", "未检索到匹配的[客户]。", Rejected, Nothing),
        ("20002", "参数[x]有误", Rejected, Rejected),
        ("20005", "key='X1'，人员不存在", Rejected, Rejected),
        (20005, "key='X1'，人员不存在", Rejected, Rejected),
        ("20005", "单据号SO-1已存在", AlreadyExists, Rejected),
        ("20005", "业务标识重复提交", AlreadyExists, Rejected),
        ("20005", "单据正在被 demo 锁定", Locked, Locked),
        ("20005", "该期间已结账", Locked, Locked),
        ("20005", "开放平台客户端未启动", OutcomeUnknown, Unreachable),
        ("20005", "调用U8超时", OutcomeUnknown, Unreachable),
        ("20005", "Timeout expired", OutcomeUnknown, Unreachable),
        ("40001", "调用过于频繁", Unreachable, Unreachable),
        ("20103", "应用未获得企业授权", AccessDenied, AccessDenied),
        ("20005", "操作员没有审核权限", Rejected, Rejected),
        ("2001", "fail", Rejected, Rejected),
        ("77777", "", Rejected, Rejected),
    ],
)
def test_every_refusal_has_its_class(
    code: Any, words: str, kind: type[Exception], of_a_read: type[Exception]
) -> None:
    error = refused(said(code, words))
    assert (type(error), error.code) == (kind, str(code))
    assert (words or "77777") in str(error)
    with pytest.raises(of_a_read):
        payload(said(code, words), writes=False)


def test_a_write_under_way_is_told() -> None:
    with pytest.raises(Running):
        payload(said("30025", "操作正在执行"))


@pytest.mark.parametrize("words", ["token无效", "Token expired", "TOKEN 已过期"])
def test_a_token_that_is_not_good_is_told_by_words_whatever_the_code(words: str) -> None:
    with pytest.raises(TokenLost):
        payload(said("20101", words))


def test_what_u8_itself_says_of_a_token_is_no_lost_token() -> None:
    assert isinstance(refused(said("20005", "字段token不存在")), Rejected)


def test_too_many_calls_keep_us_away_for_a_while() -> None:
    error = refused(said("40001", "调用过于频繁"))
    assert isinstance(error, Unreachable)
    assert error.retry_after == 30


@pytest.mark.parametrize("body", [[], "null", "1", {"id": "SO-1"}, "{}"])
def test_what_says_neither_yes_nor_no_is_unclear(body: Any) -> None:
    assert isinstance(refused(body), OutcomeUnknown)
    assert isinstance(refused(body, writes=False), Transient)


def test_yes_under_a_status_of_failure_is_unclear() -> None:
    assert isinstance(refused({"errcode": "0", "id": "SO-1"}, 400), OutcomeUnknown)
