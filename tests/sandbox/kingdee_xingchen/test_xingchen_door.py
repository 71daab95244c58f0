"""Three steps to be let in, and calls that are refused at the door."""

from __future__ import annotations

import pytest
from xingchen_world import ORDER, Caller

from sandbox.kingdee_xingchen import XingchenSandbox
from sandbox.kingdee_xingchen.auth import APP_KEY, seal

DAY = 86_400


def test_three_steps_let_somebody_in(caller: Caller) -> None:
    assert caller("GET", ORDER, page="1")["errcode"] == 1000202001
    assert caller.log_in() == 0
    assert caller("GET", ORDER, page="1")["errcode"] == 0


def test_the_secret_is_another_one_every_day_and_ends_the_tokens(caller: Caller) -> None:
    old = caller("POST", "/jdyconnector/app_management/push_app_authorize",
                 outerInstanceId="107218833860857856")["data"][0]["appSecret"]  # fmt: skip
    assert caller.token(seal(old, APP_KEY)) == 0
    caller.server.clock.advance(DAY - 60)
    assert caller.token(seal(old, APP_KEY)) == 0
    caller.server.clock.advance(120)
    assert caller("GET", ORDER, page="1")["errcode"] == 1030002006
    assert caller.token(seal(old, APP_KEY)) == 1030002006
    assert caller.log_in() == 0


@pytest.mark.parametrize("late", [301_000, -301_000])
def test_a_time_that_is_five_minutes_off_is_refused(caller: Caller, late: int) -> None:
    caller.log_in()
    assert caller("GET", ORDER, late=late)["errcode"] == 4006


def test_a_signature_by_another_secret_is_refused(server: XingchenSandbox) -> None:
    stranger = Caller(server, "another")
    assert stranger("GET", ORDER) == {"errcode": 400, "description": "X-Api-Signature is invalid"}


def test_values_are_signed_whatever_stands_in_them(caller: Caller) -> None:
    caller.log_in()
    told = caller("GET", ORDER, search="华东 A&B", page="1", bill_status="C")
    assert told["errcode"] == 0


def test_a_new_token_ends_the_one_before_unless_told_otherwise(caller: Caller) -> None:
    for alone, code in ((True, 1000202001), (False, 0)):
        caller.server.switches["one_token"] = alone
        caller.log_in()
        other = Caller(caller.server)
        other.log_in()
        assert caller("GET", ORDER)["errcode"] == code


def test_where_the_vendors_limits_hold_two_tokens_go_into_a_minute(caller: Caller) -> None:
    caller.server.switches["limits"] = "on"
    assert [caller.log_in() for _ in range(3)] == [0, 0, 429]
    codes = [caller("GET", ORDER)["errcode"] for _ in range(501)]
    assert (set(codes[:500]), codes[500]) == ({0}, 429)


def test_paths_that_nobody_serves_are_the_gateways_to_refuse(caller: Caller) -> None:
    caller.log_in()
    for method, path in (("GET", "/jdy/v2/bd/nothing"), ("POST", "/jdy/v2/pm/mo_taskbill")):
        assert caller(method, path)["errcode"] == 5001
