"""HubSpot's limits for an app of the smallest edition: 100 calls in ten seconds, 5 searches a
second, and so many calls a day."""

from __future__ import annotations

from collections import deque
from datetime import date

from sandbox.clock import CHINA, SandboxClock

from .errors import Refusal

DAILY = 250_000
POLICIES = {
    "SECONDLY": "You have reached your secondly limit.",
    "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
    "DAILY": "You have reached your daily limit.",
}
WINDOWS = {"SECONDLY": (5, 1.0), "TEN_SECONDLY_ROLLING": (100, 10.0)}
"""Calls and seconds; the former counts searches alone."""


def too_many(policy: str) -> Refusal:
    """The refusal of a call beyond a limit."""
    return Refusal(
        429, "RATE_LIMITS", POLICIES[policy], errorType="RATE_LIMIT", policyName=policy
    )  # fmt: skip


class Limits:
    """Counts calls; refused ones do not count."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._recent: dict[str, deque[float]] = {policy: deque() for policy in WINDOWS}
        self._day, self._today = date.min, 0

    def headers(self, quota: int) -> dict[str, str]:
        """What answers tell of the day; searches tell nothing."""
        left = str(max(quota - self._today, 0))
        return {"X-HubSpot-RateLimit-Daily": str(quota),
                "X-HubSpot-RateLimit-Daily-Remaining": left}  # fmt: skip

    def count(self, quota: int, *, search: bool) -> None:
        """Let one more call in, or refuse it."""
        now = self._clock.now()
        today = now.astimezone(CHINA).date()
        if today != self._day:
            self._day, self._today = today, 0
        if self._today >= quota:
            raise too_many("DAILY")
        asked = [policy for policy in WINDOWS if search or policy != "SECONDLY"]
        for policy in asked:
            calls, seconds = WINDOWS[policy]
            recent = self._recent[policy]
            while recent and recent[0] <= now.timestamp() - seconds:
                recent.popleft()
            if len(recent) >= calls:
                raise too_many(policy)
        for policy in asked:
            self._recent[policy].append(now.timestamp())
        self._today += 1
