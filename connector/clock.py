"""Time, injected: the engine never asks the operating system what time it is."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is and how to wait. One of the four places where the product blocks."""

    def now(self) -> datetime:
        """Wall-clock time, aware UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for deadlines and durations."""

    def sleep(self, seconds: float) -> None:
        """Wait; returns early when the process is asked to stop."""


class SystemClock:
    """The real one. `stop()` ends every present and future sleep at once."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        self._stopped.wait(seconds)

    def stop(self) -> None:
        self._stopped.set()
