"""What the oracle reads: plain data, written down by the worlds and by the public listings.

Times are virtual seconds. Nothing here knows how the product works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """A record of the CRM from the moment at which others could see it."""

    at: float
    form: str
    """`order` or `account`."""
    key: str
    fields: Fields | None
    """None: deleted."""
    needs: frozenset[str] = frozenset()
    """The departments without whose approval it may not be made in the ERP."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done in a system, whoever heard of it."""

    at: float
    who: str
    """`connector`, `people` or `system`."""
    what: str
    """`create`, `update`, `submitted`, `audited`, `saved` (taken back), `void`, `delete`, `split`
    or `restore`."""
    form: str
    key: str
    reference: str
    written: Fields
    """What was carried; empty for steps."""
    after: Fields | None
    """The whole record afterwards; None: it is not there any more."""
    sent_at: float = 0.0
    """When the request left."""
    heard: bool = True
    """Somebody still waited for the answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, whatever became of it."""

    at: float
    system: str
    path: str
    fate: str
    who: str = ""
    about: Sequence[str] = ()
    """The marks or keys of the records in it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided."""

    at: float
    what: str
    flow: str
    key: str
    saw: str = ""
    """Of an answer to a review: the amount that was shown."""
    by: str = ""
    """Of an answer to a review: the department, where that matters."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the public listing of failures."""

    flow: str
    key: str
    reason: str
    words: str
    who: str


@dataclass(frozen=True, slots=True)
class Found:
    """A line of the public reconciliation."""

    kind: str
    key: str
    paths: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that is not done, as the public status shows it."""

    flow: str
    key: str
    state: str
    reason: str
    since: float
    due: float | None
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed: policies of the flow and times of the ERP."""

    idempotency: str
    """`A`, `B` or `C`."""
    until: str
    gone: str
    """`stop` or `cancel`."""
    on_conflict: str
    unaudit: bool
    """Bills that are submitted or audited may be taken back and changed."""
    attempts: int
    """Counted failures after which a record stops."""
    numbering: str = "erp"
    """Who numbers bills: `erp` or `crm`."""
    reviewed: bool = False
    """No order is made there before somebody has approved it, whatever it `needs` besides."""
    told: bool = False
    """A rule tells in the chat of each order that is confirmed, and when it is so no more."""


@dataclass
class History:
    """Everything that was observed of one run."""

    terms: Terms
    versions: list[Version] = field(default_factory=list)
    erp: list[Entry] = field(default_factory=list)
    crm: list[Entry] = field(default_factory=list)
    said: list[Entry] = field(default_factory=list)
    """What was said in the chat; `key` is the message's own id, `written` holds its `text`."""
    calls: list[Call] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    failures: list[Listed] = field(default_factory=list)
    reconciled: list[Found] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    """Deliveries that were neither done nor stopped at the end."""
    late: list[Waiting] = field(default_factory=list)
    """Doubts and dead claims that stood too long, as seen while it ran."""
    texts: list[str] = field(default_factory=list)
    """Everything the product wrote anywhere: database, logs, listings."""
    secrets: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    """What the product itself called a bug of its own."""
    calm_at: float = 0.0
    """From here on nothing went wrong any more."""
    ended_at: float = 0.0
