"""Margins of many orders, and whether one is falling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from connector.derive.profit import Dimension, Earned, by_month, falling, total
from connector.objects.derived import LineMargin, OrderMargin
from tests.derive.papers import D

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def earned(customer: str, on: date, *lines: tuple[str, Any, Any]) -> OrderMargin:
    rows = tuple(
        LineMargin(id=m, material=m, revenue=D(r), cost=None if c is None else D(c))
        for m, r, c in lines
    )
    return OrderMargin(record="o", customer=customer, ordered_on=on, lines=rows)


def earned_by(orders: Iterable[OrderMargin], dimension: Dimension) -> dict[str, Earned]:
    return {name: total(months) for name, months in by_month(orders, dimension).items()}


ORDERS = [
    earned("K1", date(2026, 3, 9), ("pump", 1000, 600), ("hose", 200, 150)),
    earned("K2", date(2026, 3, 30), ("pump", 500, 400)),
    earned("K1", date(2026, 4, 2), ("pump", 100, None)),
]


def test_margins_by_customer_and_by_product() -> None:
    by_customer = earned_by(ORDERS, lambda order, _: order.customer)
    assert by_customer == {"K1": Earned(D(1200), D(750), D(100)), "K2": Earned(D(500), D(400))}
    # (1,200 - 750) / 1,200; what nobody knows the cost of is in no rate
    assert (by_customer["K1"].margin, by_customer["K1"].rate) == (450, D("0.375"))
    by_product = earned_by(ORDERS, lambda _, line: line.material)
    assert {name: x.margin for name, x in by_product.items()} == {"hose": 50, "pump": 500}
    assert earned_by(reversed(ORDERS), lambda _, line: line.material) == by_product


def test_margins_by_month_of_the_order() -> None:
    found = by_month(ORDERS, lambda _, line: line.material)["pump"]
    assert found == {MARCH: Earned(D(1500), D(1000)), APRIL: Earned(unknown=D(100))}
    assert found[APRIL].rate is None


@pytest.mark.parametrize(
    ("costs", "falls"),
    [
        ([60, 61, 62, 64], True),  # 40, 39, 38, 36 %: four points in three falls
        ([60, 61, 62, "62.9"], False),  # falls, but by less than three points
        ([60, 64, 63, 66], False),  # not each month
        ([60, 64, None, 66], False),  # a month says nothing
        ([66, 64, 62, 60], False),
    ],
)
def test_a_margin_falls_three_months_running_and_by_three_points(
    costs: list[Any], falls: bool
) -> None:
    months = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    seen = {
        month: Earned(D(100), D(cost))
        for month, cost in zip(months, costs, strict=True)
        if cost is not None
    }
    assert falling(seen, months[-1]) is falls
    assert not falling(seen, MARCH)
