"""What Feishu's answers mean: a `code` in the body, under 200, 400 or another status."""

from __future__ import annotations

from typing import Any

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

DONE = "0"
OWN = frozenset({401, 403, 429})
"""Statuses under which Feishu itself says what is wrong, besides 400."""
LOST = frozenset({"99991661", "99991663", "99991665", "99991671"})
"""The token is not valid, or not any more."""
DENIED = LOST | {
    "99991401",  # our address is not one that the application allows
    "99991662", "99991673",  # the application is switched off, or not installed
    "99991672", "99991676",  # it lacks a permission
    "1390002", "60002",  # there is no such definition
    "1390015", "1390016",  # it is switched off, or deleted
    "1390013", "60013",  # it is of a kind that cannot be used so
    "1390009", "60009",  # nor may this application use it
    "60011",  # nor this company
}  # fmt: skip
TOO_FAST, USED_UP = "99991400", "99991403"
MONTH = 3600.0
"""Seconds after which it is tried again where the calls of the month are used up: they begin anew,
or somebody buys more."""
BROKEN = frozenset({"1395001", "4006", "5000", "10101", "10500"})
"""Feishu itself failed."""
BUSY = frozenset({"60014"})
"""Somebody else is changing the instance just now: nothing was done."""
TAKEN = frozenset({"60012"})
"""There is an instance of this uuid."""
ABSENT = frozenset({"1390003", "60003"})
"""There is no such instance."""
PAUSE = "x-ogw-ratelimit-reset"
"""Header with the seconds for which nothing more is taken."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""


def judge(answer: Answer, *, writes: bool) -> dict[str, Any]:
    """The body of an answer that says it is done; otherwise raises what the answer means."""
    body, text = _body(answer), answer.text()[:SHOWN]
    unclear = OutcomeUnknown if writes else Transient
    found = body.get("code")
    code = "" if found is None else str(found)
    if code == DONE and answer.status < 300:
        return body
    if code in ("", DONE):
        raise _wordless(answer, text) or unclear(_unclear("code"), answer=text)
    # The code stands with the words: these change, and people look for it.
    words = f"{code}: {body.get('msg') or ''}"
    if code in BROKEN:
        raise unclear(words, code=code, answer=text)
    raise _refusal(code, words, text, _pause(answer))


def part(body: dict[str, Any], name: str, *, writes: bool = False) -> Any:
    """What a body must have, where it says that all went well."""
    found = (body.get("data") or {}).get(name)
    if found is None:
        raise (OutcomeUnknown if writes else Transient)(_unclear(name), answer=str(body)[:SHOWN])
    return found


def _unclear(name: str) -> Any:
    return say("feishu_approval_unclear", name=name)


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = answer.json()
    except (OutcomeUnknown, Transient):
        if answer.status not in OWN:
            raise
        body = None
    return body if isinstance(body, dict) else {}


def _wordless(answer: Answer, text: str) -> AdapterError | None:
    """What a status means that comes without a word."""
    if answer.status == 429:
        return Unreachable(say("http_status", status=429), retry_after=_pause(answer), answer=text)
    denied = answer.status in OWN
    return AccessDenied(say("http_denied", status=answer.status), answer=text) if denied else None


def _pause(answer: Answer) -> float | None:
    seconds = str(answer.headers.get(PAUSE) or "")
    return min(float(seconds), MONTH) if seconds.isdecimal() else None


def _refusal(code: str, words: str, text: str, pause: float | None) -> AdapterError:
    if code in (TOO_FAST, USED_UP):
        wait = MONTH if code == USED_UP else pause
        return Unreachable(words, retry_after=wait, code=code, answer=text)
    if code in TAKEN:
        return AlreadyExists(say("feishu_approval_made", words=words), code=code, answer=text)
    if code in BUSY:
        return Transient(words, code=code, answer=text)
    kind = AccessDenied if code in DENIED else Rejected
    return kind(words, code=code, answer=text)
