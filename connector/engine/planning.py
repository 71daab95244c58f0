"""What planning tells, computed anew for what changed: kitting, availability, requirements, and
which production serves which order without naming it.

One process plans at a time. Kitting goes over all open lines, since each takes what those before
it left; the rest goes on from the materials that changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from typing import Any

from connector.contract import chunks
from connector.derive.availability import availability
from connector.derive.costing import Costing, Rates
from connector.derive.kitting import Kitter, kitting
from connector.derive.model import ZERO
from connector.derive.requirements import Planner, day, week
from connector.derive.structure import Structures
from connector.derive.subjects import subject
from connector.derive.suggesting import requirement
from connector.engine import figuring, saving, supplying, upto
from connector.engine.modelling import Modelling
from connector.engine.system import System
from connector.faults import fault
from connector.objects import BusinessObject
from connector.objects.derived import Kitting, OrderSupply
from connector.settings import HUB
from connector.store import facts, feeds, journal, mentions, snapshots
from connector.store.engine import Tx

BY_MATERIAL = ("price_estimate", "availability", "material_requirement")
BY_LINE = "kitting"
BY_ORDER = "order_supply"
TELLS = (*BY_MATERIAL, BY_LINE, BY_ORDER)
"""What planning tells, by the names of the objects."""
OPENING = "planning opened"
LEASE = "planning"
SECONDS = 120.0
"""For which a run is one process's alone; should it take longer, another one does the same work."""
GROUP = 200
"""Records written in one transaction."""


class Planning:
    """The plans of one process."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._modelling = Modelling(system, system.insight.erp)
        self._planner: Planner | None = None
        self._planned_on: date | None = None
        self._touched: set[str] | None = set()
        """Materials whose plans are to be told anew; None: all."""

    def run(self) -> int:
        """Plan what changed; how many derived records really are others now."""
        wanted, changed = wanted_of(self._system), 0
        begun = self._begun() if wanted else None
        if begun is None:
            return 0
        self._refresh()
        if self._touched is None or self._touched:
            fault("plans_made")
            changed = sum(self._tell(object) for object in TELLS if object in wanted)
            self._touched = set()
        upto.note(self._system, upto.PLANS, begun)
        return changed

    def _begun(self) -> float | None:
        """When this run begins; None: another process does it, or there is nothing to plan for."""
        if not self._system.insight.erp:
            return None
        store = self._system.store
        with store.transaction() as tx:
            lease = feeds.take_lease(store, tx, LEASE, self._system.owner, SECONDS)
            return None if lease is None else store.now(tx)

    def _refresh(self) -> None:
        today = self._now()
        touched = self._modelling.refresh(today)
        if touched is None or self._planner is None or today != self._planned_on:
            self._planner, self._planned_on = self._planned(today), today
            self._touched = None
        elif self._touched is not None:
            self._touched |= self._planner.update(touched) if touched else touched

    def _planned(self, today: date) -> Planner:
        store = self._system.store
        with store.transaction() as tx:
            opening = date.fromisoformat(facts.first(store, tx, OPENING, today.isoformat()))
        bucket = week if self._system.insight.settings.plan_by == "week" else day
        return Planner(self._modelling.model, opening, today=today, bucket=bucket)

    def _today(self, now: float) -> date:
        return datetime.fromtimestamp(now, self._system.zone(self._system.insight.erp)).date()

    # -- telling ----------------------------------------------------------------------------

    def _tell(self, object: str) -> int:
        made = self._made(object)
        changed = 0
        for some in chunks(list(made), GROUP):
            with self._system.store.transaction() as tx:
                moved = saving.save(self._system, tx, object, {key: made[key] for key in some})
                if object == BY_ORDER:
                    mentions.save(tx, HUB, object, {key: _productions(made[key]) for key in moved})
                self._ask_for_what_follows(tx, object, moved)
                changed += len(moved)
            fault("plans_saved")
        return changed

    def _ask_for_what_follows(self, tx: Tx, object: str, keys: Sequence[str]) -> None:
        """The progress of orders, and what they earn, is made of this."""
        store, wanted = self._system.store, self._system.asked_of_hub()
        if object in (BY_LINE, BY_ORDER) and "order_progress" in wanted:
            later = {key.partition("/")[0] for key in keys}
            journal.derive_later(store, tx, "order_progress", sorted(later))
        elif object == "price_estimate" and "order_margin" in wanted:
            later = set(figuring.orders_with(self._system, tx, keys))
            journal.derive_later(store, tx, "order_margin", sorted(later))

    def _made(self, object: str) -> Mapping[str, BusinessObject]:
        if object == BY_LINE:
            return self._all_kits()
        if object == BY_ORDER:
            served = dict(supplying.served(self._system, self._modelling.model))
            return {key: OrderSupply(record=key) for key in self._told(object)} | served
        assert self._planner is not None
        told = self._told(object)
        return {
            key: record
            for key, record in self._by_material(object, self._planner)
            if key in told or record != type(record)(number=record.number, material=key)
        }

    def _by_material(self, object: str, planner: Planner) -> Iterator[tuple[str, Any]]:
        model, touched = self._modelling.model, self._touched
        materials = set(model.all()) if touched is None else touched
        if object == "material_requirement":
            yield from ((one, requirement(planner, model, one)) for one in sorted(materials))
            return
        today = Structures(model, self._now())
        if object == "availability":
            some = sorted(self._sold(materials))
            yield from ((one, availability(model, today, one)) for one in some)
            return
        costing = self._costing(today)
        dearer = materials if touched is None else _above(today, materials)
        yield from ((one, costing.estimate(one)) for one in sorted(self._sold(dearer)))

    def _sold(self, materials: Set[str]) -> set[str]:
        """Of these, what is sold: it stands in the system the orders come from."""
        wanted = {one for one, some in self._modelling.model.demands.items() if some}
        return set(materials & (self._modelling.linked | wanted))

    def _costing(self, structures: Structures) -> Costing:
        settings = self._system.insight.settings
        rates = Rates(margin=settings.margin_rate, tax=settings.tax_rate)
        return Costing(self._modelling.model, self._now(), rates, structures)

    def _all_kits(self) -> dict[str, Kitting]:
        lines = {f"{kit.record}/{kit.line}": kit for kit in self._kits()}
        for key, data in self._told(BY_LINE).items():
            if key not in lines:
                lines[key] = _nothing_open(Kitting.model_validate_json(data))
        return lines

    def _told(self, object: str) -> dict[str, str]:
        """What was told last, by key."""
        with self._system.store.reading() as tx:
            return {row.key: row.data for row in snapshots.every(tx, HUB, object)}

    def _now(self) -> date:
        store = self._system.store
        with store.reading() as tx:
            return self._today(store.now(tx))

    def _kits(self) -> Iterator[Kitting]:
        model, structures = self._modelling.model, Structures(self._modelling.model, self._now())
        kitter, parts = Kitter(model, structures), KeyParts(structures, self._modelling.key_parts)
        open_lines = (one for some in model.demands.values() for one in some.values())
        orders = [one for one in open_lines if one.kind == "order"]
        for kit in kitter.sequence(orders):
            if not kit.demand.record:
                continue
            made = kitting(kitter, kit, model)
            needed = parts.below(made.material)
            short = {one.material for one in made.shortages}
            there = bool(needed) and not needed & short
            yield made.model_copy(update={"parts_there": there})


class KeyParts:
    """Which key parts go into a material, over all levels."""

    def __init__(self, structures: Structures, parts: Set[str]) -> None:
        self._structures = structures
        self._parts = parts
        self._found: dict[str, frozenset[str]] = {}

    def below(self, material: str) -> frozenset[str]:
        """The key parts in it; one that is bought may be one itself."""
        if material not in self._found:
            below = (self.below(use.component) for use in self._structures.parts(material))
            own = {material} & self._parts
            self._found[material] = frozenset(own).union(*below)
        return self._found[material]


def wanted_of(system: System) -> set[str]:
    """What is to be told of plans, directly or for the progress of orders."""
    wanted = system.asked_of_hub()
    told = wanted & set(TELLS)
    told |= {BY_LINE, BY_ORDER} if "order_progress" in wanted else set()
    return told | {"price_estimate"} if "order_margin" in wanted else told


def _above(structures: Structures, materials: Set[str]) -> set[str]:
    """These and all that they go into."""
    found, waiting = set(materials), list(materials)
    while waiting:
        above = {use.parent for use in structures.used.get(waiting.pop(), ())} - found
        found |= above
        waiting += above
    return found


def _productions(supply: BusinessObject) -> list[str]:
    """What it is about: the production orders in it."""
    assert isinstance(supply, OrderSupply)
    return [subject("production", share.production) for share in supply.shares]


def _nothing_open(kit: Kitting) -> Kitting:
    """A line of which nothing is open any more."""
    return Kitting(
        record=kit.record,
        line=kit.line,
        material=kit.material,
        open=ZERO,
        from_stock=ZERO,
        buildable=ZERO,
        complete=True,
    )
