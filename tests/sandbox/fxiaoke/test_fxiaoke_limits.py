"""The vendor's limits, and misbehaviour on request."""

from __future__ import annotations

import pytest

ORDER = "SalesOrderObj"


def codes(crm, calls):
    return [crm.query(ORDER)["errorCode"] for _ in range(calls)]


def set_fault(crm, name, **rule):
    crm.sandbox.faults.set([{"do": "system", "name": name, "times": 1, **rule}])


def test_the_101st_call_of_an_endpoint_in_20_seconds_is_refused(connect):
    crm = connect(limits="vendor")
    assert codes(crm, 101) == [0] * 100 + [14001]
    assert crm.query("erp_stock__c")["errorCode"] == 0
    crm.sandbox.clock.advance(20)
    assert codes(crm, 1) == [0]


def test_the_day_ends_when_the_quota_is_used_and_begins_at_midnight_in_china(connect):
    crm = connect(limits="vendor")
    crm.sandbox.switches["daily_quota"] = 3
    assert codes(crm, 3) == [0, 0, 30002]
    crm.sandbox.clock.advance(86_400)
    crm.log_in()
    assert codes(crm, 1) == [0]


def test_without_limits_there_are_none(crm):
    assert set(codes(crm, 120)) == {0}


def test_limits_have_two_names(connect):
    with pytest.raises(ValueError, match="vendor or off"):
        connect(limits="on")


@pytest.mark.parametrize(("name", "code"), [("busy", -1), ("quota", 30002), ("rate", 14001)])
def test_a_refusal_on_request_does_nothing(crm, name, code):
    key = crm.one(ORDER, "SO-1")["_id"]
    set_fault(crm, name, operation="update")
    assert crm.update(ORDER, key, {"remark": "x"})["errorCode"] == code
    assert not crm.commits()
    assert crm.update(ORDER, key, {"remark": "x"})["errorCode"] == 0


def test_a_token_can_expire_in_the_middle(crm):
    set_fault(crm, "token_expired", skip=1)
    assert codes(crm, 3) == [0, 20016, 20016]
    crm.log_in()
    assert codes(crm, 1) == [0]


def test_50009_can_come_although_the_work_was_done(crm):
    key = crm.one(ORDER, "SO-1")["_id"]
    set_fault(crm, "timeout_50009", form=ORDER)
    assert crm.update(ORDER, key, {"remark": "x"})["errorCode"] == 50009
    assert crm.one(ORDER, "SO-1")["remark"] == "x"
