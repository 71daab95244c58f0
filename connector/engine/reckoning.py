"""Figures that many documents have a part in, reckoned together once any of them has changed."""

from __future__ import annotations

from typing import Any

from connector.contract import chunks
from connector.engine import saving, upto
from connector.engine.books import Books
from connector.engine.figuring import TOGETHER, Figures
from connector.engine.system import System
from connector.faults import fault
from connector.objects import OBJECTS, BusinessObject
from connector.settings import HUB
from connector.store import feeds, journal, snapshots
from connector.store.engine import Tx

QUEUE = "figures"
"""Under which the journal notes which feeds and flows brought something."""
LEASE = "figures"
SECONDS = 120.0
"""For which a run is one process's alone; should it take longer, another one does the same work."""
GROUP = 200
"""Records written in one transaction."""
NAMED = {
    "customer_standing": ("customer", "currency"),
    "cash_forecast": ("week", "currency"),
    "slow_stock": ("material", "number"),
    "customer_grade": ("customer", "number"),
    "measures": ("month",),
}
"""What a figure is about; all else is what it says."""


def note(system: System, tx: Tx, part: str) -> None:
    """A feed or flow brought something that figures may be made of."""
    if wanted_of(system):
        journal.derive_later(system.store, tx, QUEUE, [part])


def wanted_of(system: System) -> list[str]:
    """What is to be reckoned together."""
    return sorted(system.asked_of_hub() & TOGETHER.keys()) if system.insight.erp else []


class Reckoning:
    """The figures of one process. When it starts, nobody knows what changed before."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._due = True

    def run(self) -> int:
        """Reckon, if anything has changed; how many figures really are others now."""
        wanted = wanted_of(self._system)
        begun = self._begun() if wanted else None
        if begun is None:
            return 0
        changed = sum(self._tell(object) for object in wanted) if self._due else 0
        self._due = False
        upto.note(self._system, upto.FIGURES, begun)
        return changed

    def _begun(self) -> float | None:
        """When this run begins, and whether anything is due; None: another process does it."""
        store = self._system.store
        with store.transaction() as tx:
            if feeds.take_lease(store, tx, LEASE, self._system.owner, SECONDS) is None:
                return None
            waiting = [row.key for row in journal.to_derive(tx, QUEUE, 1000)]
            journal.derived(tx, QUEUE, waiting)
            self._due = self._due or bool(waiting)
            return store.now(tx)

    def _tell(self, object: str) -> int:
        store, changed = self._system.store, 0
        with store.reading() as tx:
            made = dict(TOGETHER[object](Books(self._system, tx)))
            over: Figures = {
                row.key: _over(object, OBJECTS[object].model_validate_json(row.data))
                for row in snapshots.every(tx, HUB, object)
                if row.key not in made
            }
        fault("figured")
        made |= over
        for some in chunks(list(made), GROUP):
            with store.transaction() as tx:
                changed += len(saving.save(self._system, tx, object, {k: made[k] for k in some}))
            fault("figures_saved")
        return changed


def _over(object: str, told: BusinessObject) -> BusinessObject:
    """Of what was told before there is nothing to tell any more."""
    about: dict[str, Any] = {name: getattr(told, name) for name in NAMED[object]}
    if object == "slow_stock":
        about["on_hand"] = 0
    return OBJECTS[object](**about)
