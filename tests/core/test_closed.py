"""Closed hours: by the wall clock there, over midnights, ends of months and turns of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.closed import Hours, closed_until, opening

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "UTC",
         "Asia/Kathmandu", "Australia/Lord_Howe")  # fmt: skip
MINUTE = timedelta(minutes=1)

times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
instants = st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)
zones = st.sampled_from(ZONES).map(ZoneInfo)


@st.composite
def daily(draw: st.DrawFn) -> Hours:
    begin, end = draw(st.lists(times, min_size=2, max_size=2, unique=True))
    return Hours(begin, end)


@st.composite
def monthly(draw: st.DrawFn) -> Hours:
    days = draw(st.sampled_from(("first", "last"))), draw(st.sampled_from(("first", "last")))
    begin, end = draw(st.lists(times, min_size=2, max_size=2, unique=True))
    return Hours(begin, end, days)


def until(text: str, moment: str, zone: ZoneInfo = SHANGHAI) -> str:
    """Until when it is closed at a moment, by the clock there; empty: it is open."""
    now = datetime.fromisoformat(moment).replace(tzinfo=zone)
    found = closed_until([Hours.parse(text)], now, zone)
    return f"{found.astimezone(zone):%Y-%m-%d %H:%M}" if found else ""


NIGHT, STOCKTAKING = "22:00-06:30", "last day 18:00 - first day 12:00"


@pytest.mark.parametrize(
    "text, moment, expected",
    [
        (NIGHT, "2026-11-21T21:59", ""),
        (NIGHT, "2026-11-21T22:00", "2026-11-22 06:30"),
        (NIGHT, "2026-11-22T06:29", "2026-11-22 06:30"),
        (NIGHT, "2026-11-22T06:30", ""),
        (NIGHT, "2026-12-31T23:00", "2027-01-01 06:30"),
        ("12:00-13:00", "2026-11-21T12:30", "2026-11-21 13:00"),
        ("12:00-13:00", "2026-11-21T22:30", ""),
        (STOCKTAKING, "2026-11-30T17:59", ""),
        (STOCKTAKING, "2026-11-30T18:00", "2026-12-01 12:00"),
        (STOCKTAKING, "2026-12-01T11:59", "2026-12-01 12:00"),
        (STOCKTAKING, "2026-12-01T12:00", ""),
        (STOCKTAKING, "2028-02-28T20:00", ""),
        (STOCKTAKING, "2028-02-29T20:00", "2028-03-01 12:00"),
        (STOCKTAKING, "2026-12-31T20:00", "2027-01-01 12:00"),
        ("last day 08:00 - last day 12:00", "2027-02-28T09:00", "2027-02-28 12:00"),
        ("last day 08:00 - last day 12:00", "2027-03-01T09:00", ""),
        ("first day 00:00 - first day 12:00", "2027-03-01T09:00", "2027-03-01 12:00"),
    ],
)
def test_it_is_closed_by_the_clock_there(text: str, moment: str, expected: str) -> None:
    assert until(text, moment) == expected


def test_hours_that_follow_each_other_are_one() -> None:
    hours = [Hours.parse(text) for text in (NIGHT, "06:00-08:00", STOCKTAKING)]
    now = datetime(2026, 11, 30, 23, 0, tzinfo=SHANGHAI)
    assert closed_until(hours, now, SHANGHAI) == datetime(2026, 12, 1, 12, tzinfo=SHANGHAI)


def test_a_clock_that_is_turned_keeps_it_closed_for_longer() -> None:
    back = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN)  # 02:00 to 03:00 comes twice
    again = back.replace(fold=1).astimezone(UTC)
    hours = [Hours.parse("01:00-02:30")]
    assert closed_until(hours, back, BERLIN) == closed_until(hours, again, BERLIN)
    assert closed_until(hours, again + 14 * MINUTE, BERLIN) is not None
    assert closed_until(hours, again + 15 * MINUTE, BERLIN) is None
    forward = [Hours.parse("02:15-02:45")]  # 02:00 to 03:00 does not come
    eve = datetime(2026, 3, 29, 1, 45, tzinfo=BERLIN)
    assert closed_until(forward, eve, BERLIN) == datetime(2026, 3, 29, 1, 45, tzinfo=UTC)


@given(st.one_of(daily(), monthly()), instants, zones)
def test_away_from_turning_clocks_the_wall_clock_alone_decides(
    hours: Hours, now: datetime, zone: ZoneInfo
) -> None:
    local = now.astimezone(zone)
    shifts = {(local + timedelta(days=n)).utcoffset() for n in (-32, -1, 0, 1, 32)}
    if len(shifts) > 1:
        return
    assert (closed_until([hours], now, zone) is not None) == by_hand(hours, local)


def by_hand(hours: Hours, local: datetime) -> bool:
    """The same in another way: by what the calendar and the clock show at this minute."""
    clock, day = local.time(), local.date()
    if not hours.days[0]:
        if hours.begin < hours.end:
            return hours.begin <= clock < hours.end
        return clock >= hours.begin or clock < hours.end
    begin, end = (at(which, day) for which in hours.days)
    after = (day, clock) >= (begin, hours.begin)
    before = (day, clock) < (end, hours.end)
    over_the_end = (end, hours.end) <= (begin, hours.begin)
    return after or before if over_the_end else after and before


def at(which: str, day: date) -> date:
    """The month's first or last day."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day.replace(day=1) if which == "first" else following - timedelta(days=1)


@given(st.lists(st.one_of(daily(), monthly()), max_size=3), instants, zones)
def test_it_opens_when_it_is_said_to_and_not_before(
    some: list[Hours], now: datetime, zone: ZoneInfo
) -> None:
    opens = closed_until(some, now, zone)
    if opens is None or opens - now > timedelta(days=40):
        return
    assert opens > now
    assert closed_until(some, opens, zone) is None
    span = opens - now
    for part in range(8):
        assert closed_until(some, now + span * part / 8, zone) == opens


@pytest.mark.parametrize(
    "text",
    ["", "22:00", "22:00-24:00", "25:00-06:00", "22:60-06:00", "22:00-22:00", "at night", "22-6",
     "last day 18:00 - 12:00", "last day - first day", "third day 18:00 - first day 12:00",
     "last day 18:00 - last day 18:00"],
)  # fmt: skip
def test_what_is_no_span_is_refused_with_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="22:00-06:30"):
        Hours.parse(text)


def test_hours_that_leave_no_minute_open_are_refused() -> None:
    with pytest.raises(ValueError):
        opening([Hours.parse("08:00-20:00"), Hours.parse("20:00-08:00")])
    assert opening([Hours.parse("08:00-20:00"), Hours.parse("20:01-08:00")])


@given(st.one_of(daily(), monthly()))
def test_one_span_alone_always_leaves_a_minute_open(hours: Hours) -> None:
    assert opening([hours]) == (hours,)
