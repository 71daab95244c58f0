"""The short forms of the proof: `make prove`. The full ones: `python -m tests.simulation`."""

from __future__ import annotations

import random

import pytest

from tests.simulation import suites
from tests.simulation.exhaustive import points
from tests.simulation.planted import PLANTED, Planted, hunt

pytestmark = pytest.mark.prove

SEEDS = 200
FOUND = (282, 337, 366, 408, 428, 443, 592, 608, 758, 763, 1008, 1067, 1086, 1145, 1458, 1493)
"""Seeds beyond those that once showed a bug of the product; as long as the simulation is as it
was then. What they showed is told in `tests/engine`, too."""

QUICK = {
    "no settling": 2,
    "outcomes without compare-and-set": 6,
    "the cursor moves before its page": 2,
    "documents are cached across claims": 0,
    "whatever has our number is adopted": 1,
}
"""Planted bugs that are found soon, and by which seed."""


SCENES = (1, 3, 6)
"""Seeds in whose scenes, between them, every fault point is met while things still go wrong."""


def none_broken(reports: object) -> None:
    broken = [str(report) for report in reports if report.violations]  # type: ignore[attr-defined]
    assert not broken, "\n".join(broken)


def test_swarm() -> None:
    none_broken(suites.swarm([*range(SEEDS), *FOUND]))


def test_every_fault_point_with_every_kind_of_trouble() -> None:
    reports = list(suites.single(SCENES, kinds=("crash", "error", "stop")))
    none_broken(reports)
    met = frozenset().union(*(report.met for report in reports))
    assert sorted(met) == points(), "a fault point that nothing ever happened at proves nothing"


def test_pairs_of_crashes() -> None:
    none_broken(suites.double(40))


@pytest.mark.parametrize("planted", [p for p in PLANTED if p.name in QUICK], ids=lambda p: p.name)
def test_a_planted_bug_is_found(planted: Planted) -> None:
    random.seed()
    first = QUICK[planted.name]
    seed, text = hunt(planted, range(first, first + 10))
    assert seed >= 0, f"missed: {planted.name}"
    assert text
