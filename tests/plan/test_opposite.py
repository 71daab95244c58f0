"""Plans where a flow goes the other way: what is an echo, and what is left to the other side."""

from __future__ import annotations

import pytest

from connector.contract import Record
from connector.engine import plan as planning
from connector.engine.plan import Heard, Held, Plan
from connector.mapping.document import Node, canonical
from tests.mapping.build import writer
from tests.plan.bill import NOTHING
from tests.plan.test_plan import outcome

WRITER = writer("note: special_terms")


def heard(*marks: str, first: bool = False) -> Heard:
    """What comes of the opposite flow: the note is an echo, news, agreed, carried."""
    names = {
        mark: frozenset(["note"]) if mark in marks else frozenset[str]()
        for mark in ("echoes", "news", "agreed", "carried")
    }
    return Heard(**names, first=first)


def planned(
    now: str,
    there: str | None,
    old: str = "",
    shown: str = "",
    *,
    of: Heard | None,
    force: str = "",
) -> Plan:
    """What becomes of a note that our source says is `now`, and the target shows as `there`.

    When we delivered it, it was `old` and then `shown`; empty: we have not delivered it.
    """
    delivered = {"f": {"note": old}} if old else NOTHING
    base = {"f": {"note": shown or old}} if old else NOTHING
    held = Held(delivered, base, Record("k", {"note": there}), {}, both_ways=True, heard=of)
    document = Node({"note": now})
    return planning.update(document, canonical(document), held, WRITER, force=force)


# now, there, delivered, shown then, what is heard of the opposite flow → what becomes of the note
AGAIN = [
    ("cut", "full text", "old", "", ("echoes",), "nothing"),
    ("back", "as left", "new", "as left", ("echoes",), "write"),
    ("ours", "theirs", "old", "", ("news",), "conflict"),
    ("ours", "theirs", "old", "", (), "conflict"),
    ("ours", "theirs", "old", "", ("news", "carried"), "write"),
    ("old", "theirs", "old", "", (), "drift"),
    ("old", "theirs", "old", "", ("carried",), "nothing"),
    ("same", "same", "old", "", ("news",), "nothing"),
]


@pytest.mark.parametrize("now, there, old, shown, marks, expected", AGAIN)
def test_an_echo_is_passed_over_and_what_was_carried_is_no_edit_of_theirs(
    now: str, there: str, old: str, shown: str, marks: tuple[str, ...], expected: str
) -> None:
    plan = planned(now, there, old, shown, of=heard(*marks))
    assert outcome(plan, "note") == expected
    assert plan.contested == (expected in ("conflict", "write") and there != "as left")


# now, there, what is heard of the opposite flow → what becomes of the note
FIRST = [
    ("cut", "full text", ("echoes",), "nothing"),
    ("back", None, ("echoes",), "nothing"),
    ("edited", "full text", ("news", "carried"), "write"),
    ("edited", "edited, too", ("news",), "conflict"),
    ("ours alone", "other", (), "nothing"),
    ("ours alone", None, (), "write"),
    ("constant", None, ("agreed",), "nothing"),
]


@pytest.mark.parametrize("now, there, marks, expected", FIRST)
def test_a_record_of_the_opposite_flow_is_in_agreement_but_for_news_and_what_is_missing(
    now: str, there: str | None, marks: tuple[str, ...], expected: str
) -> None:
    assert outcome(planned(now, there, of=heard(*marks, first=True)), "note") == expected


@pytest.mark.parametrize("carried", [True, False])
def test_an_echo_is_not_taken_over_before_what_the_target_shows_is_carried(carried: bool) -> None:
    marks = ("echoes", "carried") if carried else ("echoes",)
    plan = planned("cut", "full text, edited", "old", of=heard(*marks))
    assert plan.echoed == (set() if carried else {"note"})


@pytest.mark.parametrize(
    "both_ways, of, expected",
    [(True, heard(), "conflict"), (True, None, "conflict"), (False, None, "write")],
)
def test_an_empty_field_that_both_sides_filled_is_a_conflict_where_both_write(
    both_ways: bool, of: Heard | None, expected: str
) -> None:
    there = Record("k", {"note": "theirs"})
    held = Held({"f": {"other": "x"}}, NOTHING, there, {}, both_ways, of)
    document = Node({"note": "ours"})
    plan = planning.update(document, canonical(document), held, WRITER)
    assert outcome(plan, "note") == expected


@pytest.mark.parametrize("of", [heard("news"), None])
def test_a_side_that_gives_way_leaves_the_field_to_the_opposite_flow(of: Heard | None) -> None:
    plan = planned("ours", "theirs", "old", of=of, force="theirs")
    assert (outcome(plan, "note"), plan.left) == ("nothing", {"note"})


def test_a_side_that_wins_does_so_only_where_both_changed_it() -> None:
    assert outcome(planned("ours", "theirs", "old", of=heard("news"), force="ours"), "note") == (
        "write"
    )
    assert outcome(planned("old", "theirs", "old", of=heard(), force="ours"), "note") != "write"


def test_before_the_opposite_flow_has_delivered_it_everything_is_written() -> None:
    assert outcome(planned("ours", "theirs", of=None), "note") == "write"
