"""The states of a delivery, and every way from one to another. Drawn in `docs/states.md`.

    in_sync ─change▶ pending ─claim▶ sending ─done▶ in_sync
    sending ─unknown or claim expired▶ in_doubt ─settled, looked up▶ in_sync | pending
    sending ─▶ pending (later) | stopped (a person, or the next change)

Functions return the columns that change; the store writes them, claimed rows only by
compare-and-set.
"""

from __future__ import annotations

from typing import Any

from connector.errors import Words
from connector.messages import dump, say
from connector.store.statement import Row

OUTCOME = (
    "state", "reason", "detail", "due_at", "since", "delivered", "document", "base", "waits_for",
    "attempts", "owner", "deadline", "step", "dirty", "forced", "verb", "line",
)  # fmt: skip
"""The columns that every outcome of a claim sets."""


def identity(row: Any) -> Row:
    """Which delivery it is."""
    return {"flow": row.flow, "key": row.key, "part": row.part}


def first(
    flow: str,
    key: str,
    line: str,
    now: float,
    *,
    priority: int,
    due: float | None,
    asked: bool = True,
) -> Row:
    """A record that the flow meets for the first time; not `asked` for, it waits to be."""
    due = now if due is None else due
    return {
        "flow": flow,
        "key": key,
        "part": "",
        "line": line,
        "state": "pending",
        "reason": ("new" if due <= now else "quiet") if asked else "unasked",
        "detail": "" if asked else dump(say("unasked")),
        "due_at": due if asked else None,
        "since": now,
        "verb": "put",
        "priority": priority,
    }


def changed(row: Any, now: float, *, priority: int, due: float | None, asked: bool = False) -> Row:
    """The record changed. While it is being sent or in doubt, that is only noted; while nobody
    has asked for it, it is not even that.

    All results name the same columns, so that many are written at once.
    """
    busy = row.state in ("sending", "in_doubt") or (row.reason == "unasked" and not asked)
    due_at = now if due is None else due
    return {
        **identity(row),
        "state": row.state if busy else "pending",
        "reason": row.reason if busy else ("changed" if due_at <= now else "quiet"),
        "detail": row.detail if busy else "",
        "due_at": row.due_at if busy else due_at,
        "since": row.since if busy else now,
        "priority": priority,
        "attempts": row.attempts if busy else 0,
        "dirty": 1 if busy else 0,
    }


def claimed(row: Any, owner: str, now: float, deadline: float, **intent: Any) -> Row:
    """Somebody works on it from now on; `intent` is what they are about to send."""
    return {
        **identity(row),
        "state": "sending",
        "detail": "",
        "due_at": None,
        "since": now,
        "owner": owner,
        "epoch": row.epoch + 1,
        "deadline": deadline,
        "dirty": 0,
        **intent,
    }


def _outcome(row: Any, now: float, state: str, reason: str = "", **columns: Any) -> Row:
    kept = {name: getattr(row, name) for name in OUTCOME}
    moved = state != row.state or reason != row.reason
    return {
        **identity(row),
        **kept,
        "state": state,
        "reason": reason,
        "detail": "",
        "due_at": None,
        "since": now if moved else row.since,
        "waits_for": "",
        "owner": "",
        "deadline": None,
        "dirty": 0,
        **columns,
    }


def in_sync(row: Any, now: float, **columns: Any) -> Row:
    """The target holds what it should."""
    return _outcome(row, now, "in_sync", attempts=0, forced=0, verb="put", **columns)


def pending(
    row: Any, now: float, reason: str, due: float | None, words: Words = "", **columns: Any
) -> Row:
    """Later: at `due`, or when an event wakes it."""
    return _outcome(row, now, "pending", reason, due_at=due, detail=dump(words), **columns)


def given_back(row: Any, now: float) -> Row:
    """Claimed, but nothing was sent: as it was before."""
    if row.state == "in_doubt":
        return _outcome(row, now, "in_doubt", row.reason, due_at=now, detail=row.detail)
    return _outcome(row, now, "pending", row.reason, due_at=now)


def in_doubt(row: Any, now: float, settle: float, words: Words, **columns: Any) -> Row:
    """Nobody knows whether it was done: leave it alone for `settle` seconds, then look it up.

    The verb `look` outlives the state: whatever becomes of the delivery, nothing else is sent
    before the doubt is cleared up.
    """
    # Nor is the step known, unless we were told: a change may have taken it back.
    known = {"due_at": now + settle, "detail": dump(words), "step": "", "verb": "look"}
    return _outcome(row, now, "in_doubt", "unknown", **{**known, **columns})


def stopped(row: Any, now: float, reason: str, words: Words, **columns: Any) -> Row:
    """It waits for a person, or for the record's next change."""
    return _outcome(row, now, "stopped", reason, detail=dump(words), **columns)


def abandoned(row: Any, now: float, settle: float, words: Words, since: float) -> Row:
    """Its holder died or let the deadline pass: what it was doing until `since` is unknown."""
    due = max(now, since + settle)
    # A new epoch: whoever still believes to hold it can write nothing any more.
    kept = {"dirty": row.dirty, "attempts": row.attempts + 1, "epoch": row.epoch + 1}
    return in_doubt(row, now, due - now, words, **kept)
