"""Random small companies: overlapping versions, cycles, sold components, negative stock,
tracking numbers, supplies that name their demand, forecasts, lots, scrap with endless digits.

Each follows from one number: drawn value by value, most would be all but empty.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from connector.derive.model import Component, Demand, Item, Model, OnHand, Row, Structure, Supply

KEYS = "ABCDEF"
START = date(2026, 3, 2)
HORIZON = [START + timedelta(days=n) for n in range(31)]
Sources = dict[str, list[Row]]

NONE, HALF, THIRD = Decimal(0), Decimal("0.5"), Decimal(1) / 3
PERS = [*[Decimal(1)] * 4, Decimal(2), HALF, Decimal("0.4"), THIRD, 2 * THIRD, NONE]
ODD = [Decimal("2.5"), Decimal("1.25")]
KINDS = ["make", "make", "make", "make", "buy", "buy", "subcontract", "service"]


class Maker:
    """Makes one company."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.loops = self.one(True, False, False)

    def one(self, *of: Any) -> Any:
        return self.random.choice(of)

    def some(self, most: int) -> range:
        return range(self.random.randint(0, most))

    def day(self) -> date:
        return self.random.choice(HORIZON)

    def quantity(self) -> Decimal:
        return self.one(*ODD, *(Decimal(self.random.randint(0, 13)) for _ in range(6)))

    def tracking(self) -> str:
        return self.one("", "", "", "", "T1", "T2")

    def item(self, key: str) -> Item:
        return Item(
            key,
            kind=self.one(*KINDS),
            lead_time=self.one(None, 0, 1, 2, 2, 5),
            safety_stock=self.one(NONE, NONE, NONE, Decimal(4)),
            minimum_lot=self.one(NONE, NONE, NONE, Decimal(6)),
            lot_multiple=self.one(NONE, NONE, Decimal(5), HALF),
        )

    def component(self, parent: str) -> Component:
        above = KEYS.index(parent) + 1
        among = KEYS if self.loops and self.one(*range(6)) == 0 else KEYS[above:] or KEYS[0]
        begins, ends = (
            self.one(date.min, date.min, self.day()),
            self.one(date.max, date.max, self.day()),
        )
        return Component(self.one(*among), self.one(*PERS), begins, ends)

    def structure(self, parent: str) -> Structure:
        components = tuple(self.component(parent) for _ in range(self.one(1, 2, 3)))
        begins, ends = (
            self.one(date.min, date.min, self.day()),
            self.one(date.max, date.max, self.day()),
        )
        return Structure(parent, components, begins, ends, self.one("V1", "V2", "V10"))

    def boms(self, key: str) -> list[Structure]:
        last = key == KEYS[-1] and not self.loops
        return [] if last else [self.structure(key) for _ in range(self.one(0, 1, 1, 2))]

    def demand(self, id: str) -> Demand:
        due, quantity = self.day(), self.quantity()
        return Demand(
            id,
            self.one(*KEYS, *"AAABBC"),
            quantity,
            due,
            self.one("order", "order", "forecast"),
            record=id,
            customer=self.one("", "X", "Y"),
            until=self.one(None, due + timedelta(days=self.one(3, 7, 14))),
            urgency=self.one(0, 0, 5),
            tracking=self.tracking(),
            ordered=self.one(None, quantity + self.one(0, 3)),
        )

    def supply(self, id: str) -> Supply:
        return Supply(
            id,
            self.one(*KEYS),
            self.quantity(),
            self.day(),
            self.one("purchase_order", "requisition", "production_order"),
            tracking=self.tracking(),
            demand=self.one("", "", "", "d0", "d1", "d2", "gone"),
        )

    def stock(self) -> OnHand:
        quantity = self.one(*ODD, *(Decimal(self.random.randint(-3, 20)) for _ in range(6)))
        return OnHand(self.one(*KEYS, *"CDEF"), quantity, self.tracking())

    def sources(self) -> Sources:
        """What each source gives."""
        found: Sources = {f"item:{key}": [self.item(key)] for key in KEYS}
        for key in KEYS:
            found |= {f"bom:{key}:{n}": [one] for n, one in enumerate(self.boms(key))}
        found |= {f"demand:{n}": [self.demand(f"d{n}")] for n in range(self.one(1, 3, 6))}
        found |= {f"supply:{n}": [self.supply(f"s{n}")] for n in self.some(4)}
        found |= {f"stock:{n}": [self.stock()] for n in self.some(10)}
        return found

    def change(self) -> tuple[str, list[Row]]:
        """Something given anew, or taken away."""
        n, key = self.one(*range(7)), self.one(*KEYS)
        source, row = self.one(
            (f"demand:{n}", self.demand(f"d{n}")),
            (f"bom:{key}:{n % 2}", self.structure(key)),
            (f"item:{key}", self.item(key)),
            (f"supply:{n}", self.supply(f"s{n}")),
            (f"stock:{n}", self.stock()),
        )
        gone = self.one(*range(4)) == 0
        return source, [] if gone else [row]


seeds = st.integers(0, 2**32)
sources = seeds.map(lambda seed: Maker(seed).sources())
changes = seeds.map(lambda seed: Maker(seed).change())
days = st.sampled_from(HORIZON)


def company(sources: Sources) -> Model:
    model = Model()
    for source, rows in sources.items():
        model.put(source, rows)
    return model
