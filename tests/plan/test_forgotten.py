"""What stands in the target and is not what we left there: of a store that was put back it may be
ours, of a target that was put back it is ours of an earlier day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from connector.contract import Record
from connector.engine import plan as planning
from connector.engine.plan import GONE, Held, Plan
from connector.mapping.document import Node
from tests.plan.bill import NOTHING, WRITER, bill, form, held, keys, people, row, shown, update

TWO = {"a": row("M1"), "b": row("M2")}
OLD = {"material": "M1", "qty": "10.0000", "amount": "100.0000", "wh": "W1"}


def unsure(wanted: Node, delivered: Node, now: Record) -> Plan:
    known = replace(held(delivered, now), unsure=True)
    return planning.update(wanted, form(wanted), known, WRITER)


def paths(plan: Plan) -> list[str]:
    return [each.path for each in plan.conflicts]


def under(key: str, **other: Any) -> Mapping[str, Any]:
    """The row of line `a` is not there, but one of an earlier day's key."""
    return {"r-a": None, key: {**OLD, **other}}


# -- our store was put back -----------------------------------------------------------------------


def test_what_differs_from_a_version_that_nobody_knows_is_for_a_person() -> None:
    plan = unsure(bill(), bill(), people(bill(), {"r-a": {"qty": "11"}}, note="other"))
    assert sorted(paths(plan)) == ["note", "rows/a/qty"]
    assert plan.drift == []


def test_a_row_that_is_not_there_is_so_too() -> None:
    plan = unsure(bill(TWO), bill(TWO), people(bill(TWO), {"r-b": None}))
    assert [(each.path, each.theirs) for each in plan.conflicts] == [("rows/b", GONE)]


def test_a_row_that_nobody_knows_may_be_ours() -> None:
    now = people(bill(), {"r-x": dict(OLD, material="M9")})
    assert unsure(bill(), bill(), now).strange == {"r-x"}
    assert update(bill(), bill(), now).strange == set()


def test_what_is_known_or_taken_for_a_new_line_or_split_off_is_not_strange() -> None:
    wanted = bill(TWO)
    now = people(bill({"a": row("M1")}), {"r-x": dict(OLD, material="M2")})
    plan = unsure(wanted, bill({"a": row("M1")}), now)
    assert (plan.standing, plan.strange) == ({"rows": {"b": "r-x"}}, set())
    split = {"r-a": {"qty": "4", "amount": "40"}, "r-x": dict(OLD, qty="6", amount="60")}
    assert unsure(bill(), bill(), people(bill(), split)).strange == set()


def test_as_it_should_be_nobody_is_asked() -> None:
    plan = unsure(bill(note="new"), bill(note="old"), shown(bill(note="new")))
    assert (plan.empty, plan.conflicts, plan.strange) == (True, [], set())


def test_whoever_decided_for_ours_is_not_asked_again() -> None:
    now = people(bill(), {"r-x": dict(OLD, material="M9")}, note="other")
    known = replace(held(bill(), now), unsure=True)
    plan = planning.update(bill(), form(bill()), known, WRITER, force="ours")
    assert (plan.conflicts, plan.strange, plan.fields) == ([], set(), {"note": "n"})


def test_a_row_that_was_closed_with_its_line_is_left_alone() -> None:
    one = bill({"a": row("M1")})
    known = replace(held(one, shown(bill(TWO))), line_keys=keys(bill(TWO)))
    assert planning.update(one, form(one), known, WRITER).empty
    unknown = replace(known, unsure=True)
    assert planning.update(one, form(one), unknown, WRITER).tables["rows"].drop == ["r-b"]


def test_of_a_bill_that_was_only_found_the_row_of_a_line_that_is_gone_goes() -> None:
    found = Held(NOTHING, NOTHING, shown(bill(TWO)), keys(bill(TWO)))
    left = bill({"a": row("M1")})
    plan = planning.update(left, form(left), found, WRITER)
    assert plan.tables["rows"].drop == ["r-b"]


# -- the target was put back ----------------------------------------------------------------------


def test_a_row_of_an_older_key_that_shows_what_is_wanted_is_taken() -> None:
    plan = update(bill(), bill(), people(bill(), under("r-old")), "ours")
    assert (plan.empty, plan.standing) == (True, {"rows": {"a": "r-old"}})


def test_the_only_one_of_its_material_is_brought_up_to_date() -> None:
    plan = update(bill(), bill(), people(bill(), under("r-old", qty="3")), "ours")
    (change,) = plan.tables["rows"].rows
    assert (change.line, change.key, change.fields) == ("a", "r-old", {"qty": Decimal(10)})
    assert (change.tables, [each.path for each in plan.changes]) == ({}, ["rows/a/qty"])
    assert plan.standing == {"rows": {"a": "r-old"}}


def test_of_several_nobody_knows_which_and_a_new_one_is_made() -> None:
    rows = {**under("r-old", qty="3"), "r-older": {**OLD, "qty": "4"}}
    plan = update(bill(), bill(), people(bill(), rows), "ours")
    assert [change.key for change in plan.tables["rows"].rows] == [""]


def test_nor_is_one_of_another_material_taken() -> None:
    plan = update(bill(), bill(), people(bill(), under("r-old", material="M9")), "ours")
    assert [change.key for change in plan.tables["rows"].rows] == [""]
