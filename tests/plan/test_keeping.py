"""The base as it is kept: only what the target made of our fields, and all of it comes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connector.engine.base import Before, after_write, to_keep, whole
from connector.mapping.document import Canonical, LinkRef, Node
from tests.plan.bill import NOTHING, WRITER, bill, form, keys, people, row, shown

TWO = {"a": row("M1"), "b": row("M2")}


M1, M2 = {"material": "M1"}, {"material": "M2"}
"""Links are kept as they were resolved: what was delivered does not tell."""


def kept(document: Node, record: Any, before: Before | None = None, sent: Any = None) -> Canonical:
    made = sent or form(document)
    return after_write(made, document, record, WRITER, keys(document), before or Before())


def test_only_links_are_kept_of_a_bill_that_stands_as_it_was_sent() -> None:
    assert kept(bill(TWO), shown(bill(TWO))) == {"f": {}, "t": {"rows": {"a": M1, "b": M2}}}


def test_what_the_target_made_of_a_field_is_kept_by_field_and_line() -> None:
    record = people(bill(TWO), {"r-b": {"qty": "9.00", "FRemark": "theirs"}}, note="cut")
    assert kept(bill({**TWO, "b": row("M2", remark="ours")}), record) == {
        "f": {"note": "cut"},
        "t": {"rows": {"a": M1, "b": {**M2, "qty": Decimal(9), "remark": "theirs"}}},
    }


def test_fields_that_are_not_ours_are_not_kept() -> None:
    record = people(bill(TWO), {"r-a": {"theirs": "x", "rid": "r-a"}}, theirs="x", no="X")
    assert kept(bill(TWO), record) == {"f": {}, "t": {"rows": {"a": M1, "b": M2}}}


def test_a_link_is_kept_as_the_number_it_was_resolved_to() -> None:
    sent = form(bill({"a": row(LinkRef("material", "m1"))}))
    document = bill({"a": row("M1")})
    told = kept(document, None, sent=sent)
    assert told == {"f": {}, "t": {"rows": {"a": {"material": "M1"}}}}
    assert kept(document, shown(document), sent=sent) == told


def test_a_link_that_the_target_shows_otherwise_is_kept_as_it_shows_it() -> None:
    sent = form(bill({"a": row(LinkRef("material", "m1"))}))
    record = people(bill(), {"r-a": {"material": "M9"}})
    assert kept(bill(), record, sent=sent)["t"] == {"rows": {"a": {"material": "M9"}}}


def test_a_field_that_did_not_move_keeps_its_old_base_and_one_that_did_does_not() -> None:
    old = {"f": {"note": "cut", "status": "their s"}, "t": {"rows": {"a": {"qty": Decimal(9)}}}}
    before = Before(form(bill(TWO, status="s")), old)
    document = bill({**TWO, "b": row("M2", qty=3)}, status="new")
    record = people(document, {"r-a": {"qty": "77"}, "r-b": {"qty": "4"}}, note="people")
    assert kept(document, record, before) == {
        "f": {"note": "cut"},
        "t": {"rows": {"a": {"qty": Decimal(9)}, "b": {"qty": Decimal(4)}}},
    }


def test_a_link_that_did_not_move_keeps_its_old_base() -> None:
    sent = form(bill({"a": row(LinkRef("material", "m1"))}))
    before = Before(sent, {"f": {}, "t": {"rows": {"a": {"material": "OLD"}}}})
    assert kept(bill(), None, before, sent)["t"] == {"rows": {"a": {"material": "OLD"}}}


def test_a_line_whose_document_is_not_known_keeps_what_is_shown() -> None:
    sent = form(bill(TWO))
    told = after_write(sent, Node(), shown(bill(TWO)), WRITER, keys(bill(TWO)), Before())
    assert told["t"] == {"rows": {"a": M1, "b": M2}}


def test_a_bill_without_rows_is_kept_without_rows() -> None:
    document = Node({"note": "n"})
    assert after_write(form(document), document, None, WRITER, {}, Before()) == NOTHING


def test_the_whole_base_is_what_is_kept_over_what_was_delivered() -> None:
    delivered = form(bill(TWO))
    little = {"f": {"note": "cut"}, "t": {"rows": {"b": {"qty": Decimal(9)}}}}
    base = whole(little, delivered, keys(bill(TWO)))
    assert base["f"] == {**delivered["f"], "note": "cut"}
    assert base["t"]["rows"] == {
        "r-a": delivered["t"]["rows"]["a"]["f"],
        "r-b": {**delivered["t"]["rows"]["b"]["f"], "qty": Decimal(9)},
    }
    assert whole(NOTHING, {"f": {"note": "n"}}, {}) == {"f": {"note": "n"}, "t": {}}


def test_only_what_differs_need_be_kept_and_gives_the_whole_again() -> None:
    delivered, little = form(bill(TWO)), {"f": {"note": "cut"}}
    base = whole({**little, "t": {"rows": {"b": {"qty": Decimal(9)}}}}, delivered, keys(bill(TWO)))
    again = to_keep(base, delivered, keys(bill(TWO)))
    assert again == {**little, "t": {"rows": {"a": {}, "b": {"qty": Decimal(9)}}}}
    assert whole(again, delivered, keys(bill(TWO))) == base


def test_nothing_is_kept_of_fields_and_rows_that_are_not_delivered() -> None:
    delivered = form(bill({"a": row()}))
    base = {"f": {"note": "cut", "other": 1}, "t": {"rows": {"r-a": {"other": 1}, "r-x": {}}}}
    assert to_keep(base, delivered, {"rows": {"a": "r-a"}}) == {
        "f": {"note": "cut"},
        "t": {"rows": {"a": {}}},
    }
    assert to_keep({"f": {}}, delivered, {})["t"] == {"rows": {"a": {}}}
    assert to_keep({"f": {}}, {"f": {}}, {}) == NOTHING
