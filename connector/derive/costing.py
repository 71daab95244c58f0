"""What a material costs and should sell for (BOM 成本, 模拟报价).

Rolled up level by level, from bought parts to the material asked for, by the version of each BOM
that is valid on a day:

    cost(bought)  = its cost
    cost(made)    = Σ quantity × cost(component) + labour + overhead     quantity: scrap included
    price         = cost / (1 - margin)
    price_with_tax = price × (1 + tax)

This is the standard cost roll-up (Horngren, Datar, Rajan: Cost Accounting, on standard and job
costing; Odoo documentation, "Manufacturing order costs"). The margin is a rate of the price
(毛利率), the usual one in this trade; a mark-up m on cost is the margin m / (1 + m). A material
whose cost nobody knows is named, and so is one that contains itself: neither counts as zero. Only
what is made is rolled up; what is subcontracted counts at what it is bought for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from connector.derive.model import ZERO, Item, Model, Structure
from connector.derive.structure import Structures, Use, counting
from connector.objects import money
from connector.objects.derived import PriceEstimate

_KEPT = 12
"""Digits after the point that a cost keeps from level to level."""
_ONE = Decimal(1)
_WIDE = 100
"""Digits of the context in which one level is added up: wider than any product in it."""


class Rates(NamedTuple):
    """What is reckoned on top."""

    margin: Decimal = ZERO
    """Of the price, as a fraction below one."""
    tax: Decimal = ZERO
    """On the price, as a fraction."""
    labour: Decimal = ZERO
    """Of the bought parts of a level, as a fraction, where its BOM does not say its labour."""
    overhead: Decimal = ZERO
    """The same, of overhead."""


NONE = Rates()
"""Nothing on top: the price is the cost."""


class Cost(NamedTuple):
    """What one base unit costs, as far as it is known."""

    material: Decimal = ZERO
    labour: Decimal = ZERO
    overhead: Decimal = ZERO
    known: bool = True
    """False: of something in it nobody knows the cost."""

    @property
    def total(self) -> Decimal | None:
        """All of it; None: not known."""
        return self.material + self.labour + self.overhead if self.known else None


class Costing:
    """Costs by the BOMs of one day, each computed once however many materials are asked for."""

    def __init__(
        self, model: Model, day: date, rates: Rates = NONE, structures: Structures | None = None
    ) -> None:
        """`structures` are those of the model, of this day or of all, where they are at hand."""
        self.model, self.day, self.rates = model, day, rates
        self.structures = structures or Structures(model, day)
        self._costs: dict[str, Cost] = {}
        self._uses: dict[str, tuple[Use, ...]] = {}

    def of(self, material: str) -> Cost:
        """The cost of one base unit of a material, and on the way of all that goes into it."""
        waiting = [material]
        while waiting:
            one = waiting[-1]
            below = [x.component for x in self._parts(one) if x.component not in self._costs]
            if below and one not in self._costs:
                waiting += below
                continue
            waiting.pop()
            if one not in self._costs:
                self._costs[one] = self._level(one)
        return self._costs[material]

    def estimate(self, material: str) -> PriceEstimate:
        """Cost and price of one sales unit."""
        item, cost = self._item(material), self.of(material)
        factor = item.per(item.sales_unit)
        parts = [_price(part, factor or _ONE) for part in cost[:3]]
        total = sum(parts, ZERO) if cost.known else None
        price = None if total is None else self._with_margin(total)
        missing, circular = self._unknown(material)
        return PriceEstimate(
            number=item.number,
            material=material,
            unit=(factor and item.sales_unit) or item.unit,
            material_cost=parts[0],
            labour_cost=parts[1],
            overhead_cost=parts[2],
            cost=total,
            price=price,
            price_with_tax=None if price is None else _price(price, 1 + self.rates.tax),
            missing=self._numbers(missing),
            cycles=self._numbers(circular),
        )

    def _level(self, material: str) -> Cost:
        """From the costs of what goes into it, which are there already."""
        parts = self._parts(material)
        structure = counting(self.model.structures.get(material, ()), self.day)
        if parts and structure:
            with localcontext(prec=_WIDE):
                return self._made(structure, parts)
        cost = None if material in self.structures.cyclic else self._item(material).cost
        return Cost(known=False) if cost is None else Cost(cost)

    def _made(self, structure: Structure, parts: Iterable[Use]) -> Cost:
        costs = [(use.quantity, self._costs[use.component]) for use in parts]
        bought = sum(
            (
                use.quantity * self._costs[use.component].material
                for use in parts
                if not self._parts(use.component)
            ),
            ZERO,
        )
        labour = _or(structure.labour, self.rates.labour * bought)
        overhead = _or(structure.overhead, self.rates.overhead * bought)
        return Cost(
            _kept(sum((quantity * cost.material for quantity, cost in costs), ZERO)),
            _kept(sum((quantity * cost.labour for quantity, cost in costs), labour)),
            _kept(sum((quantity * cost.overhead for quantity, cost in costs), overhead)),
            all(cost.known for _, cost in costs),
        )

    def _with_margin(self, cost: Decimal) -> Decimal:
        return money.ratio([cost], [1 - self.rates.margin], money.SCALES["price"])

    def _unknown(self, material: str) -> tuple[set[str], set[str]]:
        """Below a material: what nobody knows the cost of, and what contains itself."""
        seen, waiting = {material}, [material]
        while waiting:
            one = waiting.pop()
            if not self._costs[one].known:
                fresh = {use.component for use in self._parts(one)} - seen
                waiting += fresh
                seen |= fresh
        unknown = {one for one in seen if not self._costs[one].known and not self._parts(one)}
        circular = unknown & self.structures.cyclic
        return unknown - circular, {x for one in circular for x in self.structures.cycle(one)}

    def _parts(self, material: str) -> tuple[Use, ...]:
        """What it is made of; nothing: it is bought, contains itself, or nobody said."""
        if material not in self._uses:
            uses = self.structures.parts(material)
            self._uses[material] = tuple(use for use in uses if use.on(self.day))
        return self._uses[material]

    def _item(self, material: str) -> Item:
        return self.model.items.get(material) or Item(material)

    def _numbers(self, materials: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self._item(one).number or one for one in materials))


class Costs(Mapping[str, Decimal]):
    """What one base unit of a material costs, as far as it is known; reckoned when asked."""

    def __init__(self, costing: Costing) -> None:
        self._costing = costing

    def __getitem__(self, material: str) -> Decimal:
        cost = self._costing.of(material).total
        if cost is None:
            raise KeyError(material)
        return cost

    def __iter__(self) -> Iterator[str]:
        return iter(self._costing.model.items)

    def __len__(self) -> int:
        return len(self._costing.model.items)


def _or(said: Decimal | None, general: Decimal) -> Decimal:
    return general if said is None else said


def _kept(cost: Decimal) -> Decimal:
    return money.rounded(cost, _KEPT)


def _price(value: Decimal, times: Decimal) -> Decimal:
    return money.ratio([value, times], [], money.SCALES["price"])
