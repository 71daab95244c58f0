"""What the interface for programs answers, as it is described to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from connector.operations.boarding import Line


class Refusal(BaseModel):
    """Why nothing was answered or done."""

    error: str


REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "model": Refusal}
    for status, words in {
        400: "Something was asked for that does not exist, or that no text can hold.",
        401: "No token, or one that is over.",
        403: "The role does not allow it.",
        404: "There is no such record.",
        409: "It is not as it was seen any more, or cannot be done now.",
        413: "The request is too long.",
        422: "The request is not as described here.",
        503: "The store does not answer now.",
    }.items()
}
"""What is answered where nothing is done, by status."""


class Orders(BaseModel):
    """Orders at one stage."""

    orders: list[Line]
    count: int
    """Of all that are there."""
    next: str
    """What to ask with as `after` for those that follow; empty: these are the last."""


class Failure(BaseModel):
    """A record that waits for a person."""

    flow: str
    key: str
    number: str
    target_number: str
    reason: str
    words: str
    """Why, in plain words."""
    remote: str
    """Why, in the target's own."""
    who: str
    """Who must act."""
    do: str
    """And what."""
    since: float
    attempts: int
    step: str
    ended: bool
    """The record has left the flow meanwhile."""


class After(BaseModel):
    """What to ask with for the failures that follow."""

    since: float
    key: str


class Failures(BaseModel):
    """Failures, the oldest first."""

    failures: list[Failure]
    next: After | None


class Count(BaseModel):
    """On how many records or fields it had an effect."""

    count: int


class State(BaseModel):
    """How a review stands now."""

    state: str


class Insight(BaseModel):
    """What was computed last."""

    records: list[dict[str, Any]]
    as_of: dict[str, datetime]
    """When each input was read last."""
    missing: list[str]
    """Inputs that were never read; what they would tell is not in it."""
    stale: list[str]
    """Inputs that were read too long ago."""
    next: str
    """What to ask with as `after` for those that follow; empty: these are the last."""


class Report(BaseModel):
    """A report for managers."""

    rows: list[dict[str, Any]]
    """By the names of its columns."""
    year: int
    as_of: datetime | None
    missing: list[str]
    stale: list[str]
