"""Where a reading stands, in row versions.

SQL Server gives every change of a row the next number of its database, so a reading goes on above
the newest number that the last one knew of. A transaction may be given its number long before it
is seen; so each reading starts again at what was the newest one `lookback` before the last reading.
For that the cursor keeps some of the numbers that were the newest, with their times. As long as
none of them is that old, everything is read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PARTS = 8
"""The lookback is kept in so many parts."""

Mark = tuple[datetime, int]
"""When a number was the newest."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is being read now."""

    marks: tuple[Mark, ...]
    low: int | None
    """The reading starts here; None: everything."""
    high: int | None = None
    """The newest number there was when it began; None: nobody has looked."""
    begun: datetime | None = None
    """When that was."""
    after: str = ""
    """The last code that was read, and whether codes fall."""
    falling: bool = False

    @classmethod
    def open(cls, cursor: str | None, lookback: float) -> Span:
        """Go on where `cursor` says: inside its reading, or with the next one."""
        state = json.loads(cursor) if cursor else {}
        marks = tuple((datetime.fromisoformat(at), n) for at, n in state.get("marks", ()))
        old = _old(marks, lookback)
        low = old[-1][1] if old else None
        if "high" not in state:
            return cls(marks, low)
        begun = datetime.fromisoformat(state["begun"])
        return cls(marks, state["low"], state["high"], begun, state["after"], state["falling"])

    @property
    def fresh(self) -> int | None:
        """What is not above this was read already."""
        return self.marks[-1][1] if self.marks else None

    def at(self, after: str, *, falling: bool) -> str:
        """The cursor that resumes inside this reading behind `after`."""
        assert self.begun is not None
        state = {"low": self.low, "high": self.high, "begun": self.begun.isoformat(),
                 "after": after, "falling": falling}  # fmt: skip
        return json.dumps(state | {"marks": _spelt(self.marks)})

    def done(self, lookback: float) -> str:
        """The cursor when all of it has been read."""
        assert self.begun is not None and self.high is not None
        newest = (self.begun, max(self.high, self.fresh or 0))
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
