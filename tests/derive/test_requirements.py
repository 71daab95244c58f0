"""What should be bought and made: textbooks' tables, and numbers that a planner can follow."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.derive.model import Component, Demand, Item, Model, OnHand, Row, Structure, Supply
from connector.derive.netting import lot
from connector.derive.requirements import Planner, week
from connector.derive.suggesting import Pegging, merge, requirement, suggestions
from connector.objects.derived import Suggestion

MONDAY = date(2026, 1, 5)


def D(value: Any) -> Decimal:
    return Decimal(str(value))


def period(number: int) -> date:
    return MONDAY + timedelta(weeks=number)


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


def order(id: str, material: str, quantity: Any, due: date, **more: Any) -> Demand:
    return Demand(id, material, D(quantity), due, record=f"SO-{id}", line=id, **more)


def forecast(id: str, material: str, quantity: Any, due: date, until: date, **more: Any) -> Demand:
    return order(id, material, quantity, due, kind="forecast", until=until, **more)


def bom(parent: str, **parts: Any) -> Structure:
    return Structure(parent, tuple(Component(part, D(per)) for part, per in parts.items()))


def model(*rows: Row) -> Model:
    found = Model()
    for n, row in enumerate(rows):
        found.put(str(n), [row])
    return found


def planned(planner: Planner, material: str) -> list[tuple[date, date, Decimal]]:
    """Start, due date and quantity of what is suggested."""
    return [(one.start, one.due, one.quantity) for one in planner.plans.get(material, [])]


def served(planner: Planner, material: str) -> list[list[tuple[str, Decimal]]]:
    """For each suggestion, whom it serves and with how much."""
    return [
        [(peg.record or peg.kind, peg.quantity) for peg in one.pegs]
        for one in suggestions(planner, material)
    ]


# -- textbooks -----------------------------------------------------------------------------------


def test_the_five_items_of_the_textbook() -> None:
    """F. R. Jacobs and R. B. Chase, Operations and Supply Chain Management, problems of the
    chapter "Material Requirements Planning": A of one B, two C and one D, C of two D and three E;
    the releases by period are those of the solution."""

    def item(key: str, kind: str, weeks: int, **lots: Decimal) -> Item:
        return Item(key, kind=kind, lead_time=7 * weeks, **lots)  # type: ignore[arg-type]

    planner = Planner(
        model(
            item("A", "make", 1),
            item("B", "buy", 1),
            item("C", "make", 1, minimum_lot=D(50)),
            item("D", "buy", 2, lot_multiple=D(100)),
            item("E", "buy", 2, lot_multiple=D(50)),
            bom("A", B=1, C=2, D=1),
            bom("C", D=2, E=3),
            *(OnHand(key, D(stock)) for key, stock in (("A", 20), ("C", 10), ("D", 20), ("E", 10))),
            Supply("b", "B", D(10), period(1)),
            Supply("c", "C", D(50), period(1)),
            *(order(str(n), "A", q, period(n)) for n, q in ((2, 30), (5, 30), (8, 40))),
        ),
        period(1),
    )
    releases = {
        key: {
            (start - MONDAY).days // 7: int(quantity)
            for start, _, quantity in planned(planner, key)
        }
        for key in "ABCDE"
    }
    assert releases == {
        "A": {1: 10, 4: 30, 7: 40},
        "B": {3: 30, 6: 40},
        "C": {3: 50, 6: 50},
        "D": {1: 100, 2: 100, 4: 100},
        "E": {1: 150, 4: 150},
    }


def test_the_seat_subassembly_of_the_textbook() -> None:
    """L. J. Krajewski and L. P. Ritzman, Operations Management, chapter on resource planning: 37
    there, 230 come in week 1, lots of 230 in two weeks. On hand goes 117, 117, 117, then -3: a lot
    in week 4; 227, 227, 77, then -43: one in week 7."""
    wanted = {1: 150, 4: 120, 6: 150, 7: 120}
    planner = Planner(
        model(
            Item("C", lead_time=14, minimum_lot=D(230)),
            OnHand("C", D(37)),
            Supply("s", "C", D(230), period(1)),
            *(order(str(n), "C", quantity, period(n)) for n, quantity in wanted.items()),
        ),
        period(1),
    )
    assert planned(planner, "C") == [
        (period(2), period(4), 230), (period(5), period(7), 230)
    ]  # fmt: skip
    assert served(planner, "C") == [
        [("SO-4", 3), ("SO-6", 150), ("SO-7", 77)],
        [("SO-7", 43), ("lot_rounding", 187)],
    ]


# -- what is wanted ------------------------------------------------------------------------------


def consumed(*demands: Demand, opening: date = MONDAY) -> dict[str, Decimal]:
    """What is planned for whom of a bought part of which nothing is there."""
    planner = Planner(model(Item("P"), *demands), opening)
    return {name: quantity for one in served(planner, "P") for name, quantity in one}


MARCH = {"due": day(1), "until": day(31)}


def test_an_order_beyond_its_forecast_is_wanted_in_full_and_the_forecast_no_more() -> None:
    """Oracle Master Scheduling/MRP User's Guide, "Consumption with Periodic Buckets": 20 are
    expected in the period, an order for 25 comes on the 12th: the forecast is consumed, and 25
    are wanted in all."""
    assert consumed(forecast("f", "P", 20, **MARCH), order("o", "P", 25, day(12))) == {"SO-o": 25}


def test_orders_consume_what_is_expected_of_their_customer_before_what_is_of_anybody() -> None:
    """Of 50 for X and 40 for anybody, 60 of X leave 30 for anybody, and 5 of Y then 25."""
    rest = consumed(
        forecast("anybody", "P", 40, **MARCH),
        forecast("x", "P", 50, **MARCH, customer="X"),
        forecast("z", "P", 7, **MARCH, customer="Z"),
        order("1", "P", 60, day(10), customer="X"),
        order("2", "P", 5, day(11), customer="Y"),
    )
    assert rest == {"SO-anybody": 25, "SO-z": 7, "SO-1": 60, "SO-2": 5}


def test_only_what_falls_into_the_period_consumes_a_forecast() -> None:
    early, last = order("early", "P", 1, day(28, 2)), order("last", "P", 2, day(31))
    assert consumed(forecast("f", "P", 10, **MARCH), early, last)["SO-f"] == 8


def test_what_was_shipped_has_consumed_its_forecast_all_the_same() -> None:
    shipped = order("o", "P", 0, day(5), ordered=D(6))
    assert consumed(forecast("f", "P", 10, **MARCH), shipped) == {"SO-f": 4}


def test_a_forecast_that_has_ended_is_over_and_an_order_never_is() -> None:
    late, past = order("late", "P", 3, day(2)), forecast("f", "P", 10, **MARCH)
    assert consumed(late, past, opening=day(1, 4)) == {"SO-late": 3}
    assert "SO-f" in consumed(late, past, opening=day(31))


def test_what_is_missing_of_the_safety_stock_is_due_on_the_opening() -> None:
    """Safety stock 10. 6 are there: 4 are missing at once, and the order of 5 has none."""
    rows = (Item("P", safety_stock=D(10), lead_time=3), order("o", "P", 5, day(20)))
    planner = Planner(model(*rows, OnHand("P", D(6))), day(9))
    assert planned(planner, "P") == [(day(6), day(9), 4), (day(17), day(20), 5)]
    assert served(planner, "P") == [[("safety_stock", 4)], [("SO-o", 5)]]
    planner = Planner(model(*rows, OnHand("P", D(-2))), day(9))
    assert served(planner, "P") == [[("safety_stock", 12)], [("SO-o", 5)]]
    planner = Planner(model(*rows, OnHand("P", D(12))), day(9))
    assert served(planner, "P") == [[("SO-o", 3)]]


# -- what is there -------------------------------------------------------------------------------


def test_what_comes_too_late_is_to_be_brought_forward_not_ordered_once_more() -> None:
    """5 wanted on the 10th and 5 on the 20th, 8 come on the 15th: 5 of them are late; 2 more."""
    rows = (Item("P"), order("1", "P", 5, day(10)), order("2", "P", 5, day(20)))
    planner = Planner(model(*rows, Supply("s", "P", D(8), day(15))), day(1))
    assert served(planner, "P") == [[("SO-2", 2)]]
    told = requirement(planner, planner.model, "P")
    assert told.incoming == 8
    assert [(o.wanted_on, o.expected_on, o.quantity) for o in told.late] == [(day(10), day(15), 5)]


def test_what_was_ordered_today_for_yesterday_is_not_suggested_again() -> None:
    rows = (Item("P"), order("1", "P", 5, day(10)), Supply("s", "P", D(5), day(25)))
    assert Planner(model(*rows), day(25)).plans == {}


def test_what_names_an_order_serves_it_however_late_and_others_with_the_rest() -> None:
    rows = (Item("P"), order("1", "P", 5, day(10)), order("2", "P", 5, day(20)))
    planner = Planner(model(*rows, Supply("s", "P", D(8), day(15), demand="1")), day(1))
    assert served(planner, "P") == [[("SO-2", 2)]]


def test_what_carries_a_tracking_number_is_planned_and_kept_for_that() -> None:
    """T1 wants 10 machines: 1 is its own, 2 are anybody's; 7 are to be made for it, of 14 motors,
    4 of which are its own. The other order finds nothing and gets its own."""
    planner = Planner(
        model(
            Item("machine", kind="make", lead_time=5),
            Item("motor", lead_time=10),
            bom("machine", motor=2),
            OnHand("machine", D(1), "T1"),
            OnHand("machine", D(2)),
            OnHand("motor", D(4), "T1"),
            order("1", "machine", 10, day(20), tracking="T1"),
            order("2", "machine", 1, day(25)),
        ),
        day(1),
    )
    made = list(suggestions(planner, "machine"))
    assert [(one.id, one.tracking_no, one.quantity) for one in made] == [
        ("machine-make-20260320-T1", "T1", 7),
        ("machine-make-20260325", "", 1),
    ]
    bought = [(one.id, one.quantity) for one in suggestions(planner, "motor")]
    assert bought == [("motor-buy-20260315-T1", 10), ("motor-buy-20260320", 2)]


def test_urgent_orders_of_one_day_have_what_is_there() -> None:
    rows = (order("calm", "P", 5, day(10)), order("urgent", "P", 5, day(10), urgency=9))
    planner = Planner(model(Item("P"), OnHand("P", D(5)), *rows), day(1))
    assert served(planner, "P") == [[("SO-calm", 5)]]


# -- how much and when ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minimum", "multiple", "quantity", "planned"),
    [(0, 0, "7.5", "7.5"), (10, 0, 7, 10), (10, 0, 11, 11), (0, 6, 13, 18), (0, 6, 12, 12),
     (10, 6, 7, 12), (10, 6, 13, 18), (0, "0.25", "0.3", "0.5")],
)  # fmt: skip
def test_lots(minimum: Any, multiple: Any, quantity: Any, planned: Any) -> None:
    rule = Item("P", minimum_lot=D(minimum), lot_multiple=D(multiple))
    assert lot(rule, D(quantity)) == D(planned)


def test_scrap_is_drawn_to_the_last_digit_that_can_be_stated() -> None:
    """Of 31 issued one is lost: 31/30 per piece, as far as a decimal goes; 7 pieces draw 7.2333…"""
    planner = Planner(
        model(
            Item("top", kind="make"),
            Structure("top", (Component("sheet", Decimal(31) / Decimal(30)),)),
            order("o", "top", 7, day(10)),
        ),
        day(1),
    )
    assert planned(planner, "sheet") == [(day(10), day(10), D("7.233333333333"))]


def test_three_times_two_thirds_are_two_and_no_box_more() -> None:
    """A decimal's two thirds are a little more, and so are three planned orders' together."""
    rows = [order(str(n), "top", 1, day(n)) for n in (9, 10, 11)]
    known = [Item("top", kind="make"), Item("nut", lot_multiple=D(1)), *rows]
    thirds = Structure("top", (Component("nut", Decimal(2) / 3),))
    planner = Planner(model(*known, thirds, OnHand("nut", D(2))), day(1))
    assert planned(planner, "nut") == []
    thrice = thirds._replace(components=thirds.components * 3)
    planner = Planner(model(*known[:2], rows[0], thrice), day(1))
    assert planned(planner, "nut") == [(day(9), day(9), 2)]
    assert served(planner, "nut") == [[("top-make-20260309", 2)]]


def test_a_planned_order_draws_by_the_bom_that_is_valid_when_it_starts() -> None:
    """The nut is replaced on the 10th; it takes 4 days to make one."""
    nut, rivet = Component("nut", D(2), valid_to=day(10)), Component("rivet", D(3), day(10))
    planner = Planner(
        model(
            Item("top", kind="make", lead_time=4),
            Structure("top", (nut, rivet)),
            order("1", "top", 1, day(13)),
            order("2", "top", 1, day(14)),
        ),
        day(1),
    )
    assert planned(planner, "nut") == [(day(9), day(9), 2)]
    assert planned(planner, "rivet") == [(day(10), day(10), 3)]


def test_a_working_calendar_can_be_given() -> None:
    def working(due: date, days: int) -> date:
        while days:
            due -= timedelta(days=1)
            days -= due.weekday() < 5
        return due

    rows = (Item("P", lead_time=3), order("o", "P", 1, day(10)))  # a Tuesday
    assert planned(Planner(model(*rows), day(1), back=working), "P") == [(day(5), day(10), 1)]


def test_where_nobody_knows_the_lead_time_nobody_says_when_to_start() -> None:
    planner = Planner(model(Item("P"), order("o", "P", 1, day(10))), day(1))
    (one,) = suggestions(planner, "P")
    assert (one.start_on, one.due_on) == (None, day(10))


def test_by_weeks_what_falls_into_one_is_planned_together_for_its_monday() -> None:
    rows = [order(str(n), "top", 1, day(n)) for n in (9, 11, 15, 16)]
    top = (Item("top", kind="make", lead_time=2), bom("top", nut=4))
    planner = Planner(model(*top, *rows), day(1), bucket=week)
    assert planned(planner, "top") == [(day(7), day(9), 3), (day(14), day(16), 1)]
    assert planned(planner, "nut") == [(day(2), day(2), 12), (day(9), day(9), 4)]


# -- for whom ------------------------------------------------------------------------------------


def screws() -> Planner:
    """Two machines for A and one for B are planned as one lot of 4, of 3 screws each; screws are
    bought in boxes of 10, and 1 is there."""
    return Planner(
        model(
            Item("machine", kind="make", lead_time=2, lot_multiple=D(4)),
            Item("screw", "S-1", lot_multiple=D(10), lead_time=5),
            bom("machine", screw=3),
            OnHand("screw", D(1)),
            order("A", "machine", 2, day(20)),
            order("B", "machine", 1, day(20)),
            order("C", "screw", 4, day(30)),
        ),
        day(1),
    )


def test_each_unit_is_for_somebody_directly() -> None:
    """Of 12 screws one is there and 11 are bought, of the box of 20 then 4 are for C."""
    planner = screws()
    assert served(planner, "machine") == [[("SO-A", 2), ("SO-B", 1), ("lot_rounding", 1)]]
    assert served(planner, "screw") == [
        [("machine-make-20260320", 11), ("SO-C", 4), ("lot_rounding", 5)]
    ]
    told = requirement(planner, planner.model, "screw")
    assert (told.number, told.gross, told.on_hand) == ("S-1", 16, 1)


def test_each_unit_is_for_a_customer_in_the_end_to_the_last_digit() -> None:
    """11 screws are for 4 machines, 2 of them A's: 5.5 and 2.75, and 2.75 for the lot."""
    roots = {
        (root.demand.id if root.demand else f"{root.kind} {root.material}"): root.quantity
        for root in Pegging(screws()).roots("screw", 0)
    }
    assert roots == {
        "A": D("5.5"), "B": D("2.75"), "lot_rounding machine": D("2.75"),
        "C": 4, "lot_rounding screw": 5,
    }  # fmt: skip


def test_a_third_is_shared_out_without_a_rest() -> None:
    rows = [order(id, "top", 1, day(20)) for id in "ABC"]
    planner = Planner(model(Item("top", kind="make"), bom("top", nut=1), *rows), day(1))
    planner = Planner(
        model(Item("top", kind="make"), bom("top", nut=1), OnHand("nut", D(2)), *rows), day(1)
    )
    shares = [root.quantity for root in Pegging(planner).roots("nut", 0)]
    assert shares == [D("0.333333333334"), D("0.333333333333"), D("0.333333333333")]


def test_planned_orders_are_merged_without_forgetting_for_whom() -> None:
    rows = [order(str(n), "P", n, day(n)) for n in (9, 11, 16)]
    tracked = order("t", "P", 2, day(10), tracking="T1")
    planner = Planner(model(Item("P", lead_time=1), *rows, tracked), day(1))
    first, second, third = merge(suggestions(planner, "P"), week)
    assert (first.quantity, first.start_on, first.due_on) == (20, day(8), day(9))
    assert first.suggestions == ("P-buy-20260309", "P-buy-20260311")
    assert [(peg.record, peg.quantity) for peg in first.pegs] == [("SO-9", 9), ("SO-11", 11)]
    assert (second.tracking_no, second.quantity, third.quantity) == ("T1", 2, 16)
    assert [one.quantity for one in merge(suggestions(planner, "P"))] == [36, 2]


def test_a_merged_release_names_whom_it_serves_once() -> None:
    planner = Planner(
        model(
            Item("P", lot_multiple=D(4)), order("1", "P", 2, day(9)), order("2", "P", 4, day(10))
        ),
        day(1),
    )
    first, second = suggestions(planner, "P")
    (release,) = merge([second, first])
    assert [(peg.record or peg.kind, peg.quantity) for peg in release.pegs] == [
        ("SO-1", 2), ("SO-2", 4), ("lot_rounding", 2)
    ]  # fmt: skip


# -- what cannot be planned ----------------------------------------------------------------------


def test_what_goes_round_in_a_circle_is_left_out_and_named_and_the_rest_is_planned() -> None:
    made = [Item(key, kind="make") for key in ("top", "A", "B", "C")]
    boms = [bom("top", A=1, C=1), bom("A", B=1), bom("B", A=1, nut=1), bom("C", nut=2)]
    planner = Planner(model(*made, *boms, order("o", "top", 5, day(9))), day(1))
    assert planner.structures.cycles() == [("A", "B", "A")]
    assert sorted(planner.plans) == ["C", "nut", "top"]
    assert planned(planner, "nut") == [(day(9), day(9), 10)]


def test_what_should_be_made_of_nothing_is_named() -> None:
    late = bom("top", nut=1)._replace(valid_from=day(9))
    planner = Planner(
        model(Item("top", kind="make", lead_time=1), late, order("o", "top", 1, day(9))), day(1)
    )
    assert list(planner.unmade()) == ["top"]
    planner = Planner(
        model(Item("top", kind="make", lead_time=1), late, order("o", "top", 1, day(10))), day(1)
    )
    assert list(planner.unmade()) == []


# -- planning on ---------------------------------------------------------------------------------


def test_only_what_an_order_touches_is_planned_again() -> None:
    rows = (Item("top", kind="make"), bom("top", nut=2), OnHand("bolt", D(1)))
    known = model(*rows, order("o", "top", 3, day(9)), order("p", "bolt", 3, day(9)))
    planner = Planner(known, day(1))
    changed = known.put("3", [order("o", "top", 4, day(9))])
    assert planner.update(changed) == {"top", "nut"}
    assert planned(planner, "nut") == [(day(9), day(9), 8)]


def test_an_id_stays_while_material_kind_day_and_tracking_number_do() -> None:
    def ids(quantity: int) -> list[str]:
        known = model(Item("P"), order("o", "P", quantity, day(9)), order("p", "P", 1, day(7)))
        found: list[Suggestion] = list(suggestions(Planner(known, day(1)), "P"))
        return [one.id for one in found]

    assert ids(3) == ids(4) == ["P-buy-20260307", "P-buy-20260309"]


def test_a_circle_that_is_closed_and_opened_again_takes_everything_on_it_along() -> None:
    """A goes into nothing, B into A, C into B; B alone is wanted, of two nuts each."""
    made = [Item(key, kind="make") for key in "ABC"]
    known = model(*made, bom("A", B=1), bom("B", C=1, nut=2), order("o", "B", 5, day(9)))
    planner = Planner(known, day(1))
    whole = [(day(9), day(9), 5)], [(day(9), day(9), 10)]
    assert (planned(planner, "B"), planned(planner, "nut")) == whole
    planner.update(known.put("closing", [bom("C", A=1, nut=1)]))
    assert planner.structures.cycles() == [("A", "B", "C", "A")]
    assert (planned(planner, "B"), planned(planner, "nut")) == ([], [])
    planner.update(known.put("closing", []))
    assert (planned(planner, "B"), planned(planner, "nut")) == whole


# -- production orders that exist already --------------------------------------------------------


def test_a_production_order_that_has_not_started_takes_its_components_when_it_does() -> None:
    """5 pumps are being made, from the 9th on, of 2 shafts each: 10 shafts by then; 4 lie there.
    Once it has started, it has them."""
    begins = Supply("mo", "pump", D(5), day(12), "production_order", "MO-1", start=day(9))
    pump, shaft = Item("pump", kind="make", lead_time=3), Item("shaft", lead_time=2)
    known = model(pump, shaft, bom("pump", shaft=2), OnHand("shaft", D(4)))
    planner = Planner(known, MONDAY)
    assert planned(planner, "shaft") == []
    touched = known.put("mo", [begins])
    assert planner.update(touched) >= {"pump", "shaft"}
    assert planned(planner, "shaft") == [(day(7), day(9), D(6))]
    assert served(planner, "shaft") == [[("MO-1", D(6))]]
    assert [root.kind for root in Pegging(planner).roots("shaft", 0)] == ["production_order"]
    planner.update(known.put("mo", [begins._replace(start=None)]))
    assert planned(planner, "shaft") == []


def test_what_a_production_order_makes_is_not_planned_again_and_what_it_takes_is() -> None:
    """4 of 6 pumps are on order: 2 more are planned, and shafts are wanted for all 6."""
    begins = Supply("mo", "pump", D(4), day(12), "production_order", "MO-1", start=day(9))
    planner = Planner(
        model(
            Item("pump", kind="make", lead_time=3),
            Item("shaft"),
            bom("pump", shaft=2),
            begins,
            order("1", "pump", 6, day(20)),
        ),
        MONDAY,
    )
    assert planned(planner, "pump") == [(day(17), day(20), D(2))]
    assert planner.gross("shaft") == 12
    assert served(planner, "shaft") == [[("MO-1", D(8))], [("pump-make-20260320", D(4))]]
