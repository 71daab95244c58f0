"""What forms are like is asked for once, and anew where something is missing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from connector.kit.described import Described
from connector.testing import SkippingClock


class Remote:
    """Its form gets more fields as people add them."""

    def __init__(self) -> None:
        self.fields = ["name"]
        self.asked = 0

    def describe(self, form: str) -> tuple[str, ...]:
        self.asked += 1
        return tuple(self.fields)


@pytest.fixture
def remote() -> Remote:
    return Remote()


@pytest.fixture
def clock() -> SkippingClock:
    return SkippingClock()


def test_a_form_is_asked_for_once(remote: Remote, clock: SkippingClock) -> None:
    known = Described(remote.describe, clock)
    for _ in range(3):
        assert known.having("bill", ["name"]) == (("name",), [])
    assert (known.of("bill"), remote.asked) == (("name",), 1)


def test_a_field_that_people_have_just_added_is_known_at_once(
    remote: Remote, clock: SkippingClock
) -> None:
    known = Described(remote.describe, clock)
    known.of("bill")
    remote.fields.append("note")
    assert known.having("bill", ["note"]) == (("name", "note"), [])


def test_threads_that_come_at_once_are_told_one_and_the_same(clock: SkippingClock) -> None:
    start, asked = Barrier(4), list[str]()

    def describe(form: str) -> tuple[str, ...]:
        asked.append(form)
        Event().wait(0.05)  # a remote takes its time
        return ("name",)

    known = Described(describe, clock)

    def ask(_: int) -> tuple[str, ...]:
        start.wait()
        return known.of("bill")

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(ask, range(4)))
    assert asked == ["bill"]
    assert all(one is told[0] for one in told)


def test_many_records_that_lack_a_field_ask_once_a_minute(
    remote: Remote, clock: SkippingClock
) -> None:
    known = Described(remote.describe, clock)
    for _ in range(1000):
        assert known.having("bill", ["name", "note"])[1] == ["note"]
    assert remote.asked == 2
    clock.sleep(60)
    remote.fields.append("note")
    assert known.having("bill", ["note"])[1] == []


def test_what_does_not_fit_is_asked_for_anew_like_what_is_missing(
    remote: Remote, clock: SkippingClock
) -> None:
    known = Described(remote.describe, clock)
    long = known.having("bill", ["name"], lambda fields, name: len(fields) > 1)
    assert (long, remote.asked) == ((("name",), ["name"]), 2)
