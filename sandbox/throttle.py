"""So many messages a minute, as chat systems let robots say; beyond that silence for a while."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

from .clock import SandboxClock


class Throttle:
    """One robot's. Refused messages do not count."""

    def __init__(
        self, clock: SandboxClock, most: int, seconds: float = 60, silence: float = 0
    ) -> None:
        self._clock = clock
        self._most = most
        self._seconds = seconds
        self._silence = silence
        self._recent: deque[float] = deque()
        self._silent_until = 0.0

    def admits(self) -> bool:
        """Whether one more may be said now; then it counts as said."""
        return all_admit([self])

    def has_room(self) -> bool:
        """Whether one more may be said now. Who asks in vain is silent from then on."""
        now = self._clock.now().timestamp()
        while self._recent and self._recent[0] <= now - self._seconds:
            self._recent.popleft()
        if now < self._silent_until:
            return False
        if len(self._recent) >= self._most:
            self._silent_until = now + self._silence
            return False
        return True

    def count(self) -> None:
        """One more was said."""
        self._recent.append(self._clock.now().timestamp())


def all_admit(throttles: Collection[Throttle]) -> bool:
    """Whether each of them lets one more be said now; then it counts as said with all of them."""
    if not all(throttle.has_room() for throttle in throttles):
        return False
    for throttle in throttles:
        throttle.count()
    return True
