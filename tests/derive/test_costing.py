"""What a material costs and should sell for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from connector.derive.costing import Cost, Costing, Rates
from connector.derive.model import Component, Item, Model, Row, Structure
from connector.derive.structure import Structures

DAY = date(2026, 3, 1)
D = Decimal


def made(key: str, **more: Any) -> Item:
    return Item(key, number=f"N-{key}", kind="make", unit="pcs", **more)


def bought(key: str, cost: str | None, **more: Any) -> Item:
    return Item(key, number=f"N-{key}", unit="pcs", cost=None if cost is None else D(cost), **more)


def bom(parent: str, parts: dict[str, str], **more: Any) -> Structure:
    return Structure(parent, tuple(Component(m, D(q)) for m, q in parts.items()), **more)


def costing(*rows: Row, **rates: str) -> Costing:
    model = Model()
    model.put("all", rows)
    return Costing(model, DAY, Rates(**{name: D(rate) for name, rate in rates.items()}))


def test_a_single_level_is_its_parts_and_its_operations() -> None:
    # The putting green of Odoo's documentation ("Manufacturing order costs"): green felt 20.00 and
    # a rubber pad 30.00 are 50.00; four operations of 3.50, 2.50, 7.50 and 1.50 are 15.00.
    found = costing(
        made("green"),
        bought("felt", "20.00"),
        bought("pad", "30.00"),
        bom("green", {"felt": "1", "pad": "1"}, labour=D("15.00"), overhead=D(0)),
    ).estimate("green")
    assert (found.material_cost, found.labour_cost, found.cost) == (50, 15, 65)


#  gear box N-box, sold by the crate of 4
#  ├── 2 shafts, each 1.05 kg of steel (5 % lost, in the quantity) at 8 + labour 3 + overhead 1
#  ├── 1 housing, bought, 30
#  └── labour 10, overhead 5
BOX = (
    made("box", sales_unit="crate", factors=(("crate", D(4)),)),
    made("shaft"),
    bought("steel", "8"),
    bought("housing", "30"),
    bom("box", {"shaft": "2", "housing": "1"}, labour=D(10), overhead=D(5)),
    bom("shaft", {"steel": "1.05"}, labour=D(3), overhead=D(1)),
)


def test_levels_add_up_and_the_price_is_of_a_sales_unit() -> None:
    run = costing(*BOX, margin="0.2", tax="0.13")
    # shaft: 1.05 × 8 = 8.40 material
    assert run.of("shaft") == Cost(D("8.4"), D(3), D(1))
    # box: 2 × 8.40 + 30 = 46.80 material; 2 × 3 + 10 = 16 labour; 2 × 1 + 5 = 7 overhead: 69.80
    assert run.of("box") == Cost(D("46.8"), D(16), D(7))
    # crate of 4: 279.20; / 0.8 = 349.00; × 1.13 = 394.37
    found = run.estimate("box")
    assert found.unit == "crate"
    assert (found.material_cost, found.labour_cost, found.overhead_cost) == (D("187.2"), 64, 28)
    assert (found.cost, found.price, found.price_with_tax) == (D("279.2"), 349, D("394.37"))


def test_general_rates_stand_in_where_a_bom_says_nothing_and_count_a_part_once() -> None:
    run = costing(
        made("top"),
        made("sub"),
        bought("a", "10"),
        bought("b", "4"),
        bom("top", {"sub": "1", "b": "5"}),
        bom("sub", {"a": "2"}, labour=D(7)),
        labour="0.5",
        overhead="0.1",
    )
    # sub: 20 material, labour 7 as its BOM says, overhead 10 % of 20 = 2
    assert run.of("sub") == Cost(D(20), D(7), D(2))
    # top: labour 7 + 50 % of its own bought 20 = 17; overhead 2 + 2: the sub's 20 counted below
    assert run.of("top") == Cost(D(40), D(17), D(4))


def test_what_nobody_knows_is_named_and_never_zero() -> None:
    found = costing(
        made("top"),
        made("sub"),
        made("orphan"),
        bought("known", "1"),
        bought("dear", None),
        bom("top", {"sub": "1", "known": "3", "orphan": "1", "stranger": "1"}),
        bom("sub", {"dear": "2"}),
    ).estimate("top")
    assert (found.cost, found.price, found.price_with_tax) == (None, None, None)
    assert found.missing == ("N-dear", "N-orphan", "stranger")
    assert found.material_cost == 3


def test_a_cost_of_zero_is_known() -> None:
    run = costing(made("top"), bought("free", "0"), bom("top", {"free": "1"}))
    assert (run.estimate("top").cost, run.estimate("top").missing) == (0, ())


def test_what_contains_itself_is_named_whichever_is_asked_for_first() -> None:
    rows = (
        made("top"),
        made("a", cost=D(5)),
        made("b"),
        bought("x", "1"),
        bom("top", {"a": "1", "x": "2"}),
        bom("a", {"b": "1"}),
        bom("b", {"a": "1", "x": "1"}),
    )
    first, other = costing(*rows), costing(*rows)
    other.of("b")
    for found in (first.estimate("top"), other.estimate("top")):
        assert (found.cost, found.cycles, found.missing) == (None, ("N-a", "N-b"), ())
        assert found.material_cost == 2


def test_the_version_and_the_components_of_the_day_count() -> None:
    old = bom("top", {"a": "1"}, number="V1")
    new = Structure(
        "top",
        (Component("a", D(2), valid_to=DAY), Component("b", D(1)), Component("c", D(1), DAY)),
        valid_from=date(2026, 2, 1),
        number="V2",
    )
    later = bom("top", {"a": "9"}, number="V3", valid_from=date(2026, 4, 1))
    items = (made("top"), bought("a", "1"), bought("b", "10"), bought("c", "100"))
    for versions in ((old, new, later), (later, new, old)):
        run = costing(*items, *versions)
        assert run.of("top").material == 110
        # the same by the structures of all days, which planning keeps
        assert Costing(run.model, DAY, structures=Structures(run.model)).of("top").material == 110


def test_of_two_versions_that_are_otherwise_the_same_the_one_that_says_its_work_counts() -> None:
    silent, telling = bom("top", {"a": "1"}), bom("top", {"a": "1"}, labour=D(0), overhead=D(2))
    for versions in ((silent, telling), (telling, silent)):
        found = costing(made("top"), bought("a", "1"), *versions, labour="9").of("top")
        assert found == Cost(D(1), D(0), D(2))


def test_without_a_factor_it_is_told_for_the_base_unit() -> None:
    found = costing(bought("a", "3", sales_unit="box")).estimate("a")
    assert (found.unit, found.cost) == ("pcs", 3)


def test_ten_thousand_levels_are_neither_too_deep_nor_too_wide() -> None:
    rows: list[Row] = [bought("m0", "1")]
    for n in range(1, 10_000):
        below = {f"m{n - 1}": "1"} | ({f"m{n // 2}": "0.5"} if n % 97 == 0 else {})
        rows += [made(f"m{n}"), bom(f"m{n}", below, labour=D(1), overhead=D(0))]
    cost = costing(*rows).of("m9999")
    assert cost.known
    assert cost.labour > 9_999
