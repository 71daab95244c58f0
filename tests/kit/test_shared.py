"""A session that many share: renewed once, whoever finds it lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from connector.kit.shared import Shared


class Session:
    """One of its kind."""


def test_it_is_made_when_first_asked_for_and_then_kept() -> None:
    shared = Shared(Session)
    assert shared.get() is shared.get()


def test_one_that_is_worn_out_is_replaced() -> None:
    fresh = {"yes": True}
    shared = Shared(Session, lambda _: fresh["yes"])
    first = shared.get()
    fresh["yes"] = False
    assert shared.get() is not first


def test_of_many_that_lose_it_at_once_one_renews_it() -> None:
    made, together = count(), threading.Barrier(8)
    shared = Shared(lambda: (next(made), Session()))
    lost = shared.get()

    def renewed(_: int) -> object:
        together.wait(10)
        return shared.get(lost)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(renewed, range(8)))
    assert found == [found[0]] * 8
    assert found[0][0] == 1  # type: ignore[index]


def test_whoever_comes_late_with_a_lost_one_takes_what_others_renewed() -> None:
    shared = Shared(Session)
    lost = shared.get()
    renewed = shared.get(lost)
    assert shared.get(lost) is renewed


def test_after_a_failed_renewal_the_lost_one_is_not_used_again() -> None:
    answers = iter([1, RuntimeError("no"), 2])

    def make() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shared = Shared(make)
    with pytest.raises(RuntimeError):
        shared.get(shared.get())
    assert shared.get() == 2


def test_what_the_remote_gave_unasked_replaces_only_what_it_was_given_for() -> None:
    shared = Shared(Session)
    old = shared.get()
    other = Session()
    shared.replace(old, other)
    assert shared.get() is other
    shared.replace(old, Session())
    assert shared.get() is other


def test_what_is_given_while_one_is_made_keeps_nobody_waiting() -> None:
    def make() -> Session:
        made = Session()
        shared.replace(made, Session())
        return made

    shared = Shared(make)
    caller = threading.Thread(target=shared.get, daemon=True)
    caller.start()
    caller.join(5)
    assert not caller.is_alive()


def test_given_up_it_is_returned_once() -> None:
    shared = Shared(Session)
    kept = shared.get()
    assert (shared.give_up(), shared.give_up()) == (kept, None)
