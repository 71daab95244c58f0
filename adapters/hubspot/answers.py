"""What a status means for us, and the category and the words in the body beside it.

Every field of such a body is optional. Failures of the server never come here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connector import exact
from connector.contract import Answer
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Gone,
    Locked,
    Rejected,
    Unreachable,
)

UNAUTHENTICATED, FORBIDDEN, MISSING, CONFLICT, LOCKED, TOO_MANY, MIGRATION = (
    401, 403, 404, 409, 423, 429, 477,
)  # fmt: skip
OWN = frozenset({UNAUTHENTICATED, FORBIDDEN, TOO_MANY})
"""Statuses of failure whose bodies say what it is about."""
STATUS_OF = {
    "INVALID_AUTHENTICATION": UNAUTHENTICATED,
    "MISSING_SCOPES": FORBIDDEN,
    "OBJECT_NOT_FOUND": MISSING,
    "CONFLICT": CONFLICT,
    "OBJECT_ALREADY_EXISTS": CONFLICT,
    "RATE_LIMITS": TOO_MANY,
}
"""By category: one record of a batch is refused without a status of its own."""
NOT_THERE = "OBJECT_NOT_FOUND"
DAILY = "DAILY"
PAUSES = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0}
"""Seconds to stay away after a limit, by its policy. `Retry-After` is no help: it is mostly
missing, and milliseconds where it is not."""
PAUSE = 10.0
HELD = 2.0
"""Seconds for which a record stays locked at least."""
MIGRATING = 3_600.0
"""Seconds to stay away while an account is moved, where the answer names no figure."""
SHOWN = 2_000
"""Characters of an answer that errors carry, with the `correlationId` that the vendor asks for."""

_NAME = re.compile(r'"name":"(\w+)"')


def error_of(answer: Answer, *, now: datetime, zone: ZoneInfo) -> AdapterError | None:
    """The error that an answer is; None if it is none."""
    if answer.status < 300:
        return None
    body, wait = _body(answer.text()), answer.headers.get("Retry-After", "")
    pause = float(wait) if wait.isdecimal() else MIGRATING
    if body.get("policyName") == DAILY:
        pause = until_midnight(now, zone)
    elif answer.status == TOO_MANY:
        pause = PAUSES.get(str(body.get("policyName")), PAUSE)
    return _classified(answer.status, body, answer.text(), pause)


def entry_error(entry: Mapping[str, Any], pause: float = PAUSE) -> AdapterError:
    """The error that one of the `errors` of a batch is."""
    status = STATUS_OF.get(str(entry.get("category")), 400)
    return _classified(status, entry, exact.dumps(entry, default=str), pause)


def _classified(status: int, body: Mapping[str, Any], text: str, pause: float) -> AdapterError:
    category = str(body.get("category") or status)
    words = f"{body.get('message') or ''} [{category}]".strip()
    code, answer = category, text[:SHOWN]
    if status in (UNAUTHENTICATED, FORBIDDEN):
        return AccessDenied(words, code=code, answer=answer)
    if status in (TOO_MANY, MIGRATION):
        return Unreachable(words, retry_after=pause, code=code, answer=answer)
    if status == MISSING:
        return Gone(words, code=code, answer=answer)
    if status == CONFLICT:
        return AlreadyExists(words, code=code, answer=answer)
    if status == LOCKED:
        return Locked(words, retry_after=HELD, code=code, answer=answer)
    return Rejected(words, field=_field(body), code=code, answer=answer)


def calls_of(headers: Mapping[str, str]) -> tuple[int, int] | None:
    """Calls of the day that the account's apps used, and those allowed; searches do not say."""
    allowed, left = (headers.get(f"X-HubSpot-RateLimit-{name}", "")
                     for name in ("Daily", "Daily-Remaining"))  # fmt: skip
    if not (allowed.isdecimal() and left.isdecimal()):
        return None
    return int(allowed) - int(left), int(allowed)


def until_midnight(now: datetime, zone: ZoneInfo) -> float:
    """Seconds until the day's calls begin anew."""
    local = now.astimezone(zone)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - local).total_seconds()


def _field(body: Mapping[str, Any]) -> str:
    """The property that a refusal is about: it stands in a context, or in the words."""
    for problem in body.get("errors") or ():
        context = problem.get("context") if isinstance(problem, dict) else None
        named = context.get("propertyName") if isinstance(context, dict) else None
        if named:
            return str(named[0] if isinstance(named, list) else named)
    found = _NAME.search(str(body.get("message")))
    return found[1] if found else ""


def _body(text: str) -> Mapping[str, Any]:
    try:
        body = exact.loads(text)
    except exact.NotJson:
        return {}
    return body if isinstance(body, dict) else {}
