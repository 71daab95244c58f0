"""What answers mean: both styles, and every code that is known, by what is to be done about it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from adapters.chanjet_tplus.answers import TokenLost, Words, data_of, id_in
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

WORDS = Words(re.compile("已存在|重复"), re.compile("请刷新"), re.compile("单据不存在"))


def answer(body: Any, status: int = 200, *, writes: bool = True) -> Answer:
    raw = body.encode() if isinstance(body, str) else exact.encode(body)
    return Answer(status, {}, raw, writes=writes)


def refused(body: Any, status: int = 200, *, writes: bool = True) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        data_of(answer(body, status, writes=writes), WORDS, writes=writes)
    return caught.value


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"code": "0", "message": "", "data": {"ID": "7"}}, {"ID": "7"}),
        ({"code": 0, "data": None}, None),
        ({"code": "200", "result": {"access_token": "x"}}, {"access_token": "x"}),
        ({"result": True, "value": {}, "error": None},
         {"result": True, "value": {}, "error": None}),
        ({"Code": "SO-1", "ID": 7}, {"Code": "SO-1", "ID": 7}),
        ([{"Code": "01"}], [{"Code": "01"}]),
        ('"123"', "123"),
        ("null", None),
        ("[]", []),
    ],
)  # fmt: skip
def test_success_comes_in_two_styles(body: Any, said: Any) -> None:
    assert data_of(answer(body), WORDS, writes=True) == said


@pytest.mark.parametrize(
    ("said", "key"),
    [({"ID": "7", "Code": "SO-1"}, "7"), ({"id": 7}, "7"), ("123", "123"), (123, "123"),
     (None, ""), ([], ""), ("保存成功", ""), ({}, ""), (True, "")],
)  # fmt: skip
def test_the_id_of_what_was_saved_is_told_in_either_style_or_not_at_all(
    said: Any, key: str
) -> None:
    assert id_in(said) == key


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, {"code": "50107", "message": "openToken已失效"}),
     (200, {"code": "EXSM0003", "message": "token错误"})],
)  # fmt: skip
def test_a_dead_token_is_told_apart(status: int, body: Any) -> None:
    with pytest.raises(TokenLost):
        data_of(answer(body, status), WORDS, writes=True)


@pytest.mark.parametrize(
    ("status", "code", "words", "kind", "of_a_read"),
    [
        (401, "50112", "本月调用次数已用完", Unreachable, Unreachable),
        (403, "50112", "appKey不匹配", AccessDenied, AccessDenied),
        (401, "50000", "appSecret错误", AccessDenied, AccessDenied),
        (403, "50000", "openToken错误", AccessDenied, AccessDenied),
        (404, "50000", "应用不存在", AccessDenied, AccessDenied),
        (200, "50000", "系统异常", OutcomeUnknown, Transient),
        (200, "500", "服务异常", OutcomeUnknown, Transient),
        (403, "60001", "没有权限", AccessDenied, AccessDenied),
        (200, "14002", "请求过于频繁", Unreachable, Unreachable),
        (409, "409", "限流", Unreachable, Unreachable),
        (200, "4001", "appKey为空", AccessDenied, AccessDenied),
        (200, "4002", "appKey错误", AccessDenied, AccessDenied),
        (200, "4003", "grantType为空", AccessDenied, AccessDenied),
        (200, "4008", "grantType不支持", AccessDenied, AccessDenied),
        (200, "EXSV0011", "服务名不正确", Rejected, Rejected),
        (200, "EXERROR0001", "param为null", Rejected, Rejected),
        (200, "999", "Department不能为空", Rejected, Rejected),
        (200, 999, "Department不能为空", Rejected, Rejected),
        (400, "999", "Department不能为空", Rejected, Rejected),
        (200, "999", "外部单据号[crm:1]已存在", AlreadyExists, AlreadyExists),
        (200, "999", "单据已被他人修改，请刷新", Changed, Changed),
        (200, "999", "单据不存在", Gone, Gone),
    ],
)
def test_every_refusal_has_its_class(
    status: int, code: Any, words: str, kind: type[AdapterError], of_a_read: type[AdapterError]
) -> None:
    body = {"code": code, "message": words}
    error = refused(body, status)
    assert (type(error), error.code) == (kind, str(code))
    assert words in str(error)
    assert type(refused(body, status, writes=False)) is of_a_read


def test_the_throttle_has_no_code() -> None:
    assert isinstance(refused({"error": "too many requests"}, 409), Unreachable)


def test_a_month_that_is_used_up_keeps_us_away_for_long() -> None:
    error = refused({"code": "50112", "message": "次数"}, 401)
    assert isinstance(error, Unreachable)
    assert error.retry_after == 3600


def test_a_refusal_of_a_token_stands_in_an_error_of_its_own() -> None:
    error = refused({"result": False, "error": {"code": "50003", "msg": "appTicket已失效"}})
    assert (error.code, "appTicket已失效" in str(error)) == ("50003", True)


def test_a_path_that_is_not_there_is_a_refusal_in_whatever_shape() -> None:
    assert isinstance(refused("<html>404</html>", 404), Rejected)


def test_a_page_of_html_in_the_place_of_an_answer_is_unclear() -> None:
    assert isinstance(refused("<html>busy</html>"), OutcomeUnknown)
    assert isinstance(refused("<html>busy</html>", writes=False), Transient)


def test_a_code_without_words_is_told() -> None:
    assert "999" in str(refused({"code": "999", "message": None}))
