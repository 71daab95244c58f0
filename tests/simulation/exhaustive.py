"""T1: whatever happens at any fault point, every promise holds. Also two crashes in one run.

Each fault point is met in a small scene in which everything occurs that meets it, and there the
process is killed, stopped for longer than any lease, or meets an error that nobody foresaw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.simulation.erp import Nature
from tests.simulation.perils import exactly
from tests.simulation.run import Outcome, Run
from tests.simulation.scene import LONGEST, Perils, Scene
from tests.simulation.wire import Weather

PRODUCT = Path(__file__).parents[2] / "connector"
KINDS = ("crash", "error", "stop", "suspend")
FIRST = 5
"""Hits of a fault point that are tried."""


@dataclass(frozen=True)
class Plan:
    """A run in which exactly this happens."""

    seed: int
    happens: tuple[tuple[str, int, str], ...]
    """`(fault point, hit, what)`."""

    def __str__(self) -> str:
        return ",".join(f"{name}:{hit}:{what}" for name, hit, what in self.happens)

    @classmethod
    def read(cls, seed: int, text: str) -> Plan:
        """The plan that `str` wrote."""
        parts = [part.split(":") for part in text.split(",")]
        return cls(seed, tuple((name, int(hit), what) for name, hit, what in parts))


def points() -> list[str]:
    """Every fault point of the product, by its name."""
    found: set[str] = set()
    for path in PRODUCT.rglob("*.py"):
        found.update(re.findall(r'\bfault\("(\w+)"\)', path.read_text("utf-8")))
    return sorted(found)


def small(random: Random) -> Scene:
    """A short run in which every fault point is met: orders come, change, vanish and are
    spoilt, a flow is new, somebody hands commands over, and now and then an answer is lost."""
    idempotency = random.choice("AABBBC")
    return Scene(
        daemons=random.choice((1, 2)),
        orders=4,
        customers=1,
        seconds=260.0,
        idempotency=idempotency,
        on_change=random.choice((("edit", "ask"), ("edit", "unaudit"))),
        gone="cancel",
        batch=random.choice((1, 3)),
        group=random.choice((2, 50)),
        page=2,
        compare=60.0,
        lookback=40.0,
        edits=1.0,
        cancels=0.2,
        deletes=0.4,
        spoils=0.5,
        terminations=1,
        introduced=40.0,
        downtime=20.0,
        chat=True,
        review=True,
        operator=70.0,
        weather=Weather(mute=0.03, slow=0.02, busy=0.02, latency=0.3, life=LONGEST),
        nature=Nature(unique=idempotency == "A", numbering="erp"),
        perils=Perils(switch=0.2),
    )


def single(
    seeds: Iterable[int],
    url: str = "",
    *,
    kinds: Sequence[str] = KINDS,
    among: Sequence[str] = (),
    in_turn: bool = False,
) -> Iterator[Plan]:
    """Each fault point (or those of `among`) and each kind of trouble, once a seed: at one of the
    first hits that the scene of this seed has without any trouble. `in_turn`: one kind a seed."""
    for turn, seed in enumerate(seeds):
        hits = carry_out(Plan(seed, ()), url).hits
        for place, name in enumerate(among or points()):
            one = kinds[(turn + place) % len(kinds)]
            for kind in ([one] if in_turn else kinds) if name in hits else ():
                hit = Random(f"{seed}/{name}/{kind}").randrange(min(FIRST, hits[name]))
                yield Plan(seed, ((name, hit, kind),))


def double(count: int, seed: int = 0) -> Iterator[Plan]:
    """Pairs of crashes, sampled: the second one meets whoever mends what the first one left."""
    random, names = Random(f"double/{seed}"), points()
    for number in range(count):
        first, second = random.choice(names), random.choice(names)
        hits = random.randrange(FIRST), random.randrange(2 * FIRST)
        crashes = ((first, hits[0], "crash"), (second, hits[1], "crash"))
        yield Plan(seed + number, crashes)


def carry_out(plan: Plan, url: str = "") -> Outcome:
    """Run a plan. `Outcome.happened` says whether it came to that."""
    scene = small(Random(f"{plan.seed}/small"))
    return Run(plan.seed, scene, exactly(*plan.happens), url).go()
