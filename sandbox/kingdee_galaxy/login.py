"""AuthService: logins, logout, and the list of account sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .auth import APP_ID, APP_SECRET, PASSWORD, USER, Session, login_sign
from .envelope import Call

PARAMETERS = {
    "ValidateUser": ("acctid", "username", "password", "lcid"),
    "ValidateUser2": ("acctid", "username", "password", "iskickoff", "lcid"),
    "LoginByAppSecret": ("acctid", "username", "appid", "appsecret", "lcid"),
    "LoginBySign": ("acctid", "username", "appid", "timestamp", "sign", "lcid"),
}
"""Parameters in their order; named envelopes use the same names in any case."""


def login_parameters(call: Call) -> dict[str, str]:
    """What was sent, whichever envelope: `{"acctid": …}`."""
    names = PARAMETERS[call.operation]
    given = dict(zip(names, call.arguments, strict=False)) if call.arguments else call.named
    return {name: str(given.get(name) or "") for name in names}


def may_log_in(operation: str, given: Mapping[str, str], algorithm: str) -> bool:
    """Whether the credentials are right; the account set is looked at elsewhere."""
    return given["username"] == USER and CHECKS[operation](given, algorithm)


def _password(given: Mapping[str, str], algorithm: str) -> bool:
    return given["password"] == PASSWORD


def _app_secret(given: Mapping[str, str], algorithm: str) -> bool:
    return (given["appid"], given["appsecret"]) == (APP_ID, APP_SECRET)


def _signed(given: Mapping[str, str], algorithm: str) -> bool:
    expected = login_sign(given["acctid"], USER, APP_ID, APP_SECRET, given["timestamp"], algorithm)
    return given["appid"] == APP_ID and given["sign"] == expected


CHECKS: dict[str, Callable[[Mapping[str, str], str], bool]] = {
    "ValidateUser": _password,
    "ValidateUser2": _password,
    "LoginByAppSecret": _app_secret,
    "LoginBySign": _signed,
}


def login_failed() -> dict[str, Any]:
    """HTTP 200; the words are ours, LoginResultType 0 is the manual's."""
    return {
        "Message": "用户名或密码错误", "MessageCode": None, "LoginResultType": 0, "Context": None,
        "KDSVCSessionId": None, "FormId": None, "IsSuccessByAPI": False,
    }  # fmt: skip


def login_succeeded(
    session: Session, acct_id: str, data_center: str, organisation: tuple[int, str]
) -> dict[str, Any]:
    """A success: `MessageCode` can be set all the same, decide on LoginResultType."""
    org_id, org_name = organisation
    context = {
        "UserLocale": "zh-CN", "LogLocale": "zh-CN", "DBid": acct_id, "DatabaseType": 3,
        "SessionId": session.asp_id, "UserId": 100001, "UserName": USER, "CustomName": "示例",
        "DisplayVersion": "9.0.553.10", "DataCenterName": data_center,
        "UserToken": session.id,
        "CurrentOrganizationInfo": {
            "ID": org_id, "AcctOrgType": "1", "Name": org_name, "FunctionIds": [101, 102, 103],
        },
        "ClientType": 32, "ContextResultType": 0,
    }  # fmt: skip
    return {
        "Message": None, "MessageCode": "CheckPasswordPolicy", "LoginResultType": 1,
        "Context": context, "KDSVCSessionId": session.id, "FormId": None,
        "RedirectFormParam": None, "FormInputObject": None, "ErrorStackTrace": None, "Lcid": 0,
        "AccessToken": None, "CustomParam": {}, "KdAccessResult": None, "IsSuccessByAPI": True,
    }  # fmt: skip


def data_centers(acct_id: str, name: str) -> list[dict[str, Any]]:
    """GetDataCenterList answers without a login."""
    return [{"Id": acct_id, "Number": "001", "Name": name}]
