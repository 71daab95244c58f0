"""What is done about an error: one pure decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Awaiting,
    Changed,
    Conflict,
    ConnectorError,
    Gone,
    HalfDone,
    Locked,
    MappingFault,
    MissingLink,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)

FIRST = 30.0
"""Seconds before the first retry; each further one takes twice as long."""
LONGEST = 3600.0
LOCKED = 120.0
"""Seconds before a locked record is tried again; locks are not counted."""

AWAITED = 600.0
"""Seconds before it is looked whether people have acted."""

_STOPS: dict[type[ConnectorError], str] = {
    AlreadyExists: "not_ours",
    Conflict: "conflict",
    Gone: "gone",
    Rejected: "rejected",
    MappingFault: "mapping",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a delivery after an error."""

    state: Literal["pending", "in_doubt", "stopped"]
    reason: str
    delay: float | None = None
    """Seconds until it is due again; None: an event wakes it."""
    counted: bool = False
    pauses: bool = False
    """The whole connection waits: nothing would work now."""


def backoff(attempts: int, chance: float) -> float:
    """Seconds before attempt number `attempts + 1`, spread by `chance` (0 to 1)."""
    return min(FIRST * 2.0**attempts, LONGEST) * (0.5 + chance / 2)


def decide(
    error: ConnectorError, attempts: int, most: int, settle: float, chance: float
) -> Decision:
    """`attempts` were counted before this one, `most` are allowed."""
    if isinstance(error, HalfDone):
        return decide(error.cause, attempts, most, settle, chance)
    if isinstance(error, OutcomeUnknown):
        return Decision("in_doubt", "unknown", settle, counted=True)
    if isinstance(error, Unreachable | AccessDenied):
        return Decision("pending", "retry", 0.0, pauses=True)
    if isinstance(error, MissingLink):
        return Decision("pending", "waits_for")
    if isinstance(error, Locked):
        return Decision("pending", "locked", error.retry_after or LOCKED)
    if isinstance(error, Awaiting):
        return Decision("pending", "awaiting", AWAITED)
    for kind, reason in _STOPS.items():
        if isinstance(error, kind):
            return Decision("stopped", reason)
    wait = error.retry_after if isinstance(error, Transient) else None
    if attempts + 1 >= most and isinstance(error, AdapterError):
        return Decision("stopped", "rejected", counted=True)
    delay = 1.0 if isinstance(error, Changed) else backoff(attempts, chance)
    return Decision("pending", "retry", max(wait or 0.0, delay), counted=True)
