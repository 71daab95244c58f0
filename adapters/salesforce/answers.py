"""What Salesforce's answers mean for us: error codes of whole calls and of single records.

A refused call carries a list of `{errorCode, message, fields}`, a record of a collection one of
`{statusCode, …}`; the token endpoint an object. Codes that are not listed refuse for good.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from connector import exact
from connector.contract import Answer
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Gone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

REFUSED, FORBIDDEN = 401, 403
"""Under both Salesforce says itself what was wrong; a page of HTML is of somebody in between."""
BAD_SESSION = "INVALID_SESSION_ID"
LOST_LOCATOR = "INVALID_QUERY_LOCATOR"
NO_SUCH_ID = "INVALID_CROSS_REFERENCE_KEY"
"""Of the record itself, or of one that a field names."""
DUPLICATES = "DUPLICATES_DETECTED"
"""A duplicate rule speaks: a prompt that `Write.accept` may answer."""
LIMIT = "REQUEST_LIMIT_EXCEEDED"
"""The calls of 24 hours are used up, or too many long ones run at once."""
CALM = 20.0
"""Seconds to stay away when too many calls run at once."""
NEXT_LOOK = 900.0
"""Seconds until we ask again once the calls of 24 hours, which slide, are used up."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""

DENIED = frozenset({
    BAD_SESSION, "API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "CLIENT_NOT_ACCESSIBLE_FOR_USER",
    "FUNCTIONALITY_NOT_ENABLED", "INVALID_AUTH_HEADER", "ORG_LOCKED", "UNSUPPORTED_API_VERSION",
    "PASSWORD_LOCKOUT", "TRIAL_EXPIRED",
})  # fmt: skip
"""Nothing works until a person mends it."""
LATER = frozenset({
    "UNABLE_TO_LOCK_ROW", "QUERY_TIMEOUT", "SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION",
    "ALL_OR_NONE_OPERATION_ROLLED_BACK", "ROLLED_BACK",
})  # fmt: skip
BUSY = frozenset({"unknown_error", "server_error", "temporarily_unavailable"})
"""What the token endpoint says when it cannot tell."""

_TAKEN_BY = re.compile(r"record with id: (\w{15,18})")
_CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def error_of(status: int, payload: Any, text: str, *, spent: bool, writes: bool) -> AdapterError:
    """The error that a refused call is. `spent`: the calls of 24 hours are used up."""
    entry = _first(payload)
    code, answer = str(entry.get("errorCode") or ""), text[:SHOWN]
    if not code and status in (REFUSED, FORBIDDEN):
        return AccessDenied(say("salesforce_denied", status=status), answer=answer)
    if not code:
        unclear = OutcomeUnknown if writes else Transient
        return unclear(say("salesforce_unrecognised"), answer=answer)
    words = _words(entry, code)
    if code == LIMIT:
        pause = NEXT_LOOK if spent else CALM
        return Unreachable(words, retry_after=pause, code=code, answer=answer)
    if code in DENIED or status in (REFUSED, 404, 410):
        # No address is asked for that could lack by itself: the version, or the whole, is wrong.
        return AccessDenied(words, code=code, answer=answer)
    kind = Transient if code in LATER else Rejected
    return kind(words, code=code, answer=answer)


def record_error_of(result: Any) -> AdapterError:
    """Why one record of a collection was not written. Nothing of it was done."""
    entry = _first(result.get("errors") if isinstance(result, dict) else None)
    code = str(entry.get("statusCode") or "")
    if not code:
        return OutcomeUnknown(say("salesforce_unrecognised"), answer=str(result)[:SHOWN])
    words, answer = _words(entry, code), str(result)[:SHOWN]
    if code == "DUPLICATE_VALUE":
        return AlreadyExists(words, key=taken_by(words), code=code, answer=answer)
    if code in _OF_RECORDS:
        return _OF_RECORDS[code](words, code=code, answer=answer)
    field = str(next(iter(entry.get("fields") or ()), ""))
    return Rejected(words, field=field, code=code, answer=answer)


_OF_RECORDS: dict[str, Callable[..., AdapterError]] = {
    **dict.fromkeys(LATER, Transient),
    DUPLICATES: AlreadyExists,
    "ENTITY_IS_LOCKED": Locked,
    "ENTITY_IS_DELETED": Gone,
    "NOT_FOUND": Gone,
}


def login_error_of(payload: Any, text: str) -> AdapterError:
    """Why we got no token."""
    code = str(payload.get("error") or "") if isinstance(payload, dict) else ""
    answer = text[:SHOWN]
    if not code:
        return Transient(say("salesforce_unrecognised"), answer=answer)
    words = f"{payload.get('error_description') or ''} [{code}]".strip()
    kind = Unreachable if code in BUSY else AccessDenied
    return kind(words, code=code, answer=answer)


def taken_by(words: str) -> str:
    """The key of the record that a refusal names, which has but 15 characters there."""
    match = _TAKEN_BY.search(words)
    return full_id(match[1]) if match else ""


def full_id(key: str) -> str:
    """An id with the three characters that tell its letter case."""
    groups = [key[start : start + 5] for start in (0, 5, 10)] if len(key) == 15 else []
    cases = (sum(1 << n for n, letter in enumerate(g) if letter.isupper()) for g in groups)
    return key + "".join(_CHECKS[case] for case in cases)


def usage_of(header: str) -> tuple[int, int] | None:
    """Calls used and allowed, out of `api-usage=18/5000; per-app-api-usage=…`."""
    match = re.search(r"(?:^|[;\s])api-usage=(\d+)/(\d+)", header)
    return (int(match[1]), int(match[2])) if match else None


def payload_of(answer: Answer) -> Any:
    """The JSON of an answer; None under a refusal that is none."""
    if answer.status not in (REFUSED, FORBIDDEN):
        return answer.json()
    try:
        return exact.loads(answer.text())
    except exact.NotJson:
        return None


def _first(errors: Any) -> dict[str, Any]:
    """The first error of a list; empty where there is none of a known shape."""
    entry = errors[0] if isinstance(errors, list) and errors else None
    return entry if isinstance(entry, dict) else {}


def _words(entry: dict[str, Any], code: str) -> str:
    return f"{entry.get('message') or ''} [{code}]".strip()
