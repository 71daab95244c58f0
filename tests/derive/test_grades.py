"""How valuable customers are, what else they might buy, and whether they are leaving."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.derive.grades import (
    Habits,
    association_rules,
    customer_grades,
    fifths,
    silent_since,
)
from connector.derive.order import Order
from tests.derive.papers import D, day, line, order

YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def bought(customer: str, on: date, *materials: str, amount: Any = 113, **more: Any) -> Order:
    lines = [line(str(n), m, 1, amount) for n, m in enumerate(materials)]
    return order(*lines, source_customer=customer, ordered_on=on, **more)


def test_fifths_of_five_are_their_ranks_and_equals_are_equal() -> None:
    assert fifths({"a": 10, "b": 20, "c": 30, "d": 40, "e": 50}) == {
        x: n for n, x in enumerate("abcde", 1)
    }
    # Of ten, two in each fifth; the three that are equal all stand where the first of them does.
    values = dict(zip("abcdefghij", [1, 2, 3, 3, 3, 6, 7, 8, 9, 10], strict=True))
    assert list(fifths(values).values()) == [1, 1, 2, 2, 2, 3, 4, 4, 5, 5]
    assert fifths({"only": 7}) == {"only": 1}


@given(st.dictionaries(st.text(max_size=2), st.integers(0, 9), min_size=1, max_size=20))
def test_who_has_more_is_never_graded_lower(values: dict[str, int]) -> None:
    found = fifths(values)
    assert set(found.values()) <= {1, 2, 3, 4, 5}
    for one in values:
        for other in values:
            assert (found[one] <= found[other]) or values[one] > values[other]
            assert (found[one] == found[other]) or values[one] != values[other]


def test_recency_frequency_and_money_are_three_digits() -> None:
    orders = [
        bought("fresh", day(30), "a"),
        bought("often", day(1), "a"),
        bought("often", day(2), "a"),
        bought("often", day(3), "a"),
        bought("rich", day(10), "a", amount=113000),
        bought("old", day(1), "a"),
        bought("void", day(9), "a", in_force=False),
        bought("last year", date(2025, 12, 31), "a"),
    ]
    found = {x.customer: x for x in customer_grades(orders, *YEAR)}
    assert list(found) == ["fresh", "often", "old", "rich"]
    # Of four: 1 + 5 × smaller / 4. Recency old < often < rich < fresh; money old = fresh < often.
    assert {name: x.grade for name, x in found.items()} == {
        "fresh": "411",
        "often": "243",
        "rich": "314",
        "old": "111",
    }
    assert (found["often"].orders, found["often"].revenue) == (3, 300)
    assert found["often"].last_order_on == day(3)
    Random(1).shuffle(orders)
    assert customer_grades(orders, *YEAR) == tuple(found.values())


BASKETS = [
    frozenset(x)
    for x in (
        {"bread", "milk"},
        {"bread", "diapers", "beer", "eggs"},
        {"milk", "diapers", "beer", "cola"},
        {"bread", "milk", "diapers", "beer"},
        {"bread", "milk", "diapers", "cola"},
    )
]
"""The five baskets of Tan, Steinbach, Kumar: Introduction to Data Mining, table 6.1."""


def test_rules_are_those_of_the_textbook() -> None:
    # There: {beer, diapers} in 3 of 5; beer → diapers has confidence 3/3, diapers → beer 3/4, and
    # both lift (3/5) / (3/5 × 4/5) = 1.25. Bread, milk and diapers pair with lift below one.
    found = [(x.bought, x.also, x.both, x.confidence) for x in association_rules(BASKETS)]
    assert found == [("beer", "diapers", 3, 1), ("diapers", "beer", 3, D("0.75"))]
    assert association_rules(BASKETS, Habits(confidence=D("0.8")))[0].bought == "beer"
    assert association_rules(BASKETS, Habits(support=4)) == []


def test_who_bought_one_and_not_the_other_is_told_of_the_other() -> None:
    orders = [bought(f"c{n}", day(1), *basket) for n, basket in enumerate(BASKETS)]
    found = {x.customer: x.might_buy for x in customer_grades(orders, *YEAR)}
    assert found == {"c0": (), "c1": (), "c2": (), "c3": (), "c4": ("beer",)}


@pytest.mark.parametrize(
    ("gaps", "silent"),
    [
        # median of 10, 20, 90 is 20; twice that is 40 days of grace: silent from the 41st
        ((10, 20, 90), 41),
        ((5, 6), 12),  # 2 × 5.5 = 11
        ((7, 8), 16),
        ((30,), None),  # two orders tell no habit
    ],
)
def test_silence_is_twice_the_usual_interval(gaps: tuple[int, ...], silent: int | None) -> None:
    days = [day(1)]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    expected = None if silent is None else days[-1] + timedelta(days=silent)
    assert silent_since([*days, day(1)]) == expected
    # a day with two orders is one, and the order of the days does not matter
    assert silent_since(reversed(days)) == expected


def test_half_a_day_of_grace_is_none() -> None:
    days = [day(1), day(4), day(8)]  # 3 and 4 days: 3.5 × 1.5 = 5.25
    assert silent_since(days, Habits(silence=Decimal("1.5"))) == day(14)
