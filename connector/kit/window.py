"""Closed windows with an id keyset and a lookback: how readers of changes never miss one.

A window is `[start, end)` in the remote's own time. Inside it records are read in order of
their id, `id > after`, always from offset zero, so that equal stamps, moving offsets and
caps on offsets do no harm. A record that is modified while its window is read leaves it
upwards and comes with the next one. Each window starts `lookback` before the last one
ended, for what was committed late.

A cursor that lies ahead of the remote's time was made by a clock that was wrong. What it has
passed over is unknown, so everything is read again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

AHEAD = timedelta(minutes=5)
"""How far the clocks of one system, and what stands before it, may differ."""


@dataclass(frozen=True, slots=True)
class Window:
    """What is being read now. `start` None: from the beginning of time."""

    start: datetime | None
    fresh: datetime | None
    """Where the last window ended; stamps before it were read already."""
    end: datetime
    phase: str = ""
    """Which part of the reading goes on (adapters that read several forms name them)."""
    after: str = ""
    """The last id read in this phase."""

    @classmethod
    def open(cls, cursor: str | None, now: datetime, *, lag: float, lookback: float) -> Window:
        """Go on where `cursor` says: inside its window, or with the next one up to `now`."""
        state = json.loads(cursor) if cursor else {}
        fresh = _instant(state.get("from"))
        if fresh and fresh > now + AHEAD:
            state, fresh = {}, None
        start = fresh - timedelta(seconds=lookback) if fresh else None
        if "to" in state:
            return cls(start, fresh, _some(state["to"]), state["phase"], state["after"])
        end = now - timedelta(seconds=lag)
        return cls(start, fresh, max(end, fresh) if fresh else end)

    def at(self, after: str, phase: str = "") -> str:
        """The cursor that resumes inside this window behind `after`."""
        state = {"to": self.end.isoformat(), "phase": phase, "after": after}
        if self.fresh:
            state["from"] = self.fresh.isoformat()
        return json.dumps(state)

    def done(self) -> str:
        """The cursor when the whole window has been read."""
        return json.dumps({"from": self.end.isoformat()})


def _some(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
