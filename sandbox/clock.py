"""The sandbox's own clock: real time plus an offset, so that three days pass in a test."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""Servers of this trade print local time without an offset; here it is always China's."""


class SandboxClock:
    """What time it is in the simulated system; moved forward by people or by tests."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._last = datetime.fromtimestamp(0, UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Aware UTC, strictly increasing: two commits never carry one and the same instant."""
        with self._lock:
            now = datetime.now(UTC) + self._offset
            now = now if now > self._last else self._last + timedelta(microseconds=1)
            self._last = now
            return now

    def advance(self, seconds: float) -> datetime:
        """Let `seconds` pass at once and return the new time."""
        with self._lock:
            self._offset += timedelta(seconds=seconds)
        return self.now()

    def millis(self) -> int:
        """Milliseconds since the epoch, as CRMs stamp their records."""
        return int(self.now().timestamp() * 1000)

    def local(self) -> str:
        """Local time as Kingdee prints stamps: no offset, three fraction digits."""
        return self.now().astimezone(CHINA).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
