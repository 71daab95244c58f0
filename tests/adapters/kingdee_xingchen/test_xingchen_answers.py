"""What answers mean: every code and limit that is known, by what is to be done about it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from adapters.kingdee_xingchen.answers import Lost, Unsigned, Words, data_of
from connector import exact
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.http import Answer

WORDS = Words(re.compile("与其他表单重复|已存在"), re.compile("不存在"))
UNIT = '第1行基础资料"unit"字段不能为空'


def refused(body: Any, status: int = 200, *, writes: bool = True) -> AdapterError:
    raw = body.encode() if isinstance(body, str) else exact.encode(body)
    with pytest.raises(AdapterError) as caught:
        data_of(Answer(status, {}, raw, writes=writes), WORDS, writes=writes)
    return caught.value


def told(body: Any, status: int = 200) -> Any:
    return data_of(Answer(status, {}, exact.encode(body), writes=True), WORDS, writes=True)


@pytest.mark.parametrize("done", [{"errcode": 0}, {"errcode": "0"}, {"code": 200}])
def test_success_is_said_in_several_ways(done: dict[str, Any]) -> None:
    assert told({**done, "data": {"id": "1"}}) == {"id": "1"}


@pytest.mark.parametrize("status", [200, 400, 401, 403])
@pytest.mark.parametrize(
    ("code", "words", "secret"),
    [(1030002006, "授权密钥校验失败", True), (1000202001, "JWT token has expired", False)],
)
def test_a_lost_secret_is_told_from_a_lost_token(
    code: int, words: str, secret: bool, status: int
) -> None:
    with pytest.raises(Lost) as caught:
        told({"errcode": code, "description": words}, status)
    assert caught.value.secret is secret


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"errcode": 400, "description": "X-Api-Signature is invalid"}, 200),
        ({"errcode": 400, "msg": "X-Api-Signature is invalid"}, 400),
        ({"errcode": 4006, "description": "timestamp expired"}, 519),
    ],
)
def test_a_signature_that_is_refused_is_made_anew_once_and_then_keeps_us_out(
    body: dict[str, Any], status: int
) -> None:
    with pytest.raises(Unsigned) as caught:
        told(body, status)
    assert type(caught.value.refusal) is AccessDenied


@pytest.mark.parametrize(
    ("code", "status", "words", "kind", "of_a_read"),
    [
        (2000002000, 200, "system error", OutcomeUnknown, Transient),
        (4002, 519, "APP_ID empty", AccessDenied, AccessDenied),
        (5001, 519, "API not found", Rejected, Rejected),
        (429, 429, "", Unreachable, Unreachable),
        (9, 401, "未授权", AccessDenied, AccessDenied),
        (9, 403, "没有权限", AccessDenied, AccessDenied),
        (1, 200, "参数number[M-999]不存在", Rejected, Rejected),
        (1, 400, UNIT, Rejected, Rejected),
        (1, 200, "bill_no[crm:1]组合值与其他表单重复", AlreadyExists, AlreadyExists),
    ],
)
def test_every_refusal_has_its_class(
    code: int, status: int, words: str, kind: type[AdapterError], of_a_read: type[AdapterError]
) -> None:
    body = {"errcode": code, "description": words}
    error = refused(body, status)
    assert type(error) is kind
    assert words in str(error)
    assert type(refused(body, status, writes=False)) is of_a_read


def test_too_many_calls_keep_us_away_for_a_minute() -> None:
    error = refused("<html>", 429)
    assert isinstance(error, Unreachable)
    assert error.retry_after == 60


def test_a_code_without_words_is_told() -> None:
    assert "999" in str(refused({"errcode": 999, "description": None}))


@pytest.mark.parametrize("body", [[], "null", "1", {"data": {}}])
def test_what_says_neither_yes_nor_no_is_unclear(body: Any) -> None:
    assert isinstance(refused(body), OutcomeUnknown)
    assert isinstance(refused(body, writes=False), Transient)


def test_yes_under_a_status_of_failure_is_unclear() -> None:
    assert isinstance(refused({"errcode": 0, "data": {}}, 400), OutcomeUnknown)


@pytest.mark.parametrize(("status", "kind"), [(403, AccessDenied), (519, Rejected)])
def test_a_page_of_what_stands_before_the_platform_is_a_refusal(
    status: int, kind: type[AdapterError]
) -> None:
    assert type(refused("<html>", status)) is kind
