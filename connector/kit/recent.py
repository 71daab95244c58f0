"""What we wrote so lately that a remote's queries may still show it as it was."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from connector.clock import Clock


class Recent:
    """Records by form and key, each for a while. Safe for several threads."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        """`seconds` is how long queries may lag behind."""
        self._clock = clock
        self._seconds = seconds
        self._until: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def note(self, form: str, key: str) -> None:
        """We wrote this one just now."""
        now = self._clock.monotonic()
        with self._lock:
            self._until.pop((form, key), None)
            self._until[form, key] = now + self._seconds
            # In the order of their ends, so that what is over stands in front.
            for known in list(self._until):
                if self._until[known] > now:
                    break
                del self._until[known]

    def among(self, form: str, keys: Sequence[str]) -> set[str]:
        """Those of the keys that were noted and are not over yet."""
        now = self._clock.monotonic()
        with self._lock:
            return {key for key in keys if self._until.get((form, key), now) > now}
