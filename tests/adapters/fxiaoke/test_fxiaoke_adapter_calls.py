"""Tokens, error codes, quota, and answers of unknown shape."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from fxiaoke_world import LINE, ORDER, read, update

from adapters.fxiaoke.answers import error_of, until_midnight
from adapters.fxiaoke.client import _rows
from connector.contract import Identity, Shape
from connector.errors import (
    AccessDenied,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)

CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def error(code, *, writes=False):
    payload = {"errorCode": code, "errorMessage": "话"}
    return error_of(payload, "answer", writes=writes, now=NOON, zone=CHINA)


def test_check_tells_tenant_and_user(crm):
    assert crm.check() == Identity("demo", "1000", sessions=1)


def test_the_older_generation_of_tokens_reads_and_writes_too(world):
    crm = world.adapter(auth="corp", user_id="FSUID_1000")
    assert crm.check() == Identity("FSCID_sandbox", "FSUID_1000", sessions=1)
    crm.write(update(world.key("SO-1")))
    world.later(crm)
    assert read(crm).numbers == ["SO-1", "SO-2", "SO-3"]


@pytest.mark.parametrize(
    "wrong", [{"app_id": "x"}, {"app_secret": "x"}, {"permanent_code": "x"}, {"user_id": "9"}]
)
def test_wrong_credentials_are_access_denied(world, wrong):
    with pytest.raises(AccessDenied):
        world.adapter(**wrong).check()


def test_one_token_serves_for_110_minutes_and_is_then_renewed_in_time(world, crm):
    world.later(crm, 0)
    world.later(crm, 6500)
    crm.check()
    assert world.calls("token") == 1
    world.later(crm, 110)
    crm.check()
    assert world.calls("token") == 2


def test_a_token_that_others_have_used_for_long_is_renewed_in_time(world, crm):
    world.adapter().check()
    world.later(crm, 6590)
    world.later(crm, 70)
    crm.check()
    assert world.calls("token") == 3


def test_many_threads_ask_for_one_token(world, crm):
    threads = [threading.Thread(target=crm.check) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.calls("token") == 1


def test_many_threads_whose_token_is_refused_renew_it_once(world, crm):
    crm.check()
    world.sandbox._gate.revoke()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: crm.check(), range(16)))
    assert world.calls("token") == 2


def test_a_write_with_an_expired_token_is_done_once(world, crm):
    crm.check()
    world.fault(do="system", name="token_expired")
    crm.write(update(world.key("SO-1")))
    assert world.changes() == ["update"]


def test_a_token_that_is_refused_again_is_access_denied(world, crm):
    world.fault(do="system", name="token_expired", times=9)
    with pytest.raises(AccessDenied, match="20016"):
        crm.check()
    assert world.calls("token") == 2


def test_every_call_carries_a_trace_id(world):
    crm = world.adapter()
    assert world.sandbox.switches["trace_required"]
    crm.check()


@pytest.mark.parametrize("code", [-1, -2, 50009])
def test_what_the_vendor_leaves_unclear_is_unclear_for_writes_alone(code):
    assert type(error(code, writes=True)) is OutcomeUnknown
    assert type(error(code)) is Transient


@pytest.mark.parametrize("code", [14001, 30004])
def test_too_many_calls_wait_20_seconds(code):
    assert error(code, writes=True).retry_after == 20


def test_a_used_up_day_waits_for_chinas_midnight(world, crm):
    assert error(30002).retry_after == until_midnight(NOON, CHINA) == 12 * 3600
    world.fault(do="system", name="quota", operation="update")
    with pytest.raises(Unreachable) as caught:
        crm.write(update(world.key("SO-1")))
    assert 0 < caught.value.retry_after <= 24 * 3600


@pytest.mark.parametrize("code", [10006, 20005, 20006, 20015, 20017, 20020, 20021, 20022, 30003])
def test_what_only_a_person_can_mend_is_access_denied(code):
    assert type(error(code)) is AccessDenied


@pytest.mark.parametrize("code", [30027, 32000, 10013, 424242, "30007"])
def test_any_other_code_is_a_refusal_and_never_success(code):
    refusal = error(code, writes=True)
    assert type(refusal) is Rejected
    assert (str(refusal), refusal.code) == (f"话 [{code}]", str(code))


@pytest.mark.parametrize("payload", [[], None, {}, {"errorCode": None}, {"errorCode": "x"}])
def test_an_answer_without_a_code_is_not_success(payload):
    made = error_of(payload, "", writes=True, now=NOON, zone=CHINA)
    assert type(made) is OutcomeUnknown
    assert type(error_of(payload, "", writes=False, now=NOON, zone=CHINA)) is Transient


def test_pages_are_found_under_data_beside_it_or_as_a_single_record():
    row = {"_id": "1"}
    assert _rows({"data": {"dataList": [row]}}) == [row]
    assert _rows({"dataList": [row]}) == [row]
    assert _rows({"data": row}) == [row]
    assert _rows({"data": {"dataList": None}}) == []


def test_a_page_without_a_list_is_no_empty_page():
    with pytest.raises(Transient):
        _rows({"data": {"total": 0}})


def test_the_vendors_own_limits_pass_with_the_default_rate(build):
    world = build(limits="vendor")
    crm = world.adapter(rate="9/2s")
    for _ in range(12):
        crm.check()
    world.sandbox.switches["daily_quota"] = 0
    with pytest.raises(Unreachable, match="30002"):
        crm.check()


def test_too_fast_reading_is_told_to_wait(build):
    world = build(orders=30, limits="vendor")
    keys = [world.key("SO-1")] * 110
    crm = world.adapter()
    with pytest.raises(Unreachable) as caught:
        for key in keys:
            list(crm.fetch(Shape(ORDER, ("_id",), ()), [key]))
    assert caught.value.retry_after == 20


@pytest.mark.parametrize(
    "code", [False, True, Decimal("0.5"), Decimal(0), [0], {}, None, "x"], ids=str
)
def test_what_only_looks_like_zero_is_no_success(code):
    for writes, kind in ((True, OutcomeUnknown), (False, Transient)):
        assert type(error(code, writes=writes)) is kind


def test_a_field_with_options_accepts_these_and_no_others(crm):
    assert crm.codes(ORDER, "mc_currency", ["USD", "JPY"]) == {"USD": "美元"}
    assert crm.codes(LINE, "kind__c") == {
        "goods": "商品",
        "gift": "赠品",
        "service": "服务",
        "freight": "运费",
    }
    assert crm.codes(ORDER, "remark") is crm.codes(ORDER, "no_such_field") is None
