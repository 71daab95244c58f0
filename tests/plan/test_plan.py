"""Plans: three versions of every field, and what is written of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.contract import Record
from connector.engine import adopting
from connector.engine import plan as planning
from connector.engine.plan import GONE, Held, Plan
from connector.mapping.document import Node, canonical, like
from tests.plan.bill import (
    NOTHING,
    WRITER,
    applied,
    base_after,
    bill,
    form,
    held,
    keys,
    looked,
    people,
    row,
    shown,
    update,
)

# changed by us, changed by people, force → what becomes of the field
HEAD = [
    (False, False, "", "nothing"),
    (False, False, "ours", "nothing"),
    (False, False, "theirs", "nothing"),
    (True, False, "", "write"),
    (True, False, "ours", "write"),
    (True, False, "theirs", "write"),
    (False, True, "", "drift"),
    (False, True, "ours", "write"),
    (False, True, "theirs", "drift"),
    (True, True, "", "conflict"),
    (True, True, "ours", "write"),
    (True, True, "theirs", "nothing"),
]


def outcome(plan: Plan, path: str) -> str:
    for name, found in (
        ("conflict", plan.conflicts),
        ("drift", plan.drift),
        ("write", plan.writes),
    ):
        if any(difference.path == path for difference in found):
            assert (path in plan.fields) == (name == "write") or "/" in path
            return name
    assert path not in plan.fields
    return "nothing"


@pytest.mark.parametrize("ours, theirs, force, expected", HEAD)
def test_a_head_field_is_decided_by_who_changed_it(
    ours: bool, theirs: bool, force: str, expected: str
) -> None:
    now = people(bill(note="old"), note="people") if theirs else None
    plan = update(bill(note="new" if ours else "old"), bill(note="old"), now, force)
    assert outcome(plan, "note") == expected
    assert ("note" in plan.fields) == (expected == "write")


@pytest.mark.parametrize("ours, theirs, force, expected", HEAD)
def test_a_row_s_field_is_decided_the_same_way(
    ours: bool, theirs: bool, force: str, expected: str
) -> None:
    delivered = bill({"a": row(remark="old")})
    now = people(delivered, {"r-a": {"FRemark": "people"}}) if theirs else None
    plan = update(bill({"a": row(remark="new" if ours else "old")}), delivered, now, force)
    assert outcome(plan, "rows/a/remark") == expected
    assert bool(plan.tables) == (expected == "write")


def test_what_both_sides_changed_to_the_same_is_settled() -> None:
    plan = update(bill(note="same"), bill(note="old"), people(bill(note="old"), note="same"))
    assert plan.empty
    assert (plan.conflicts, plan.drift) == ([], [])


def test_a_conflict_names_all_three_versions() -> None:
    plan = update(bill(note="new"), bill(note="old"), people(bill(note="old"), note="people"))
    (conflict,) = plan.conflicts
    assert (conflict.path, conflict.ours, conflict.base, conflict.theirs) == (
        "note",
        "new",
        "old",
        "people",
    )


def test_only_what_changed_is_written() -> None:
    plan = update(bill(note="new", status="s"), bill(note="old", status="s"))
    assert (plan.fields, plan.tables) == ({"note": "new"}, {})


def test_a_field_that_the_mapping_gained_is_written_over_whatever_stands_there() -> None:
    delivered = bill()
    plan = update(bill(status="s"), delivered, people(delivered, status="theirs"))
    assert plan.fields == {"status": "s"}


def test_a_field_that_the_source_no_longer_fills_is_left_alone() -> None:
    assert update(bill(), bill(status="s")).empty


def test_a_field_that_is_cleared_is_written_as_nothing() -> None:
    assert update(bill(note=None), bill(note="old")).fields == {"note": None}


def test_what_is_written_once_or_only_checked_is_in_no_update() -> None:
    delivered = bill()
    wanted = bill({"a": row(wh="W9")}, no="O2", total=Decimal(99))
    plan = update(wanted, delivered, people(delivered, {"r-a": {"wh": "W3"}}, no="X", total="7"))
    assert plan.empty
    assert (plan.conflicts, plan.drift, plan.writes) == ([], [], [])


def test_a_field_is_compared_where_the_target_shows_it() -> None:
    delivered = bill(rate=Decimal("7.1"))
    assert update(bill(rate=Decimal("7.1")), delivered).empty
    drifted = update(bill(rate=Decimal("7.1")), delivered, people(delivered, FRate="7.2"))
    assert [each.path for each in drifted.drift] == ["rate"]
    assert update(bill(rate=Decimal("7.3")), delivered).fields == {"rate": Decimal("7.3")}


def test_digits_that_the_target_pads_are_no_change() -> None:
    delivered = bill()
    assert delivered.tables["rows"]["a"].fields["qty"] == Decimal(10)
    assert shown(delivered).fields["rows"][0]["qty"] == "10.0000"
    plan = update(bill(), delivered)
    assert (plan.empty, plan.drift) == (True, [])


def test_without_a_look_at_the_target_what_moved_is_written() -> None:
    delivered, wanted = bill(note="old"), bill({"a": row(qty=12)}, note="new")
    plan = planning.update(wanted, form(wanted), held(delivered, None), WRITER)
    assert plan.fields == {"note": "new"}
    assert [change.fields for change in plan.tables["rows"].rows] == [{"qty": Decimal(12)}]
    assert planning.update(delivered, form(delivered), held(delivered, None), WRITER).empty


# -- after the look at an unanswered attempt ----------------------------------------------------


def after_look(wanted: Node, sent: Node, delivered: Node, now: Record) -> Plan:
    return planning.update(wanted, form(wanted), looked(sent, delivered, now), WRITER)


def test_what_was_sent_without_an_answer_and_stands_there_is_ours() -> None:
    delivered, now = bill(note="old"), people(bill(note="old"), note="sent")
    assert update(bill(note="new"), delivered, now).conflicts
    plan = after_look(bill(note="new"), bill(note="sent"), delivered, now)
    assert (plan.fields, plan.conflicts) == ({"note": "new"}, [])


def test_what_was_sent_and_taken_back_since_is_written_again() -> None:
    delivered = bill(note="old")
    plan = after_look(delivered, bill(note="sent"), delivered, people(delivered, note="sent"))
    assert (plan.fields, plan.conflicts) == ({"note": "old"}, [])


def test_what_was_sent_but_people_changed_again_is_a_conflict() -> None:
    delivered, now = bill(note="old"), people(bill(note="old"), note="people")
    assert after_look(bill(note="new"), bill(note="sent"), delivered, now).conflicts


def test_a_sent_number_is_recognised_with_the_target_s_digits() -> None:
    delivered, now = bill(), people(bill(), {"r-a": {"qty": "11.0000"}})
    plan = after_look(bill({"a": row(qty=12)}), bill({"a": row(qty=11)}), delivered, now)
    assert plan.conflicts == []
    assert plan.tables["rows"].rows[0].fields == {"qty": Decimal(12)}


def test_what_was_sent_and_arrived_needs_no_second_write() -> None:
    delivered, sent = bill(note="old"), bill(note="new")
    assert after_look(sent, sent, delivered, people(delivered, note="new")).empty


def test_what_was_sent_and_never_arrived_is_written_again() -> None:
    delivered, sent = bill(note="old"), bill(note="new")
    assert after_look(sent, sent, delivered, shown(delivered)).fields == {"note": "new"}


def test_a_row_that_arrived_without_an_answer_is_dropped_with_its_line() -> None:
    one, two = bill(), bill({"a": row(), "b": row("M2")})
    plan = after_look(one, two, one, shown(two))
    assert plan.tables["rows"].drop == ["r-b"]


def test_a_row_that_was_dropped_without_an_answer_is_made_anew_when_its_line_is_back() -> None:
    one, two = bill(), bill({"a": row(), "b": row("M2")})
    plan = after_look(two, one, two, shown(one))
    assert [change.line for change in plan.tables["rows"].rows if not change.key] == ["b"]


def test_a_line_that_is_back_after_we_dropped_its_row_is_a_new_row() -> None:
    before = replace(held(bill(), shown(bill())), line_keys=keys(bill({"a": row(), "b": row()})))
    wanted = bill({"a": row(), "b": row("M2")})
    plan = planning.update(wanted, form(wanted), before, WRITER)
    assert plan.conflicts == []
    assert [(change.line, change.key) for change in plan.tables["rows"].rows] == [("b", "")]


def test_a_row_that_shows_just_what_a_new_line_wants_is_taken_for_it() -> None:
    two = bill({"a": row(), "b": row("M2")})
    plan = planning.update(two, form(two), held(bill(), shown(two)), WRITER)
    assert plan.empty
    assert plan.standing == {"rows": {"b": "r-b"}}


def test_what_people_split_off_is_not_taken_for_a_new_line() -> None:
    piece = {"rid": "piece", "material": "M1", "qty": "4", "amount": "40"}
    now = people(bill(), {"r-a": {"qty": "6", "amount": "60"}, "piece": piece})
    wanted = bill({"a": row(), "b": row(qty=4, amount=40)})
    plan = update(wanted, bill(), now)
    assert plan.standing == {}
    assert [change.line for change in plan.tables["rows"].rows] == ["b"]


def test_what_people_did_before_a_new_bill_was_found_is_drift() -> None:
    sent = bill({"a": row(qty=7)}, note="sent")
    now = people(sent, {"r-a": {"qty": "5"}}, note="people")
    empty = Held({"f": {}}, {"f": {}}, now, keys(sent))
    known, base = adopting.cleared(empty, form(sent), WRITER, made=True)
    plan = planning.update(sent, form(sent), Held(known, base, now, keys(sent)), WRITER)
    assert sorted(d.path for d in plan.drift) == ["note", "rows/a/qty"]
    assert plan.empty


# -- rows ------------------------------------------------------------------------------------


def test_a_new_line_is_a_new_row_with_all_its_fields() -> None:
    plan = update(bill({"a": row(), "b": row("M2")}), bill())
    (change,) = plan.tables["rows"].rows
    assert (change.line, change.key) == ("b", "")
    assert change.fields == row("M2").fields
    assert "rows/b/material" in [each.path for each in plan.writes]


def test_a_changed_line_carries_only_what_changed_under_its_key() -> None:
    plan = update(bill({"a": row(qty=12)}), bill())
    (change,) = plan.tables["rows"].rows
    assert (change.line, change.key, change.fields) == ("a", "r-a", {"qty": Decimal(12)})
    assert plan.tables["rows"].drop == []


def test_a_line_that_vanished_is_dropped_by_its_key() -> None:
    plan = update(bill({"a": row()}), bill({"a": row(), "b": row("M2")}))
    assert (list(plan.tables["rows"].rows), plan.tables["rows"].drop) == ([], ["r-b"])
    assert [each.path for each in plan.writes] == ["rows/b"]


def test_a_line_that_vanished_and_whose_row_people_deleted_needs_nothing() -> None:
    delivered = bill({"a": row(), "b": row("M2")})
    assert update(bill({"a": row()}), delivered, people(delivered, {"r-b": None})).empty


def test_a_row_that_people_deleted_is_drift_until_we_want_something_of_it() -> None:
    delivered = bill()
    now = people(delivered, {"r-a": None})
    unchanged, changed = (
        update(bill(), delivered, now),
        update(bill({"a": row(qty=9)}), delivered, now),
    )
    assert [(each.path, each.theirs) for each in unchanged.drift] == [("rows/a", GONE)]
    assert [(each.path, each.theirs) for each in changed.conflicts] == [("rows/a", GONE)]
    assert unchanged.empty
    assert changed.empty


def test_rows_of_theirs_are_left_alone() -> None:
    delivered = bill()
    now = people(delivered, {"x1": {"material": "M7", "qty": "3"}})
    plan = update(bill({"a": row(qty=12)}), delivered, now)
    assert [change.key for change in plan.tables["rows"].rows] == ["r-a"]
    assert plan.tables["rows"].drop == []


def test_the_last_line_may_go() -> None:
    assert update(bill({}), bill()).tables["rows"].drop == ["r-a"]


def test_rows_may_be_reordered_at_the_source_without_a_write() -> None:
    delivered = bill({"a": row(), "b": row("M2")})
    assert update(bill({"b": row("M2"), "a": row()}), delivered).empty


# -- rows that people split ------------------------------------------------------------------


def split(*pieces: tuple[Any, Any], left: Any, rest: Any, material: str = "M1") -> Record:
    """The row of ours shows `left` for `rest`, the others stand in rows of theirs."""
    rows: dict[str, Any] = {"r-a": {"qty": str(left), "amount": str(rest)}}
    for n, (qty, amount) in enumerate(pieces):
        rows[f"x{n}"] = {"material": material, "qty": str(qty), "amount": str(amount)}
    return people(bill(), rows)


@pytest.mark.parametrize(
    "now",
    [split((4, 40), left=6, rest=60), split((3, 30), (1, 10), left=6, rest=60)],
    ids=["one piece", "two pieces"],
)
def test_a_row_that_people_split_still_adds_up(now: Record) -> None:
    plan = update(bill(), bill(), now)
    assert (plan.empty, plan.conflicts, plan.drift) == (True, [], [])


def test_a_row_may_be_split_by_less_than_one() -> None:
    now = split(("0.5", 5), left="9.5", rest=95)
    assert update(bill(), bill(), now).drift == []


def test_what_a_split_row_should_hold_is_told_by_its_path() -> None:
    plan = update(bill({"a": row(qty=12, amount=120)}), bill(), split((4, 40), left=6, rest=60))
    assert plan.split == {"rows/a/qty": Decimal(8), "rows/a/amount": Decimal(80)}


def test_a_split_row_that_changes_carries_what_the_pieces_do_not_hold() -> None:
    plan = update(bill({"a": row(qty=12, amount=120)}), bill(), split((4, 40), left=6, rest=60))
    (change,) = plan.tables["rows"].rows
    assert (change.key, change.fields) == ("r-a", {"qty": Decimal(8), "amount": Decimal(80)})
    assert plan.conflicts == []


def test_a_split_row_whose_line_vanished_is_a_conflict() -> None:
    plan = update(bill({}), bill(), split((4, 40), left=6, rest=60))
    assert [(each.path, each.theirs) for each in plan.conflicts] == [("rows/a", "split")]
    assert plan.empty


def test_a_row_of_another_material_is_no_piece() -> None:
    now = split((4, 40), left=6, rest=60, material="M9")
    assert "rows/a/qty" in [each.path for each in update(bill(), bill(), now).drift]


def test_rows_that_do_not_add_up_are_no_pieces() -> None:
    now = split((5, 50), left=6, rest=60)
    assert "rows/a/qty" in [each.path for each in update(bill(), bill(), now).drift]


def test_of_many_strangers_those_that_add_up_are_the_pieces() -> None:
    now = split((9, 90), (1, 10), (3, 30), left=6, rest=60)
    assert update(bill(), bill(), now).drift == []


def test_a_row_of_ours_is_never_a_piece_of_another() -> None:
    delivered = bill({"a": row(), "b": row(qty=4, amount=40)})
    now = people(delivered, {"r-a": {"qty": "6"}})
    assert "rows/a/qty" in [each.path for each in update(delivered, delivered, now).drift]


# -- creating --------------------------------------------------------------------------------


def test_a_create_carries_everything_even_what_is_written_once() -> None:
    plan = planning.create(bill())
    assert plan.fields == bill().fields
    (change,) = plan.tables["rows"].rows
    assert (change.line, change.key, change.fields) == ("a", "", row().fields)
    assert {"no", "rows/a/wh"} <= {each.path for each in plan.writes}


def test_what_will_be_written_is_told_with_its_values() -> None:
    new = {each.path: each.ours for each in planning.create(bill(note="n")).writes}
    assert (new["note"], new["rows/a/qty"]) == ("n", Decimal(10))
    more = update(bill({"a": row(), "b": row("M2", 3)}), bill())
    assert {each.path: each.ours for each in more.writes}["rows/b/qty"] == Decimal(3)
    less = update(bill({}), bill())
    assert [(each.path, each.ours) for each in less.writes] == [("rows/a", GONE)]


def test_a_row_that_people_deleted_is_told_with_what_we_want_of_it() -> None:
    wanted = bill({"a": row(qty=12)})
    (conflict,) = update(wanted, bill(), people(bill(), {"r-a": None})).conflicts
    assert (conflict.ours["qty"], conflict.theirs) == (Decimal(12), GONE)


def test_a_field_that_only_people_changed_is_not_written_by_ours_where_nothing_is_to_be_seen() -> (
    None
):
    delivered = bill(note="old")
    plan = planning.update(delivered, form(delivered), held(delivered, None), WRITER, force="ours")
    assert plan.empty


def test_a_create_without_rows_has_no_table() -> None:
    assert planning.create(bill({})).tables == {}


def test_rows_inside_rows_are_created_with_their_row() -> None:
    inner = Node({"x": 1}, {"deeper": {"q": Node({"y": 2})}, "none": {}})
    plan = planning.create(Node({}, {"rows": {"a": Node({}, {"parts": {"p": inner}})}}))
    (change,) = plan.tables["rows"].rows
    (part,) = change.tables["parts"]
    assert (part.line, part.fields, set(part.tables)) == ("p", {"x": 1}, {"deeper"})
    assert part.tables["deeper"][0].fields == {"y": 2}


def test_rows_inside_rows_are_replaced_as_soon_as_one_changed() -> None:
    def nested(value: int) -> Node:
        node = row()
        node.tables = {"parts": {"p": Node({"x": value}), "q": Node({"x": 5})}}
        return bill({"a": node})

    assert update(nested(1), nested(1)).empty
    (change,) = update(nested(2), nested(1)).tables["rows"].rows
    assert [part.fields for part in change.tables["parts"]] == [{"x": 2}, {"x": 5}]


# -- for every document ----------------------------------------------------------------------

WORDS = st.sampled_from(["", "n", "new", "010", "10"]).map(lambda text: text or None)
ROWS = st.builds(
    lambda material, qty, fen, remark: row(material, qty, Decimal(fen) / 100, remark=remark),
    st.sampled_from(["M1", "M2"]),
    st.integers(1, 5),
    st.integers(0, 999),
    WORDS,
)
BILLS = st.builds(
    lambda rows, note, rate: bill(rows, note=note, rate=Decimal(rate) / 10),
    st.dictionaries(st.sampled_from("abcd"), ROWS, max_size=4),
    WORDS,
    st.integers(1, 99),
)


def stands(document: Node, record: Record) -> bool:
    """Whether the record shows the document, row by row under the keys we know."""
    rows = {each["rid"]: each for each in record.fields["rows"]}
    ours = form(document)
    return _shows(ours["f"], record.fields) and all(
        _shows(fields["f"], rows[f"r-{line}"]) for line, fields in ours["t"]["rows"].items()
    )


def _shows(ours: dict[str, Any], theirs: Any) -> bool:
    names = {"rate": "FRate", "remark": "FRemark"}
    return all(like(v, theirs.get(names.get(name, name))) == v for name, v in ours.items())


def after(plan: Plan, wanted: Node, delivered: Node, now: Record) -> tuple[Record, Held]:
    """The target and what we know once the plan was carried out."""
    record = applied(plan, now)
    line_keys = {"rows": {**keys(delivered)["rows"], **keys(wanted)["rows"]}}
    base = base_after(wanted, record, line_keys)
    return record, Held(form(wanted), base, record, line_keys)


@given(BILLS, BILLS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_plan_leads_to_the_wanted_document_and_the_next_one_is_empty(
    delivered: Node, wanted: Node, strangers: bool
) -> None:
    foreign = {"x1": {"material": "Z", "qty": "1"}} if strangers else {}
    now = people(delivered, foreign)
    plan = update(wanted, delivered, now)
    assert plan.conflicts == []
    record, known = after(plan, wanted, delivered, now)
    assert stands(wanted, record)
    again = planning.update(wanted, form(wanted), known, WRITER)
    assert (again.empty, again.conflicts, again.drift) == (True, [], [])
    assert len(record.fields["rows"]) == len(wanted.tables["rows"]) + strangers


@given(BILLS, BILLS, WORDS, st.integers(6, 9))
@settings(max_examples=200, deadline=None)
def test_ours_by_force_stands_whatever_people_did(
    delivered: Node, wanted: Node, note: str | None, qty: int
) -> None:
    edits = {f"r-{line}": {"qty": str(qty)} for line in delivered.tables["rows"]}
    now = people(delivered, edits, note=note)
    plan = update(wanted, delivered, now, "ours")
    record, known = after(plan, wanted, delivered, now)
    assert stands(wanted, record)
    assert planning.update(wanted, form(wanted), known, WRITER, force="ours").empty


@given(BILLS, BILLS, st.text("xyz", min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_theirs_by_force_never_writes_what_people_changed(
    delivered: Node, wanted: Node, note: str
) -> None:
    plan = update(wanted, delivered, people(delivered, note=note), "theirs")
    assert "note" not in plan.fields
    assert plan.conflicts == []


@given(BILLS)
def test_a_plan_for_what_stands_there_is_empty(document: Node) -> None:
    assert update(document, document).empty


def test_an_empty_form_holds_nothing() -> None:
    assert canonical(Node()) == NOTHING


def test_a_row_that_people_deleted_is_made_anew_where_ours_stands() -> None:
    two = bill({"a": row(), "b": row("M2")})
    now = people(two, {"r-b": None})
    assert update(two, two, now).drift
    plan = update(two, two, now, "ours")
    assert [(change.line, change.key) for change in plan.tables["rows"].rows] == [("b", "")]
