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
whose cost nobody knows is named, and so is one that contains itself: neither counts as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from connector.derive.model import ZERO, Component, Item, Model, Structure
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

    def __init__(self, model: Model, day: date, rates: Rates = NONE) -> None:
        self.model, self.day, self.rates = model, day, rates
        self._costs: dict[str, Cost] = {}
        self._circular: set[str] = set()
        self._structures: dict[str, Structure | None] = {}

    def of(self, material: str) -> Cost:
        """The cost of one base unit of a material."""
        for group in self._bottom_up(material):
            if len(group) > 1 or any(part.material == group[0] for part in self._parts(group[0])):
                self._circular.update(group)
                self._costs.update(dict.fromkeys(group, Cost(known=False)))
            else:
                self._costs[group[0]] = self._level(group[0])
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
        structure = self._structure(material)
        if structure is None:
            cost = self._item(material).cost
            return Cost(known=False) if cost is None else Cost(cost)
        with localcontext(prec=_WIDE):
            return self._made(structure, self._parts(material))

    def _made(self, structure: Structure, components: Sequence[Component]) -> Cost:
        parts = [(c.quantity, self._costs[c.material]) for c in components]
        bought = [
            quantity * cost.material
            for c, (quantity, cost) in zip(components, parts, strict=True)
            if not self._structure(c.material)
        ]
        labour = _or(structure.labour, self.rates.labour * sum(bought, ZERO))
        overhead = _or(structure.overhead, self.rates.overhead * sum(bought, ZERO))
        return Cost(
            _kept(sum((quantity * cost.material for quantity, cost in parts), ZERO)),
            _kept(sum((quantity * cost.labour for quantity, cost in parts), labour)),
            _kept(sum((quantity * cost.overhead for quantity, cost in parts), overhead)),
            all(cost.known for _, cost in parts),
        )

    def _with_margin(self, cost: Decimal) -> Decimal:
        return money.ratio([cost], [1 - self.rates.margin], money.SCALES["price"])

    def _unknown(self, material: str) -> tuple[set[str], set[str]]:
        """Below a material: what nobody knows the cost of, and what contains itself."""
        missing, circular = set[str](), set[str]()
        seen, waiting = {material}, [material]
        while waiting:
            one = waiting.pop()
            if self._costs[one].known:
                continue
            if one in self._circular:
                circular.add(one)
            elif not self._structure(one):
                missing.add(one)
            fresh = {part.material for part in self._parts(one)} - seen
            waiting += fresh
            seen |= fresh
        return missing, circular

    def _bottom_up(self, start: str) -> Iterator[list[str]]:
        """What a material consists of and has no cost yet, in groups of what contains each other
        (Tarjan's strongly connected components): groups of one, unless there is a cycle. Each comes
        after all that goes into it; its costs are there when the next is asked for."""
        low: dict[str, int] = {}
        met: dict[str, int] = {}
        open_: list[str] = []
        path: list[tuple[str, Iterator[Component]]] = []

        def enter(material: str) -> None:
            met[material] = low[material] = len(met)
            open_.append(material)
            path.append((material, iter(self._parts(material))))

        if start not in self._costs:
            enter(start)
        while path:
            one, parts = path[-1]
            part = next((p.material for p in parts if p.material not in self._costs), None)
            if part is not None and part not in met:
                enter(part)
            elif part is not None:
                low[one] = min(low[one], met[part])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[one])
                if low[one] == met[one]:
                    yield _popped(open_, one)

    def _structure(self, material: str) -> Structure | None:
        if material not in self._structures:
            self._structures[material] = structure_on(self.model, material, self.day)
        return self._structures[material]

    def _parts(self, material: str) -> Sequence[Component]:
        structure = self._structure(material)
        return components_on(structure, self.day) if structure else ()

    def _item(self, material: str) -> Item:
        return self.model.items.get(material) or Item(material)

    def _numbers(self, materials: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self._item(one).number or one for one in materials))


def _popped(stack: list[str], last: str) -> list[str]:
    """What lies on a stack down to this one, taken off it."""
    at = len(stack) - 1
    while stack[at] != last:
        at -= 1
    group, stack[at:] = stack[at:], []
    return group


def structure_on(model: Model, material: str, day: date) -> Structure | None:
    item = model.items.get(material)
    if item is None or item.kind != "make":
        return None
    valid = [s for s in model.structures.get(material, ()) if s.valid_from <= day < s.valid_to]
    return max(valid, key=lambda s: (s.valid_from, s.number), default=None)


def components_on(structure: Structure, day: date) -> tuple[Component, ...]:
    return tuple(c for c in structure.components if c.valid_from <= day < c.valid_to)


def _or(said: Decimal | None, general: Decimal) -> Decimal:
    return general if said is None else said


def _kept(cost: Decimal) -> Decimal:
    return money.rounded(cost, _KEPT)


def _price(value: Decimal, times: Decimal) -> Decimal:
    return money.ratio([value, times], [], money.SCALES["price"])
