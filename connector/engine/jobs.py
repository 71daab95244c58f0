"""One record on its way: what was claimed, what is to be sent, and what came of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.contract import Record, Written
from connector.engine.base import whole
from connector.engine.plan import Heard, Plan
from connector.errors import ConnectorError
from connector.mapping.document import Canonical, LinkRef, Node, undigest
from connector.store.deliveries import UNSURE
from connector.store.links import Linked

_PLAIN = re.compile(r"[A-Za-z0-9_.:-]{1,60}")


def reference(source: str, key: str, part: str = "") -> str:
    """Our own mark in the target: always the same for one source record, never a number.

    Readable where the key allows it, a hash of it where it does not.
    """
    mark = f"{source}:{key}:{part}" if part else f"{source}:{key}"
    if _PLAIN.fullmatch(mark):
        return mark
    return f"{source}:{hashlib.blake2b(mark.encode(), digest_size=15).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Opposite:
    """What the flow that carries the same object the other way knows of a record."""

    flow: str
    heard: Heard | None = None
    """None: it has not delivered it."""
    in_sync: bool = False
    in_doubt: bool = False
    """What became of its last write is not known."""
    told: bool = False
    """It stopped with a conflict, so that a person knows already."""
    said: str = ""
    """The record's content as it was last read in our source."""
    carried: str = ""
    """Its content in the target, where that flow has nothing more to do about it; else empty."""


@dataclass(slots=True)
class Job:
    """A claimed delivery. `row` is as it stood before the claim; `epoch` is the claim's."""

    row: Any
    verb: str = "put"
    wanted: str = ""
    form: Canonical = field(default_factory=lambda: {"f": {}})
    """The document's canonical form, links unresolved."""
    text: str = ""
    """`form` as text."""
    document: Node = field(default_factory=Node)
    """With links resolved."""
    link: Linked | None = None
    key: str = ""
    """The target's key; empty: to be created."""
    onto: LinkRef | None = None
    """What resolves to the target's key, where it is not known otherwise."""
    reference: str = ""
    number: str = ""
    """The source's number, for messages."""
    opposite: Opposite | None = None
    """None: no flow goes the other way, or the record is to be created."""

    def links(self) -> Iterator[LinkRef]:
        """Everything that is to be resolved before it can be sent."""
        if self.onto is not None:
            yield self.onto
        yield from self.document.links()

    def resolve(self, resolve: Callable[[LinkRef], Any]) -> None:
        """Put `resolve(link)` in every link's place; what it raises leaves some as they were."""
        if self.onto is not None:
            self.key = str(resolve(self.onto))
        self.document.resolve(resolve)

    @property
    def in_doubt(self) -> bool:
        """An earlier attempt may have been done."""
        return bool(self.row.verb == "look")

    @property
    def unsure(self) -> bool:
        """Some version of ours stands there, and nobody knows which."""
        return bool(self.row.delivered == UNSURE)

    @property
    def epoch(self) -> int:
        return int(self.row.epoch) + 1

    @property
    def line_keys(self) -> dict[str, dict[str, str]]:
        """`{table: {source line: target row key}}` as the link keeps them."""
        text = self.link.line_keys if self.link else ""
        keys: dict[str, dict[str, str]] = json.loads(text) if text else {}
        return keys

    @property
    def delivered(self) -> Canonical:
        """The canonical document that the target holds."""
        return undigest(self.row.document)

    @property
    def sent(self) -> Canonical:
        """What an attempt carried that may yet show in the target; empty: there is none."""
        return undigest(self.row.sent)

    @property
    def kept(self) -> Canonical:
        """The base as it is kept: what differs from `delivered`."""
        return undigest(self.row.base)

    @property
    def base(self) -> Canonical:
        """What the target showed after our last write."""
        return whole(self.kept, self.delivered, self.line_keys)


@dataclass(slots=True)
class Result:
    """What became of a job. `written` and `error` are both set only where it is half done."""

    job: Job
    did: str = ""
    """`created`, `updated`, `adopted`, `found`, `advanced`, `none`, `cancel` or `close`."""
    written: Written | None = None
    error: ConnectorError | None = None
    sent: bool = False
    """A write was tried; otherwise the error came before anything could have been done."""
    seconds: float = 0.0
    plan: Plan | None = None
    delivered: bool = True
    """The target now holds `job.form`; False: taken as found, still to be compared."""
    shown: Record | None = None
    line_keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
