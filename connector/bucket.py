"""How many calls a system allows in a time, kept on our side so that it need not refuse any."""

from __future__ import annotations

import threading

from connector.clock import Clock
from connector.contract import parse_rate


class Bucket:
    """A token bucket: at most `count` calls per `seconds`, evenly enough. Thread-safe."""

    def __init__(self, rate: str, clock: Clock) -> None:
        """`rate` such as `5/s`, `100/20s`, `60/m`, or empty for no limit."""
        self._clock = clock
        self._lock = threading.Lock()
        self._count, self._seconds = parse_rate(rate) if rate else (0.0, 1.0)
        self._tokens = self._count
        self._then = clock.monotonic()

    def take(self) -> None:
        """Wait until one more call is allowed."""
        while (wait := self._try()) > 0:
            self._clock.sleep(wait)

    def _try(self) -> float:
        if not self._count:
            return 0.0
        with self._lock:
            now = self._clock.monotonic()
            per_second = self._count / self._seconds
            self._tokens = min(self._count, self._tokens + (now - self._then) * per_second)
            self._then = now
            if self._tokens >= 1:
                self._tokens -= 1
                return 0.0
            return (1 - self._tokens) / per_second
