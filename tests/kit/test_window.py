"""Windows: however a remote changes while it is read, every record's newest version is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.kit.window import Window

START = datetime(2026, 11, 21, tzinfo=UTC)
LOOKBACK = 30.0


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_the_first_window_reaches_from_the_beginning_of_time_to_now() -> None:
    window = Window.open(None, at(100), lag=0, lookback=LOOKBACK)
    assert (window.start, window.fresh, window.end, window.after) == (None, None, at(100), "")


def test_the_next_window_begins_a_lookback_before_the_last_one_ended() -> None:
    done = Window.open(None, at(100), lag=0, lookback=LOOKBACK).done()
    window = Window.open(done, at(200), lag=0, lookback=LOOKBACK)
    assert (window.start, window.fresh, window.end) == (at(70), at(100), at(200))


def test_a_window_ends_a_lag_before_now() -> None:
    assert Window.open(None, at(100), lag=15, lookback=0).end == at(85)


def test_a_clock_that_runs_backwards_never_moves_a_window_back() -> None:
    done = Window.open(None, at(100), lag=0, lookback=LOOKBACK).done()
    window = Window.open(done, at(40), lag=0, lookback=LOOKBACK)
    assert (window.fresh, window.end) == (at(100), at(100))


def test_a_cursor_ahead_of_the_remote_s_time_is_not_believed() -> None:
    wrong = Window.open(None, at(86_400), lag=0, lookback=LOOKBACK)
    second = Window.open(wrong.done(), at(86_500), lag=0, lookback=LOOKBACK)
    for cursor in (wrong.done(), second.at("k7", "rows")):
        window = Window.open(cursor, at(100), lag=0, lookback=LOOKBACK)
        assert window == Window(None, None, at(100))
    almost = Window.open(wrong.done(), at(86_400 - 299), lag=0, lookback=LOOKBACK)
    assert almost.start == at(86_400 - LOOKBACK)


def test_a_cursor_resumes_in_the_same_window_however_late_it_is() -> None:
    first = Window.open(None, at(100), lag=0, lookback=LOOKBACK)
    second = Window.open(first.done(), at(200), lag=0, lookback=LOOKBACK)
    again = Window.open(second.at("k7", "rows"), at(9_999), lag=5, lookback=LOOKBACK)
    assert again == Window(at(70), at(100), at(200), "rows", "k7")


def test_an_unfinished_first_window_still_has_no_beginning() -> None:
    first = Window.open(None, at(100), lag=0, lookback=LOOKBACK)
    again = Window.open(first.at("k1"), at(200), lag=0, lookback=LOOKBACK)
    assert (again.start, again.fresh, again.end) == (None, None, at(100))


# -- a remote that will not keep still -------------------------------------------------------


@dataclass
class Remote:
    """Records by id with `(version, stamp)`; a late commit appears with an old stamp."""

    now: float = 0.0
    shown: dict[str, tuple[int, float]] = field(default_factory=dict)
    late: list[tuple[float, str, int, float]] = field(default_factory=list)
    version: int = 0

    def edit(self, key: str, delay: float) -> None:
        """A change stamped now that others see after `delay` seconds."""
        self.version += 1
        self.late.append((self.now + delay, key, self.version, self.now))
        self.pass_time(0)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        for change in sorted(self.late):
            if change[0] <= self.now:
                _, key, version, stamp = change
                if version > self.shown.get(key, (0, 0.0))[0]:
                    self.shown[key] = (version, stamp)
                self.late.remove(change)

    def page(self, window: Window, after: str, size: int) -> list[tuple[str, int]]:
        inside = [
            (key, version)
            for key, (version, stamp) in sorted(self.shown.items())
            if key > after
            and (window.start is None or at(stamp) >= window.start)
            and at(stamp) < window.end
        ]
        return inside[:size]


@dataclass
class Reading:
    """What we know, and the cursor that survives a crash."""

    size: int
    seen: dict[str, int] = field(default_factory=dict)
    cursor: str | None = None

    def step(self, remote: Remote) -> bool:
        """Read one page and keep it with its cursor; True at the end of the window."""
        window = Window.open(self.cursor, at(remote.now), lag=0, lookback=LOOKBACK)
        page = remote.page(window, window.after, self.size)
        for key, version in page:
            self.seen[key] = max(version, self.seen.get(key, 0))
        self.cursor = window.at(page[-1][0]) if len(page) == self.size else window.done()
        return len(page) < self.size

    def crash(self, remote: Remote) -> None:
        """Read a page and die before anything of it was kept."""
        window = Window.open(self.cursor, at(remote.now), lag=0, lookback=LOOKBACK)
        remote.page(window, window.after, self.size)


KEYS = st.sampled_from([f"k{n}" for n in range(8)])
# Whole seconds make equal stamps; a commit is never later than the lookback.
STEPS = st.one_of(
    st.tuples(st.just("edit"), KEYS, st.sampled_from([0.0, 0.0, 1.0, 10.0, LOOKBACK - 1])),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 1.0, 5.0, 40.0]), st.none()),
    st.tuples(st.just("read"), st.none(), st.none()),
    st.tuples(st.just("crash"), st.none(), st.none()),
)


def finish(reading: Reading, remote: Remote) -> None:
    """Things calm down: two whole windows are read to their ends."""
    remote.pass_time(LOOKBACK)
    for _ in range(2):
        remote.pass_time(1)
        while not reading.step(remote):
            pass


@given(st.lists(STEPS, max_size=40), st.integers(1, 5))
@settings(max_examples=300, deadline=None)
def test_every_record_s_newest_version_is_read_once_things_calm_down(
    steps: list[tuple[str, object, object]], size: int
) -> None:
    remote, reading = Remote(), Reading(size)
    for what, one, two in steps:
        if what == "edit":
            assert isinstance(one, str)
            assert isinstance(two, float)
            remote.edit(one, two)
        elif what == "wait":
            assert isinstance(one, float)
            remote.pass_time(one)
        elif what == "read":
            reading.step(remote)
        else:
            reading.crash(remote)
    finish(reading, remote)
    assert reading.seen == {key: version for key, (version, _) in remote.shown.items()}


def test_the_simulation_would_notice_a_reader_without_lookback() -> None:
    remote, reading = Remote(), Reading(2)
    remote.edit("k1", 10.0)
    remote.pass_time(5)
    forgetful = Window.open(None, at(remote.now), lag=0, lookback=0).done()
    remote.pass_time(20)
    window = Window.open(forgetful, at(remote.now), lag=0, lookback=0)
    assert remote.page(window, "", 5) == []
    finish(reading, remote)
    assert reading.seen == {"k1": 1}


def test_records_with_one_stamp_are_read_across_many_pages() -> None:
    remote, reading = Remote(), Reading(2)
    for n in range(7):
        remote.edit(f"k{n}", 0.0)
    remote.pass_time(1)
    pages = 1
    while not reading.step(remote):
        pages += 1
    assert (pages, len(reading.seen)) == (4, 7)


def test_a_record_modified_while_its_window_is_read_comes_with_the_next_one() -> None:
    remote, reading = Remote(), Reading(1)
    remote.edit("k1", 0.0)
    remote.edit("k2", 0.0)
    remote.pass_time(1)
    reading.step(remote)
    remote.edit("k2", 0.0)
    while not reading.step(remote):
        pass
    assert "k2" not in reading.seen
    remote.pass_time(1)
    while not reading.step(remote):
        pass
    assert reading.seen == {"k1": 1, "k2": 3}
