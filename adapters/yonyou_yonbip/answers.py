"""What the platform's answers mean: an envelope with a code, nearly always under HTTP 200.

Codes of the gateway (six digits) refuse a call before the application behind it sees it, those
of timeouts excepted. The applications have few codes and many words. Actions on several records
say 200 although some failed: each record's own word counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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

DONE, LET_IN = "200", "00000"
BAD_TOKEN = "310036"  # noqa: S105 - a code
BAD_OPERATOR = "506"
NOTHING = "118001"
"""An empty list of customers; the same code was seen where a permission is missing."""
MISSING = "1002"
RUNNING = "202"
DUPLICATE = frozenset(("10004", "100004"))
"""The resubmit key has made a record more than an hour ago."""
TOO_FAST = frozenset(("310032", "310039", "310042", "310046", "310050", "429"))
CIRCUIT_OPEN = "310043"
PAUSE = 30.0
"""Seconds to stay away when there were too many calls; the platform gives no figure."""
NO_ACCESS = frozenset((
    "10018", "310001", "310031", BAD_TOKEN, "310037", "310038", "310041", "310047",
))  # fmt: skip
"""Application, token, right to the interface, address of the caller."""
UNCLEAR = frozenset((
    RUNNING, "310504", "310061", "310062", "310063", "310064", "310065", "310066", "310071",
    "310072",
))  # fmt: skip
"""Timeouts, plug-ins and what lies behind the gateway: nothing is said about what was done."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""

_BAD_TOKEN_TEXT = "非法token"  # noqa: S105
"""What some interfaces answer as plain text in place of the code."""
_EMPTY = re.compile("为空|没有(查询到)?数据|无数据")


class TokenLost(Exception):
    """The call was refused at the door: the token is not, or no longer, good."""


@dataclass(frozen=True, slots=True)
class Words:
    """By which words refusals without a code of their own are told apart."""

    taken: re.Pattern[str]
    changed: re.Pattern[str]


class Repeated(Exception):
    """The resubmit key has done its work already; `key` is the record that it made."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def data_of(answer: Answer, words: Words, *, writes: bool) -> Any:
    """The `data` of a success. Raises TokenLost, Repeated, and whatever else it refuses."""
    text = answer.text()[:SHOWN]
    if text.strip() == _BAD_TOKEN_TEXT:
        raise TokenLost(text)
    payload = answer.json()
    unclear = OutcomeUnknown if writes else Transient
    if not isinstance(payload, dict) or "code" not in payload:
        raise unclear(say("yonyou_unrecognised"), answer=text)
    code = str(payload["code"])
    if code in (DONE, LET_IN):
        if answer.status < 300:
            return payload.get("data")
        # Somebody in between says no, the body yes: nobody knows.
        raise unclear(say("yonyou_unrecognised"), code=str(answer.status), answer=text)
    if code == BAD_TOKEN:
        raise TokenLost(text)
    if code == NOTHING and _EMPTY.search(str(payload.get("message"))):
        return []
    if code in DUPLICATE and (key := _id_in(payload.get("data"))):
        raise Repeated(key)
    message = str(payload.get("message") or payload.get("displayCode") or "")
    raise classified(code, message, words, writes=writes, answer=text)


def classified(
    code: str, message: str, words: Words, *, writes: bool, answer: str = ""
) -> AdapterError:
    """The error class of a refusal; its words stay the platform's own."""
    said = f"{message} [{code}]" if message else str(say("yonyou_no_reason", code=code))
    more: dict[str, Any] = {"code": code, "answer": answer}
    if code in UNCLEAR:
        return (OutcomeUnknown if writes else Transient)(said, **more)
    if code in TOO_FAST or code == CIRCUIT_OPEN:
        return Unreachable(said, retry_after=PAUSE, **more)
    if code in NO_ACCESS or code == NOTHING:
        return AccessDenied(said, **more)
    if code == MISSING:
        return Gone(said, **more)
    if words.changed.search(message):
        return Changed(said, **more)
    if words.taken.search(message):
        return AlreadyExists(said, **more)
    return Rejected(said, **more)


def outcomes(
    data: Any, keys: Sequence[str], words: Words
) -> dict[str, AdapterError | Mapping[str, Any]]:
    """What became of each record of an action: what is shown of it now, or why not. Some actions
    count what failed, others show the one record that they were for."""
    answer, counted = str(data)[:SHOWN], isinstance(data, dict) and "failCount" in data
    shown = data.get("infos") if counted else data
    several = shown if isinstance(shown, list) else [shown]
    infos = {str(one["id"]): one for one in several if isinstance(one, dict) and one.get("id")}
    if not counted:
        unclear = OutcomeUnknown(say("yonyou_unrecognised"), answer=answer)
        return {key: infos.get(key, unclear) for key in keys}
    messages = _texts(data.get("messages")) or _texts(data.get("failInfos"))
    message = "; ".join(dict.fromkeys(messages))
    error = classified("999", message, words, writes=True, answer=answer)
    failed = int(data["failCount"] or 0)
    return {key: infos.get(key, {}) if not failed or key in infos else error for key in keys}


def _texts(value: Any) -> list[str]:
    """Messages, which come as a list or as one text."""
    several = value if isinstance(value, list) else [value]
    return [str(one) for one in several if one]


def _id_in(data: Any) -> str:
    one = data[0] if isinstance(data, list) and data else data
    return str(one.get("id") or "") if isinstance(one, dict) else ""
