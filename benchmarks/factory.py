"""A generated factory for planning: families of products, twelve levels deep.

A family has its own products, sub-assemblies and bought parts; one line in ten of a BOM is a
part that the whole company shares. A product and a sub-assembly have twenty components each, two
of them sub-assemblies of the next level. Orders are spread over half a year of working days, one
in ten for a spare part. Everything follows from the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from connector.derive.model import Component, Demand, Item, Model, OnHand, Row, Structure, Supply

OPENING = date(2026, 1, 5)
LEVELS = 12
FAMILY = 1_000
"""Materials of one family: half of them made, half bought."""
LINES = 20
"""Components of what is made."""
SHARED = 10
"""One of so many bought components may be any of the company's."""
WEEKS = 26
DEMANDS = 2
"""Demand lines per material."""


@dataclass(frozen=True, slots=True)
class Family:
    """The keys of one family's materials."""

    made: list[list[str]]
    """By level; the first are products."""
    bought: list[str]


def factory(materials: int, seed: int = 7) -> Model:
    """A model with so many materials, ten times as many BOM lines and twice as many orders."""
    model, random = Model(), Random(seed)
    families = [_family(n) for n in range(materials // FAMILY)]
    shared = [part for family in families for part in family.bought]
    for family in families:
        for row in _rows(family, shared, random):
            model.put(_source(row), [row])
    for n in range(materials * DEMANDS):
        row = order(n, random.choice(families), random)
        model.put(_source(row), [row])
    return model


def order(n: int, family: Family, random: Random) -> Demand:
    """An order line for a product of a family, or for a spare part."""
    spare = random.randrange(10) == 0
    material = random.choice(random.choice(family.made) if spare else family.made[0])
    due = OPENING + timedelta(weeks=random.randrange(WEEKS), days=random.randrange(5))
    return Demand(f"o{n}", material, Decimal(random.randint(1, 20)), due, record=f"o{n}")


def _family(n: int) -> Family:
    keys = iter([f"f{n}-{i}" for i in range(FAMILY)])
    depth = LEVELS - 1
    sizes = [FAMILY // 2 // depth + (i < FAMILY // 2 % depth) for i in range(depth)]
    return Family([[next(keys) for _ in range(size)] for size in sizes], list(keys))


def _rows(family: Family, shared: list[str], random: Random) -> Iterator[Row]:
    for level, made in enumerate(family.made):
        below = family.made[level + 1] if level + 1 < len(family.made) else []
        for key in made:
            lot = Decimal(random.choice((0, 0, 10, 50)))
            yield Item(key, kind="make", lead_time=random.randint(1, 5), minimum_lot=lot)
            yield Structure(key, tuple(_components(family, below, shared, random)))
            yield OnHand(key, Decimal(random.randrange(100)))
    for key in family.bought:
        lot, safety = Decimal(random.choice((0, 1, 100, 1000))), Decimal(random.choice((0, 0, 50)))
        lead = random.randint(5, 60)
        yield Item(key, lead_time=lead, safety_stock=safety, lot_multiple=lot)
        yield OnHand(key, Decimal(random.randrange(5_000)))
        due = OPENING + timedelta(days=random.randrange(60))
        yield Supply(f"p-{key}", key, Decimal(random.randrange(1, 5_000)), due)


def _components(
    family: Family, below: list[str], shared: list[str], random: Random
) -> Iterator[Component]:
    assemblies = random.sample(below, 2) if below else []
    for part in assemblies:
        yield Component(part, Decimal(random.choice((1, 1, 1, 2))))
    for _ in range(LINES - len(assemblies)):
        part = random.choice(shared if random.randrange(SHARED) == 0 else family.bought)
        cuts = random.randrange(5) == 0
        yield Component(part, Decimal(random.randint(1, 400)).scaleb(-2 if cuts else 0) + cuts)


def _source(row: Row) -> str:
    match row:
        case Item(key=key):
            return f"material:{key}"
        case Structure(parent=key):
            return f"bom:{key}"
        case OnHand(material=key):
            return f"stock:{key}"
        case Demand(id=key) | Supply(id=key):
            return f"document:{key}"
