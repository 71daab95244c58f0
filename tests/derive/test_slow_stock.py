"""Stock that nobody moves."""

from __future__ import annotations

from datetime import date
from typing import Any

from connector.derive.model import Item
from connector.derive.slow_stock import (
    Motion,
    idle_days,
    noted,
    received,
    shipped,
    slow_stock,
    used,
)
from connector.objects.derived import SlowStock
from connector.objects.fulfilment import GoodsReceipt, ProductionOrder, ReceiptLine
from connector.objects.goods import Stock, StockMove
from tests.derive.papers import D, day, shipment

VALVE = Item("valve", number="N-1", unit="pcs", factors=(("box", D(12)),))


def lot(on_hand: Any, **more: Any) -> Stock:
    return Stock(material="valve", on_hand=D(on_hand), **more)


def slow(*lots: Stock, motions: Any = (), cost: Any = "2.5") -> SlowStock:
    return slow_stock(VALVE, lots, motions, None if cost is None else D(cost))


def test_all_that_is_ours_counts_in_base_units_and_at_cost() -> None:
    lots = [lot(3), lot(2, unit="box"), lot(1, status="blocked"), lot(99, owner="K")]
    found = slow(*lots)
    # 3 + 2 × 12 + 1 = 28, at 2.50
    assert (found.on_hand, found.value, found.left_out) == (28, 70, ())
    assert slow(*reversed(lots)) == found


def test_what_cannot_be_valued_is_not_worth_zero() -> None:
    assert slow(lot(3), cost=None).value is None
    strange = slow(lot(3), lot(5, unit="barrel"))
    assert (strange.on_hand, strange.value, strange.left_out) == (3, None, ("barrel",))


def test_the_last_issue_counts_whatever_came_since() -> None:
    into = GoodsReceipt(
        received_on=day(20),
        status="approved",
        lines=(ReceiptLine(id="1", material="valve", quantity=D(5)),),
    )
    making = ProductionOrder(material="pump", planned=D(1), started_on=day(7))
    motions = [
        *shipped(shipment(day(3), ("r1", "valve", 1), ("r2", "other", 1))),
        *shipped(shipment(day(25), ("r1", "valve", 1), status="draft")),
        *received(into),
        *used(making, ["valve"]),
        *used(making.model_copy(update={"started_on": None}), ["valve"]),
        *noted(StockMove(material="valve", moved_on=day(9), quantity=D(-1))),
        *noted(
            StockMove(material="valve", moved_on=day(28), quantity=D(-1), kind="transfer"),
            ["transfer"],
        ),
        *noted(StockMove(material="valve", moved_on=day(12), quantity=D(1))),
        Motion("other", day(30)),
    ]
    found = slow(lot(1), motions=motions)
    assert (found.moved_on, found.came_on) == (day(9), day(20))


def test_age_is_judged_by_a_day_that_is_given() -> None:
    left = slow(lot(1), motions=[Motion("valve", day(1)), Motion("valve", day(20), False)])
    assert idle_days(left, date(2026, 9, 1)) == 184
    never = slow(lot(1), motions=[Motion("valve", day(20), False)])
    assert idle_days(never, day(25)) == 5
    assert idle_days(slow(lot(1)), day(25)) is None
