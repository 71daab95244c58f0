"""What can be promised: a textbook's table, and numbers that a salesperson can follow."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from connector.derive.availability import atp, availability, lead
from connector.derive.model import Component, Demand, Item, Model, OnHand, Row, Structure, Supply
from connector.derive.structure import Structures

START = date(2026, 6, 1)


def week(number: int) -> date:
    return START + timedelta(weeks=number - 1)


def order(number: int, quantity: int, **more: Any) -> Demand:
    return Demand(f"o{number}-{quantity}", "pump", Decimal(quantity), week(number), **more)


def lot(number: int, quantity: int, **more: Any) -> Supply:
    more = {"kind": "production_order", **more}
    return Supply(f"s{number}-{quantity}", "pump", Decimal(quantity), week(number), **more)


def pumps(*rows: Row, stock: int = 0) -> Model:
    model = Model()
    model.put("stock", [OnHand("pump", Decimal(stock))])
    model.put("rows", rows)
    return model


def promised(model: Model) -> tuple[int, dict[int, int]]:
    """At once, and by week."""
    found = atp(model, "pump")
    weeks = {(on - START).days // 7 + 1: int(quantity) for on, quantity in found.promises}
    return int(found.available), weeks


def test_the_industrial_pumps_of_the_textbook() -> None:
    """W. J. Stevenson, Operations Management, chapter "Aggregate Planning and Master Scheduling":
    64 pumps, orders of 33, 20, 10, 4 and 2 in weeks 1 to 5, lots of 70 in weeks 3, 5, 7 and 8.
    There ATP is 11 in week 1, 56 in week 3, 68 in week 5, then 70 and 70; ours is the sum."""
    orders = [order(n, q) for n, q in ((1, 33), (2, 20), (3, 10), (4, 4), (5, 2))]
    model = pumps(*orders, *(lot(n, 70) for n in (3, 5, 7, 8)), stock=64)
    assert promised(model) == (
        11, {3: 11 + 56, 5: 11 + 56 + 68, 7: 11 + 56 + 68 + 70, 8: 11 + 56 + 68 + 70 + 70}
    )  # fmt: skip


def test_a_later_order_that_its_receipt_does_not_cover_takes_of_what_came_before() -> None:
    """10 there; 20 come in week 3, and 25 are promised in week 4: 5 of the 10 are for these."""
    assert promised(pumps(order(4, 25), lot(3, 20), stock=10)) == (5, {})


def test_on_one_day_receipts_come_before_what_they_serve() -> None:
    assert promised(pumps(order(3, 20), lot(3, 20), stock=10)) == (10, {})


def test_more_is_promised_than_comes() -> None:
    model = pumps(order(1, 30), order(9, 5), lot(3, 10), lot(5, 30), stock=10)
    assert promised(model) == (0, {5: 15})
    told = availability(model, Structures(model, START), "pump")
    assert (told.on_hand, told.reserved, told.available) == (10, 10, 0)


def test_stock_below_zero_is_made_up_for_first() -> None:
    assert promised(pumps(lot(2, 10), stock=-4)) == (0, {2: 6})


def test_forecasts_are_no_promises_and_requisitions_no_receipts() -> None:
    model = pumps(order(1, 5, kind="forecast"), lot(2, 9, kind="requisition"), stock=8)
    assert promised(model) == (8, {})


def test_who_carries_a_tracking_number_takes_his_own_first_if_it_is_there_in_time() -> None:
    """Of 10 tracked, 4 lie there and 5 come in time: 1 is taken of what is anybody's. The 3 that
    come too late are still his, and nobody else's."""
    model = pumps(
        order(3, 10, tracking="T1"), lot(2, 5, tracking="T1"), lot(4, 3, tracking="T1"), stock=6
    )
    model.put("own", [OnHand("pump", Decimal(4), "T1")])
    assert promised(model) == (5, {})


def test_a_receipt_that_names_its_order_is_for_that_and_the_rest_for_anybody() -> None:
    model = pumps(order(1, 10), lot(3, 12, demand="o1-10"), stock=6)
    assert promised(model) == (6, {3: 8})


def machines(**days: int | None) -> Model:
    """A pump is a housing and a motor, a motor a coil."""
    kinds = {"pump": "make", "motor": "make"}
    model = Model()
    model.put(
        "items",
        [Item(key, f"N-{key}", kind=kinds.get(key, "buy"), lead_time=days[key]) for key in days],
    )
    model.put("boms", [
        Structure("pump", (Component("housing", Decimal(1)), Component("motor", Decimal(1)))),
        Structure("motor", (Component("coil", Decimal(2)),)),
    ])  # fmt: skip
    return model


def test_beyond_that_it_takes_the_longest_way_down() -> None:
    """2 days to assemble; housings take 20, motors 5 and their coils 30 before that."""
    model = machines(pump=2, housing=20, motor=5, coil=30)
    assert lead(model, Structures(model, START), "pump").days == 2 + 5 + 30


def test_a_lead_time_that_nobody_knows_is_named() -> None:
    model = machines(pump=2, housing=None, motor=5)
    told = availability(model, Structures(model, START), "pump")
    assert (told.lead_time_days, told.missing) == (None, ("N-housing", "coil"))


def test_what_is_made_of_nothing_takes_nobody_knows_how_long() -> None:
    model = machines(pump=2, housing=3, motor=5, coil=1)
    model.put("boms", [])
    assert lead(model, Structures(model, START), "motor") == (None, {"motor"})
