"""`/updated` and `/deleted`: which ids changed in a span, whose seconds are ignored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from sandbox.books import Books, Record
from sandbox.clock import SandboxClock

from .errors import Refusal
from .shown import DELETED, moment

MINUTE = timedelta(minutes=1)
BACK = {"updated": timedelta(days=30), "deleted": timedelta(days=15)}


def changed(
    books: Books, clock: SandboxClock, form: str, what: str, asked: Mapping[str, str]
) -> dict[str, Any]:
    """The answer to `what`, `updated` or `deleted`. Raises Refusal."""
    start, end = _minute(asked.get("start", "")), _minute(asked.get("end", ""))
    now = clock.now()
    if end < start + MINUTE:
        raise Refusal(400, "INVALID_REPLICATION_DATE", "endDate must be after startDate")
    if start < now - BACK[what]:
        raise Refusal(400, "INVALID_REPLICATION_DATE", f"startDate before {now - BACK[what]}")
    span = [one for one in books.seen(form) if start <= one.stamp < end]
    covered = {"latestDateCovered": moment(min(end, now - MINUTE))}
    if what == "updated":
        return {"ids": [one.key for one in span if one.state != DELETED], **covered}
    gone = [_deleted(one) for one in span if one.state == DELETED]
    return {"deletedRecords": gone, "earliestDateAvailable": moment(now - BACK[what]), **covered}


def _deleted(record: Record) -> dict[str, str]:
    return {"id": record.key, "deletedDate": moment(record.stamp)}


def _minute(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(unquote(text))
    except ValueError:
        raise Refusal(400, "INVALID_REPLICATION_DATE", f"no date: {text}") from None
    if instant.tzinfo is None:
        raise Refusal(400, "INVALID_REPLICATION_DATE", f"no time zone: {text}")
    return instant.replace(second=0, microsecond=0)
