"""Figures that many documents have a part in, reckoned together once any of them has changed."""

from __future__ import annotations

from collections.abc import Sequence
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
    "salesperson_month": ("month", "salesperson", "currency"),
    "order_backlog": ("week", "currency"),
    "salesperson_debt": ("salesperson", "currency"),
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
        changed = self._tell(wanted) if self._due else 0
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

    def _tell(self, objects: Sequence[str]) -> int:
        """All of them are of one moment: what several are made of is read once."""
        with self._system.store.reading() as tx:
            books = Books(self._system, tx)
            made = {object: _figures(books, tx, object) for object in objects}
        fault("figured")
        return sum(self._save(object, some) for object, some in made.items())

    def _save(self, object: str, made: Figures) -> int:
        store, changed = self._system.store, 0
        for some in chunks(list(made), GROUP):
            with store.transaction() as tx:
                changed += len(saving.save(self._system, tx, object, {k: made[k] for k in some}))
            fault("figures_saved")
        return changed


def _figures(books: Books, tx: Tx, object: str) -> Figures:
    made = dict(TOGETHER[object](books))
    over: Figures = {
        row.key: _over(object, OBJECTS[object].model_validate_json(row.data))
        for row in snapshots.every(tx, HUB, object)
        if row.key not in made
    }
    return made | over


def _over(object: str, told: BusinessObject) -> BusinessObject:
    """Of what was told before there is nothing to tell any more."""
    about: dict[str, Any] = {name: getattr(told, name) for name in NAMED[object]}
    if object == "slow_stock":
        about["on_hand"] = 0
    return OBJECTS[object](**about)
