"""What an `errorCode` means for us. HTTP says 200 whatever happens, and messages are for people.

Codes after the vendor's table and probes of 2026-09. One that is not listed refuses the
request for good: never success, and never a reason to repeat it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connector.errors import (
    AccessDenied,
    AdapterError,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

BAD_TOKEN = 20016
"""Unknown or expired; also what a restart of their session store answers."""
SERVICE_ERROR = 50009
"""A timeout inside, and what a write to a locked record answers, too."""
TOO_FAST = frozenset({14001, 30004})
PAUSE = 20.0
"""Seconds in which the calls of an endpoint are counted."""
DAY_USED_UP = 30002
UNCLEAR = frozenset({-1, -2, SERVICE_ERROR})
"""Busy, system error, service error: nothing is said about what was done."""
NO_ACCESS = frozenset({
    10006, 20005, 20006, 20015, BAD_TOKEN, 20017, 20020, 20021, 20022, 30003,
})  # fmt: skip
"""Secret, app, permanent code, token, tenant, or no calls bought at all."""
SHOWN = 2_000
"""Characters of an answer that errors carry; the `traceId` that the vendor asks for is in it."""


def error_of(
    payload: Any, text: str, *, writes: bool, now: datetime, zone: ZoneInfo
) -> AdapterError | None:
    """The error that an answer's body is; None if it says that all went well."""
    code = _code(payload)
    if code == 0:
        return None
    answer = text[:SHOWN]
    unclear = OutcomeUnknown if writes else Transient
    if code is None:
        return unclear(say("fxiaoke_unrecognised"), answer=answer)
    words = f"{payload.get('errorMessage') or payload.get('errorDescription')} [{code}]"
    if code in UNCLEAR:
        return unclear(words, code=str(code), answer=answer)
    if code in TOO_FAST or code == DAY_USED_UP:
        pause = PAUSE if code in TOO_FAST else until_midnight(now, zone)
        return Unreachable(words, retry_after=pause, code=str(code), answer=answer)
    refused = AccessDenied if code in NO_ACCESS else Rejected
    return refused(words, code=str(code), answer=answer)


def until_midnight(now: datetime, zone: ZoneInfo) -> float:
    """Seconds until the daily quota begins anew."""
    local = now.astimezone(zone)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - local).total_seconds()


def _code(payload: Any) -> int | None:
    """A whole number or its digits. What only rounds to 0, or is false, is no word of success."""
    code = payload.get("errorCode") if isinstance(payload, dict) else None
    if isinstance(code, bool) or not isinstance(code, str | int):
        return None
    try:
        return int(code)
    except ValueError:
        return None
