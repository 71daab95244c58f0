"""Kitting, requirements and availability against brute force, over random small companies."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.derive.availability import atp, lead
from connector.derive.kitting import Kitter, kitting
from connector.derive.model import NEGLIGIBLE, Demand, Model
from connector.derive.requirements import Planner, day, week
from connector.derive.structure import Structures
from connector.derive.suggesting import Pegging, requirement
from tests.derive.brute import EVER, Company, ahead
from tests.derive.companies import HORIZON, KEYS, changes, company, days, sources

at_random = settings(max_examples=200, deadline=None)
OPENING = HORIZON[7]


def about(quantity: Decimal, exactly: Fraction) -> bool:
    """Whether they are the same but for what no decimal states."""
    return abs(Fraction(quantity) - exactly) < Fraction(1, 10**9)


def orders_of(model: Model) -> list[Demand]:
    """In the order in which they are served."""
    rows = [d for rows in model.demands.values() for d in rows.values() if d.kind == "order"]
    return sorted((d for d in rows if d.quantity > 0), key=lambda d: (-d.urgency, d.due, d.id))


@at_random
@given(sources, days, st.booleans())
def test_kitting_agrees_with_building_unit_by_unit(found: Any, on: Any, alone: bool) -> None:
    model = company(found)
    kitter = Kitter(model, Structures(model, on))
    lines = orders_of(model)
    kits = list(kitter.alone(lines) if alone else kitter.sequence(reversed(lines)))
    expected = Company(model).kit(lines, on, alone)
    assert [kit.demand for kit in kits] == lines
    for kit, (finished, buildable, missing) in zip(kits, expected, strict=True):
        assert (kit.from_stock, kit.buildable) == (finished, buildable)
        assert kit.shorts == tuple(sorted(kit.shorts))
        assert {short.material for short in kit.shorts} == missing.keys()
        assert all(about(short.short, missing[short.material]) for short in kit.shorts)
        told = kitting(kitter, kit, model)
        assert told.complete == (told.from_stock + told.buildable == told.open)
        for short in told.shortages:
            assert short.needed == short.available + short.short
            assert sum(taker.quantity for taker in short.taken_by) <= short.on_hand


@at_random
@given(sources, days)
def test_nobody_takes_what_is_not_there(found: Any, on: Any) -> None:
    model = company(found)
    kitter = Kitter(model, Structures(model, on))
    kits = list(kitter.sequence(orders_of(model)))
    stock: Counter[tuple[str, str]] = Counter()
    for rows in model.stock.values():
        for row in rows:
            stock[row.material, row.tracking] += row.quantity  # type: ignore[assignment]
    taken: Counter[tuple[str, str]] = Counter()
    for material in KEYS:
        for taking in kitter.takings(material):
            assert taking.tracking in ("", taking.demand.tracking)
            taken[material, taking.tracking] += taking.quantity  # type: ignore[assignment]
    assert all(taken[pool] <= max(stock[pool], 0) for pool in taken)
    for kit in kits:
        own = [t for t in kitter.takings(kit.demand.material) if t.demand == kit.demand]
        assert sum(t.quantity for t in own) == kit.from_stock


@at_random
@given(sources)
def test_requirements_agree_with_counting_day_by_day(found: Any) -> None:
    model = company(found)
    planner, plain = Planner(model, OPENING), Company(model)
    for key in KEYS:
        assert (key in planner.structures.cyclic) == plain.goes_into_itself(key, ahead(OPENING))
        plan, expected = planner.plans.get(key, []), plain.plan(key, OPENING)
        assert [(p.due, p.start, p.tracking) for p in plan] == [
            (p[0], p[1], p[3]) for p in expected
        ]
        assert all(about(p.quantity, e[2]) for p, e in zip(plan, expected, strict=True))


@at_random
@given(sources)
def test_every_cycle_is_named_by_its_way_round(found: Any) -> None:
    model = company(found)
    structures, plain = Structures(model), Company(model)
    named = [structures.cycle(key) for key in structures.cyclic]
    for path in [*named, *structures.cycles()]:
        assert path[0] == path[-1]
        assert len(set(path)) == len(path) - 1
        for parent, part in pairwise(path):
            assert any(part == one for day in EVER for one, _ in plain.parts(parent, day))
    inner = [use for uses in structures.uses.values() for use in uses]
    for use in inner:
        if not {use.parent, use.component} & structures.cyclic:
            assert structures.level(use.parent) < structures.level(use.component)


@at_random
@given(sources, st.booleans())
def test_every_unit_that_is_suggested_is_for_somebody(found: Any, weekly: bool) -> None:
    model = company(found)
    planner = Planner(model, OPENING, bucket=week if weekly else day)
    for key in KEYS:
        told = requirement(planner, model, key)
        assert len({one.id for one in told.suggestions}) == len(told.suggestions)
        served: dict[Any, Decimal] = defaultdict(Decimal)
        for i, one in enumerate(told.suggestions):
            assert sum(peg.quantity for peg in one.pegs) == one.quantity
            roots = Pegging(planner).roots(key, i)
            assert sum(root.quantity for root in roots) == one.quantity
            assert all(
                root.demand or root.kind in ("safety_stock", "lot_rounding") for root in roots
            )
            assert all(root.quantity > 0 for root in roots)
            for peg in planner.pegs(key)[i]:
                served[peg.kind, peg.demand, peg.parent, peg.order] += peg.quantity
                if peg.parent:
                    assert planner.plans[peg.parent][peg.order].draws >= one.due_on
        rounding = sum(q for whom, q in served.items() if whom[0] == "lot_rounding")
        safety = sum(q for whom, q in served.items() if whom[0] == "safety_stock")
        planned = sum(one.quantity for one in told.suggestions)
        # What is wanted and not planned for is covered by what is there or comes.
        covered = told.gross - (planned - rounding - safety)
        rows = model.stock.get(key, [])
        there = sum((max(row.quantity, Decimal(0)) for row in rows), told.incoming)
        if key not in planner.structures.cyclic and planner.item(key).kind != "service":
            assert 0 <= covered <= there + NEGLIGIBLE * 9


@at_random
@given(sources)
def test_what_can_be_promised_agrees_with_trying_unit_by_unit(found: Any) -> None:
    model = company(found)
    plain = Company(model)
    for key in KEYS[:3]:
        promised = atp(model, key)
        assert Fraction(promised.available) == plain.promisable(key, None)
        for on in HORIZON[::5]:
            later = [quantity for begins, quantity in promised.promises if begins <= on]
            assert Fraction((promised.available, *later)[-1]) == plain.promisable(key, on)


@at_random
@given(sources, days)
def test_lead_times_agree_with_walking_every_way_down(found: Any, on: Any) -> None:
    model = company(found)
    structures, plain = Structures(model, on), Company(model)
    for key in KEYS:
        told = lead(model, structures, key)
        assert (told.days, set(told.unknown)) == plain.lead(key, on)


@at_random
@given(sources, st.lists(changes, min_size=1, max_size=4), st.booleans())
def test_planning_on_is_planning_from_scratch(found: Any, changed: Any, weekly: bool) -> None:
    model = company(found)
    options: Any = {"bucket": week} if weekly else {}
    planner = Planner(model, OPENING, **options)
    before = {key: requirement(planner, model, key) for key in KEYS}
    for source, rows in changed:
        looked_at = planner.update(model.put(source, rows))
        scratch = Planner(model, OPENING, **options)
        after = {key: requirement(scratch, model, key) for key in KEYS}
        assert {key: requirement(planner, model, key) for key in KEYS} == after
        assert planner.structures.cyclic == scratch.structures.cyclic
        assert {key for key in KEYS if before[key] != after[key]} <= looked_at
        before = after


@at_random
@given(sources, st.randoms())
def test_the_order_of_what_is_known_makes_no_difference(found: Any, random: Any) -> None:
    shuffled = list(found.items())
    random.shuffle(shuffled)
    one, other = company(found), company(dict(shuffled))
    plans = [Planner(model, OPENING) for model in (one, other)]
    for key in KEYS:
        assert requirement(plans[0], one, key) == requirement(plans[1], other, key)
        assert atp(one, key) == atp(other, key)
    on = OPENING + timedelta(days=3)
    kits = [
        list(Kitter(model, Structures(model, on)).sequence(orders_of(model)))
        for model in (one, other)
    ]
    assert kits[0] == kits[1]
