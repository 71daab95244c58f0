"""Working days: the State Council's, and the firm's own over them."""

from __future__ import annotations

from datetime import date

import pytest

from connector.workdays import Calendar, is_known


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 10), True),  # a Saturday that makes up for it
        (date(2026, 11, 21), False),  # a Saturday
        (date(2026, 11, 20), True),
        (date(2026, 2, 17), False),  # the first day of the year of the horse
    ],
)
def test_the_decreed_days_count(day: date, works: bool) -> None:
    assert Calendar().works(day) is works


def test_the_firm_s_own_days_stand_over_them() -> None:
    firm = Calendar(off={date(2026, 11, 20)}, on={date(2026, 11, 21)})
    assert not firm.works(date(2026, 11, 20))
    assert firm.works(date(2026, 11, 21))


def test_of_years_that_are_not_decreed_monday_to_friday_count() -> None:
    assert not is_known(2999)
    assert Calendar().works(date(2999, 1, 1)) is (date(2999, 1, 1).weekday() < 5)


def test_days_are_counted_after_the_first_up_to_the_last() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert Calendar().between(friday, monday) == 1
    assert Calendar().between(monday, friday) == -1
    assert Calendar().between(friday, friday) == 0
    assert Calendar().between(date(2026, 2, 13), date(2026, 2, 25)) == 3  # Spring Festival
