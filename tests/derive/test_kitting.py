"""What can be delivered and built now: numbers that a planner can follow."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.derive.kitting import Kit, Kitter, kitting, last_digit, what_if
from connector.derive.model import Component, Demand, Item, Model, OnHand, Structure, Supply
from connector.derive.structure import Structures
from connector.objects.derived import Kitting

DAY = date(2026, 3, 2)


def D(value: Any) -> Decimal:
    return Decimal(str(value))


def bom(parent: str, **parts: Any) -> Structure:
    return Structure(parent, tuple(Component(part, D(per)) for part, per in parts.items()))


def line(id: str, material: str, quantity: Any, due: int = 20, **more: Any) -> Demand:
    return Demand(id, material, D(quantity), date(2026, 3, due), record=id, **more)


def bicycles(**stock: Any) -> Model:
    """A bicycle is a frame and two wheels, a frame four tubes."""
    model = Model()
    model.put(
        "items", [Item("bike", kind="make"), Item("frame", "F-1", kind="make"), Item("wheel")]
    )
    model.put("boms", [bom("bike", frame=1, wheel=2), bom("frame", tube=4)])
    model.put("stock", [OnHand(part, D(quantity)) for part, quantity in stock.items()])
    return model


def kits(model: Model, *lines: Demand) -> list[Kit]:
    return list(Kitter(model, Structures(model, DAY)).sequence(lines))


def told(model: Model, *lines: Demand) -> list[Kitting]:
    kitter = Kitter(model, Structures(model, DAY))
    return [kitting(kitter, kit, model) for kit in kitter.sequence(lines)]


def shorts(kit: Kit) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    return {one.material: (one.needed, one.available, one.short) for one in kit.shorts}


def test_ten_bicycles() -> None:
    """2 lie there. Of the other 8: frames for 3 lie there, for 5 are 20 tubes needed and there are
    12, enough for 3 more frames: 6 bicycles. Wheels: 16 needed, 11 there, enough for 5."""
    (kit,) = kits(bicycles(bike=2, frame=3, tube=12, wheel=11), line("1", "bike", 10))
    assert (kit.from_stock, kit.buildable) == (2, 5)
    assert shorts(kit) == {"tube": (20, 12, 8), "wheel": (16, 11, 5)}


def test_who_comes_later_finds_what_is_left_and_learns_who_took_the_rest() -> None:
    """The first line builds 2 of 4 wheels; the second wants 3 and finds none: 1 of 5 is left."""
    first, second = told(
        bicycles(frame=9, wheel=5), line("1", "bike", 2, due=5), line("2", "bike", 3, due=6)
    )
    assert (first.buildable, first.complete, first.shortages) == (2, True, ())
    (wheels,) = second.shortages
    assert (second.buildable, second.complete) == (0, False)
    assert (wheels.needed, wheels.available, wheels.short, wheels.on_hand) == (6, 1, 5, 5)
    assert [(taker.record, taker.quantity) for taker in wheels.taken_by] == [("1", 4)]


def test_a_line_keeps_parts_that_it_cannot_use_yet() -> None:
    """The first has all frames, though it has no wheels: the second is short of frames."""
    _, second = kits(bicycles(frame=3), line("1", "bike", 3, due=5), line("2", "frame", 1, due=6))
    assert shorts(second) == {"tube": (4, 0, 4)}


def test_components_that_are_sold_compete_with_what_is_built_of_them() -> None:
    wheels, bikes = kits(
        bicycles(frame=4, wheel=6), line("1", "wheel", 3, due=5), line("2", "bike", 4, due=6)
    )
    assert (wheels.from_stock, bikes.buildable) == (3, 1)
    assert shorts(bikes) == {"wheel": (8, 3, 5)}


def test_urgent_goes_before_early_and_early_before_late() -> None:
    model = bicycles(bike=1)
    late, early, urgent = (
        line("a", "bike", 1, due=9), line("b", "bike", 1, due=8), line("c", "bike", 1, urgency=1)
    )  # fmt: skip
    assert [kit.demand.id for kit in kits(model, late, early, urgent)] == ["c", "b", "a"]


def test_alone_each_line_has_all_of_the_stock() -> None:
    model = bicycles(bike=1, frame=1, wheel=2)
    kitter = Kitter(model, Structures(model, DAY))
    lines = [line("1", "bike", 2), line("2", "bike", 2)]
    assert [kit.from_stock for kit in kitter.sequence(lines)] == [1, 0]
    assert [(kit.from_stock, kit.buildable) for kit in kitter.alone(lines)] == [(1, 1), (1, 1)]
    kit = what_if(model, Structures(model, DAY), "bike", D(3))
    assert (kit.from_stock, kit.buildable) == (1, 1)


def test_tracked_stock_is_for_who_carries_the_same_number() -> None:
    model = bicycles()
    model.put(
        "stock", [OnHand("bike", D(2)), OnHand("bike", D(3), "T1"), OnHand("bike", D(9), "T2")]
    )
    tracked = line("1", "bike", 4, due=5, tracking="T1")
    first, second = kits(model, tracked, line("2", "bike", 4, due=6))
    assert (first.from_stock, second.from_stock) == (4, 1)


def test_stock_below_zero_is_nothing_and_takes_nothing_from_others() -> None:
    model = bicycles(frame=1)
    model.put("wheels", [OnHand("wheel", D(-3)), OnHand("wheel", D(2), "T1")])
    tracked, anybody = kits(model, line("1", "bike", 1, tracking="T1"), line("2", "wheel", 1))
    assert (tracked.buildable, anybody.from_stock) == (1, 0)


@pytest.mark.parametrize(
    ("wanted", "there", "stock", "built"),
    [("3", "1.9", "1", "2"), ("2.5", "1.99", "1.9", "0.6"), ("10", "2.5", "2", "2")],
)
def test_what_is_whole_is_built_whole(wanted: str, there: str, stock: str, built: str) -> None:
    """Paint is mixed of half a litre of base each; there are 1.2, enough for 2.4."""
    model = Model()
    model.put("items", [Item("paint", kind="make")])
    model.put("bom", [bom("paint", base="0.5")])
    model.put("stock", [OnHand("paint", D(there)), OnHand("base", D("1.2"))])
    (kit,) = kits(model, line("1", "paint", wanted))
    assert (kit.from_stock, kit.buildable) == (D(stock), D(built))


@pytest.mark.parametrize(
    ("wanted", "times", "built"), [("3", 1, 3), ("4", 1, 3), ("1", 3, 1), ("2", 3, 1)]
)
def test_two_are_enough_for_three_times_two_thirds(wanted: str, times: int, built: int) -> None:
    model = Model()
    model.put("items", [Item("paint", kind="make")])
    model.put("bom", [Structure("paint", (Component("base", Decimal(2) / 3),) * times)])
    model.put("stock", [OnHand("base", D(2))])
    (kit,) = kits(model, line("1", "paint", wanted))
    assert (kit.buildable, bool(kit.shorts)) == (built, built < int(wanted))


@pytest.mark.parametrize(
    ("quantity", "digit"), [("12", "1"), ("1E+2", "1"), ("2.50", "0.1"), ("0.001", "0.001")]
)
def test_the_last_digit_of_a_quantity(quantity: str, digit: str) -> None:
    assert last_digit(Decimal(quantity)) == Decimal(digit)


def test_what_is_made_without_a_valid_bom_is_short_itself() -> None:
    model = bicycles(wheel=2)
    model.put("boms", [bom("bike", frame=1, wheel=2), bom("frame", tube=4)._replace(valid_to=DAY)])
    (kit,) = kits(model, line("1", "bike", 1))
    assert shorts(kit) == {"frame": (1, 0, 1)}


def test_what_goes_round_in_a_circle_is_short_itself_whatever_asks_for_it() -> None:
    model = bicycles(wheel=9, frame=1)
    model.put(
        "boms", [bom("bike", frame=1, rack=1, wheel=2), bom("frame", bike=1), bom("rack", frame=1)]
    )
    model.put("rack", [Item("rack", kind="make")])
    (kit,) = kits(model, line("1", "bike", 2))
    assert shorts(kit) == {"bike": (2, 0, 2)}
    (kit,) = kits(model, line("2", "rack", 2))
    assert shorts(kit) == {"rack": (2, 0, 2)}


def receipts(*supplies: Supply) -> Model:
    model = bicycles()
    model.put("wheels", [OnHand("wheel", D(1))])
    model.put("coming", supplies)
    return model


def wheels(id: str, quantity: int, due: int, **more: Any) -> Supply:
    return Supply(id, "wheel", D(quantity), date(2026, 4, due), **more)


def test_what_is_short_is_expected_when_open_receipts_cover_it() -> None:
    """1 of 6 is there. Of the 5, 3 come on the 3rd and 4 on the 7th."""
    model = receipts(wheels("b", 4, 7), wheels("a", 3, 3))
    (kit,) = kits(model, line("1", "wheel", 6))
    assert [short.expected_on for short in kit.shorts] == [date(2026, 4, 7)]


def test_who_comes_later_gets_the_later_receipts() -> None:
    model = receipts(wheels("a", 3, 3), wheels("b", 4, 7))
    found = kits(model, *(line(str(n), "wheel", 4, due=n) for n in (1, 2, 3)))
    assert [kit.shorts[0].expected_on for kit in found] == [
        date(2026, 4, 3), date(2026, 4, 7), None
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("supply", "expected"),
    [
        (wheels("a", 9, 3, kind="requisition"), False),
        (wheels("a", 9, 3, tracking="T1"), False),
        (wheels("a", 9, 3, demand="other"), False),
        (wheels("a", 9, 3, demand="1"), True),
        (wheels("a", 9, 3, demand="closed long ago"), True),
    ],
)
def test_not_every_receipt_is_for_everybody(supply: Supply, expected: bool) -> None:
    model = receipts(supply)
    lines = [line("1", "wheel", 4), line("other", "bike", 4)]
    model.put("orders", lines)
    (kit,) = kits(model, lines[0])
    assert (kit.shorts[0].expected_on is not None) == expected
