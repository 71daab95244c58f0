"""After the look at an unanswered attempt: what of it is ours, field by field and row by row."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connector.contract import Record
from connector.engine import adopting
from connector.engine.plan import Held
from connector.mapping.document import Canonical, LinkRef, Node
from tests.mapping.build import writer
from tests.plan.bill import NOTHING, WRITER, bill, form, held, people, row, shown

TWO = {"a": row("M1"), "b": row("M2")}
LINK = {"a": row("M1"), "b": row(LinkRef("material", "m2"))}


def added(document: Node, sent: Canonical, record: Record) -> Any:
    known = {"rows": {"a": "r-a"}}
    return adopting.added(document, sent, known, record, WRITER)["rows"]


def test_a_row_with_a_link_is_known_by_what_the_link_is_now() -> None:
    record = shown(bill(TWO))
    assert added(bill(TWO), form(bill(LINK)), record) == {"a": "r-a", "b": "r-b"}
    other = people(bill(TWO), {"r-b": {"material": "M9"}})
    assert added(bill(TWO), form(bill(LINK)), other) == {"a": "r-a"}


def test_of_a_line_that_is_gone_since_all_but_its_links_must_be_shown() -> None:
    gone = bill({"a": row("M1")})
    theirs = people(bill(TWO), {"r-b": {"material": "M9"}})
    assert added(gone, form(bill(LINK)), theirs) == {"a": "r-a", "b": "r-b"}
    other = people(bill(TWO), {"r-b": {"material": "M9", "qty": "8"}})
    assert added(gone, form(bill(LINK)), other) == {"a": "r-a"}


def test_what_was_sent_counts_and_not_what_the_line_says_by_now() -> None:
    now = bill({"a": row("M1"), "b": row("M2", qty=77)})
    assert added(now, form(bill(TWO)), shown(bill(TWO))) == {"a": "r-a", "b": "r-b"}


def test_a_row_that_is_known_and_there_is_no_other() -> None:
    again = people(bill({"a": row("M1")}), {"r-x": shown(bill({"a": row("M1")})).fields["rows"][0]})
    again.fields["rows"][-1]["rid"] = "r-x"
    again.fields["rows"].reverse()
    one = bill({"a": row("M1")})
    assert added(one, form(one), again) == {"a": "r-a"}


def test_a_bill_whose_rows_were_unknown_finds_them_all() -> None:
    found = adopting.added(bill(TWO), form(bill(TWO)), {}, shown(bill(TWO)), WRITER)
    assert found == {"rows": {"a": "r-a", "b": "r-b"}}


# -- what is delivered then, and its base --------------------------------------------------------


def cleared(sent: Node, delivered: Node, now: Record) -> tuple[Canonical, Canonical]:
    before = held(delivered, now)
    line_keys = adopting.added(sent, form(sent), before.line_keys, now, WRITER)
    return adopting.cleared(replace(before, line_keys=line_keys), form(sent), WRITER)


def test_a_row_that_arrived_is_delivered_and_its_base_is_what_it_shows() -> None:
    now = people(bill(TWO), {"r-b": {"amount": "100.00"}})
    delivered, base = cleared(bill(TWO), bill({"a": row("M1")}), now)
    assert delivered == form(bill(TWO))
    assert base["t"]["rows"]["r-b"] == form(bill(TWO))["t"]["rows"]["b"]["f"]


def test_a_row_that_did_not_arrive_is_not_delivered() -> None:
    delivered, base = cleared(bill(TWO), bill({"a": row("M1")}), shown(bill({"a": row("M1")})))
    assert delivered == form(bill({"a": row("M1")}))
    assert set(base["t"]["rows"]) == {"r-a"}


def test_a_row_that_people_took_away_meanwhile_stays_as_it_was_delivered() -> None:
    sent = bill({**TWO, "b": row("M2", qty=11)})
    delivered, base = cleared(sent, bill(TWO), people(bill(TWO), {"r-b": None}))
    assert delivered["t"]["rows"]["b"] == form(bill(TWO))["t"]["rows"]["b"]
    assert set(base["t"]["rows"]) == {"r-a"}


def test_a_row_that_was_dropped_is_no_longer_delivered_once_it_is_gone() -> None:
    one = bill({"a": row("M1")})
    assert cleared(one, bill(TWO), shown(one))[0] == form(one)
    assert set(cleared(one, bill(TWO), shown(bill(TWO)))[0]["t"]["rows"]) == {"a", "b"}


def test_a_row_keeps_the_base_of_what_was_not_sent_anew() -> None:
    before = held(bill(TWO), people(bill(TWO), {"r-a": {"qty": "77"}}))
    before.base["t"]["rows"]["r-a"]["qty"] = Decimal(9)
    delivered, base = adopting.cleared(before, form(bill(TWO)), WRITER)
    assert base["t"]["rows"]["r-a"]["qty"] == Decimal(9)
    assert delivered == form(bill(TWO))


def test_rows_inside_rows_stay_with_their_row() -> None:
    sent = form(bill({"a": row(qty=11)}))
    sent["t"]["rows"]["a"]["t"] = {"inner": {}}
    delivered, _ = adopting.cleared(
        held(bill(), people(bill(), {"r-a": {"qty": "11"}})), sent, WRITER
    )
    assert delivered["t"]["rows"]["a"]["t"] == {"inner": {}}
    assert delivered["t"]["rows"]["a"]["f"]["qty"] == Decimal(11)


def test_rows_inside_rows_that_were_not_sent_stay_as_they_were() -> None:
    known = held(bill(TWO), shown(bill(TWO)))
    known.delivered["t"]["rows"]["b"]["t"] = {"inner": {}}
    delivered, _ = adopting.cleared(known, form(bill({"a": row("M1", qty=11)})), WRITER)
    assert delivered["t"]["rows"]["b"]["t"] == {"inner": {}}


@pytest.mark.parametrize("shows, moved", [("M2", True), ("M1", False)])
def test_a_link_arrived_where_the_target_shows_another_number_than_before(
    shows: str, moved: bool
) -> None:
    old = bill({"a": row("M1")})
    sent = form(bill({"a": row(LinkRef("material", "m2"))}))
    delivered, base = adopting.cleared(
        held(old, people(old, {"r-a": {"material": shows}})), sent, WRITER
    )
    assert delivered["t"]["rows"]["a"]["f"]["material"] == (
        "→material/m2.number" if moved else "M1"
    )
    assert base["t"]["rows"]["r-a"]["material"] == shows


def test_of_a_bill_that_was_not_there_before_everything_that_stands_there_is_ours() -> None:
    sent = form(bill({"a": row(LinkRef("material", "m1"), qty=5)}))
    new = replace(held(bill(), shown(bill())), delivered=NOTHING, base=NOTHING)
    delivered, base = adopting.cleared(new, sent, WRITER, made=True)
    assert delivered == sent
    # What is not as it was sent was changed by people since; a link's number is not known here.
    assert base["t"]["rows"]["r-a"]["qty"] == Decimal(5)
    assert base["t"]["rows"]["r-a"]["material"] == "M1"


def test_of_a_bill_that_was_only_found_what_was_not_sent_is_still_to_be_compared() -> None:
    sent = form(bill({"a": row(LinkRef("material", "m1"), qty=5, amount="20.00")}))
    found = replace(held(bill(), shown(bill())), delivered=NOTHING, base=NOTHING)
    delivered, base = adopting.cleared(found, sent, WRITER)
    arrived = delivered["t"]["rows"]["a"]["f"]
    assert "material" in arrived
    assert "qty" not in arrived
    assert "qty" not in base["t"]["rows"]["r-a"]


def test_what_became_of_fields_alone_is_seen_without_any_rows() -> None:
    old, now = Node({"note": "old"}), Record("k1", {"note": "new", "rows": []})
    before = replace(held(bill(), now), delivered=form(old), base={"f": {}}, line_keys={})
    delivered, base = adopting.cleared(before, form(Node({"note": "new"})), WRITER)
    assert (delivered, base) == ({"f": {"note": "new"}}, {"f": {"note": "new"}})


# -- rows of a form without materials ------------------------------------------------------------

PLAIN = writer("""
rows:
  each: lines
  key: rid
  fields: {qty: quantity}
""")


def test_rows_without_materials_are_told_apart_by_position() -> None:
    document = Node({}, {"rows": {"a": Node({"qty": 1}), "b": Node({"qty": 1})}})
    record = Record("k", {"rows": [{"rid": "1", "qty": "1"}, {"rid": "2", "qty": "1"}]})
    assert adopting.line_keys(document, form(document, PLAIN), record, PLAIN) == {
        "rows": {"a": "1", "b": "2"}
    }


@pytest.mark.parametrize("ours, theirs", [("", None), (None, ""), (Decimal("1.5"), "2")])
def test_nothing_and_fewer_digits_are_close_enough(ours: Any, theirs: Any) -> None:
    assert adopting._close(ours, theirs)


@pytest.mark.parametrize("ours, theirs", [("", "x"), ("x", None), ("x", ""), (Decimal(1), None)])
def test_something_is_never_close_to_nothing(ours: Any, theirs: Any) -> None:
    assert not adopting._close(ours, theirs)


def test_a_first_change_of_a_linked_record_that_never_arrived_is_not_taken_for_delivered() -> None:
    sent = form(Node({"note": "new", "status": "open"}))
    there = Record("k1", {"note": "old", "status": "open"})
    held = Held({"f": {}}, {"f": {}}, there, {})
    delivered, base = adopting.cleared(held, sent, WRITER)
    assert delivered == base == {"f": {"status": "open"}}
    assert adopting.cleared(held, sent, WRITER, made=True)[0] == sent


def test_a_line_that_was_taken_away_and_came_back_has_the_row_that_shows_it_now() -> None:
    known = {"rows": {"a": "r-a", "b": "r-old"}}
    found = adopting.added(bill(TWO), form(bill(TWO)), known, shown(bill(TWO)), WRITER)
    assert found["rows"] == {"a": "r-a", "b": "r-b"}
