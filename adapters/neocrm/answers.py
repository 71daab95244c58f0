"""What an answer's `code` means for us. HTTP says 200 for almost everything.

200 and `"200"` are success; of the other codes one is known. Each of them refuses the request
for good, unless a site says otherwise: never success, and never a reason to repeat it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from connector.errors import (
    AccessDenied,
    AdapterError,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

OK = "200"
BAD_TOKEN = "401"  # noqa: S105 - a status
"""Unknown or expired: as a status of HTTP, and, should a tenant say so, as a code."""
TOO_FAST = "1020025"
PAUSE = 1.0
"""Seconds after which public clients go on."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""


def error_of(
    payload: Any, text: str, *, writes: bool, passing: Collection[str] = ()
) -> AdapterError | None:
    """The error that an answer's body is; None if it says that all went well. The codes in
    `passing` say nothing of what was done."""
    code = _code(payload)
    if code == OK:
        return None
    answer = text[:SHOWN]
    unclear = OutcomeUnknown if writes else Transient
    if not code:
        return unclear(say("neocrm_unrecognised"), answer=answer)
    words = f"{payload.get('msg') or payload.get('message') or ''} [{code}]".strip()
    if code == TOO_FAST:
        return Unreachable(words, retry_after=PAUSE, code=code, answer=answer)
    if code in passing:
        return unclear(words, code=code, answer=answer)
    refused = AccessDenied if code == BAD_TOKEN else Rejected
    return refused(words, code=code, answer=answer)


def token_error_of(payload: Any) -> AdapterError:
    """Why an answer holds no token. Such answers repeat what they were sent: none is shown."""
    told = payload if isinstance(payload, dict) else {}
    code = str(told.get("error") or _code(told))
    words = str(told.get("error_description") or told.get("msg") or told.get("message") or "")
    if not code:
        return Transient(say("neocrm_unrecognised"))
    if code == TOO_FAST:
        return Unreachable(f"{words} [{code}]", retry_after=PAUSE, code=code)
    return AccessDenied(f"{words} [{code}]".strip(), code=code)


def _code(payload: Any) -> str:
    """The code as text; older paths call it `error_code`. Anything but digits is none."""
    if not isinstance(payload, dict):
        return ""
    code = payload.get("code", payload.get("error_code"))
    known = isinstance(code, str | int) and not isinstance(code, bool)
    return str(code) if known and str(code).lstrip("-").isdecimal() else ""
