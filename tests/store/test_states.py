"""States: every outcome sets exactly the outcome's columns, and the tables refuse the rest."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from connector.engine import states
from connector.messages import dump, say
from connector.store import deliveries
from connector.store.engine import Store
from connector.store.tables import STATES
from connector.store.tables import deliveries as table
from tests.store.rows import delivery, one, sending

KEYS = {"flow", "key", "part"}
NOW = 1000.0


def row(**columns: Any) -> Any:
    """A whole row, every column filled with something that is not its default."""
    text = {c.name: f"old {c.name}" for c in table.columns if c.name not in columns}
    numbers = {"epoch": 3, "attempts": 2, "dirty": 1, "forced": 1, "priority": 4}
    times = {"due_at": 10.0, "since": 20.0, "deadline": 30.0}
    return SimpleNamespace(**{**text, **numbers, **times, "state": "pending", **columns})


OUTCOMES = {
    "in_sync": lambda r: states.in_sync(r, NOW, delivered="h", document="{}"),
    "pending": lambda r: states.pending(r, NOW, "retry", NOW + 5, say("no_outcome")),
    "given_back": lambda r: states.given_back(r, NOW),
    "in_doubt": lambda r: states.in_doubt(r, NOW, 100, say("no_outcome")),
    "stopped": lambda r: states.stopped(r, NOW, "conflict", say("no_outcome")),
    "abandoned": lambda r: states.abandoned(r, NOW, 100, say("holder_died"), 990),
}
DOUBTS = ("in_doubt", "abandoned")
EVERY = pytest.mark.parametrize("name", OUTCOMES)


@EVERY
@pytest.mark.parametrize("state", ["pending", "sending", "in_doubt"])
def test_every_outcome_sets_exactly_the_columns_of_an_outcome(name: str, state: str) -> None:
    more = {"epoch"} if name == "abandoned" else set()
    assert set(OUTCOMES[name](row(state=state))) == KEYS | set(states.OUTCOME) | more


def test_an_abandoned_claim_begins_a_new_epoch_so_that_its_holder_writes_nothing() -> None:
    assert OUTCOMES["abandoned"](row(epoch=3))["epoch"] == 4


def test_what_nobody_has_asked_for_says_so_and_a_change_of_it_asks_for_nothing() -> None:
    how: Any = {"priority": 0, "due": None}
    unasked = states.first("orders", "o1", "", NOW, asked=False, **how)
    assert (unasked["reason"], unasked["detail"]) == ("unasked", dump(say("unasked")))
    assert states.first("orders", "o1", "", NOW, **how)["detail"] == ""
    changed = states.changed(row(reason="unasked"), NOW, **how)
    assert (changed["reason"], changed["dirty"]) == ("unasked", 1)


@EVERY
def test_every_outcome_lets_go_of_the_claim(name: str) -> None:
    made = OUTCOMES[name](row(state="sending", owner="me"))
    assert (made["owner"], made["deadline"], made["waits_for"]) == ("", None, "")


@EVERY
def test_every_outcome_keeps_what_the_target_holds(name: str) -> None:
    made = OUTCOMES[name](row())
    kept = ["base", "line"] + ([] if name == "in_sync" else ["delivered", "document"])
    kept += [] if name in DOUBTS else ["step"]
    assert [made[column] for column in kept] == [f"old {column}" for column in kept]


@pytest.mark.parametrize("name", DOUBTS)
def test_a_doubt_is_about_the_step_too(name: str) -> None:
    assert OUTCOMES[name](row())["step"] == ""
    assert states.in_doubt(row(), NOW, 100, "", step="saved")["step"] == "saved"


@EVERY
def test_every_outcome_is_taken_by_the_table(name: str, store: Store) -> None:
    with store.transaction() as tx:
        deliveries.add(tx, [sending()])
        made = OUTCOMES[name](one(tx))
        assert deliveries.settle(tx, [made], [("me", 1, "sending")]) == [made]
        assert one(tx).owner == ""


def test_success_forgets_counted_failures_and_decisions() -> None:
    made = states.in_sync(row(), NOW)
    assert [made[c] for c in ("attempts", "forced", "verb", "dirty", "detail", "due_at")] == [
        0, 0, "put", 0, "", None,
    ]  # fmt: skip


def test_the_words_of_an_outcome_are_kept_for_both_languages() -> None:
    made = states.stopped(row(), NOW, "conflict", say("no_outcome"))
    assert made["detail"] == say("no_outcome").dump()
    assert states.stopped(row(), NOW, "rejected", "their words")["detail"] == "their words"


def test_a_state_that_stays_keeps_its_time_and_a_new_one_begins_now() -> None:
    waiting = row(state="pending", reason="retry", since=20.0)
    assert states.pending(waiting, NOW, "retry", NOW)["since"] == 20.0
    assert states.pending(waiting, NOW, "locked", NOW)["since"] == NOW
    assert states.stopped(waiting, NOW, "retry", "")["since"] == NOW


def test_what_was_not_sent_goes_back_as_it_was() -> None:
    back = states.given_back(row(state="pending", reason="changed"), NOW)
    assert (back["state"], back["reason"], back["due_at"]) == ("pending", "changed", NOW)
    doubt = states.given_back(row(state="in_doubt", reason="unknown"), NOW)
    assert (doubt["state"], doubt["due_at"], doubt["detail"]) == ("in_doubt", NOW, "old detail")


def test_a_doubt_is_left_alone_until_it_has_settled() -> None:
    assert states.in_doubt(row(), NOW, 100, "")["due_at"] == NOW + 100


def test_an_abandoned_claim_settles_from_when_it_could_last_have_acted() -> None:
    assert states.abandoned(row(), NOW, 100, "", since=NOW - 30)["due_at"] == NOW + 70
    assert states.abandoned(row(), NOW, 100, "", since=NOW - 500)["due_at"] == NOW
    assert states.abandoned(row(dirty=1), NOW, 100, "", since=NOW)["dirty"] == 1


def test_a_claim_counts_its_epoch_and_remembers_what_is_sent() -> None:
    made = states.claimed(row(epoch=3), "me", NOW, NOW + 60, wanted="h", sent="{}")
    assert (made["state"], made["owner"], made["epoch"]) == ("sending", "me", 4)
    assert (made["deadline"], made["due_at"], made["dirty"]) == (NOW + 60, None, 0)
    assert (made["wanted"], made["sent"]) == ("h", "{}")


@pytest.mark.parametrize(
    "due, reason, at", [(None, "new", NOW), (NOW, "new", NOW), (NOW + 9, "quiet", NOW + 9)]
)
def test_a_record_met_first_is_due_now_or_when_it_is_quiet(
    due: float | None, reason: str, at: float
) -> None:
    made = states.first("f", "k", "l", NOW, priority=1, due=due)
    assert (made["state"], made["reason"], made["due_at"]) == ("pending", reason, at)


@pytest.mark.parametrize("state", ["in_sync", "pending", "stopped"])
def test_a_change_makes_it_due_and_starts_counting_anew(state: str) -> None:
    made = states.changed(row(state=state, reason="x"), NOW, priority=7, due=None)
    assert [made[c] for c in ("state", "reason", "due_at", "attempts", "dirty", "priority")] == [
        "pending", "changed", NOW, 0, 0, 7,
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["sending", "in_doubt"])
def test_a_change_while_it_is_worked_on_is_only_noted(state: str) -> None:
    made = states.changed(row(state=state, reason="x"), NOW, priority=7, due=None)
    assert [made[c] for c in ("state", "reason", "due_at", "attempts", "dirty")] == [
        state, "x", 10.0, 2, 1,
    ]  # fmt: skip


def test_all_changes_name_the_same_columns() -> None:
    made = [states.changed(row(state=s), NOW, priority=0, due=None) for s in STATES]
    assert len({frozenset(each) for each in made}) == 1


WHOLE = {"flow": "f", "key": "k", "part": ""}


def test_a_record_met_first_has_nothing_behind_it() -> None:
    made = states.first("f", "k", "order-1", NOW, priority=3, due=NOW + 9)
    assert made == {
        **WHOLE, "line": "order-1", "state": "pending", "reason": "quiet", "detail": "",
        "due_at": NOW + 9, "since": NOW, "verb": "put", "priority": 3,
    }  # fmt: skip


def test_a_change_waits_until_its_record_is_quiet() -> None:
    made = states.changed(row(state="in_sync", **WHOLE), NOW, priority=3, due=NOW + 9)
    assert made == {
        **WHOLE, "state": "pending", "reason": "quiet", "detail": "", "due_at": NOW + 9,
        "since": NOW, "priority": 3, "attempts": 0, "dirty": 0,
    }  # fmt: skip


def test_a_change_while_it_is_worked_on_leaves_its_story_alone() -> None:
    made = states.changed(row(state="in_doubt"), NOW, priority=3, due=NOW + 9)
    assert (made["detail"], made["since"], made["due_at"]) == ("old detail", 20.0, 10.0)


def test_a_claim_forgets_why_the_record_waited() -> None:
    made = states.claimed(row(), "me", NOW, NOW + 60)
    assert (made["detail"], made["since"]) == ("", NOW)


@EVERY
def test_every_outcome_says_since_when(name: str) -> None:
    assert OUTCOMES[name](row(state="sending"))["since"] == NOW


def test_what_stays_as_it_was_is_as_old_as_it_was() -> None:
    assert states.pending(row(reason="retry"), NOW, "retry", NOW + 5)["since"] == 20.0
    assert states.pending(row(reason="locked"), NOW, "retry", NOW + 5)["since"] == NOW


WORDS = say("no_outcome")
TOLD = {
    "pending": lambda r, **more: states.pending(r, NOW, "why", NOW + 5, WORDS, **more),
    "in_doubt": lambda r, **more: states.in_doubt(r, NOW, 5, WORDS, **more),
    "stopped": lambda r, **more: states.stopped(r, NOW, "why", WORDS, **more),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_goes_on_later_says_why_and_keeps_what_is_known_by_now(name: str) -> None:
    made = TOLD[name](row(), base="new")
    reason = "unknown" if name == "in_doubt" else "why"
    due = None if name == "stopped" else NOW + 5
    assert [made[c] for c in ("reason", "detail", "due_at", "base")] == [
        reason, dump(WORDS), due, "new",
    ]  # fmt: skip


def test_what_waits_without_a_word_says_none() -> None:
    assert states.pending(row(), NOW, "retry", NOW)["detail"] == ""


def test_success_takes_what_the_target_holds() -> None:
    made = states.in_sync(row(), NOW, step="audited")
    assert (made["step"], made["since"]) == ("audited", NOW)


@pytest.mark.parametrize("name", DOUBTS)
def test_a_doubt_is_looked_up_before_anything_else(name: str) -> None:
    assert OUTCOMES[name](row())["verb"] == "look"


def test_an_abandoned_claim_is_one_more_attempt_and_stays_dirty() -> None:
    made = states.abandoned(row(attempts=2), NOW, 100, "", NOW - 10)
    assert (made["attempts"], made["dirty"], made["due_at"]) == (3, 1, NOW + 90)
    assert states.abandoned(row(), NOW, 100, "", NOW - 500)["due_at"] == NOW


def test_what_was_not_sent_goes_back_as_it_was_and_is_due() -> None:
    back = states.given_back(row(state="in_doubt", reason="unknown"), NOW)
    told = [back[c] for c in ("state", "reason", "detail", "due_at", "since")]
    assert told == ["in_doubt", "unknown", "old detail", NOW, 20.0]
    back = states.given_back(row(state="sending", reason="retry"), NOW)
    assert [back[c] for c in ("state", "reason", "due_at", "since")] == [
        "pending", "retry", NOW, NOW,
    ]  # fmt: skip


# -- what the table refuses ----------------------------------------------------------------------

IMPOSSIBLE = {
    "a state nobody knows": delivery(state="done"),
    "sending without an owner": sending(owner=""),
    "sending without a deadline": sending(deadline=None),
    "in doubt without a time to look": delivery(state="in_doubt", due_at=None),
    "without a state": delivery(state=None),
    "without a flow": delivery(flow=None),
}


@pytest.mark.parametrize("columns", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_the_table_refuses_what_cannot_be(store: Store, columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), store.transaction() as tx:
        deliveries.add(tx, [columns])


@pytest.mark.parametrize("state", ["in_sync", "stopped", "pending"])
def test_the_table_takes_every_other_state_without_a_time(store: Store, state: str) -> None:
    with store.transaction() as tx:
        deliveries.add(tx, [delivery(state=state, due_at=None)])
        assert one(tx).state == state


def test_a_record_has_one_row_in_a_flow(store: Store) -> None:
    with pytest.raises(IntegrityError), store.transaction() as tx:
        deliveries.add(tx, [delivery(), delivery()])


@pytest.mark.parametrize("asked", [True, False])
def test_a_record_that_nobody_asked_for_is_not_due_and_its_changes_do_not_make_it_so(
    asked: bool,
) -> None:
    made = states.first("f", "k", "l", NOW, priority=1, due=NOW, asked=asked)
    assert (made["reason"], made["due_at"]) == (("new", NOW) if asked else ("unasked", None))
    idle = row(state="pending", reason="unasked", due_at=None)
    again = states.changed(idle, NOW, priority=1, due=NOW, asked=asked)
    assert (again["reason"], again["due_at"]) == (("changed", NOW) if asked else ("unasked", None))
