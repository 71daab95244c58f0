"""The audit: who decided what, and whether it is still as it was written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from connector.engine.system import System
from connector.store import journal


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody decided, or tried."""

    id: int
    at: float
    who: str
    what: str
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of the audit's chain."""

    lines: int
    head: str
    """The newest link: whoever keeps it elsewhere can tell later whether lines are missing."""
    broken: tuple[int, ...]
    """Lines that were changed, or that stand behind another one than they were written behind."""
    knows: bool
    """The head that was asked about is one of its links."""


def listing(system: System, limit: int = 100, before: int = 0) -> list[Line]:
    """The newest lines, newest first; `before` the one with this id."""
    with system.store.reading() as tx:
        rows = journal.newest_audited(tx, limit, before)
    return [
        Line(row.id, row.at, row.who, row.what, json.loads(row.about) if row.about else {})
        for row in rows
    ]


def verify(system: System, head: str = "") -> Verified:
    """Look at every line; `head`: a link that was noted before."""
    links, broken = [], []
    with system.store.reading() as tx:
        for row, whole in journal.audited(tx):
            links.append(row.chain)
            if not whole:
                broken.append(row.id)
    newest = links[-1] if links else ""
    return Verified(len(links), newest, tuple(broken), not head or head in links)
