"""What a suite is, and what it leaves as evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

JEPSEN = ("ok", "recovered", "lost", "duplicated", "unexpected")
"""What became of records, in Jepsen's words; each column of the table."""


@dataclass
class Evidence:
    """What was run, and what came of it."""

    ran: str = ""
    """In words, with the count: `20 kills on SQLite`."""
    counts: Counter[str] = field(default_factory=Counter)
    """Records by what became of them (`JEPSEN`), and whatever else the suite counts."""
    violations: list[str] = field(default_factory=list)
    """Each with the one command that replays it."""
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not self.violations

    def plain(self) -> dict[str, Any]:
        """As JSON-like data."""
        return {
            "ran": self.ran,
            "counts": dict(self.counts),
            "violations": self.violations,
            "seconds": round(self.seconds, 1),
        }

    @classmethod
    def read(cls, data: dict[str, Any]) -> Evidence:
        """What `plain` gave."""
        return cls(data["ran"], Counter(data["counts"]), data["violations"], data["seconds"])


Form = Callable[[], Evidence]


@dataclass(frozen=True)
class Suite:
    """One row of the table."""

    name: str
    """`T1` and so on; a suite of several parts has several rows, `T3 SQLite`."""
    what: str
    """What goes wrong in it."""
    short: Form
    """For every change: seconds, at most a few minutes."""
    full: Form
    """For a release: minutes or hours."""
