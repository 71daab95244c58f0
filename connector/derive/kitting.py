"""What of open orders can be delivered and built now, and what is short (齐套分析).

A line takes what lies there finished, then builds the rest: of each component first what lies
there, then, of what is made, its own components, over all levels, by the BOMs of one day. What is
missing in the end is short. In sequence each line takes what it needs as far as it is there, and
who comes later finds the rest; alone each has all of the stock to itself.

What a line is delivered and what can be built for it are whole multiples of the last digit of its
own quantity: of 12 whole pieces, of 2.50 tenths. Components may be cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal, localcontext
from itertools import islice
from typing import NamedTuple

from connector.derive.demand import lying, supplies_of
from connector.derive.model import (
    EXACT,
    NEGLIGIBLE,
    ZERO,
    Demand,
    Item,
    Model,
    Supply,
    drawn,
    plain,
)
from connector.derive.structure import Structures
from connector.objects.derived import Kitting, Shortage, Taker

NEAREST = 5
"""How many of those who took before are told."""


class Taking(NamedTuple):
    """That a line took of a material."""

    demand: Demand
    tracking: str
    """Which stock: that of this tracking number, or nobody's."""
    quantity: Decimal


class Short(NamedTuple):
    """What is missing of one material; needed = available + short."""

    material: str
    needed: Decimal
    available: Decimal
    short: Decimal
    expected_on: date | None
    """When open receipts cover it; None: they do not."""
    seen: int
    """How many takings of the material there were before."""


class Kit(NamedTuple):
    """What of a line can be delivered and built."""

    demand: Demand
    from_stock: Decimal
    buildable: Decimal
    shorts: tuple[Short, ...]
    """By key of the material; none: the line is complete."""


class _Row(NamedTuple):
    """A material in an explosion."""

    material: str
    needed: Decimal
    slope: Decimal
    """How much more is needed of it for one more to be built."""
    there: Decimal


class Kitter:
    """Looks at lines one after the other. `structures` are those of one day.

    Results come as they are found: of a hundred thousand lines nobody wants all shortages in
    memory.
    """

    def __init__(self, model: Model, structures: Structures) -> None:
        self._model, self._structures = model, structures
        self._left: dict[str, dict[str, Decimal]] = {}
        self._log: dict[str, list[Taking]] = {}
        self._coming: dict[str, list[Supply]] = {}
        self._named = {id for rows in model.demands.values() for id in rows}

    def sequence(self, demands: Iterable[Demand]) -> Iterator[Kit]:
        """Each after the others: by urgency, due date and id."""
        self._forget()
        for demand in sorted(_lines(demands), key=lambda d: (-d.urgency, d.due, d.id)):
            yield self._kit(demand, keep=True)

    def alone(self, demands: Iterable[Demand]) -> Iterator[Kit]:
        """Each as if it were the only one."""
        self._forget()
        for demand in _lines(demands):
            yield self._kit(demand, keep=False)

    def takings(self, material: str) -> Sequence[Taking]:
        """Who took of a material, in the order of the sequence."""
        return self._log.get(material, ())

    def takers(self, short: Short, demand: Demand) -> Iterator[Taking]:
        """Who took before of what the line may use, the nearest first."""
        for taking in reversed(self.takings(short.material)[: short.seen]):
            if taking.tracking in ("", demand.tracking):
                yield taking

    def lying(self, material: str, tracking: str) -> Decimal:
        """What lies there of a material for whom carries this tracking number."""
        stock = lying(self._model.stock.get(material, ()))
        return sum((max(stock.get(key, ZERO), ZERO) for key in {tracking, ""}), ZERO)

    def _forget(self) -> None:
        self._left.clear()
        self._log.clear()
        self._coming.clear()

    def _kit(self, demand: Demand, *, keep: bool) -> Kit:
        with localcontext(EXACT):
            step = last_digit(demand.quantity)
            there = self._there(demand.material, demand.tracking)
            finished = min(demand.quantity, there // step * step)
            rest = demand.quantity - finished
            takes = [_Row(demand.material, demand.quantity, ZERO, finished)]
            lacking = takes if rest else []
            buildable = ZERO
            if rest and self._structures.parts(demand.material):
                rows = self._explode(demand, rest)
                takes, lacking = takes + rows, self._lacking(rows)
                buildable = self._buildable(demand, rest, step, lacking)
            shorts = sorted(self._short(demand, row, keep=keep) for row in lacking)
            for row in takes if keep else ():
                self._take(demand, row)
        return Kit(demand, finished, buildable, tuple(shorts))

    def _buildable(
        self, demand: Demand, most: Decimal, step: Decimal, lacking: list[_Row]
    ) -> Decimal:
        """The most that lacks nothing. What is needed of a component is a convex function of
        what is built: where its tangent meets what is there, still too much is built, or just
        enough. A few tangents lead down to the answer."""
        while lacking and most:
            most -= max(_steps(row, step) for row in lacking)
            most = max(most, ZERO)
            lacking = self._lacking(self._explode(demand, most))
        return most

    def _explode(self, demand: Demand, quantity: Decimal) -> list[_Row]:
        """All materials that are used to build so much, each after all its parents."""
        rows = []
        levels: dict[int, dict[str, tuple[Decimal, Decimal]]] = {}
        self._draw(levels, demand.material, quantity, Decimal(1))
        while levels:
            for material, (needed, slope) in levels.pop(min(levels)).items():
                there = min(needed, self._there(material, demand.tracking))
                rows.append(_Row(material, needed, slope, there))
                if needed - there > NEGLIGIBLE:
                    self._draw(levels, material, needed - there, slope)
        return rows

    def _draw(
        self,
        levels: dict[int, dict[str, tuple[Decimal, Decimal]]],
        parent: str,
        quantity: Decimal,
        slope: Decimal,
    ) -> None:
        for use in self._structures.parts(parent):
            row = levels.setdefault(self._structures.level(use.component), {})
            needed, more = row.get(use.component, (ZERO, ZERO))
            needed += drawn(quantity, use.quantity)
            row[use.component] = needed, more + slope * use.quantity

    def _lacking(self, rows: Iterable[_Row]) -> list[_Row]:
        """Those that are short themselves: nothing can be built to make up for it."""
        return [
            row
            for row in rows
            if row.needed - row.there > NEGLIGIBLE and not self._structures.parts(row.material)
        ]

    def _there(self, material: str, tracking: str) -> Decimal:
        """What lies there and nobody has taken, for whom carries this tracking number."""
        left = self._left.get(material)
        if left is None:
            stock = lying(self._model.stock.get(material, ()))
            left = {key: max(quantity, ZERO) for key, quantity in stock.items()}
            self._left[material] = left
        return left[""] + left.get(tracking, ZERO) if tracking else left[""]

    def _take(self, demand: Demand, row: _Row) -> None:
        rest = row.there
        left = self._left[row.material]
        for tracking in dict.fromkeys((demand.tracking, "")):
            taken = min(rest, left.get(tracking, ZERO))
            if taken:
                left[tracking] -= taken
                rest -= taken
                self._log.setdefault(row.material, []).append(Taking(demand, tracking, taken))

    def _short(self, demand: Demand, row: _Row, *, keep: bool) -> Short:
        short = row.needed - row.there
        on = self._expected(demand, row.material, short, keep=keep)
        seen = len(self._log.get(row.material, ()))
        return Short(row.material, row.needed, row.there, short, on, seen)

    def _expected(
        self, demand: Demand, material: str, short: Decimal, *, keep: bool
    ) -> date | None:
        """When receipts cover what is short, after those before in the sequence had theirs."""
        on, left = None, []
        for supply in self._supplies(material):
            taken = min(short, supply.quantity) if self._serves(supply, demand) else ZERO
            short -= taken
            on = supply.due if taken else on
            if supply.quantity > taken:
                left.append(supply._replace(quantity=supply.quantity - taken))
        if keep:
            self._coming[material] = left
        return None if short > NEGLIGIBLE else on

    def _supplies(self, material: str) -> list[Supply]:
        """Firm ones that nobody before has had."""
        if material not in self._coming:
            rows = supplies_of(self._model, material)
            firm = (one for one in rows if one.firm and one.quantity > 0)
            self._coming[material] = sorted(firm, key=lambda one: (one.due, one.id))
        return self._coming[material]

    def _serves(self, supply: Supply, demand: Demand) -> bool:
        if supply.demand in self._named:
            return supply.demand == demand.id
        return supply.tracking in ("", demand.tracking)


def _lines(demands: Iterable[Demand]) -> Iterator[Demand]:
    return (one for one in demands if one.quantity > 0)


def last_digit(quantity: Decimal) -> Decimal:
    """One in the last place of a quantity that is not zero; of a whole one, one."""
    exponent = quantity.normalize(EXACT).as_tuple().exponent
    return Decimal(1).scaleb(min(int(exponent), 0))


def _steps(row: _Row, step: Decimal) -> Decimal:
    """How much less must be built for the tangent at what is short of a material to end; a
    little less where that is about a whole step, as what is drawn is rounded."""
    steps, over = divmod(row.needed - row.there, row.slope * step)
    return max(steps + (over > (row.slope * step).scaleb(-3)), Decimal(1)) * step


def what_if(
    model: Model, structures: Structures, material: str, quantity: Decimal, tracking: str = ""
) -> Kit:
    """How much of it could be delivered and built if nobody else wanted anything."""
    wish = Demand("", material, quantity, date.min, tracking=tracking)
    return next(Kitter(model, structures).alone([wish]))


def kitting(kitter: Kitter, kit: Kit, names: Model) -> Kitting:
    """What people are told of a line."""
    demand = kit.demand
    shortages = tuple(_shortage(kitter, kit, short, names) for short in kit.shorts)
    return Kitting(
        record=demand.record,
        line=demand.line,
        material=demand.material,
        open=plain(demand.quantity),
        from_stock=plain(kit.from_stock),
        buildable=plain(kit.buildable),
        complete=not kit.shorts,
        shortages=shortages,
        short_of=", ".join(f"{one.number or one.material} {one.short:f}" for one in shortages),
    )


def _shortage(kitter: Kitter, kit: Kit, short: Short, names: Model) -> Shortage:
    takers = islice(kitter.takers(short, kit.demand), NEAREST)
    return Shortage(
        material=short.material,
        number=names.items.get(short.material, Item(short.material)).number,
        needed=plain(short.needed),
        available=plain(short.available),
        short=plain(short.short),
        expected_on=short.expected_on,
        on_hand=plain(kitter.lying(short.material, kit.demand.tracking)),
        taken_by=tuple(_taker(taking) for taking in takers),
    )


def _taker(taking: Taking) -> Taker:
    demand, _, quantity = taking
    return Taker(record=demand.record, line=demand.line, quantity=plain(quantity))
