"""What DingTalk's answers mean: an `errcode`, always under HTTP 200."""

from __future__ import annotations

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

DONE, BUSY = "0", "-1"
SECURITY = "310000"
"""Keyword, signature or address: its words say which."""
DENIED = frozenset({
    SECURITY,
    "300001", "300005", "400101",  # the token is unknown
    "400013", "400102", "400106",  # the group is dissolved, the robot stopped or gone
})  # fmt: skip
TOO_FAST = frozenset({"130101", "410100", "302033"})
SILENCE = 600.0
"""Seconds for which a robot that was too fast says nothing."""
SHOWN = 2_000


def judged(answer: Answer) -> None:
    """Return where DingTalk says that it has the message; otherwise raise what it means."""
    body = answer.json()
    code = str(body.get("errcode", "")) if isinstance(body, dict) else ""
    text = answer.text()[:SHOWN]
    if not code:
        raise OutcomeUnknown(say("dingtalk_unrecognised"), answer=text)
    if code != DONE:
        raise _refusal(code, str(body.get("errmsg") or code), text)


def _refusal(code: str, words: str, text: str) -> AdapterError:
    if code in TOO_FAST:
        return Unreachable(words, retry_after=SILENCE, code=code, answer=text)
    if code == BUSY:
        return Transient(words, code=code, answer=text)
    kind = AccessDenied if code in DENIED else Rejected
    return kind(words, code=code, answer=text)
