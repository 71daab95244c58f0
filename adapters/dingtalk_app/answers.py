"""What DingTalk's answers mean: a refusal is a `code` and a `message` under HTTP 4xx."""

from __future__ import annotations

from typing import Any

from connector.contract import Answer
from connector.errors import (
    AccessDenied,
    AdapterError,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

OWN = frozenset({401, 403})
"""Statuses under which DingTalk itself says what is wrong, besides 400."""
FORBIDDEN = "Forbidden."
"""How codes of missing permissions and addresses that are not trusted begin, and of limits."""
LOST = frozenset({"InvalidAuthentication"})
"""The token is not valid, or not any more."""
DENIED = LOST | {
    "needAuth",  # the originator may not use the template
    "processCodeError", "processGetFailed",  # no such template, or it is switched off
    "processSetupNoPermission",
}  # fmt: skip
TOO_FAST = {
    "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi": 1.0,
    "Forbidden.AccessDenied.QpsLimitForApi": 1.0,
    "autoflowLikeTriggerRateLimited": None,
    "Forbidden.AccessDenied.ApiCountLimitForOrg": 3600.0,
}
"""Nothing is taken for so many seconds; None: for how long is not told. The last are the calls of
the month: they begin anew, or somebody buys more."""
BROKEN = frozenset({"internalError", "sysErrror", "systemError"})
"""DingTalk itself failed; the spelling is its own."""
ABSENT = frozenset(
    {"processInstanceNotExist", "processInstanceIdError", "aflowProcessInstNotExist"}
)
"""There is no such instance."""
NOT_NOW = "aflowProcessInstStatusException"
"""The instance is over, or was made less than 15 seconds ago."""
INSIDE = "internalError"
"""Of a withdrawal: the template does not let originators withdraw, or DingTalk itself failed."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""


def judge(answer: Answer, needs: str, *, writes: bool) -> dict[str, Any]:
    """The body of an answer that says it is done, which has what it `needs`; otherwise raises what
    the answer means."""
    body, text = _body(answer), answer.text()[:SHOWN]
    unclear = OutcomeUnknown if writes else Transient
    code = str(body.get("code") or "")
    if code in BROKEN:
        raise unclear(_words(code, body), code=code, answer=text)
    if code:
        raise _refusal(code, _words(code, body), text)
    if answer.status in OWN:
        raise AccessDenied(say("http_denied", status=answer.status), answer=text)
    if answer.status >= 300 or body.get(needs) is None:
        raise unclear(say("dingtalk_app_unclear", name=needs), answer=text)
    return body


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = answer.json()
    except (OutcomeUnknown, Transient):
        if answer.status not in OWN:
            raise
        body = None
    return body if isinstance(body, dict) else {}


def _words(code: str, body: dict[str, Any]) -> str:
    """The code stands with the words: these change, and people look for it."""
    return f"{code}: {body.get('message') or ''}"


def _refusal(code: str, words: str, text: str) -> AdapterError:
    if code in TOO_FAST:
        return Unreachable(words, retry_after=TOO_FAST[code], code=code, answer=text)
    kind = AccessDenied if code in DENIED or code.startswith(FORBIDDEN) else Rejected
    return kind(words, code=code, answer=text)
