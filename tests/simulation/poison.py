"""P7: one bad record delays only its own key. The same companies with and without poison.

python -m tests.simulation.poison KIND [SEEDS]
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from tests.simulation.erp import Nature, Refusal
from tests.simulation.run import Outcome, Run
from tests.simulation.scene import LONGEST, Perils, Scene
from tests.simulation.wire import Weather

KINDS = ("nonsense", "refused", "locked", "cursed")
"""Nobody can read it; the ERP never takes it; it is always open in somebody's client; whatever is
saved together with it is lost."""
ORDERS = 60
SHARE = 0.05
MOST = 2.0
"""How many times longer the healthy may wait."""


class Poisoned(Run):
    """Sixty orders in a quarter of an hour, some of them poison of a kind; `""`: none."""

    def __init__(self, seed: int, kind: str) -> None:
        random = Random(f"{seed}/poison")
        self.kind = kind
        bad = random.sample([f"o{n + 1}" for n in range(ORDERS)], int(ORDERS * SHARE))
        self.bad = frozenset(bad)
        super().__init__(seed, _scene(random, self.marks if kind == "cursed" else frozenset()))
        self.erp.on_save = self._refuse
        if kind == "nonsense":
            sell = self.sales.order
            self.sales.order = partial(self._nonsense, sell)  # type: ignore[method-assign]

    @property
    def marks(self) -> frozenset[str]:
        return frozenset(f"crm:{key}" for key in self.bad)

    def _refuse(self, mark: str) -> None:
        if self.kind in ("refused", "locked") and mark in self.marks and not self.seams.calm:
            raise Refusal(self.kind, "这张单据不行")

    def _nonsense(self, sell: object, key: str, customer: str, *, status: str) -> None:
        sell(key, customer, status=status)  # type: ignore[operator]
        if key in self.bad:
            self.sales.spoil(key)


def _scene(random: Random, cursed: frozenset[str]) -> Scene:
    idempotency = random.choice("AB")
    return Scene(
        orders=ORDERS,
        seconds=900.0,
        idempotency=idempotency,
        edits=0.0,
        batch=random.choice((1, 10)),
        group=random.choice((10, 50)),
        parallel=2,
        page=100,
        nature=Nature(unique=idempotency == "A"),
        weather=Weather(life=LONGEST, cursed=cursed),
        perils=Perils(switch=0.05),
    )


@dataclass
class Compared:
    """How long the healthy waited, without poison and with it."""

    without: list[float] = field(default_factory=list)
    with_it: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """What else the oracle found."""

    @property
    def times(self) -> float:
        """How many times longer 95 of 100 wait at most."""
        return percentile(self.with_it) / percentile(self.without)


def percentile(values: Iterable[float], share: float = 0.95) -> float:
    """So many of the values are not above it."""
    known = sorted(values)
    return known[math.ceil(share * len(known)) - 1]


def compared(kind: str, seeds: Iterable[int]) -> Compared:
    """The same companies, with and without."""
    found = Compared()
    for seed in seeds:
        for poison, delays in (("", found.without), (kind, found.with_it)):
            run = Poisoned(seed, poison)
            outcome = run.go()
            delays += _delays(outcome, run.bad)
            found.broken += [f"seed {seed}: {v}" for v in outcome.verdict.violations]
    return found


def _delays(outcome: Outcome, bad: frozenset[str]) -> list[float]:
    """Seconds from the moment in which an order could be carried to its audited bill."""
    history, since = outcome.history, dict[str, float]()
    customers = {v.key: v.at for v in reversed(history.versions) if v.form == "account"}
    for version in history.versions:
        fields = version.fields
        if version.form == "order" and fields and fields["status"] == "confirmed":
            there = customers[fields["customer"]]
            since.setdefault(version.key, max(version.at, there))
    done = {
        entry.reference.removeprefix("crm:"): entry.at
        for entry in reversed(history.erp)
        if entry.what == "audited"
    }
    return [done.get(key, history.ended_at) - at for key, at in since.items() if key not in bad]


def main() -> int:
    """Compare, and tell; 1: the healthy waited too long."""
    kind = sys.argv[1]
    seeds = range(int(sys.argv[2]) if len(sys.argv) > 2 else 4)
    found = compared(kind, seeds)
    waits = [f"{percentile(v):.1f} s" for v in (found.without, found.with_it)]
    print(f"{kind}: {waits[0]} without, {waits[1]} with: {found.times:.2f} times", *found.broken)
    return 1 if found.times > MOST or found.broken else 0


if __name__ == "__main__":
    sys.exit(main())
