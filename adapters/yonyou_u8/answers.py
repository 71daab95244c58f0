"""What the relay's answers mean: an `errcode`, nearly always under HTTP 200.

Only five codes are known. 20005 is whatever U8 says no to, in its own words; so what it means is
told by words, which a site can set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.yonyou_u8.settings import YonyouU8Settings
from connector.contract import Answer
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

DONE, RUNNING = "0", "30025"
NOTHING, REFUSED = "20002", "20005"
"""A look-up found nothing; U8 refused."""
PLATFORM = "10001"
"""The relay itself failed, so that nobody knows what was done."""
PAUSE = 30.0
"""Seconds to stay away when there were too many calls; the relay gives no figure."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""

_NOTHING = re.compile("未检索到")


class TokenLost(Exception):
    """The call was refused at the door: the token is not, or no longer, good."""


class Running(Exception):
    """A write is under way."""


class Nothing(Exception):
    """A read found nothing."""


@dataclass(frozen=True, slots=True)
class Words:
    """By which words refusals are told apart."""

    lapsed: re.Pattern[str]
    denied: re.Pattern[str]
    busy: re.Pattern[str]
    offline: re.Pattern[str]
    locked: re.Pattern[str]
    taken: re.Pattern[str]

    @classmethod
    def of(cls, settings: YonyouU8Settings) -> Words:
        names = ("lapsed", "denied", "busy", "offline", "locked", "taken")
        return cls(*(re.compile(getattr(settings, f"{name}_text")) for name in names))


def payload_of(answer: Answer, words: Words, *, writes: bool) -> Mapping[str, Any]:
    """The body of a success. Raises TokenLost, Running, Nothing, and whatever else it refuses."""
    text = answer.text()[:SHOWN]
    payload = answer.json()
    if not isinstance(payload, dict) or "errcode" not in payload:
        raise unrecognised(text, writes=writes)
    code, message = str(payload["errcode"]), str(payload.get("errmsg") or "")
    if code == DONE:
        if answer.status < 300:
            return payload
        # Somebody in between says no, the body yes: nobody knows.
        raise unrecognised(text, writes=writes)
    if code == RUNNING:
        raise Running(message)
    if code == NOTHING and not writes and _NOTHING.search(message):
        raise Nothing(message)
    if code not in (NOTHING, REFUSED) and words.lapsed.search(message):
        raise TokenLost(message)
    raise classified(code, message, words, writes=writes, answer=text)


def classified(
    code: str, message: str, words: Words, *, writes: bool, answer: str = ""
) -> AdapterError:
    """The error class of a refusal; its words stay U8's own."""
    said = f"{message} [{code}]" if message else str(say("u8_no_reason", code=code))
    more: dict[str, Any] = {"code": code, "answer": answer}
    if code in (PLATFORM, RUNNING):
        return (OutcomeUnknown if writes else Transient)(said, **more)
    if code not in (NOTHING, REFUSED) and words.denied.search(message):
        return AccessDenied(said, **more)
    if words.busy.search(message):
        return Unreachable(said, retry_after=PAUSE, **more)
    if words.offline.search(message):
        # The relay may keep a write until the agent is back.
        return OutcomeUnknown(said, **more) if writes else Unreachable(said, **more)
    if words.locked.search(message):
        return Locked(said, **more)
    if writes and words.taken.search(message):
        return AlreadyExists(said, **more)
    return Rejected(said, **more)


def unrecognised(text: str, *, writes: bool) -> AdapterError:
    """An answer of no known shape."""
    return (OutcomeUnknown if writes else Transient)(say("u8_unrecognised"), answer=text[:SHOWN])
