"""Claiming: take what is due, decide what should be, and make the intent durable.

One transaction, no I/O inside it: the document is built from the newest snapshot here, so
that a retry can never carry an old version, and the `sending` rows with their reference,
hash and epoch are committed before the first byte leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from connector.clock import Deadline
from connector.engine import correcting, gate, pairing, retry, states
from connector.engine.jobs import Job, reference
from connector.engine.opposite import Other
from connector.engine.resolving import Resolver
from connector.engine.scope import Scope
from connector.engine.system import Flow, System
from connector.errors import ConnectorError, MappingFault, MissingLink
from connector.faults import fault
from connector.mapping.document import LinkRef, digest, undigest
from connector.messages import load, say
from connector.objects import ABSENT_MEANS_ZERO
from connector.store import deliveries, facts, links, snapshots
from connector.store.engine import Tx
from connector.store.statement import Row

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class Claimed:
    """What one claim gave."""

    jobs: list[Job] = field(default_factory=list)
    settled: list[Row] = field(default_factory=list)
    """Outcomes that needed no sending."""
    dropped: list[str] = field(default_factory=list)
    """Records that left the scope before anything was delivered."""
    reviews: list[Row] = field(default_factory=list)
    """Reviews to be asked for."""
    asked: set[str] = field(default_factory=set)
    """Tokens of the records that others wait for."""
    looked_at: int = 0
    deadline: Deadline | None = None
    """Until when the jobs are ours; counted from before they were claimed."""

    def count(self, state: str) -> int:
        """How many were settled into a state."""
        return sum(row["state"] == state for row in self.settled)


class Claimer:
    """Claims for one flow."""

    def __init__(self, system: System, flow: Flow) -> None:
        assert flow.target is not None
        assert flow.writer is not None
        self._system = system
        self._flow = flow
        self._target = flow.target
        self._writer = flow.writer
        self._names = system.named_in(flow)
        """The connection whose keys the records name."""
        self._restored = False
        """The store was put back, and nobody has said yet that it can be trusted."""

    def claim(self, limit: int, on_change: Any = None, *, doubts: bool = False) -> Claimed:
        """Take up to `limit` due deliveries. `on_change(tx, keys)` hears of those settled here.

        `doubts`: only those whose last attempt must be looked up.
        """
        store = self._system.store
        claimed = Claimed()
        deadline = Deadline(self._system.clock, self._target.lease)
        with store.transaction() as tx:
            store.look_at_links(tx)
            now = store.now(tx)
            self._restored = facts.restored_at(tx) is not None
            due = deliveries.due(store, tx, self._flow.name, now, limit, doubts=doubts)
            rows = _one_a_line(due)
            if rows:
                fault("due_found")
                claimed = self.consider(tx, rows, now)
                fault("considered")
                deliveries.change(tx, claimed.settled)
                deliveries.change(tx, [self._intent(job, now) for job in claimed.jobs])
                fault("intents_stored")
                deliveries.drop(tx, self._flow.name, claimed.dropped)
                gate.ask(store, tx, self._flow, claimed.reviews, now)
                pairing.ask(self._system, tx, self._flow, claimed.asked, now)
                if on_change is not None:
                    on_change(tx, [row["key"] for row in claimed.settled])
        claimed.deadline = deadline
        fault("after_claim")
        return claimed

    def consider(
        self, tx: Tx, rows: list[Any], now: float, anew: Mapping[str, Any] = NOTHING
    ) -> Claimed:
        """What is to be done about these deliveries; nothing is written.

        `anew` holds snapshots that are newer than the stored ones.
        """
        flow, keys = self._flow, [row.key for row in rows]
        known = {**snapshots.load(tx, flow.source, flow.object, keys), **anew}
        known = correcting.corrected(tx, flow, known)
        linked = self._linked(tx, keys)
        claimed = Claimed(looked_at=len(rows))
        jobs: list[Job] = []
        for row in rows:
            outcome = self._considered(row, known.get(row.key), linked.get(row.key), now)
            if isinstance(outcome, Job):
                jobs.append(outcome)
            elif outcome is None:
                claimed.dropped.append(row.key)
            else:
                claimed.settled.append(outcome)
        jobs, waiting = Other(self._system, tx, flow, known).considered(jobs, now)
        claimed.settled += waiting
        through = gate.passed(tx, flow, jobs, known, now)
        claimed.settled += through.held
        claimed.reviews = through.wanted
        jobs = through.jobs
        claimed.asked.update(row["waits_for"] for row in waiting)
        claimed.jobs = self._resolve(tx, jobs, claimed, now)
        return claimed

    def _linked(self, tx: Tx, keys: list[str]) -> dict[str, links.Linked]:
        if self._flow.mapping.onto:
            return {}
        found = links.find(tx, self._flow.object, self._flow.source, self._target.name, keys)
        return {item.here: item for item in found}

    def _considered(
        self, row: Any, snapshot: Any | None, link: links.Linked | None, now: float
    ) -> Job | Row | None:
        """Work to do, an outcome without any, or None: forget the delivery."""
        if link is not None and not link.owns:
            return states.in_sync(row, now, reason="alias")
        if snapshot is None or not snapshot.data:
            words = load(snapshot.fault) if snapshot else say("source_unknown")
            return states.stopped(row, now, "mapping", words)
        values = snapshots.data(snapshot)
        if row.state == "in_doubt" and row.attempts >= self._flow.settings.attempts:
            return states.stopped(row, now, "unknown", say("keeps_failing", count=row.attempts))
        if row.reason == "unasked" and self._flow.settings.on_demand:
            return states.pending(row, now, "unasked", None, say("unasked"))
        if row.verb == "look" and not self._flow.mapping.onto:
            return self._doubtful(row, snapshot, values, link, now)
        if snapshot.fault:
            return states.stopped(row, now, "mapping", load(snapshot.fault))
        scope = self._scope(snapshot, values, link)
        if scope == "hold":
            return states.pending(row, now, "review", None, say("held_by_source"))
        if scope == "out":
            return self._left(row, snapshot, link, now)
        try:
            return self._job(row, snapshot, values, link, now)
        except MappingFault as error:
            return states.stopped(row, now, "mapping", error.words)

    def _scope(self, snapshot: Any, values: Any, link: links.Linked | None) -> Scope:
        if snapshot.deleted and self._flow.object not in ABSENT_MEANS_ZERO:
            return "out"
        scope = self._flow.scope_of(values)
        return "in" if scope == "out" and link and self._flow.settings.gone == "follow" else scope

    def _doubtful(
        self, row: Any, snapshot: Any, values: Any, link: links.Linked | None, now: float
    ) -> Job | Row:
        """An attempt that may have been done: find that out before anything else counts."""
        if row.wanted.startswith("verb:") and self._scope(snapshot, values, link) != "out":
            # Withdrawn perhaps, and wanted again: a look does not show which, and nothing may be
            # written onto a document that is void.
            words = say("maybe_withdrawn")
            return states.stopped(row, now, "gone", words, verb="put", delivered=row.wanted)
        # What a store that was put back has forgotten to have made shows there, too.
        sent = "" if self._restored and link is None else row.sent
        job = Job(row, "look", row.wanted, undigest(sent), sent, number=snapshot.number)
        job.link, job.key, job.reference = link, link.there if link else "", row.reference
        with suppress(MappingFault):
            job.document = self._writer(values)
        return job

    def _left(
        self, row: Any, snapshot: Any, link: links.Linked | None, now: float
    ) -> Job | Row | None:
        """The record was deleted, cancelled or no longer matches."""
        gone = self._flow.settings.gone
        if link is None and not row.delivered:
            return None
        if link is None and not self._flow.mapping.onto and not row.delivered.startswith("verb:"):
            return states.stopped(row, now, "unlinked", say("unlinked"))
        if gone == "stop" or gone not in self._flow.capabilities.operations:
            return states.stopped(row, now, "gone", say("source_gone"))
        if row.delivered == f"verb:{gone}" or link is None:
            return states.in_sync(row, now)
        return Job(row, gone, f"verb:{gone}", link=link, key=link.there, number=snapshot.number)

    def _job(
        self, row: Any, snapshot: Any, values: Any, link: links.Linked | None, now: float
    ) -> Job | Row:
        document, form = self._writer.made(values)
        wanted, text = digest(form)
        key, onto = self._onto(row, values) if self._flow.mapping.onto else ("", None)
        key = link.there if link else key
        if row.delivered and not key and onto is None:
            if wanted == row.delivered:
                return states.in_sync(row, now, reason="unlinked")
            return states.stopped(row, now, "unlinked", say("unlinked"))
        if row.delivered.startswith("verb:") and not row.forced:
            return states.stopped(row, now, "gone", say("was_withdrawn"))
        job = Job(row, "put", wanted, form, text, document, link, key, onto, number=snapshot.number)
        if wanted == row.delivered and self._flow.reached(row.step) and not job.in_doubt:
            return states.in_sync(row, now)
        job.reference = reference(self._flow.source, row.key, row.part)
        if not key and self._restored and self._flow.idempotency == "C":
            # Nobody can tell what the store has forgotten: nothing is created.
            return states.stopped(row, now, "unknown", say("restored_blind"))
        return job

    def _onto(self, row: Any, values: Any) -> tuple[str, LinkRef | None]:
        """Which record is written onto: by its own key, or as another one's counterpart."""
        mapping = self._flow.mapping
        key = str(values.get(mapping.onto) or row.key)
        if not mapping.onto_link:
            return key, None
        return "", LinkRef(mapping.onto_link, key, "key")

    def _resolve(self, tx: Tx, jobs: list[Job], claimed: Claimed, now: float) -> list[Job]:
        """The jobs whose links are there; the others are settled, and what they wait for is
        asked for: all of it, not only the first."""
        resolver = Resolver(self._system, self._names, self._target.name)
        resolver.prepare(tx, (ref for job in jobs for ref in job.links()))
        ready = []
        for job in jobs:
            if job.verb == "look":
                job.document.resolve(resolver.or_none)
                ready.append(job)
                continue
            try:
                job.resolve(resolver)
                ready.append(job)
            except (MissingLink, MappingFault) as error:
                claimed.settled.append(self._unresolved(job, error, now))
                lacking = [ref for ref in job.links() if ref.missing == "wait"]
                claimed.asked |= {pairing.token(r.object, self._names, r.key) for r in lacking}
        return ready

    def _unresolved(self, job: Job, error: ConnectorError, now: float) -> Row:
        if isinstance(error, MissingLink):
            waits_for = pairing.token(error.object, self._names, error.key)
            return states.pending(job.row, now, "waits_for", None, error.words, waits_for=waits_for)
        decision = retry.decide(error, job.row.attempts, self._flow.settings.attempts, 0, 0)
        return states.stopped(job.row, now, decision.reason, error.words)

    def _intent(self, job: Job, now: float) -> Row:
        # A look-up keeps what the doubtful attempt carried: it is what may be found.
        return states.claimed(
            job.row,
            self._system.owner,
            now,
            now + self._target.lease,
            wanted=job.wanted,
            sent=job.text,
            reference=job.reference,
            verb=job.verb,
            mapping=self._flow.mapping.version,
        )


def _one_a_line(rows: Sequence[Any]) -> list[Any]:
    """Of rows that write onto one record, the first; the others wait their turn."""
    lines: set[str] = set()
    chosen = []
    for row in rows:
        if row.line not in lines:
            chosen.append(row)
        if row.line:
            lines.add(row.line)
    return chosen
