"""The vendor's limits: 100 calls in 20 seconds for each endpoint, and packs of calls a day."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import date

from sandbox.clock import CHINA, SandboxClock

from .errors import QUOTA_USED, TOO_MANY_CALLS, Refusal

CALLS = 100
SECONDS = 20
DAILY = 100_000
"""One pack of calls a day."""


class Limits:
    """Counts calls; refused ones do not count."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._recent: defaultdict[str, deque[float]] = defaultdict(deque)
        self._day = date.min
        self._today = 0

    def count(self, endpoint: str, quota: int) -> None:
        """Let one more call of `endpoint` in, or refuse it."""
        now = self._clock.now()
        today = now.astimezone(CHINA).date()
        if today != self._day:
            self._day, self._today = today, 0
        if self._today >= quota:
            raise Refusal(QUOTA_USED, "当日调用次数已用完")
        recent = self._recent[endpoint]
        while recent and recent[0] <= now.timestamp() - SECONDS:
            recent.popleft()
        if len(recent) >= CALLS:
            raise Refusal(TOO_MANY_CALLS, "接口调用频率超限")
        recent.append(now.timestamp())
        self._today += 1
