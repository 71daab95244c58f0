"""Taking what stands on both sides as in agreement: nothing is written to either system.

`baseline` does it for a whole flow on the day of going live, `entered_as` for one document that
somebody typed by hand. From then on only what changes is delivered. What has no counterpart is
*unlinked*: it never creates, and its next change waits for a person.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connector import exact
from connector.contract import Record, by_key, chunks
from connector.engine import adopting, deriving, states
from connector.engine.base import Before, after_write
from connector.engine.resolving import Resolver
from connector.engine.system import Flow, System
from connector.errors import MappingFault, Words
from connector.mapping.document import Canonical, Node, digest, undigest
from connector.messages import load, say
from connector.store import deliveries, journal, links, snapshots
from connector.store.engine import Tx
from connector.store.links import Linked
from connector.store.statement import Row

GROUP = 200
NOTHING: Canonical = {"f": {}}
AT_REST = ("in_sync", "pending", "stopped")


@dataclass(slots=True)
class Agreed:
    """What was taken, by number."""

    linked: list[str] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)
    """Without a counterpart."""
    unclear: list[str] = field(default_factory=list)
    """Linked, but nobody can tell which row is which: the next change is a conflict."""
    left: dict[str, Words] = field(default_factory=dict)
    """Records that were left as they are, and why."""


@dataclass(slots=True)
class _Pair:
    """A record and its counterpart, as far as they are there."""

    row: Any
    snapshot: Any | None
    link: Linked | None
    record: Record | None
    document: Node = field(default_factory=Node)
    form: Canonical = field(default_factory=lambda: NOTHING)
    fault: Words = ""
    """Why there is no document."""

    @property
    def number(self) -> str:
        return (self.snapshot.number if self.snapshot else "") or self.row.key


def baseline(system: System, flow: Flow, keys: Sequence[str], who: str) -> Agreed:
    """Take today's state of these records as in agreement. Raises AdapterError.

    Those that were delivered already, and those under way, are left alone.
    """
    agreed = Agreed()
    for some in chunks(keys, GROUP):
        _Taking(system, flow, agreed).take(some)
    with system.store.transaction() as tx:
        about = {"flow": flow.name, "linked": len(agreed.linked), "unlinked": len(agreed.unlinked)}
        journal.log_audit(tx, system.store.now(tx), who, "baseline", about)
    return agreed


def linked(system: System, flow: Flow, key: str, *, as_of_now: bool) -> Agreed:
    """A record was given a counterpart. `as_of_now`: they agree; else what changed since it was
    taken as unlinked is delivered, or everything if it never was. Raises AdapterError."""
    agreed = Agreed()
    _Taking(system, flow, agreed, as_of_now=as_of_now).take([key])
    return agreed


class _Taking:
    """Takes the records of one flow, group by group."""

    def __init__(
        self, system: System, flow: Flow, agreed: Agreed, *, as_of_now: bool = True
    ) -> None:
        """`as_of_now`: what the source shows today is in agreement, else what it showed when the
        record was taken as unlinked."""
        assert flow.target is not None
        assert flow.writer is not None
        self._system = system
        self._flow = flow
        self._target = flow.target
        self._writer = flow.writer
        self._agreed = agreed
        self._as_of_now = as_of_now

    def take(self, keys: Sequence[str]) -> None:
        """Raises AdapterError."""
        store = self._system.store
        with store.reading() as tx:
            there = [link.there for link in self._linked(tx, keys).values()]
        adapter = self._target.adapter
        shown = by_key(adapter.fetch(self._writer.shape, there)) if there else {}
        with store.transaction() as tx:
            store.make_links(tx)
            pairs, now = self._pairs(tx, keys, shown), store.now(tx)
            self._resolve(tx, pairs)
            for pair in pairs:
                taken = self._taken(tx, pair, now)
                if taken is not None:
                    deliveries.settle(tx, [taken], [("", pair.row.epoch, pair.row.state)])
            deriving.after_delivery(self._system, tx, self._flow, [p.row.key for p in pairs])

    def _linked(self, tx: Tx, keys: Sequence[str]) -> dict[str, Linked]:
        flow = self._flow
        found = links.find(tx, flow.object, flow.source, self._target.name, keys)
        return {link.here: link for link in found}

    def _pairs(self, tx: Tx, keys: Sequence[str], shown: dict[str, Record]) -> list[_Pair]:
        linked, pairs = self._linked(tx, keys), []
        known = snapshots.load(tx, self._flow.source, self._flow.object, keys)
        for key, row in deliveries.load(tx, self._flow.name, keys).items():
            link = linked.get(key)
            pair = _Pair(row, known.get(key), link, shown.get(link.there) if link else None)
            if _may_be_taken(pair):
                self._make(pair)
                pairs.append(pair)
        return pairs

    def _make(self, pair: _Pair) -> None:
        snapshot = pair.snapshot
        if snapshot is None or snapshot.fault or not snapshot.data:
            pair.fault = load(snapshot.fault) if snapshot else say("source_unknown")
            return
        try:
            pair.document, pair.form = self._writer.made(snapshots.data(snapshot))
        except MappingFault as error:
            pair.fault = error.words

    def _resolve(self, tx: Tx, pairs: Sequence[_Pair]) -> None:
        """Links as far as there are any: they tell the rows of a bill apart."""
        resolver = Resolver(self._system, self._flow.source, self._target.name)
        resolver.prepare(tx, (ref for pair in pairs for ref in pair.document.links()))
        for pair in pairs:
            pair.document.resolve(resolver.or_none)

    def _taken(self, tx: Tx, pair: _Pair, now: float) -> Row | None:
        if pair.link is None:
            self._agreed.unlinked.append(pair.number)
            hash, text = (deliveries.UNSURE, "") if pair.fault else digest(pair.form)
            known = {"delivered": hash, "document": text, "base": "", "step": ""}
            return states.in_sync(pair.row, now, reason="unlinked", **known)
        if pair.fault or pair.record is None:
            gone = say("target_gone", key=pair.link.there)
            self._agreed.left[pair.number] = pair.fault or gone
            return None
        return self._in_agreement(tx, pair, pair.link, pair.record, now)

    def _in_agreement(self, tx: Tx, pair: _Pair, link: Linked, record: Record, now: float) -> Row:
        delivered = pair.form if self._as_of_now else undigest(pair.row.document)
        keys = adopting.line_keys(pair.document, delivered, record, self._writer)
        base = after_write(delivered, pair.document, record, self._writer, keys or {}, Before())
        flow = self._flow
        text = json.dumps(keys) if keys else ""
        links.pair_rows(tx, flow.object, flow.source, link.here, self._target.name, text)
        (self._agreed.unclear if keys is None else self._agreed.linked).append(pair.number)
        hash, text = digest(delivered)
        known = {"delivered": hash, "document": text, "base": exact.dumps(base)}
        known["step"] = flow.until
        if pair.form == delivered:
            return states.in_sync(pair.row, now, **known)
        return states.pending(pair.row, now, "changed", now, **known)


def _may_be_taken(pair: _Pair) -> bool:
    """It was never delivered, or was taken when it had no counterpart yet. An alias never is, and
    what nobody has asked for may still be asked for."""
    row, link = pair.row, pair.link
    if row.owner or row.state not in AT_REST or (link is not None and not link.owns):
        return False
    if link is None and row.reason == "unasked":
        return False
    return not row.delivered or (row.reason == "unlinked" and link is not None)
