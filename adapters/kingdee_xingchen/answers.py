"""What the platform's answers mean: an envelope with a code, nearly always under HTTP 200.

The gateway refuses a call before the application behind it sees it: a lost token or secret, a wrong
signature, too many calls. The application has few codes and many words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from adapters.kingdee_xingchen.settings import KingdeeXingchenSettings
from connector.contract import Answer
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

DONE = frozenset(("0", "200"))
BAD_SECRET = "1030002006"  # noqa: S105 - a code
BAD_TOKEN = "1000202001"  # noqa: S105 - a code
SYSTEM_ERROR = "2000002000"
NO_APPLICATION, BAD_TIME = "4002", "4006"
"""What the gateway says of an application that is not named, and of a time that is over."""
TOO_MANY, NO_PATH = 429, 519
OWN = (401, 403, TOO_MANY, NO_PATH)
"""Statuses under which the platform itself speaks."""
PAUSE = 60.0
"""Seconds to stay away when there were too many calls: limits are told by the minute."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""
_SIGNATURE = "X-Api-Signature"


class Lost(Exception):
    """The call was refused at the door: the token, or what it is given for, is good no more."""

    def __init__(self, answer: str, *, secret: bool) -> None:
        """`secret`: the account set has another secret by now."""
        super().__init__(answer)
        self.secret = secret


class Unsigned(Exception):
    """The gateway does not accept the signature, or the time in it: nothing was done."""

    def __init__(self, refusal: AccessDenied) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Words:
    """By which words refusals without a code of their own are told apart."""

    taken: re.Pattern[str]
    missing: re.Pattern[str]

    @classmethod
    def of(cls, settings: KingdeeXingchenSettings) -> Self:
        return cls(re.compile(settings.taken_text), re.compile(settings.missing_text))


def data_of(answer: Answer, words: Words, *, writes: bool) -> Any:
    """The `data` of a success. Raises Lost, Unsigned, and whatever else it refuses."""
    text = answer.text()[:SHOWN]
    if answer.status == TOO_MANY:
        raise Unreachable(say("xingchen_too_many"), retry_after=PAUSE, code="429", answer=text)
    payload = _payload(answer)
    code = str(payload.get("errcode", payload.get("code", "")))
    if code in (BAD_SECRET, BAD_TOKEN):
        raise Lost(text, secret=code == BAD_SECRET)
    if answer.status in (401, 403):
        raise AccessDenied(_said(payload, str(answer.status)), code=code, answer=text)
    if code == BAD_TIME or _SIGNATURE in _said(payload, code):
        raise Unsigned(AccessDenied(_said(payload, code), code=code, answer=text))
    if answer.status == NO_PATH and code != NO_APPLICATION:
        raise Rejected(_said(payload, "519"), code="519", answer=text)
    if not code or (code in DONE and answer.status >= 300):
        # Somebody in between says no, the body yes: nobody knows.
        raise unrecognised(text, writes=writes)
    if code in DONE:
        return payload.get("data")
    raise classified(code, payload, words, writes=writes, answer=text)


def classified(
    code: str, payload: dict[str, Any], words: Words, *, writes: bool, answer: str = ""
) -> AdapterError:
    """The error class of a refusal; its words stay the platform's own."""
    said = _said(payload, code)
    more: dict[str, Any] = {"code": code, "answer": answer}
    if code == SYSTEM_ERROR:
        return (OutcomeUnknown if writes else Transient)(said, **more)
    if code == NO_APPLICATION:
        return AccessDenied(said, **more)
    if words.taken.search(said):
        return AlreadyExists(said, **more)
    return Rejected(said, **more)


def unrecognised(answer: str, *, writes: bool) -> AdapterError:
    """An answer that says neither yes nor no."""
    kind = OutcomeUnknown if writes else Transient
    return kind(say("xingchen_unrecognised"), answer=answer[:SHOWN])


def _payload(answer: Answer) -> dict[str, Any]:
    """The envelope. What stands before the platform may refuse with a page of its own."""
    try:
        payload = answer.json()
    except (OutcomeUnknown, Transient):
        if answer.status in OWN:
            return {}
        raise
    return payload if isinstance(payload, dict) else {}


def _said(payload: dict[str, Any], code: str) -> str:
    names = ("description", "description_cn", "msg", "message")
    message = next((str(payload[name]) for name in names if payload.get(name)), "")
    return f"{message} [{code}]" if message else str(say("xingchen_no_reason", code=code))
