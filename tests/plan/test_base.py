"""The base: what the target showed of our fields after our last write of each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.contract import Record
from connector.engine import plan as planning
from connector.engine.base import Before, after_write, whole
from connector.engine.plan import Held
from connector.mapping.document import Canonical, Node
from tests.plan.bill import (
    WRITER,
    applied,
    base_after,
    bill,
    form,
    keys,
    people,
    row,
    shown,
    update,
)


def test_the_base_is_what_the_target_shows_of_our_fields() -> None:
    record = people(bill(), {"r-a": {"qty": "9.5"}}, note="rewritten")
    base = base_after(bill(), record, keys(bill()))
    assert base["f"] == {"note": "rewritten"}
    assert base["t"]["rows"]["r-a"]["qty"] == Decimal("9.5")
    assert "wh" not in base["t"]["rows"]["r-a"]


def test_where_the_target_does_not_say_the_base_is_what_we_sent() -> None:
    base = base_after(bill(status="s"), Record("k1", {"note": "n"}), keys(bill()))
    assert base["f"] == {"note": "n", "status": "s"}
    assert base["t"]["rows"]["r-a"]["qty"] == 10
    assert base_after(bill(), None, keys(bill()))["f"] == {"note": "n"}


def test_a_row_whose_key_is_unknown_is_not_in_the_base() -> None:
    assert base_after(bill(), None, {})["t"] == {"rows": {}}


def changed(was: Node, wanted: Node, now: Record, **how: bool) -> Canonical:
    """The base of `wanted`, written over `was`, of which the target shows `now` what it made."""
    kept = after_write(form(was), was, shown(was), WRITER, keys(was), Before())
    before = Before(form(was), kept)
    kept = after_write(form(wanted), wanted, now, WRITER, keys(wanted), before, **how)
    return whole(kept, form(wanted), keys(wanted))


def test_what_the_target_passed_over_stays_a_difference() -> None:
    was, wanted = bill(note="old"), bill({"a": row("M2", qty=7)}, note="new")
    base = changed(was, wanted, shown(was))
    assert base["f"]["note"] == "new"
    assert base["t"]["rows"]["r-a"]["qty"] == 7
    assert base["t"]["rows"]["r-a"]["material"] == "M2"
    now = Held(form(wanted), base, shown(was), keys(was))
    plan = planning.update(wanted, form(wanted), now, WRITER)
    assert {each.path for each in plan.drift} == {"note", "rows/a/qty", "rows/a/material"}


def test_what_shows_only_once_somebody_has_approved_it_is_no_difference_yet() -> None:
    was = bill(note="old")
    assert changed(was, bill(note="new"), shown(was), at_once=False)["f"]["note"] == "old"


@pytest.mark.parametrize(
    ("was", "wanted"),
    [
        ("a long te", "a long text"),
        ("new", "NEW "),
        (Decimal(10), Decimal("10.00004")),
        (Decimal("10.1"), Decimal("10.10009")),
        ("old", None),
        (None, "new"),
    ],
)
def test_what_a_target_may_have_made_of_our_value_is_what_it_shows(was: Any, wanted: Any) -> None:
    name = "rate" if isinstance(was, Decimal) else "note"
    before = bill(**{name: was})
    assert changed(before, bill(**{name: wanted}), shown(before))["f"][name] == was


@pytest.mark.parametrize(
    ("was", "wanted"),
    [
        (Decimal(10), Decimal("10.4")),
        (Decimal("10.1"), Decimal("10.2")),
        (Decimal(10), Decimal("10.0001")),
        ("n/a", Decimal(10)),
        ("old", "an old one"),
    ],
)
def test_no_target_makes_one_value_of_the_other(was: Any, wanted: Any) -> None:
    name = "rate" if isinstance(wanted, Decimal) else "note"
    before = bill(**{name: was})
    assert changed(before, bill(**{name: wanted}), shown(before))["f"][name] == wanted


def test_a_field_that_the_target_never_shows_as_it_was_sent_is_not_passed_over() -> None:
    first, second = bill(note="one"), bill(note="two")
    hidden = people(first, note=None)
    kept = after_write(form(first), first, hidden, WRITER, keys(first), Before())
    before = Before(form(first), kept)
    assert base_after(second, hidden, keys(second), before)["f"]["note"] is None


def test_what_people_typed_meanwhile_is_never_taken_for_ours() -> None:
    first, second, third = bill(note="n"), bill(note="n", status="s"), bill(note="x", status="s")
    theirs = people(first, note="typed")
    plan = update(second, first, theirs)
    assert [change.path for change in plan.writes] == ["status"]
    kept = after_write(form(first), first, shown(first), WRITER, keys(first), Before())
    base = base_after(second, applied(plan, theirs), keys(second), Before(form(first), kept))
    held = Held(form(second), base, applied(plan, theirs), keys(second))
    again = planning.update(third, form(third), held, WRITER)
    assert [conflict.path for conflict in again.conflicts] == ["note"]


def test_what_people_do_while_we_write_something_else_stays_a_difference() -> None:
    delivered, wanted = bill(note="old"), bill({"a": row(qty=12)}, note="old")
    after = people(wanted, {"r-a": {"FRemark": "people"}}, note="people")
    kept = after_write(
        form(delivered), delivered, shown(delivered), WRITER, keys(delivered), Before()
    )
    base = base_after(wanted, after, keys(wanted), Before(form(delivered), kept))
    assert base["f"]["note"] == "old"
    assert base["t"]["rows"]["r-a"]["qty"] == Decimal(12)
