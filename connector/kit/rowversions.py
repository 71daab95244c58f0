"""Where a reading stands in row versions: numbers that one database gives to its changes.

Every change of a row gets the next number, so a reading goes on above the newest one that the
last reading knew of. A transaction may be given its number long before it is seen; so each
reading starts again at what was the newest one `lookback` before the last reading. For that the
cursor keeps some of the numbers that were the newest, with their times. As long as none of them
is that old, everything is read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

PARTS = 8
"""The lookback is kept in so many parts."""

Mark = tuple[datetime, int]
"""When a number was the newest."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is being read now."""

    marks: tuple[Mark, ...]
    since: datetime | None
    """When `low` was the newest number; None: everything is read."""
    low: int
    """What is not above it is known."""
    begun: datetime | None = None
    """When this reading began; None: it has not."""
    high: int = 0
    """The newest number there was then."""
    after: str = ""
    """How far it has come."""

    @classmethod
    def open(cls, cursor: str | None, lookback: float) -> Span:
        """Go on where `cursor` says: inside its reading, or with the next one."""
        state = json.loads(cursor) if cursor else {}
        marks = tuple((datetime.fromisoformat(at), n) for at, n in state.get("marks", ()))
        old = _old(marks, lookback)
        since, low = old[-1] if old else (None, 0)
        if "begun" not in state:
            return cls(marks, since, low)
        begun = datetime.fromisoformat(state["begun"])
        return cls(marks, since, low, begun, state["high"], state["after"])

    def begin(self, now: datetime, high: int) -> Span:
        """The reading begins: `high` was the newest number, now or before. One that has begun
        goes on."""
        return self if self.begun else replace(self, begun=now, high=high)

    @property
    def fresh(self) -> int:
        """What is not above this was read already."""
        return self.marks[-1][1] if self.marks else 0

    def at(self, after: str) -> str:
        """The cursor that resumes inside this reading behind `after`."""
        assert self.begun is not None
        state = {"begun": self.begun.isoformat(), "high": self.high, "after": after}
        return json.dumps(state | {"marks": _spelt(self.marks)})

    def done(self, lookback: float) -> str:
        """The cursor when all of it has been read."""
        assert self.begun is not None
        newest = (self.begun, max(self.high, self.fresh))
        old = _old([*self.marks, newest], lookback)
        recent = list(self.marks[len(old) :])
        if len(recent) > 1 and recent[-1][0] - recent[-2][0] < timedelta(seconds=lookback / PARTS):
            recent.pop()
        return json.dumps({"marks": _spelt([*old[-1:], *recent, newest])})


def _old(marks: Sequence[Mark], lookback: float) -> list[Mark]:
    """Those that were the newest `lookback` before the last of them, or earlier."""
    if not marks:
        return []
    since = marks[-1][0] - timedelta(seconds=lookback)
    return [mark for mark in marks if mark[0] <= since]


def _spelt(marks: Iterable[Mark]) -> list[list[str | int]]:
    return [[at.isoformat(), n] for at, n in marks]
