"""Signatures, logins and sessions; the vectors come from running the official SDK."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any

import pytest

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.kingdee_galaxy.auth import (
    ACCT_ID,
    APP_ID,
    APP_SECRET,
    api_signature,
    app_signature,
    login_sign,
    signing_key,
)
from sandbox.server import Request, Response, from_json

SERVICE = "/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService"
QUERY = f"{SERVICE}.ExecuteBillQuery.common.kdsvc"
BODY = b'{"data":{"FormId":"BD_Customer","FieldKeys":"FNumber"}}'
AUTH = "/k3cloud/Kingdee.BOS.WebApi.ServicesStub.AuthService"


def test_the_signing_key_is_the_masked_second_part_of_the_app_id() -> None:
    assert signing_key(APP_ID) == "MDE3N2I2PzBrPzg4OD45N3IhK3B1InIk"
    assert signing_key("123456_short") == ""


@pytest.mark.parametrize(
    ("path", "app_id", "stamp", "nonce", "signature"),
    [
        (QUERY, APP_ID, "1700000000", "1700000000",
         "N2M1YmZlZTUyZjc5YTRjMzU0MjkxMWVjODQ0YWEwZjQ0NzQyNWZjZjcwNGFhNzg0MzMxOGI5ZmI4YjNlMzUxOA=="),
        (f"{SERVICE}.Save.common.kdsvc", APP_ID, "1700000000", "1700000000",
         "NzI2MjZlOGJiNjBiYTJkYzM3NTU3NTI0ZGE3YWY4MDhmMDNhMmZmOTc0ZGI4ZWJiYjg0NWFiYWFiNzIwZTczNg=="),
        (QUERY, "123456_short", "1700000000", "1700000000",
         "MWMxYzAyODg5Mzg3YjdiNzE4ZTRlMDg1NjZhM2Y2OTE2NDNjNzk0MmMyM2JhYTYzNDJiNDM1M2JhYmVmYTc2NQ=="),
    ],
)  # fmt: skip
def test_api_signatures_match_the_official_sdk(
    path: str, app_id: str, stamp: str, nonce: str, signature: str
) -> None:
    assert api_signature(app_id, path, nonce, stamp) == signature


def test_millisecond_stamps_sign_the_same_way() -> None:
    nonce, stamp = "00af2d3095054ffc94e80968537c14b2", "1700000000123"
    key = signing_key(APP_ID).encode()
    text = f"POST\n{QUERY.replace('/', '%2F')}\n\nx-api-nonce:{nonce}\nx-api-timestamp:{stamp}\n"
    digest = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    assert digest == "94045d539f7abfb5a64e28a6198d6ba3c9e28e002177e0cdab6034b1c72c0428"


@pytest.mark.parametrize(
    ("app_data", "signature"),
    [
        (f"{ACCT_ID},demo,2052,0",
         "NmM0NzliMWZmN2E3MzY5YzI0Njc0ZWQ0MmNlMzJkZjE2YmVlZmFmYTljNTNmNzhmOTE3YTk0N2ZhOWMwZmZlNw=="),
        (f"{ACCT_ID},张三,2052,100",
         "NjIyYzA5ZDMyMDhhZTNiZDNjZTQ4ZTk0NDgzMDA5MjQ4NTZjMWM4OTBiMWU0ZTgwNjZhZjM5ZGQ4YjQwNWE3MA=="),
    ],
)  # fmt: skip
def test_app_signatures_match_the_official_sdk(app_data: str, signature: str) -> None:
    assert app_signature(APP_ID, APP_SECRET, app_data) == signature


@pytest.mark.parametrize(
    ("user", "algorithm", "expected"),
    [
        ("demo", "sha256", "33af1fb1ba4c8624f62056fd675e14aad9871ce9143841ee4bbf5b03c61fd092"),
        ("demo", "sha1", "86a35198e15e963015b4205af857fba58da5bd6b"),
        ("张三", "sha256", "135311de83dcfdf64461513bfa888f5d7ab5ab90bc2d6acd8e3f747de82dd011"),
    ],
)
def test_login_signs_match_the_vectors(user: str, algorithm: str, expected: str) -> None:
    assert login_sign(ACCT_ID, user, APP_ID, APP_SECRET, "1700000000", algorithm) == expected


def signed(path: str = QUERY, app_data: str = f"{ACCT_ID},demo,2052,0") -> dict[str, str]:
    import base64

    stamp = str(int(time.time()))
    return {
        "x-api-clientid": "123456",
        "x-api-timestamp": stamp,
        "x-api-nonce": stamp,
        "x-api-signature": api_signature(APP_ID, path, stamp, stamp),
        "x-kd-appkey": APP_ID,
        "x-kd-appdata": base64.b64encode(app_data.encode()).decode(),
        "x-kd-signature": app_signature(APP_ID, APP_SECRET, app_data),
    }


def ask(server: KingdeeGalaxySandbox, headers: dict[str, str], path: str = QUERY) -> Response:
    return server.handle(Request("POST", path, headers, BODY))


def code(response: Response) -> Any:
    """The MsgCode of a failed query; None for rows."""
    first = from_json(response.body)[0][0]
    return first["Result"]["ResponseStatus"]["MsgCode"] if isinstance(first, dict) else None


def session_of(response: Response) -> str:
    return response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]


def test_a_signed_call_is_answered_and_gets_a_session(server: KingdeeGalaxySandbox) -> None:
    response = ask(server, signed())
    assert code(response) is None
    assert "ASP.NET_SessionId=" in response.headers["Set-Cookie"]


def test_a_live_session_is_believed_without_a_look_at_the_signature(
    server: KingdeeGalaxySandbox,
) -> None:
    session = session_of(ask(server, signed()))
    headers = {**signed(), "x-api-signature": "wrong", "kdservice-sessionid": session}
    assert code(ask(server, headers)) is None
    assert code(ask(server, {"cookie": f"Theme=standard;kdservice-sessionid={session}"})) is None


def test_an_idle_session_is_renewed_silently_by_a_good_signature(
    server: KingdeeGalaxySandbox,
) -> None:
    session = session_of(ask(server, signed()))
    server.clock.advance(21 * 60)
    assert code(ask(server, {"kdservice-sessionid": session})) == 1
    response = ask(server, {**signed(), "kdservice-sessionid": session})
    assert code(response) is None
    assert session_of(response) != session


@pytest.mark.parametrize("name", ["x-api-signature", "x-kd-signature", "x-kd-appkey"])
def test_bad_credentials_look_like_an_expired_session(
    server: KingdeeGalaxySandbox, name: str
) -> None:
    response = ask(server, {**signed(), name: "123456_wrong"})
    assert response.status == 200
    assert code(response) == 1
    shell = session_of(response)
    assert code(ask(server, {"kdservice-sessionid": shell})) == 1


def test_an_unknown_language_is_refused_and_an_unknown_organisation_is_not(
    server: KingdeeGalaxySandbox,
) -> None:
    assert code(ask(server, signed(app_data=f"{ACCT_ID},demo,9999,0"))) == 1
    assert code(ask(server, signed(app_data=f"{ACCT_ID},demo,2052,555"))) is None


def test_an_unknown_account_set_is_http_500(server: KingdeeGalaxySandbox) -> None:
    response = ask(server, signed(app_data="65ffffffffffff,demo,2052,0"))
    assert response.status == 500
    assert b"thirty passport" in response.body


def log_in(server: KingdeeGalaxySandbox, method: str, body: Any) -> Any:
    import json

    request = Request("POST", f"{AUTH}.{method}.common.kdsvc", {}, json.dumps(body).encode())
    return from_json(server.handle(request).body)


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("ValidateUser", {"parameters": [ACCT_ID, "demo", "demo-password", 2052]}),
        ("ValidateUser", {"acctID": ACCT_ID, "username": "demo", "password": "demo-password"}),
        ("ValidateUser2", {"parameters": [ACCT_ID, "demo", "demo-password", True, 2052]}),
        ("LoginByAppSecret", {"parameters": [ACCT_ID, "demo", APP_ID, APP_SECRET, 2052]}),
        ("LoginByAppSecret",
         {"acctID": ACCT_ID, "username": "demo", "appid": APP_ID, "appsecret": APP_SECRET}),
        ("LoginBySign",
         {"parameters": [ACCT_ID, "demo", APP_ID, "1700000000",
                         login_sign(ACCT_ID, "demo", APP_ID, APP_SECRET, "1700000000"), 2052]}),
    ],
)  # fmt: skip
def test_every_login_opens_a_session(
    server: KingdeeGalaxySandbox, method: str, body: dict[str, Any]
) -> None:
    answer = log_in(server, method, body)
    assert answer["LoginResultType"] == 1
    assert answer["Context"]["DBid"] == ACCT_ID
    assert code(ask(server, {"kdservice-sessionid": answer["KDSVCSessionId"]})) is None


def test_a_wrong_password_is_http_200_with_result_type_0(server: KingdeeGalaxySandbox) -> None:
    answer = log_in(server, "ValidateUser", {"parameters": [ACCT_ID, "demo", "no", 2052]})
    assert answer["LoginResultType"] == 0


def test_an_old_server_hashes_login_signs_with_sha1(server: KingdeeGalaxySandbox) -> None:
    server.switches["login_hash"] = "sha1"
    stamp = "1700000000"
    for algorithm, expected in (("sha256", 0), ("sha1", 1)):
        sign = login_sign(ACCT_ID, "demo", APP_ID, APP_SECRET, stamp, algorithm)
        body = {"parameters": [ACCT_ID, "demo", APP_ID, stamp, sign, 2052]}
        assert log_in(server, "LoginBySign", body)["LoginResultType"] == expected


def test_logout_ends_the_session(server: KingdeeGalaxySandbox) -> None:
    headers = {"kdservice-sessionid": session_of(ask(server, signed()))}
    response = ask(server, headers, f"{AUTH}.Logout.common.kdsvc")
    assert from_json(response.body) is True
    assert code(ask(server, headers)) == 1


def test_the_server_can_suddenly_answer_for_another_account_set(
    server: KingdeeGalaxySandbox,
) -> None:
    server.switches |= {"acct_id": "65eeeeeeeeeeee", "data_center": "测试账套"}
    account = "/k3cloud/Kingdee.BOS.ServiceFacade.ServicesStub.Account.AccountService"
    answer = from_json(ask(server, {}, f"{account}.GetDataCenterList.common.kdsvc").body)
    assert answer == [{"Id": "65eeeeeeeeeeee", "Number": "001", "Name": "测试账套"}]
    login = log_in(server, "ValidateUser", {"parameters": [ACCT_ID, "demo", "demo-password", 2052]})
    assert login["Context"]["DBid"] == "65eeeeeeeeeeee"
    assert server.settings("http://127.0.0.1:1")[0]["acct_id"] == "65eeeeeeeeeeee"
