"""What Feishu's answers mean: a `code` in the body, under whatever status."""

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

DONE = "0"
DENIED = frozenset({"19021", "19022", "19024"})
"""Signature or time, address, keyword."""
PARAMETERS = "19001"
"""A token that is unknown, or something else: its words say which."""
TOO_FAST = "11232"
EITHER = "9499"
"""A bad request, or one too many: its words say which."""
SHOWN = 2_000


def judged(answer: Answer) -> None:
    """Return where Feishu says that it has the message; otherwise raise what it means."""
    body = answer.json()
    text = answer.text()[:SHOWN]
    # The older StatusCode may be 0 beside a code that is not.
    known = isinstance(body, dict) and ("code" in body or "StatusCode" in body)
    if not known:
        raise OutcomeUnknown(say("feishu_unrecognised"), answer=text)
    code = str(body.get("code", body.get("StatusCode")))
    if code != DONE:
        raise _refusal(code, str(body.get("msg") or code), text)


def _refusal(code: str, words: str, text: str) -> AdapterError:
    said = words.lower()
    if code == TOO_FAST:
        return Unreachable(words, code=code, answer=text)
    if code == EITHER and "bad request" not in said:
        # Counted: should it be no limit after all, this message alone must come to an end.
        return Transient(words, code=code, answer=text)
    denied = code in DENIED or (code == PARAMETERS and "token" in said)
    return (AccessDenied if denied else Rejected)(words, code=code, answer=text)
