"""What should be bought and made, and by when (物料需求建议): material requirements planning.

Materials are planned by low-level code. What is wanted of one (orders, what they leave of
forecasts, what planned orders of its parents draw, its safety stock) is netted against what is
there and what comes (`netting`); what is missing becomes planned orders, which start by their lead
time earlier and then draw components by the BOM that is valid on that day.

Whatever was due in the past stays due in the past: what is told must not change because a day has
passed. Only what is missing of the safety stock needs a day; it is due on the `opening`, the first
day of the plan. And what should have started long ago will be made by the BOM of today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal, localcontext
from heapq import heapify, heappop, heappush

from connector.derive.demand import (
    Bucket,
    Late,
    Pools,
    dedicated,
    lying,
    pools,
    supplies_of,
    wanted,
)
from connector.derive.model import EXACT, ZERO, Demand, Item, Model, Supply, drawn
from connector.derive.netting import Need, Peg, Planned, Short, Wanted, net, pegs
from connector.derive.structure import MADE, Structures

Back = Callable[[date, int], date]

UNPLANNED = frozenset({"service"})
"""Kinds of which nothing is bought for stock or made."""


def day(day: date) -> date:
    """The bucket of a day alone."""
    return day


def week(day: date) -> date:
    """The bucket of a week: its Monday. Within a week nothing is earlier or later."""
    return day - timedelta(days=day.weekday())


def calendar(day: date, days: int) -> date:
    """So many calendar days before."""
    return day - timedelta(days=days)


class Planner:
    """The requirements of a model, kept up to date with it.

    `back(day, days)` is the day so many days before, by whatever calendar. `bucket` says what
    counts as one day: what falls into it is planned together, due on its first day. What should
    have started before `today` (else the opening) will be made of what its BOM says then.
    """

    def __init__(
        self,
        model: Model,
        opening: date,
        *,
        today: date | None = None,
        back: Back = calendar,
        bucket: Bucket = day,
    ) -> None:
        self.model, self._opening, self._back, self._bucket = model, opening, back, bucket
        self._starts: dict[tuple[date, int], tuple[date, date]] = {}
        self._days: dict[date, date] = {}
        self.structures = Structures(model, since=today or opening)
        self.plans: dict[str, list[Planned]] = {}
        """By material, what should be bought or made, by due date and tracking number."""
        self._draws: dict[str, list[Planned]] = {}
        """By material, what takes components: production orders that begin, then its plans."""
        with localcontext(EXACT):
            for material in sorted(model.all(), key=self.structures.level):
                self._replan(material)

    def update(self, touched: Iterable[str]) -> set[str]:
        """Plan again what `Model.put` touched, and what that touches in turn. The materials
        that were looked at: of no other is any requirement different."""
        touched = {*touched}
        touched |= self.structures.refresh(touched)
        # What came onto a cycle is planned no more, wherever it stood before.
        for material in touched & self.structures.cyclic:
            touched |= self._moved(material)
        waiting = [(self.structures.level(material), material) for material in touched]
        heapify(waiting)
        with localcontext(EXACT):
            while waiting:
                for material in self._moved(heappop(waiting)[1]) - touched:
                    touched.add(material)
                    heappush(waiting, (self.structures.level(material), material))
        return touched

    def unmade(self) -> Iterator[str]:
        """Materials of which something should be made on a day on which no BOM is valid."""
        for material, plan in sorted(self.plans.items()):
            parts = self.structures.parts(material)
            made = self.item(material).kind == MADE
            if made and not all(any(use.on(one.start) for use in parts) for one in plan):
                yield material

    def item(self, material: str) -> Item:
        """What is known of a material."""
        return self.model.items.get(material) or Item(material)

    def demands(self, material: str) -> list[Demand]:
        """Its orders, and what they leave of forecasts."""
        return wanted(self.model.demands.get(material, {}).values(), self._opening)

    def pegs(self, material: str) -> list[list[Peg]]:
        """For each of its planned orders, in the order of `plans`, whom it serves."""
        with localcontext(EXACT):
            needs, there = self._own(material)
            needs.extend(self._dependent(material))
            return pegs(needs, there, self.plans.get(material, ()))

    def late(self, material: str) -> dict[tuple[date, date], Decimal]:
        """What of its supplies comes too late, by the days on which it is wanted and expected."""
        found: dict[tuple[date, date], Decimal] = {}

        def hear(due: date, one: Late) -> None:
            found[due, one.expected] = found.get((due, one.expected), ZERO) + one.quantity

        with localcontext(EXACT):
            for _ in self._net(self.item(material), hear):
                pass
        return found

    def gross(self, material: str) -> Decimal:
        """Everything that is wanted of it, its safety stock apart."""
        with localcontext(EXACT):
            own = (one.quantity for one in self.demands(material))
            return sum((*own, *(one.quantity for one in self._dependent(material))), ZERO)

    def _moved(self, material: str) -> set[str]:
        """What goes into a material, where planning it anew made a difference."""
        if not self._replan(material):
            return set()
        return {use.component for use in self.structures.uses.get(material, ())}

    def _replan(self, material: str) -> bool:
        """Whether what it draws of its components is another now."""
        before = self._draws.pop(material, [])
        plan = self._plan(material)
        self.plans.pop(material, None)
        if plan:
            self.plans[material] = plan
        after = [*map(self._begun, self._beginning(material)), *plan]
        if after:
            self._draws[material] = after
        return before != after

    def _beginning(self, material: str) -> list[Supply]:
        """Its production orders that have their components still to take, in a lasting order."""
        some = self.model.supplies.get(material)
        return sorted(one for one in some.values() if one.start) if some else []

    def _begun(self, supply: Supply) -> Planned:
        assert supply.start
        draws = self._same(self._bucket(supply.start))
        return Planned(supply.due, supply.start, draws, supply.quantity, supply.tracking)

    def _plan(self, material: str) -> list[Planned]:
        item = self.item(material)
        return [self._planned(item, *short) for short in self._net(item)]

    def _net(self, item: Item, late: Callable[[date, Late], None] | None = None) -> Iterator[Short]:
        if item.key in self.structures.cyclic or item.kind in UNPLANNED:
            return iter(())
        needs, there = self._own(item.key)
        total = self._drawn(item.key)
        for need in needs:
            days = total.setdefault(need.tracking, {})
            days[need.due] = days.get(need.due, ZERO) + need.quantity
        return net(item, total, there, late)

    def _planned(self, item: Item, due: date, tracking: str, quantity: Decimal) -> Planned:
        key = due, item.lead_time or 0
        if key not in self._starts:
            start = self._back(*key) if item.lead_time else due
            self._starts[key] = start, self._same(self._bucket(start))
        return Planned(due, *self._starts[key], quantity, tracking)

    def _same(self, day: date) -> date:
        """The one object that stands for this day: sums by day look it up ten million times."""
        return self._days.setdefault(day, day)

    def _own(self, material: str) -> tuple[list[Need], Pools]:
        """What is wanted of it from outside, and what is there for that and for its parents."""
        demands, supplies = dedicated(self.demands(material), supplies_of(self.model, material))
        needs = [
            Need(self._bucket(one.due), one.tracking, rest, one.kind, one)
            for one, rest in demands
            if rest
        ]
        stock = lying(self.model.stock.get(material, ()))
        stock[""] -= self.item(material).safety_stock
        opening = self._bucket(self._opening)
        for tracking, quantity in stock.items():
            if quantity < 0:
                needs.append(Need(opening, tracking, -quantity, "safety_stock"))
        return needs, pools(stock, supplies, self._bucket)

    def _drawn(self, material: str) -> Wanted:
        """What its parents' planned orders, and production orders that begin, draw of it, summed
        up: the inner loop."""
        total: Wanted = {"": {}}
        free, plans = total[""], self._draws
        for parent, _, per, begin, end in self.structures.used.get(material, ()):
            exact, ever = per == per.to_integral_value(), (begin, end) == (date.min, date.max)
            for _, start, draws, quantity, tracking in plans.get(parent, ()):
                if ever or begin <= start < end:
                    days = total.setdefault(tracking, {}) if tracking else free
                    more = quantity * per if exact else drawn(quantity, per)
                    days[draws] = days[draws] + more if draws in days else more
        return total

    def _dependent(self, material: str) -> Iterator[Need]:
        """The same, one by one."""
        for parent, _, per, begin, end in self.structures.used.get(material, ()):
            begun = self._beginning(parent)
            for i, (_, start, draws, quantity, tracking) in enumerate(self._draws.get(parent, ())):
                if begin <= start < end:
                    more = drawn(quantity, per)
                    if i < len(begun):
                        yield Need(draws, tracking, more, "production_order", _for(begun[i]))
                    else:
                        yield Need(
                            draws, tracking, more, "suggestion", None, parent, i - len(begun)
                        )


def _for(supply: Supply) -> Demand:
    """What a production order wants, as a demand on its components."""
    whom = supply.number or supply.id
    return Demand(supply.id, supply.material, supply.quantity, supply.due, "production_order", whom)
