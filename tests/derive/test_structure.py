"""Which BOM counts, in which order materials are planned, and what goes round in a circle."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.derive.model import Component, Item, Model, OnHand, Structure
from connector.derive.structure import Structures, counting, uses

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def version(number: str, begins: date = date.min, ends: date = date.max, *parts: str) -> Structure:
    return Structure(
        "P", tuple(Component(part, Decimal(1)) for part in parts), begins, ends, number
    )


def made(**boms: str) -> Structures:
    model = Model()
    for parent, parts in boms.items():
        model.put(f"item:{parent}", [Item(parent, kind="make")])
        components = tuple(Component(part, Decimal(1)) for part in parts)
        model.put(f"bom:{parent}", [Structure(parent, components)])
    return Structures(model)


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2026, 4, 30), "V1"), (MAY, "V2"), (date(2026, 5, 31), "V2"), (JUNE, "V1")],
)
def test_the_version_that_began_last_counts_while_it_is_valid(day: date, number: str) -> None:
    counted = counting([version("V1"), version("V2", MAY, JUNE)], day)
    assert counted and counted.number == number


@pytest.mark.parametrize("numbers", [("V9", "V10"), ("V10", "V9")])
def test_of_two_that_begin_on_one_day_the_higher_number_counts(numbers: Any) -> None:
    counted = counting([version(number, MAY) for number in numbers], JUNE)
    assert counted and counted.number == "V10"


def test_before_its_first_version_a_material_is_made_of_nothing() -> None:
    assert counting([version("V1", MAY)], date(2026, 4, 30)) is None


def test_a_component_counts_while_it_and_its_version_do() -> None:
    nut = Component("nut", Decimal(4), valid_from=JUNE)
    found = list(
        uses([Structure("P", (nut,), MAY, JULY), version("V0", date.min, date.max, "bolt")])
    )
    assert [(use.component, use.valid_from, use.valid_to) for use in found] == [
        ("bolt", date.min, MAY),
        ("nut", JUNE, JULY),
        ("bolt", JULY, date.max),
    ]


def test_a_material_stands_below_the_deepest_of_what_it_goes_into() -> None:
    structures = made(B="WS", W="HS", H="S")
    assert structures.levels == {"B": 0, "W": 1, "H": 2, "S": 3}


def test_a_cycle_is_named_by_its_way_round_and_the_rest_keeps_its_place() -> None:
    structures = made(top="A", A="B", B="C", C="Ax", x="y")
    assert structures.cycles() == [("A", "B", "C", "A")]
    assert structures.cyclic == {"A", "B", "C"}
    assert structures.cycle("C") == ("C", "A", "B", "C")
    assert structures.level("x") < structures.level("y")


def test_what_is_made_of_itself_is_a_cycle_and_what_lies_between_two_is_none() -> None:
    structures = made(A="AM", M="B", B="CB", C="B")
    assert structures.cyclic == {"A", "B", "C"}
    assert structures.cycles() == [("A", "A"), ("B", "B")]


def test_a_bom_of_something_bought_is_no_structure() -> None:
    model = Model()
    model.put("bom", [version("V1", date.min, date.max, "P")])
    assert Structures(model).cyclic == frozenset()


def test_a_version_that_never_counts_makes_no_cycle() -> None:
    model = Model()
    model.put("item", [Item("P", kind="make")])
    model.put("boms", [version("V1", MAY, JUNE, "P"), version("V2", MAY, JULY, "nut")])
    assert Structures(model).cyclic == frozenset()


def test_the_same_row_once_more_touches_its_material() -> None:
    model = Model()
    lot = OnHand("P", Decimal(5))
    assert model.put("stock", [lot]) == {"P"}
    assert model.put("stock", [lot, lot]) == {"P"}
    assert model.put("stock", [lot, lot]) == set()
    assert list(model.all()) == ["P"]
