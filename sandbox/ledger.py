"""The ledger: an append-only account of what arrived and what was committed.

It is the witness in every test about lost and doubled orders, so it is written by the
simulated system alone, in the order in which things became true there.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .clock import SandboxClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger."""

    n: int
    """Position, from 1, without gaps."""
    at: str
    """When, ISO 8601 in UTC."""
    kind: str
    """`request` (it arrived), `commit` (a record changed) or `answer` (what befell the reply)."""
    operation: str
    """The remote operation (`Save`, `update` …); for commits what happened to the record."""
    form: str = ""
    key: str = ""
    """The record's key in this system, for commits."""
    number: str = ""
    by: str = "api"
    """`api`, or `person:NAME` where somebody clicked in the simulated client."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """For a commit: the fields it set, `{field: value}`, lines included. For others: details."""


class Ledger:
    """Thread-safe, in memory, never rewritten."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def append(self, kind: str, operation: str, **details: Any) -> Entry:
        """Write one line; `details` are the other fields of `Entry`."""
        at = self._clock.now().isoformat()
        with self._lock:
            entry = Entry(
                n=len(self._entries) + 1, at=at, kind=kind, operation=operation, **details
            )
            self._entries.append(entry)
        return entry

    def after(self, n: int = 0, limit: int = 10_000) -> list[dict[str, Any]]:
        """The lines that follow line `n`, oldest first."""
        return [asdict(entry) for entry in self._entries[n : n + limit]]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries[:])

    def __len__(self) -> int:
        return len(self._entries)

    def summary(self) -> dict[str, int]:
        """How many lines there are per `kind operation form`."""
        counts = Counter(f"{e.kind} {e.operation} {e.form}".strip() for e in self)
        return dict(sorted(counts.items()))
