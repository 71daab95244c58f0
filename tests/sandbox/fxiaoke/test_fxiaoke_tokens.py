"""Two generations of tokens, their life, and who may call."""

from __future__ import annotations

import pytest

APP = {
    "appId": "FSAID_sandbox",
    "appSecret": "sandbox-app-secret",
    "permanentCode": "sandbox-permanent-code",
}
OAUTH = {**APP, "grantType": "app_secret"}
QUERY = "/cgi/crm/v2/data/query"
ACCOUNTS = {"data": {"dataObjectApiName": "AccountObj"}}


def token(crm):
    return crm.post("/oauth2.0/token", OAUTH)["accessToken"]


def test_a_call_without_authentication_is_refused_with_20017(crm):
    crm.headers = {}
    assert crm.post(QUERY, ACCOUNTS)["errorCode"] == 20017


def test_a_token_that_was_never_issued_is_refused_in_the_vendors_own_spelling(crm):
    crm.headers["authorization"] = "Bearer nonsense"
    answer = crm.post(QUERY, ACCOUNTS)
    assert answer["errorCode"] == 20016
    assert answer["errorMessage"] == "the cropId,cropAccessToken or authorization is error"


@pytest.mark.parametrize(
    ("wrong", "code"), [("appId", 20006), ("appSecret", 10006), ("permanentCode", 20015)]
)
def test_each_wrong_credential_has_its_code(crm, wrong, code):
    answer = crm.post("/oauth2.0/token", {**OAUTH, wrong: "wrong"})
    assert answer["errorCode"] == code


def test_the_same_token_is_handed_out_for_6600_seconds(crm):
    first = token(crm)
    crm.sandbox.clock.advance(6000)
    assert token(crm) == first


def test_between_6600_and_7200_seconds_the_old_and_the_new_token_work(crm):
    crm.sandbox.clock.advance(6700)
    old = crm.headers["authorization"]
    assert f"Bearer {token(crm)}" != old
    assert crm.post(QUERY, ACCOUNTS)["errorCode"] == 0


def test_after_7200_seconds_a_token_is_dead(crm):
    crm.sandbox.clock.advance(7201)
    assert crm.post(QUERY, ACCOUNTS)["errorCode"] == 20016


def test_expires_in_tells_what_is_left(crm):
    crm.sandbox.clock.advance(1000)
    assert 6190 <= crm.post("/oauth2.0/token", OAUTH)["expiresIn"] <= 6200


def test_the_eleventh_token_call_of_a_minute_is_refused(crm):
    answers = [crm.post("/oauth2.0/token", OAUTH)["errorCode"] for _ in range(10)]
    assert answers == [0] * 9 + [14001]
    crm.sandbox.clock.advance(60)
    assert crm.post("/oauth2.0/token", OAUTH)["errorCode"] == 0


def test_the_old_generation_is_carried_in_the_body(crm):
    crm.headers = {}
    answer = crm.post("/cgi/corpAccessToken/get/V2", APP)
    auth = {"corpAccessToken": answer["corpAccessToken"], "corpId": answer["corpId"]}
    user = crm.post("/cgi/user/getByMobile", {**auth, "mobile": "10000000001"})
    assert user["empList"][0]["openUserId"] == "FSUID_1001"
    body = {**ACCOUNTS, **auth, "currentOpenUserId": "FSUID_1001"}
    assert len(crm.post(QUERY, body)["data"]["dataList"]) == 2


def test_another_tenant_is_refused(crm):
    crm.headers["x-fs-ea"] = "other"
    assert crm.post(QUERY, ACCOUNTS)["errorCode"] == 20017


def test_a_call_without_third_trace_id_is_refused_unless_switched(crm):
    assert crm.post(QUERY, ACCOUNTS, trace=False)["errorCode"] == 32000
    crm.sandbox.switches["trace_required"] = False
    assert crm.post(QUERY, ACCOUNTS, trace=False)["errorCode"] == 0


def test_an_unknown_employee_is_refused(crm):
    crm.headers["x-fs-userid"] = "4711"
    assert crm.post(QUERY, ACCOUNTS)["errorCode"] == 30027


def test_who_has_no_rights_sees_no_rows_and_no_error(crm):
    crm.sandbox.people()["add_customer"](name="丙公司", owner="1000")
    assert len(crm.rows("AccountObj")) == 3
    crm.headers["x-fs-userid"] = "1001"
    assert len(crm.rows("AccountObj")) == 2
