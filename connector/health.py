"""Health: what of the daemon works and what does not, for supervisors and people."""

from __future__ import annotations

import threading
from typing import Any

from connector import log


class Health:
    """What works and what does not. Safe for several threads."""

    def __init__(self) -> None:
        self._troubles: dict[str, str] = {}
        self._beats: dict[str, int] = {}
        self._lock = threading.Lock()

    def well(self, name: str) -> None:
        """This part worked."""
        with self._lock:
            self._troubles.pop(name, None)
            self._beats[name] = self._beats.get(name, 0) + 1

    def trouble(self, name: str, why: str) -> None:
        """This part did not."""
        with self._lock:
            self._troubles[name] = log.redact_text(why)

    def report(self) -> dict[str, Any]:
        """Whether all is well, what is not, and how often each part worked."""
        with self._lock:
            return {"ok": not self._troubles, "troubles": dict(self._troubles)} | {
                "beats": dict(self._beats)
            }
