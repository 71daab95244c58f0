"""What Aliyun's answers mean: a `Code` in the body, of the service under HTTP 200, and of the
gateway before it under 4xx."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector import exact
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
"""Statuses of failure under which Aliyun may say itself what was wrong."""
DONE = "OK"
TOO_FAST = "Throttling"
"""How the codes of whoever calls too often begin."""
DENIED = frozenset({"isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.SMS_SIGNATURE_ILLEGAL"})
"""Money, or the company's signature: nothing is sent until somebody sees to it."""
LATER = frozenset({"isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR"})
"""Too much for this number, or Aliyun is out of order."""
FIELDS = {
    "isv.MOBILE_NUMBER_ILLEGAL": "to",
    "isv.SMS_TEMPLATE_ILLEGAL": "template",
    "isv.TEMPLATE_MISSING_PARAMETERS": "parameters",
}
"""What of a message is refused."""
SHOWN = 2_000


def judged(answer: Answer) -> str:
    """Aliyun's own number of the message where it says that it has it; otherwise raises what the
    answer means."""
    body, text = _body(answer), answer.text()[:SHOWN]
    code = str(body.get("Code") or "")
    if code == DONE:
        return str(body.get("BizId") or "")
    if not code and answer.status < 400:
        raise OutcomeUnknown(say("sms_unrecognised"), answer=text)
    if not code:  # a page of somebody in between
        raise AccessDenied(say("http_denied", status=answer.status), answer=text)
    raise _refusal(code, f"{code}: {body.get('Message') or ''}", text, answer.status)


def _body(answer: Answer) -> Mapping[str, Any]:
    try:
        body = exact.loads(answer.text())
    except exact.NotJson:
        return {}
    return body if isinstance(body, dict) else {}


def _refusal(code: str, words: str, text: str, status: int) -> AdapterError:
    if code.startswith(TOO_FAST):
        return Unreachable(words, code=code, answer=text)
    if status >= 400 or code in DENIED:
        return AccessDenied(words, code=code, answer=text)
    if code in LATER:
        return Transient(words, code=code, answer=text)
    return Rejected(words, field=FIELDS.get(code, ""), code=code, answer=text)
