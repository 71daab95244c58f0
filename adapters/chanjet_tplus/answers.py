"""What the platform's answers mean: two styles, and errors that share codes.

Old interfaces answer what was asked for as it is: a list, an id, or nothing at all. New ones have
an envelope, `{"code": "0", "data": …}`. Both refuse by a code with a message; the application
behind them has one code (999) and many words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from connector.contract import Answer
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Changed,
    Gone,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

DONE = ("0", "200")
OWN = (401, 403)
"""Statuses under which the platform says itself what it refuses."""
TOKEN_LOST = frozenset(("50107", "EXSM0003"))
NOT_OURS, BROKEN = "50112", "50000"
"""A quota that is used up, or another application; a failure, or a wrong secret: the status tells
them apart."""
BUSY = frozenset(("14002",))
NO_ACCESS = frozenset(("4001", "4002", "4003", "4008"))
AT_THE_DOOR = frozenset((401, 403, 404))
THROTTLED, NOT_FOUND = 409, 404
PAUSE = 10.0
"""Seconds to stay away when there were too many calls; the platform gives no figure."""
QUOTA_PAUSE = 3600.0
"""The same when those of a month are used up: somebody may buy more."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""


class TokenLost(Exception):
    """The call was refused at the door: the token is not, or no longer, good."""


@dataclass(frozen=True, slots=True)
class Words:
    """By which words refusals without a code of their own are told apart."""

    taken: re.Pattern[str]
    changed: re.Pattern[str]
    missing: re.Pattern[str]


def data_of(answer: Answer, words: Words, *, writes: bool) -> Any:
    """What a success says, out of its envelope. Raises TokenLost, and whatever it refuses."""
    text = answer.text()[:SHOWN]
    payload = _payload(answer, text)
    code, message = _refusal(payload)
    if not code and answer.status < 300:
        enveloped = isinstance(payload, dict) and "code" in payload
        return payload.get("data", payload.get("result")) if enveloped else payload
    if code in TOKEN_LOST:
        raise TokenLost(text)
    raise classified(code, message, answer.status, words, writes=writes, answer=text)


def _payload(answer: Answer, text: str) -> Any:
    try:
        return answer.json()
    except (OutcomeUnknown, Transient):
        if answer.status == NOT_FOUND:
            raise Rejected(say("tplus_no_service"), code="404", answer=text) from None
        raise


def _refusal(payload: Any) -> tuple[str, str]:
    """Code and words of a refusal; empty: it is none."""
    if not isinstance(payload, dict):
        return "", ""
    error = payload.get("error")
    if payload.get("result") is False or (error and "code" not in payload):
        inner = error if isinstance(error, dict) else {"msg": error}
        return str(inner.get("code") or "error"), str(inner.get("msg") or "")
    if "code" not in payload or str(payload["code"]) in DONE:
        return "", ""
    return str(payload["code"]), str(payload.get("message") or payload.get("msg") or "")


def classified(
    code: str, message: str, status: int, words: Words, *, writes: bool, answer: str = ""
) -> AdapterError:
    """The error class of a refusal; its words stay the platform's own."""
    code = code or str(status)
    said = f"{message} [{code}]" if message else str(say("tplus_no_reason", code=code))
    more: dict[str, Any] = {"code": code, "answer": answer}
    if status == THROTTLED or code in BUSY:
        return Unreachable(said, retry_after=PAUSE, **more)
    if code == NOT_OURS and status == 401:
        return Unreachable(said, retry_after=QUOTA_PAUSE, **more)
    if code in NO_ACCESS or code == NOT_OURS or (code == BROKEN and status in AT_THE_DOOR):
        return AccessDenied(said, **more)
    if status in OWN:
        return AccessDenied(said, **more)
    if code in (BROKEN, "500"):
        return (OutcomeUnknown if writes else Transient)(said, **more)
    if words.missing.search(message):
        return Gone(said, **more)
    if words.changed.search(message):
        return Changed(said, **more)
    if words.taken.search(message):
        return AlreadyExists(said, **more)
    return Rejected(said, **more)


def id_in(said: Any) -> str:
    """The id of what was just saved, as either style tells it; empty: it does not."""
    value = said.get("ID", said.get("id")) if isinstance(said, dict) else said
    text = "" if value is None or isinstance(value, list | bool) else str(value).strip()
    return text if text.isdigit() else ""
