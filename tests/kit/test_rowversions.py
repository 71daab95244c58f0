"""Row versions: however late a change is seen, some reading begins below its number."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.kit.rowversions import PARTS, Span

START = datetime(2026, 11, 21, tzinfo=UTC)
LOOKBACK = 600.0


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def read(cursor: str | None, seconds: float, high: int) -> str:
    """The cursor after a reading at this time, when this was the newest number."""
    return Span.open(cursor, LOOKBACK).begin(at(seconds), high).done(LOOKBACK)


def test_everything_is_read_until_the_readings_span_the_lookback() -> None:
    cursor = read(None, 0, 10)
    first = Span.open(cursor, LOOKBACK)
    assert (first.since, first.low, first.fresh) == (None, 0, 10)
    cursor = read(read(cursor, 300, 20), 599, 30)
    assert Span.open(cursor, LOOKBACK).since is None
    span = Span.open(read(cursor, 600, 40), LOOKBACK)
    assert (span.since, span.low, span.fresh) == (at(0), 10, 40)


def test_a_reading_begins_at_what_was_the_newest_a_lookback_before_the_last_one() -> None:
    cursor = read(read(read(None, 0, 10), 1000, 20), 1601, 30)
    span = Span.open(cursor, LOOKBACK)
    assert (span.since, span.low) == (at(1000), 20)


@pytest.mark.parametrize(
    ("times", "kept"),
    [
        ((0, 30, 31), (0, 31)),
        ((0, 75, 76), (0, 75, 76)),
        ((0, 75, 150, 151), (0, 75, 150, 151)),
        ((0, 100, 1000), (100, 1000)),
    ],
)
def test_of_readings_close_together_and_long_ago_only_one_is_kept(
    times: tuple[int, ...], kept: tuple[int, ...]
) -> None:
    cursor = None
    for number, seconds in enumerate(times):
        cursor = read(cursor, seconds, number)
    assert cursor is not None
    assert [when for when, _ in json.loads(cursor)["marks"]] == [at(k).isoformat() for k in kept]


def test_a_reading_that_was_broken_off_goes_on_as_it_began() -> None:
    done = read(read(None, 0, 10), 700, 20)
    begun = Span.open(done, LOOKBACK).begin(at(900), 30)
    again = Span.open(begun.at("25|x"), LOOKBACK)
    assert (again.since, again.low, again.after) == (at(0), 10, "25|x")
    assert again.begin(at(5000), 99).done(LOOKBACK) == begun.done(LOOKBACK)


def test_numbers_that_fall_after_a_restore_move_nothing_back() -> None:
    cursor = read(read(None, 0, 50), 700, 40)
    assert Span.open(cursor, LOOKBACK).fresh == 50


@given(st.lists(st.tuples(st.floats(1, 700), st.integers(0, 5)), min_size=2, max_size=60))
def test_no_change_is_seen_too_late_and_few_numbers_are_kept(
    steps: list[tuple[float, int]],
) -> None:
    """Whatever got its number after `since` is above `low`."""
    cursor, now, number, past = None, 0.0, 0, []
    for wait, changes in steps:
        now, number = now + wait, number + changes
        cursor = read(cursor, now, number)
        past.append((now, number))
        span = Span.open(cursor, LOOKBACK)
        if span.since is not None:
            newest = max(n for when, n in past if at(when) <= at(now - LOOKBACK))
            assert span.low <= newest
            assert span.since <= at(now - LOOKBACK)
        assert len(json.loads(cursor)["marks"]) <= PARTS + 3
