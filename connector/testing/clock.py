"""A clock that never makes a test wait."""

from __future__ import annotations

import threading

from connector.clock import SystemClock


class SkippingClock(SystemClock):
    """The real time; a sleep returns at once, and deadlines see that it was slept."""

    def __init__(self) -> None:
        super().__init__()
        self._slept = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return super().monotonic() + self._slept

    def sleep(self, seconds: float) -> None:
        # The wall clock stays: readings are compared with what the remote calls now.
        with self._lock:
            self._slept += seconds
