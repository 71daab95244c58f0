"""What follows from how a record stood and how it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connector.rules.standing import Standing, step

MOMENTS = st.lists(st.tuples(st.booleans(), st.integers(1, 50)), max_size=40)


@given(MOMENTS, st.sampled_from([0.0, 5.0, 30.0]), st.sampled_from([None, 10.0]))
def test_it_begins_once_repeats_in_time_and_ends_only_what_began(
    moments: list[tuple[bool, float]], wait: float, repeat: float | None
) -> None:
    standing, now, began, last, since = Standing(), 0.0, False, 0.0, None
    for holds, pause in moments:
        now += pause
        standing, told = step(standing, holds=holds, now=now, wait=wait, repeat=repeat)
        since = (now if since is None else since) if holds else None
        if told == "begin":
            assert holds
            assert not began
            assert since is not None
            assert now - since >= wait
            began, last = True, now
        elif told == "repeat":
            assert began
            assert repeat is not None
            assert now - last >= repeat
            last = now
        elif told == "over":
            assert began
            assert not holds
            began = False
        elif began:
            assert holds
        elif since is not None:
            assert now - since < wait


def test_the_next_look_is_when_something_can_follow() -> None:
    standing, told = step(Standing(), holds=True, now=100, wait=30, repeat=10)
    assert (told, standing.due_at(30, 10)) == ("", 130)
    standing, told = step(standing, holds=True, now=131, wait=30, repeat=10)
    assert (told, standing.due_at(30, 10)) == ("begin", 141)
    assert standing.due_at(30, None) is None
