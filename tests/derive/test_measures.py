"""How the firm did in one month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.derive.measures import Seen, Shelf, measures, shipped_costs
from connector.derive.model import Item
from connector.objects.derived import Measures, OrderProgress
from connector.objects.fulfilment import GoodsReturn, Shipment, ShipmentLine
from connector.objects.planning import Forecast
from tests.derive.papers import D, day, due, line, order, receivable

MARCH = date(2026, 3, 1)


def done(ordered: date, shipped: date, promised: date | None = None, **more: Any) -> Seen:
    """An order for 1,130 with tax that was delivered in full."""
    planned = more.pop("planned_start", None)
    progress = OrderProgress(record="o", stage="shipped", shipped_on=shipped, **more)
    placed = order(line("1", "pump", 1, "1130"), ordered_on=ordered, promised_on=promised)
    return Seen(placed, progress, planned)


def placed(on: date, customer: str = "C", amount: Any = "1130", **more: Any) -> Seen:
    received = D(more.pop("received", 0))
    made = order(line("1", "pump", 1, amount), ordered_on=on, customer=customer, **more)
    return Seen(made, received=received)


def of(*seen: Seen, **more: Any) -> Measures:
    return measures(MARCH, seen, **more)


def test_the_cycle_is_the_median_of_what_was_delivered_in_the_month() -> None:
    found = of(
        done(day(1), day(11)),
        done(day(1), day(13)),
        done(day(1, 1), day(31)),  # one that lay for 89 days
        done(day(1), day(4, 4)),
        placed(day(9)),
    )
    assert (found.orders, found.cycle_days) == (3, 12)
    assert of(done(day(1), day(11)), done(day(1), day(12))).cycle_days == D("10.5")
    assert of().cycle_days is None


def test_steps_add_up_to_the_cycle_and_show_the_bottleneck() -> None:
    one = done(
        day(1),
        day(20),
        materials_on=day(9),
        started_on=day(10),
        produced_on=day(15),
        inspected_on=day(16),
    )
    # materials lay there before it was ordered; production is not known
    other = done(day(3), day(9), materials_on=day(2, 2), inspected_on=day(8))
    # inspected once more after it had left
    again = done(day(1), day(5), inspected_on=day(9))
    assert [x.days for x in of(again).steps] == [4, 0]
    steps = {x.milestone: x.days for x in of(one).steps}
    assert steps == {"materials": 8, "started": 1, "produced": 5, "inspected": 1, "shipped": 4}
    assert sum(steps.values()) == of(one).cycle_days
    both = {x.milestone: x.days for x in of(other, one).steps}
    assert both["materials"] == 4
    assert both["inspected"] == D("3")
    assert max(both, key=lambda x: both[x]) == "produced"


def test_on_time_is_by_the_promised_day_and_kitting_by_the_planned_start() -> None:
    found = of(
        done(day(1), day(10), day(10)),
        done(day(1), day(11), day(10), materials_on=day(7), planned_start=day(5)),
        done(day(1), day(12), day(10), materials_on=day(4), planned_start=day(5)),
        done(day(1), day(13), day(10)),  # late, and nobody knows why
        done(day(1), day(20)),  # nothing promised
    )
    assert (found.on_time_rate, found.kitting_delay_rate) == (D("0.25"), D("0.5"))
    assert (of(done(day(1), day(2))).on_time_rate, of().kitting_delay_rate) == (None, None)


def test_stock_turns_by_what_shipped_goods_cost() -> None:
    # 100 thousand a month is 1.2 million a year, over a mean of 300 thousand
    found = of(shelf=Shelf(D(280_000), D(320_000), D(100_000)))
    assert (found.turnover, found.stock_value) == (4, 320_000)
    assert of(shelf=Shelf(None, D(280_000), D(1))).turnover is None
    assert of(shelf=Shelf(D(280_000), None, D(1))).turnover is None
    assert of(shelf=Shelf(D(0), D(0), D(1))).turnover is None


def test_what_was_shipped_costs_what_left_less_what_came_back() -> None:
    def moved(material: str, quantity: int) -> tuple[ShipmentLine, ...]:
        return (ShipmentLine(id="1", material=material, quantity=D(quantity)),)

    there = [
        Shipment(shipped_on=day(3), status="approved", lines=moved("pump", 5)),
        Shipment(shipped_on=day(31), status="closed", lines=moved("bolt", 100)),
        Shipment(shipped_on=day(9), status="draft", lines=moved("pump", 50)),
        Shipment(shipped_on=day(1, 4), status="approved", lines=moved("pump", 1)),
        Shipment(shipped_on=day(4), status="approved", lines=moved("sample", 7)),
    ]
    back = [GoodsReturn(returned_on=day(20), status="approved", lines=moved("pump", 2))]
    costs = {"pump": D("120.50"), "bolt": D("0.125")}
    assert shipped_costs(there, back, costs.get) == {
        MARCH: 3 * D("120.50") + D("12.50"), day(1, 4): D("120.50"),
    }  # fmt: skip


def forecast(material: str, quantity: Any, **more: Any) -> Forecast:
    usual = {"starts_on": MARCH, "ends_on": day(31), "status": "confirmed"}
    return Forecast(material=material, quantity=D(quantity), **{**usual, **more})


def accuracy(actual: dict[str, Any], *forecasts: Forecast) -> Decimal | None:
    lines = [line(str(n), m, q, 1) for n, (m, q) in enumerate(actual.items())]
    items = {m: Item(m, unit="pcs", sales_unit="pcs", factors=(("box", D(10)),)) for m in "ABCDE"}
    return of(Seen(order(*lines)), forecasts=forecasts, items=items).forecast_accuracy


def test_forecast_accuracy_is_one_less_the_weighted_error() -> None:
    # Actual 100, 200, 150 against 90, 210, 140: 30 / 450 = 6.67 %, the usual worked example.
    actual = {"A": 100, "B": 200, "C": 150}
    told = [forecast("A", 90), forecast("B", 210), forecast("C", 140)]
    assert accuracy(actual, *told) == D("0.9333")
    # What was forecast and not ordered, and ordered and not forecast, are errors like others.
    assert accuracy({"A": 100}, forecast("B", 40)) == D("-0.4")
    assert accuracy({}, forecast("B", 40)) is None


def test_forecasts_count_as_expected_in_base_units_and_by_days() -> None:
    assert accuracy({"A": 100}, forecast("A", 10, unit="box")) == 1
    assert accuracy({"A": 100}, forecast("A", 200, probability=D("0.5"))) == 1
    # 61 days of March and April; 31 of them in March
    assert accuracy({"A": 31}, forecast("A", 61, ends_on=day(30, 4))) == 1
    assert accuracy({"A": 100}, forecast("A", 100), forecast("A", 9, status="cancelled")) == 1
    assert (
        accuracy(
            {"A": 100}, forecast("A", 100), forecast("A", 9, starts_on=day(1, 4), ends_on=day(9, 4))
        )
        == 1
    )
    # in a unit that nobody can convert, the material says nothing
    strange = forecast("A", 1, unit="?")
    assert accuracy({"A": 9, "B": 10}, strange, forecast("A", 5), forecast("B", 10)) == 1


def test_orders_grow_against_the_month_and_the_year_before() -> None:
    seen = [
        placed(day(9)),
        placed(day(12), currency="USD", rate=D("7.5"), amount="226"),
        placed(day(9), in_force=False),
        placed(day(28, 2), amount="2260"),
        placed(date(2025, 3, 31), amount="1130"),
    ]
    found = of(*seen)
    # 1,000 and 200 dollars at 7.5: 2,500; 2,000 in February; 1,000 a year before
    assert (found.ordered, found.growth, found.growth_year) == (2500, D("0.25"), D("1.5"))
    assert (of(placed(day(9))).growth, of().ordered) == (None, 0)


def test_what_was_collected_is_told_of_orders_and_of_dues() -> None:
    seen = [
        placed(day(9), received=565),
        placed(day(20), received=113),
        placed(day(2, 2), received=1),
    ]
    debts = [
        receivable("AR-1", "600", day(10), settled=D(600)),
        receivable("AR-2", "500", dues=(due(day(31), "200", "50"), due(day(1, 4), "300"))),
        receivable("AR-3", "100", day(10), currency="USD"),
        receivable("AR-4", "100", day(10), status="draft"),
    ]
    found = of(*seen, receivables=debts)
    # 678 of 2,260 ordered; 650 of the 800 that fell due
    assert (found.collected_of_orders, found.collected_of_dues) == (D("0.3"), D("0.8125"))
    assert (of().collected_of_orders, of().collected_of_dues) == (None, None)


@pytest.mark.parametrize("turned", [False, True])
def test_who_orders_again_had_ordered_before_the_month(turned: bool) -> None:
    seen = [
        placed(day(1), "new"),
        placed(day(2), "new"),
        placed(day(5), "old"),
        placed(day(5, 1), "old"),
        placed(day(5, 1), "gone"),
        placed(day(6), "third"),
        placed(date(2025, 1, 1), "third"),
    ]
    assert of(*(reversed(seen) if turned else seen)).repeat_rate == D("0.6667")
