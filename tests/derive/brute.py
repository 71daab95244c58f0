"""The same figures in the plainest way that there is: recursion over materials, day by day, unit
by unit, in fractions, where a third is a third. Nothing of the product is used but the rows that
go in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from connector.derive.model import Demand, Item, Model, Structure, Supply

UNIT = Fraction(1, 4)
"""Every quantity that people state in these tests is a multiple of this."""
FIRST, LAST = date(2026, 1, 25), date(2026, 4, 10)
EVER = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def ahead(opening: date) -> list[date]:
    """The days on which something may yet begin."""
    return [day for day in EVER if day >= opening]


Structs = list[tuple[str, Fraction]]


class Company:
    """A model, asked in the plainest way."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.parts_memo: dict[tuple[str, date], Structs] = {}
        self.loop_memo: dict[tuple[str, date, int], bool] = {}
        self.level_memo: dict[str, dict[date | None, Fraction]] = {}
        self.plan_memo: dict[str, list[tuple[Any, ...]]] = {}

    def item(self, key: str) -> Item:
        return self.model.items.get(key, Item(key))

    def parts(self, key: str, day: date) -> Structs:
        """What goes into one unit on a day."""
        if (key, day) not in self.parts_memo:
            best: Structure | None = None
            for one in self.model.structures.get(key, []):
                if one.valid_from <= day < one.valid_to and self._beats(one, best):
                    best = one
            self.parts_memo[key, day] = [
                (c.material, Fraction(c.quantity).limit_denominator(1000))
                for c in (best.components if best and self.item(key).kind == "make" else ())
                if c.valid_from <= day < c.valid_to and c.quantity > 0
            ]
        return self.parts_memo[key, day]

    def _beats(self, one: Structure, best: Structure | None) -> bool:
        if best is None:
            return True
        ours, theirs = ((s.valid_from, int(s.number[1:]), s) for s in (one, best))
        return ours > theirs

    def goes_into_itself(self, key: str, days: list[date]) -> bool:
        """Whether a material is reached from itself by what counts on any of these days."""
        seen: set[str] = set()
        about = key, days[0], len(days)

        def walk(at: str) -> None:
            for day in days:
                for part, _ in self.parts(at, day):
                    if part not in seen:
                        seen.add(part)
                        walk(part)

        if about not in self.loop_memo:
            walk(key)
            self.loop_memo[about] = key in seen
        return self.loop_memo[about]

    # -- requirements ----------------------------------------------------------------------------

    def forecasts(self, key: str, opening: date) -> dict[str, Fraction]:
        """What is left of each, taken unit by unit."""
        rows = list(self.model.demands.get(key, {}).values())
        left = {d.id: Fraction(d.quantity) for d in rows if d.kind == "forecast"}
        for order in sorted((d for d in rows if d.kind == "order"), key=lambda d: (d.due, d.id)):
            units = Fraction(order.quantity if order.ordered is None else order.ordered) / UNIT
            for _ in range(int(units)):
                fitting = [
                    (f.customer != order.customer, f.due, f.id)
                    for f in rows
                    if f.kind == "forecast"
                    and left[f.id] > 0
                    and f.due <= order.due <= (f.until or f.due)
                    and f.customer in ("", order.customer)
                    and f.tracking in ("", order.tracking)
                ]
                if fitting:
                    left[min(fitting)[2]] -= UNIT
        ends = {d.id: d.until or d.due for d in rows}
        return {id: rest for id, rest in left.items() if ends[id] >= opening}

    def plan(self, key: str, opening: date) -> list[tuple[date, date, Fraction, str]]:
        """Planned orders: due, start, quantity, tracking number."""
        if key not in self.plan_memo:
            self.plan_memo[key] = list(self._plan(key, opening))
        return self.plan_memo[key]

    def needs(self, key: str, opening: date) -> dict[tuple[date, str], Fraction]:
        """What is wanted when, before supplies that name a demand, safety stock apart."""
        found: dict[tuple[date, str], Fraction] = defaultdict(Fraction)
        left = self.forecasts(key, opening)
        for d in self.model.demands.get(key, {}).values():
            rest = left.get(d.id, 0) if d.kind == "forecast" else d.quantity
            found[d.due, d.tracking] += Fraction(rest)
        for parent in self.model.structures:
            if parent == key or self.goes_into_itself(parent, ahead(opening)):
                continue
            if not any(
                part == key for day in ahead(opening) for part, _ in self.parts(parent, day)
            ):
                continue
            for _, start, quantity, tracking in self.plan(parent, opening):
                for part, per in self.parts(parent, max(start, opening)):
                    if part == key:
                        found[start, tracking] += quantity * per
        return found

    def _plan(self, key: str, opening: date) -> Iterator[tuple[date, date, Fraction, str]]:
        item = self.item(key)
        if item.kind == "service" or self.goes_into_itself(key, ahead(opening)):
            return
        needs = self.needs(key, opening)
        comes: dict[tuple[date, str], Fraction] = defaultdict(Fraction)
        self._settle_named(key, opening, needs, comes)
        there: dict[str, Fraction] = defaultdict(Fraction)
        for row in self.model.stock.get(key, []):
            there[row.tracking] += Fraction(row.quantity)
        there[""] -= Fraction(item.safety_stock)
        for tracking in list(there):
            if there[tracking] < 0:
                needs[opening, tracking] -= there[tracking]
                there[tracking] = Fraction(0)
        for day in EVER:
            for tracking in ("", "T1", "T2"):
                there[tracking] += comes[day, tracking]
            for tracking in ("", "T1", "T2"):
                missing = needs[day, tracking]
                for pool in dict.fromkeys((tracking, "")):
                    while missing > 0 and there[pool] > 0:
                        bit = min(missing, there[pool], Fraction(1))
                        missing, there[pool] = missing - bit, there[pool] - bit
                    for later in EVER if missing else ():
                        if later > day:
                            bit = min(missing, comes[later, pool])
                            missing, comes[later, pool] = missing - bit, comes[later, pool] - bit
                if missing:
                    lot = self._lot(item, missing)
                    there[tracking] += lot - missing
                    yield day, day - timedelta(days=item.lead_time or 0), lot, tracking

    def _settle_named(self, key: str, opening: date, needs: Any, comes: Any) -> None:
        left = self.forecasts(key, opening)
        rows = self.model.demands.get(key, {})
        open_ = {i: left.get(i, Fraction(0)) if d.kind == "forecast" else Fraction(d.quantity)
                 for i, d in rows.items()}  # fmt: skip
        for one in self._supplies(key):
            quantity = Fraction(one.quantity)
            while quantity > 0 and open_.get(one.demand, 0) > 0:
                quantity, open_[one.demand] = quantity - UNIT, open_[one.demand] - UNIT
                needs[rows[one.demand].due, rows[one.demand].tracking] -= UNIT
            comes[one.due, one.tracking] += quantity

    def _supplies(self, key: str) -> list[Supply]:
        return sorted(self.model.supplies.get(key, {}).values(), key=lambda s: (s.due, s.id))

    def _lot(self, item: Item, missing: Fraction) -> Fraction:
        least = max(missing, Fraction(item.minimum_lot))
        step = Fraction(item.lot_multiple)
        if not step:
            return least
        lots = 0
        while lots * step < least:
            lots += 1
        return lots * step

    # -- kitting ---------------------------------------------------------------------------------

    def kit(self, demands: list[Demand], day: date, alone: bool) -> list[tuple[Any, ...]]:
        """Per line: from stock, buildable, and what is missing of what."""
        found = []
        stock = self._stock()
        for d in demands:
            if alone:
                stock = self._stock()
            found.append(self._line(d, day, stock))
        return found

    def _stock(self) -> dict[tuple[str, str], Fraction]:
        stock: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for rows in self.model.stock.values():
            for row in rows:
                stock[row.material, row.tracking] += Fraction(row.quantity)
        return stock

    def _line(self, d: Demand, day: date, stock: dict[tuple[str, str], Fraction]) -> Any:
        digits = max(-int(d.quantity.normalize().as_tuple().exponent), 0)
        step, left = Fraction(1, 10**digits), Fraction(d.quantity)
        finished = buildable = Fraction(0)
        while left and self._available(stock, d.material, d.tracking) >= step:
            self._use(stock, d.material, d.tracking, step)
            finished, left = finished + step, left - step
        trial = dict(stock)
        while left - buildable > 0 and self._build(d.material, step, day, d.tracking, trial, {}):
            buildable += step
        missing: dict[str, Fraction] = {}
        for _ in range(int(left / step)):
            self._build(d.material, step, day, d.tracking, stock, missing)
        return finished, buildable, missing

    def _build(
        self, key: str, quantity: Fraction, day: date, tracking: str, stock: Any, missing: Any
    ) -> bool:
        """Build so much, of what is there: a component at a time, its own components at once."""
        parts = [] if self.goes_into_itself(key, [day]) else self.parts(key, day)
        if not parts:
            missing[key] = missing.get(key, Fraction(0)) + quantity
            return False
        done = True
        for part, per in parts:
            needed = quantity * per
            there = min(needed, self._available(stock, part, tracking))
            self._use(stock, part, tracking, there)
            if needed > there:
                done &= self._build(part, needed - there, day, tracking, stock, missing)
        return done

    def _available(self, stock: Any, key: str, tracking: str) -> Fraction:
        return sum((max(stock.get((key, t), Fraction(0)), Fraction(0)) for t in {tracking, ""}),
                   Fraction(0))  # fmt: skip

    def _use(self, stock: Any, key: str, tracking: str, quantity: Fraction) -> None:
        for t in dict.fromkeys((tracking, "")):
            bit = min(quantity, max(stock.get((key, t), Fraction(0)), Fraction(0)))
            if bit:
                stock[key, t] -= bit
                quantity -= bit

    # -- available to promise --------------------------------------------------------------------

    def promisable(self, key: str, day: date | None) -> Fraction:
        """How many units more an order could be given on a day (None: at once), tried one by one,
        so that on no day after it more has left than came."""
        units, levels = 0, self._levels(key)
        fitting = [there for on, there in levels.items() if not day or (on and on >= day)]
        while all(there >= (units + 1) * UNIT for there in fitting):
            units += 1
        return units * UNIT

    def _levels(self, key: str) -> dict[date | None, Fraction]:
        """What would lie there for anybody at first, and at the end of each day."""
        if key in self.level_memo:
            return self.level_memo[key]
        rows = [row for row in self.model.stock.get(key, []) if not row.tracking]
        there = sum((Fraction(row.quantity) for row in rows), Fraction(0))
        levels: dict[date | None, Fraction] = {None: there}
        for on, change in self._changes(key).items():
            there += change
            levels[on] = there
        self.level_memo[key] = levels
        return levels

    def _changes(self, key: str) -> dict[date, Fraction]:
        """Day by day, what comes for anybody less what orders take of that."""
        firm = [s for s in self._supplies(key) if s.kind != "requisition"]
        orders = [d for d in self.model.demands.get(key, {}).values() if d.kind == "order"]
        open_ = {d.id: Fraction(d.quantity) for d in orders}
        own = self._stock()
        comes: dict[tuple[date, str], Fraction] = defaultdict(Fraction)
        for one in firm:
            served = min(Fraction(one.quantity), open_.get(one.demand, Fraction(0)))
            if one.demand in open_:
                open_[one.demand] -= served
            comes[one.due, one.tracking] += Fraction(one.quantity) - served
        found = {}
        for day in EVER:
            found[day] = comes[day, ""]
            for tracking in ("T1", "T2"):
                own[key, tracking] = max(own[key, tracking], Fraction(0)) + comes[day, tracking]
            for d in orders:
                if d.due == day:
                    bit = min(open_[d.id], own[key, d.tracking]) if d.tracking else Fraction(0)
                    own[key, d.tracking] -= bit if d.tracking else 0
                    found[day] -= open_[d.id] - bit
        return found

    def lead(self, key: str, day: date) -> tuple[int | None, set[str]]:
        """The longest of all ways down, each walked on its own."""
        unknown, ways = set(), [0]

        def walk(at: str, days: int) -> None:
            item = self.item(at)
            loop = self.goes_into_itself(at, [day])
            parts = [] if loop else self.parts(at, day)
            if item.lead_time is None or (item.kind == "make" and not parts):
                unknown.add(at)
            ways.append(days + (item.lead_time or 0))
            for part, _ in parts:
                walk(part, days + (item.lead_time or 0))

        walk(key, 0)
        return (None if unknown else max(ways)), unknown
