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


class Deadline:
    """A moment that neither a machine that slept nor a wall clock that was set can move away.

    The monotonic clock need not count while a machine is suspended, the wall clock may be set:
    whichever says that more time has passed is believed.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._monotonic = clock.monotonic() + seconds
        self._wall = clock.now().timestamp() + seconds

    def left(self) -> float:
        """Seconds until then; negative once it is over."""
        clock = self._clock
        return min(self._monotonic - clock.monotonic(), self._wall - clock.now().timestamp())


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
