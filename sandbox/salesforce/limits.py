"""Calls of the last 24 hours, which every answer tells, and the refusal of too many."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from sandbox.clock import SandboxClock

from .errors import DAILY, Refusal

DAY = 86_400
ALLOWED = 100_000


class Limits:
    """Counts calls; other programs' stand in the switch `others_used`."""

    def __init__(self, clock: SandboxClock, switches: Mapping[str, Any], *, enforced: bool) -> None:
        self._clock = clock
        self._switches = switches
        self._enforced = enforced
        self._calls: deque[float] = deque()

    def count(self) -> None:
        """One more. Raises Refusal."""
        now = self._clock.now().timestamp()
        while self._calls and self._calls[0] <= now - DAY:
            self._calls.popleft()
        if self._enforced and self.used >= self.allowed:
            raise Refusal(*DAILY)
        self._calls.append(now)

    @property
    def used(self) -> int:
        return len(self._calls) + int(self._switches["others_used"])

    @property
    def allowed(self) -> int:
        return int(self._switches["daily_limit"])

    @property
    def told(self) -> dict[str, str]:
        """The header of every answer."""
        return {"Sforce-Limit-Info": f"api-usage={self.used}/{self.allowed}; api-bursts=1/750"}
