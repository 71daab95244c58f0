"""What the server's answers mean, code by code and shape by shape."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.kingdee_galaxy.answers import (
    Garbled,
    Outcome,
    SessionLost,
    classified,
    outcome_of,
)
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Changed,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)

CODES = {
    0: Rejected,
    2: AccessDenied,  # no permission
    3: Rejected,
    4: Rejected,
    5: Rejected,
    6: Rejected,
    7: AccessDenied,  # licence
    8: Rejected,
    9: Rejected,
    10: Rejected,
    11: Rejected,
    12: Rejected,
    13: Locked,  # network control
    14: Unreachable,  # call limit
    15: AccessDenied,  # the administrator may not log in
    99: Rejected,
}
TAKEN = "违反字段唯一性要求：编码唯一。[SO-0001]在当前系统中已经被使用。"


@pytest.mark.parametrize(("code", "kind"), CODES.items())
def test_every_code_of_the_manual_has_its_class(code: int, kind: type[AdapterError]) -> None:
    error = classified(code, "原因", "FBillNo", answer="{}")
    assert (type(error), str(error), error.code) == (kind, "原因", str(code))


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (11, TAKEN, AlreadyExists),
        (0, TAKEN, AlreadyExists),
        (0, "您没有销售订单的审核权限，请联系系统管理员", AccessDenied),
        (6, "数据库操作失败，请稍后重试", Transient),
        (11, "价格不对，请稍后重试", Rejected),
    ],
)
def test_where_the_code_says_nothing_a_few_texts_do(
    code: int, text: str, kind: type[AdapterError]
) -> None:
    assert type(classified(code, text)) is kind


def answer(
    ok: object = False, code: int = 11, done: Any = (), errors: Any = (), **more: Any
) -> Any:
    status = {"IsSuccess": ok, "MsgCode": code, "SuccessEntitys": done, "Errors": errors}
    return {"Result": {"ResponseStatus": status, **more}}


def read(body: Any) -> Outcome:
    outcome = outcome_of(body)
    assert outcome is not None
    return outcome


@pytest.mark.parametrize("ok", [True, "true", "True"])
def test_success_is_a_boolean_or_its_name(ok: object) -> None:
    assert read(answer(ok, code=0)).ok


def test_a_query_wraps_its_refusal_in_two_lists() -> None:
    assert read([[answer(code=9, errors=[{"Message": "没有字段"}])]]).code == 9


@pytest.mark.parametrize("body", [[], [[1, "a"]], [["a"]], {"Result": {"Result": {}}}, None, "x"])
def test_what_carries_no_status_has_no_outcome(body: Any) -> None:
    assert outcome_of(body) is None


def test_a_lost_context_is_told_apart_from_every_refusal() -> None:
    with pytest.raises(SessionLost):
        outcome_of(answer(code=1))
    assert read(answer(True, code=1)).ok


def test_a_reason_without_errors_comes_without_its_stack_trace() -> None:
    outcome = read(answer(code=0, Message="没有存储空间\n   at Kingdee.BOS.Save()"))
    assert str(outcome.error()) == "没有存储空间"


def test_each_record_of_a_call_has_the_errors_at_its_place_or_is_in_doubt() -> None:
    errors = [{"Message": "坏", "DIndex": 1}, {"Message": "更坏", "DIndex": 1}]
    outcome = read(answer(done=[{"Id": 7, "Number": "A"}], errors=errors))
    found = outcome.of(["7", "8", "9"])
    assert found["7"] is None
    assert (type(found["8"]), str(found["8"])) == (Rejected, "坏; 更坏")
    assert type(found["9"]) is OutcomeUnknown


def test_a_call_refused_before_its_records_were_looked_at_refuses_them_all() -> None:
    outcome = read(answer(code=13, errors=[{"Message": "冲突", "DIndex": 0}]))
    assert {type(error) for error in outcome.of(["7", "8"]).values()} == {Locked}


def test_a_known_record_that_is_not_found_has_changed_under_our_hands() -> None:
    outcome = read(answer(code=10, errors=[{"Message": "内码为7的数据不存在", "DIndex": 0}]))
    assert type(outcome.of(["7"])["7"]) is Changed


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"IsSuccess": None},
        {"IsSuccess": "yes"},
        {"IsSuccess": False, "MsgCode": "x"},
        {"IsSuccess": False, "MsgCode": [1]},
        {"IsSuccess": True, "SuccessEntitys": [1]},
        {"IsSuccess": True, "SuccessEntitys": [{"Id": [1]}]},
        {"IsSuccess": True, "SuccessEntitys": [{"Id": 1, "DIndex": "x"}]},
        {"IsSuccess": False, "Errors": 5},
        {"IsSuccess": False, "Errors": ["x"]},
    ],
    ids=str,
)
def test_a_status_that_says_nothing_is_garbled(status: Any) -> None:
    with pytest.raises(Garbled):
        outcome_of({"Result": {"ResponseStatus": status}})
