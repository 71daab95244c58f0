"""Taking over a record with our reference: which of its rows are our lines."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from connector.contract import Record
from connector.engine import adopting
from tests.plan.bill import NOTHING, WRITER, bill, form, people, row, shown


def keys(lines: Any, record: Any, sent: Any = None) -> Any:
    document = bill(lines)
    found = adopting.line_keys(document, form(document) if sent is None else sent, record, WRITER)
    return None if found is None else found["rows"]


TWO = {"a": row("M1"), "b": row("M2")}
TWICE = {"a": row("M1"), "b": row("M1", 5)}


@pytest.mark.parametrize(
    ("mark", "another"),
    [("crm:o1", False), (" crm:o1 ", False), ("crm:o2", True), ("", True), (None, True)],
)
def test_a_record_with_another_mark_or_none_is_another(mark: str | None, another: bool) -> None:
    mapping = SimpleNamespace(reference="ref")
    shown = Record("k", {"ref": mark})
    assert adopting.is_another("crm:o1", shown, mapping) is another  # type: ignore[arg-type]
    assert not adopting.is_another("crm:o1", Record("k", {}), mapping)  # type: ignore[arg-type]


def test_rows_in_their_order_are_our_lines() -> None:
    assert keys(TWO, shown(bill(TWO))) == {"a": "r-a", "b": "r-b"}


def test_rows_in_another_order_are_told_apart_by_their_material() -> None:
    record = shown(bill(TWO))
    record.fields["rows"].reverse()
    assert keys(TWO, record) == {"a": "r-a", "b": "r-b"}


def test_equal_materials_are_told_apart_by_position() -> None:
    assert keys(TWICE, shown(bill(TWICE))) == {"a": "r-a", "b": "r-b"}


def test_rows_that_cannot_be_told_apart_for_certain_are_left_to_a_person() -> None:
    record = people(bill(TWICE), {"x": {"material": "M1"}})
    record.fields["rows"].insert(0, {"rid": "y", "material": "M9"})
    assert keys(TWICE, record) is None


def test_a_line_without_a_row_is_left_to_a_person() -> None:
    assert keys(TWO, people(bill(TWO), {"r-b": None})) is None


def test_a_row_of_theirs_belongs_to_no_line() -> None:
    record = people(bill(TWO), {"x": {"material": "M3"}})
    assert keys(TWO, record) == {"a": "r-a", "b": "r-b"}


def test_position_is_that_of_what_was_sent() -> None:
    sent = form(bill({"b": row("M1", 5), "a": row("M1")}))
    record = shown(bill({"b": row("M1", 5), "a": row("M1")}))
    assert keys(TWICE, record, sent) == {"b": "r-b", "a": "r-a"}


def test_a_line_that_was_sent_and_is_gone_by_now_keeps_its_place() -> None:
    sent, record = form(bill(TWO)), shown(bill(TWO))
    assert keys({"b": row("M2")}, record, sent) == {"a": "r-a", "b": "r-b"}


def test_a_row_too_many_leaves_it_unclear_where_nobody_knows_what_was_sent() -> None:
    record = shown(bill(TWO))
    assert keys({"b": row("M2")}, record, NOTHING) is None
    assert keys(TWO, record, NOTHING) == {"a": "r-a", "b": "r-b"}


# -- rows that an unanswered update added ------------------------------------------------------


def added(record: Any, sent: Any) -> Any:
    known = {"rows": {"a": "r-a"}}
    return adopting.added(bill(TWO), sent, known, record, WRITER)["rows"]


def test_a_row_that_shows_what_was_sent_for_a_new_line_is_that_line_s() -> None:
    assert added(shown(bill(TWO)), form(bill(TWO))) == {"a": "r-a", "b": "r-b"}


@pytest.mark.parametrize(
    "values", [None, {"material": "M3"}, {"qty": "9"}, {"amount": "1.00"}], ids=str
)
def test_a_row_that_shows_something_else_is_not(values: Any) -> None:
    record = people(bill(TWO), {"r-b": values})
    assert added(record, form(bill(TWO))) == {"a": "r-a"}


def test_without_an_unanswered_attempt_nothing_is_adopted() -> None:
    assert added(shown(bill(TWO)), NOTHING) == {"a": "r-a"}


def test_of_two_rows_alike_one_is_taken() -> None:
    record = people(bill(TWO), {"x": {"material": "M2", "qty": "10", "amount": "100"}})
    assert added(record, form(bill(TWO))) == {"a": "r-a", "b": "r-b"}


# -- whether the target shows a document -------------------------------------------------------


def agrees(record: Any, **fields: Any) -> bool:
    document = bill(TWO, **fields)
    return adopting.agrees(form(document), document, record, WRITER)


def test_a_target_that_shows_the_document_agrees() -> None:
    assert agrees(shown(bill(TWO)))


def test_a_target_that_shows_fewer_digits_agrees_as_far_as_it_shows_them() -> None:
    assert agrees(people(bill(TWO), FRate="7.12"), rate=Decimal("7.1234"))
    assert not agrees(people(bill(TWO), FRate="7.13"), rate=Decimal("7.1234"))


def test_what_is_written_once_or_checked_need_not_agree() -> None:
    assert agrees(people(bill(TWO), {"r-a": {"wh": "W9"}}, no="X", total="77"))


def test_nothing_agrees_with_empty() -> None:
    assert agrees(people(bill(TWO, note=None), note=""), note=None)


@pytest.mark.parametrize(
    "record",
    [
        people(bill(TWO), note="theirs"),
        people(bill(TWO), {"r-b": {"qty": "11"}}),
        people(bill(TWO), {"r-b": {"material": "M3"}}),
        people(bill(TWO), {"r-b": None}),
        people(bill(TWO), {"x": {"material": "M3"}}),
    ],
    ids=["head", "quantity", "material", "row gone", "row too many"],
)
def test_a_target_that_shows_something_else_does_not_agree(record: Any) -> None:
    assert not agrees(record)
