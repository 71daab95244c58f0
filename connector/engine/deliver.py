"""Deliver: bring the target up to date with the store.

Claim what is due, look before writing, write, record. Each step is a module of its own;
this one only strings them together, group by group.
"""

from __future__ import annotations

from connector.engine import deriving, guards
from connector.engine.claim import Claimer
from connector.engine.record import Recorder, Tally
from connector.engine.send import Sender
from connector.engine.system import Flow, System
from connector.store import deliveries


class Deliverer:
    """Works off one flow. Several may work on the same flow at once."""

    def __init__(self, system: System, flow: Flow) -> None:
        self._system = system
        self._flow = flow
        assert flow.target is not None
        self._target = flow.target.name
        self._claimer = Claimer(system, flow)
        self._sender = Sender(system, flow)
        self._recorder = Recorder(system, flow)

    def check(self) -> None:
        """Refuse a run that would create absurdly many. Raises UnsafeRun."""
        store = self._system.store
        flow = self._flow
        if flow.mapping.onto or flow.target is None:
            return
        way = flow.object, flow.source, flow.target.name
        with store.reading() as tx:
            waiting = deliveries.to_create(tx, flow.name, store.now(tx), way)
        guards.check_creates(flow.name, waiting, flow.settings.max_creates)

    def group(self, limit: int = 0) -> Tally | None:
        """Deliver one group; None when nothing was due, or nothing may be done now."""
        flow, system = self._flow, self._system
        system.limits[self._target].settle()
        rest = system.resting(flow)
        if rest is not None and not rest.doubts:
            return None
        claimed = self._claimer.claim(
            limit or flow.settings.group,
            lambda tx, keys: deriving.after_delivery(system, tx, flow, keys),
            doubts=rest is not None,
        )
        if not claimed.looked_at:
            return None
        tally = Tally(
            claimed.looked_at, failed=claimed.count("stopped"), waiting=claimed.count("pending")
        )
        assert claimed.deadline is not None
        results = list(self._sender.send(claimed.jobs, claimed.deadline))
        tally.add(self._recorder.record(results))
        return tally
