"""Dispatch: who works on what, and when. The only place that starts threads.

Readings run side by side per connection, deliveries with as many workers as the target
allows. Correctness never depends on any of it: claims and leases in the store do that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from connector import log
from connector.engine import deriving, restored, states
from connector.engine.capture import Capture, Counts
from connector.engine.deliver import Deliverer
from connector.engine.identity import Identities
from connector.engine.limits import Rest
from connector.engine.marking import introduce, mapped_anew
from connector.engine.planning import Planning
from connector.engine.reckoning import Reckoning
from connector.engine.record import Tally, pause
from connector.engine.system import Connection, Feed, Flow, System
from connector.errors import AdapterError, ConnectorError, LeaseLost, Rejected, UnsafeRun, Words
from connector.faults import fault
from connector.messages import load, say
from connector.settings import HUB
from connector.store import deliveries, feeds, pauses, snapshots
from connector.store.engine import StoreUnavailable, Tx

_log = log.get(__name__)

Progress = Callable[[str, int], None]
"""Called with a feed's or flow's name and how many records went on."""


def _quiet(_: str, __: int) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Done:
    """What a run did, by feed and by flow."""

    feeds: dict[str, Counts] = field(default_factory=dict)
    flows: dict[str, Tally] = field(default_factory=dict)
    errors: dict[str, Words] = field(default_factory=dict)
    """Feeds and flows that could not run, and why; a connection stands for all of its own."""
    rests: dict[str, Words] = field(default_factory=dict)
    """Connections where something was left for later, and why: no error, it goes on by itself."""
    unready: set[str] = field(default_factory=set)
    """Connections that we may not work with in this run."""

    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, feed: Feed, counts: Counts) -> None:
        with self._lock:
            self.feeds.setdefault(feed.name, Counts()).add(counts)

    def tally(self, flow: Flow, tally: Tally) -> None:
        with self._lock:
            self.flows.setdefault(flow.name, Tally()).add(tally)

    def add(self, other: Done) -> None:
        """Take up what another run did."""
        with self._lock:
            for name, counts in other.feeds.items():
                self.feeds.setdefault(name, Counts()).add(counts)
            for name, tally in other.flows.items():
                self.flows.setdefault(name, Tally()).add(tally)
            self.errors |= other.errors
            self.rests |= other.rests


@dataclass(frozen=True, slots=True)
class Permits:
    """What a person allowed for one run."""

    gone: bool = False
    creates: bool = False


class Dispatcher:
    """Runs readings and deliveries of one system. One per process."""

    def __init__(self, system: System, workers: int = 8) -> None:
        self._system = system
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._identities = Identities(system)
        self._planning, self._reckoning = Planning(system), Reckoning(system)
        system.stopping.clear()

    def stop(self) -> None:
        """Begin nothing new; whoever works comes to an end soon. Returns at once."""
        self._system.stopping.set()

    def close(self) -> None:
        """Finish what is under way, start nothing more."""
        self.stop()
        self._pool.shutdown(wait=True)
        with suppress(StoreUnavailable):
            self._system.settle_calls(at_once=True)

    # -- recovery ---------------------------------------------------------------------------

    def recover(self, *, alone: bool) -> int:
        """Whatever a dead process had claimed is in doubt. `alone`: nobody else is alive."""
        store = self._system.store
        with store.transaction() as tx:
            now = store.now(tx)
            rows = deliveries.claimed(tx) if alone else deliveries.expired(tx, now)
            outcomes, claims = [], []
            for row in rows:
                flow = self._system.flows.get(row.flow)
                settle = flow.target.settle if flow and flow.target else 600.0
                since = now if alone else row.deadline
                words = say("holder_died")
                outcomes.append(states.abandoned(row, now, settle, words, since))
                claims.append((row.owner, row.epoch, row.state))
            fault("recovering")
            # Only claims that still stand: their holder may have come back in this moment.
            deliveries.settle(tx, outcomes, claims)
            if alone:
                feeds.drop_leases(tx)
        fault("recovered")
        if outcomes:
            _log.warning("claims_abandoned", count=len(outcomes))
        return len(outcomes)

    def introduce(self) -> None:
        """New flows, and those of a new scope, take what was captured before; what could not be
        read is looked at again."""
        self._system.settle_calls()
        for flow in self._system.delivering():
            if introduce(self._system, flow) and flow.source == HUB:
                deriving.everything(self._system, flow.object)
            mapped_anew(self._system, flow)
        deriving.introduce(self._system)
        with self._system.store.reading() as tx:
            faulty = snapshots.faulty_feeds(tx)
        for feed in self._system.feeds.values():
            if (feed.connection.name, feed.object) not in faulty:
                continue
            if not self.paused(feed.connection) and not self._system.resting(feed):
                self._retry_faults(feed)

    def _retry_faults(self, feed: Feed) -> None:
        try:
            Capture(self._system, feed).retry_faults()
        except AdapterError as error:
            self._lost(feed.connection, error)
        except LeaseLost:
            return

    # -- reading ----------------------------------------------------------------------------

    def capture(
        self,
        wanted: Iterable[Feed],
        done: Done,
        progress: Progress = _quiet,
        *,
        permits: Permits = Permits(),
        reread: bool = True,
    ) -> None:
        """Read these feeds, connections side by side."""
        by_connection: dict[str, list[Feed]] = {}
        for feed in wanted:
            by_connection.setdefault(feed.connection.name, []).append(feed)

        def read_all(some: list[Feed]) -> None:
            for feed in some:
                if not self._system.stopping.is_set():
                    self._read(feed, done, progress, permits, reread)

        for future in [self._pool.submit(read_all, some) for some in by_connection.values()]:
            future.result()

    def _read(
        self, feed: Feed, done: Done, progress: Progress, permits: Permits, reread: bool
    ) -> None:
        connection = feed.connection
        if self._rests(feed, connection, done):
            return
        paused = self.paused(connection) if self._by_a_person(connection) else None
        if not self._ready(connection, done, paused):
            return
        try:
            fault("before_read")
            capture = Capture(self._system, feed)
            counts = capture.run(allow_gone=permits.gone)
            if reread:
                counts.add(capture.reread())
            fault("after_read")
        except LeaseLost:
            self._rests(feed, connection, done)
        except AdapterError as error:
            self._lost(feed.connection, error)
            done.errors[feed.name] = error.words
        except ConnectorError as error:
            _log.error("feed_stopped", feed=feed.name, why=str(error))
            done.errors[feed.name] = error.words
        else:
            done.count(feed, counts)
            progress(feed.name, counts.read)

    def _rests(self, part: Feed | Flow, connection: Connection, done: Done) -> Rest | None:
        """Why the connection is left alone for now; that is said once for all its parts."""
        rest = self._system.resting(part)
        if rest is not None:
            done.rests[connection.name] = rest.words
        return rest

    def _ready(self, connection: Connection, done: Done, paused: Words | None) -> bool:
        """Whether we may work there now; if not, that is said once for all its feeds and flows."""
        if connection.name in done.unready:
            return False
        if paused is not None:
            words: Words | None = say("connection_paused", name=connection.name, why=paused)
        else:
            words = self._stranger(connection)
        if words is not None:
            done.unready.add(connection.name)
            done.errors[connection.name] = words
        return words is None

    def _stranger(self, connection: Connection) -> Words | None:
        """Why it is not, or cannot be seen to be, who it was; None: it is."""
        try:
            self._identities.check(connection)
        except (AdapterError, UnsafeRun) as error:
            self._lost(connection, error)
            return error.words
        return None

    def _lost(self, connection: Connection, error: AdapterError | UnsafeRun) -> None:
        if isinstance(error, Rejected):
            return  # It works: it understood what was asked, and the next thing may be right.
        store = self._system.store
        with store.transaction() as tx:
            pause(self._system, tx, connection.name, error, store.now(tx))
        fault("connection_lost")

    # -- delivering -------------------------------------------------------------------------

    def deliver(
        self,
        wanted: Iterable[Flow],
        done: Done,
        progress: Progress = _quiet,
        *,
        permits: Permits = Permits(),
    ) -> int:
        """Work off everything that is due; returns how many deliveries were looked at."""
        looked_at = 0
        self._system.settle_calls()
        flows = [one for one in wanted if one.delivers and one.settings.mode == "live"]
        due = self._due(flows, done)
        for flow in flows:
            if flow.name in due and not self._system.stopping.is_set():
                found = self._drain(flow, done, progress, permits)
                due = self._due(flows, done) if found else due
                looked_at += found
        return looked_at

    def _due(self, flows: Sequence[Flow], done: Done) -> set[str]:
        """The flows that have something to act on, and may: all at once, for most have nothing."""
        store = self._system.store
        with store.reading() as tx:
            now = store.now(tx)
            due = deliveries.with_work(tx, [one.name for one in flows], now)
            held = restored.held_back(self._system, tx)
            paused = pauses.of(tx, sorted(due))
        if held:
            done.errors["store"] = say("store_restored")
        for name, one in paused.items():
            done.errors[name] = say("flow_paused", name=name, why=load(one.why))
        return due - held - paused.keys()

    def _drain(self, flow: Flow, done: Done, progress: Progress, permits: Permits) -> int:
        assert flow.target is not None
        rest = self._rests(flow, flow.target, done)
        if rest is not None and not (rest.doubts and self._doubts(flow)):
            return 0
        if not self._ready(flow.target, done, self.paused(flow.target)):
            return 0
        deliverer = Deliverer(self._system, flow)
        try:
            if not permits.creates and rest is None:
                deliverer.check()
        except UnsafeRun as error:
            _log.error("flow_stopped", flow=flow.name, why=str(error))
            done.errors[flow.name] = error.words
            return 0

        fault("before_deliver")
        clock = self._system.clock
        ends = clock.monotonic() + A_TURN

        def work() -> int:
            looked_at = 0
            for _ in range(FAIR):
                if self._system.stopping.is_set() or self._halted(flow):
                    break
                if looked_at and clock.monotonic() >= ends:
                    break
                tally = deliverer.group()
                if tally is None:
                    break
                fault("after_group")
                looked_at += tally.looked_at
                done.tally(flow, tally)
                progress(flow.name, tally.looked_at)
            return looked_at

        tasks = [self._pool.submit(work) for _ in range(flow.target.settings.parallel)]
        return sum(task.result() for task in tasks)

    def _doubts(self, flow: Flow) -> bool:
        """Whether it has an attempt to look up."""
        store = self._system.store
        with store.reading() as tx:
            return bool(deliveries.with_work(tx, [flow.name], store.now(tx), doubts=True))

    def paused(self, connection: Connection | None) -> Words | None:
        """Why a connection is left alone now; None: it is not."""
        if connection is None:
            return None
        with self._system.store.reading() as tx:
            return self._paused(tx, connection)

    def _paused(self, tx: Tx, connection: Connection) -> Words | None:
        known = feeds.connection(tx, connection.name)
        now = self._system.store.now(tx)
        if known is None or known.paused_until is None or known.paused_until <= now:
            return None
        return load(known.paused_why)

    def _halted(self, flow: Flow) -> bool:
        """It, or the connection that it writes to, was paused meanwhile."""
        assert flow.target is not None
        with self._system.store.reading() as tx:
            return bool(pauses.of(tx, [flow.name])) or self._paused(tx, flow.target) is not None

    def _by_a_person(self, connection: Connection) -> bool:
        with self._system.store.reading() as tx:
            known = feeds.connection(tx, connection.name)
            return known is not None and feeds.paused_by_person(known, self._system.store.now(tx))

    def plan(self) -> int:
        """Plan anew what changed; how many derived records this changed."""
        return self._planning.run()

    def reckon(self) -> int:
        """Reckon the figures that are made of everything; how many this changed."""
        return self._reckoning.run()

    # -- everything once --------------------------------------------------------------------

    def sync(
        self,
        flows: Iterable[Flow],
        progress: Progress = _quiet,
        permits: Permits = Permits(),
    ) -> Done:
        """Read, derive and deliver until nothing more is due now.

        What was written into a system is read back once more at the end, so that the next
        run has nothing to look at.
        """
        done, chosen = Done(), ordered(list(flows))
        names = {flow.name for flow in chosen}
        wanted = [f for f in self._system.feeds.values() if names & {w.name for w in f.flows}]
        self.introduce()
        self.capture(wanted, done, progress, permits=permits)
        for _ in range(ROUNDS):
            written = self._settle(chosen, done, progress, permits)
            echoes = [
                feed
                for feed in wanted
                if feed.connection.name in written and feed.reads == "changes"
            ]
            if not echoes:
                break
            # Remote clocks are known to the second: let the one of our last write pass.
            self._system.clock.sleep(A_SECOND)
            self.capture(echoes, done, progress, permits=permits, reread=False)
        return done

    def _settle(
        self, chosen: list[Flow], done: Done, progress: Progress, permits: Permits
    ) -> set[str]:
        """Deliver and derive in turn until neither has anything to do; who was written to. What is
        made of everything is made once all is through: not anew after each turn."""
        before = {name: tally.written for name, tally in done.flows.items()}
        while not self._system.stopping.is_set():
            if not self.deliver(chosen, done, progress, permits=permits) and not self._derive():
                break
        return {
            flow.target.name
            for flow in chosen
            if flow.target and flow.name in done.flows
            if done.flows[flow.name].written > before.get(flow.name, 0)
        }

    def _derive(self) -> int:
        return self.plan() + deriving.run(self._system) + self.reckon()


A_SECOND = 1.1
FAIR, A_TURN = 20, 30.0
"""Groups of one flow that a worker takes, and seconds for which it does so, before the other flows
have their turn: thousands of records for a slow target must not keep an order waiting."""

ROUNDS = 4
"""Times that our own writes are read back in one run."""


def ordered(flows: list[Flow]) -> list[Flow]:
    """Flows in an order in which others find what they link to; cycles as they stand."""
    waiting = [flow for flow in flows if flow.delivers]
    sorted_flows = [flow for flow in flows if not flow.delivers]
    while waiting:
        objects = {flow.object for flow in waiting}
        free = [f for f in waiting if not (_links(f) & objects - {f.object})] or waiting[:1]
        sorted_flows += free
        waiting = [flow for flow in waiting if flow not in free]
    return sorted_flows


def _links(flow: Flow) -> set[str]:
    rules = flow.writer.rules.values() if flow.writer else ()
    linked = {rule.link.object for rule in rules if rule.link}
    onto = {flow.mapping.onto_link or "sales_order"} if flow.mapping.onto else set()
    return linked | onto
