"""What must stand in the target: amounts within tolerance, values as written, added rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.contract import Record, RowWrite, Shape, Table, TableWrite, Write
from connector.errors import Conflict, Rejected
from connector.kit.expected import difference, head_paths, new_rows, numbers, same, unmarked

SHAPE = Shape("bill", ("id",), ("total",), tables={"rows": Table("no", ("sum",))})
ROWS = TableWrite([RowWrite("a", "1", {}), RowWrite("b", "", {})])


def found(
    expect: dict[str, tuple[Any, Any]], added: dict[str, str] | None = None, **fields: Any
) -> Rejected | None:
    limits = {path: (Decimal(v), Decimal(t)) for path, (v, t) in expect.items()}
    write = Write("bill", "k", {}, {"rows": ROWS}, expect=limits, show=SHAPE)
    return difference(write, Record("k", fields), {"rows": added or {}})


@pytest.mark.parametrize("theirs", [Decimal("9.99"), Decimal("10.01"), 10])
def test_an_amount_within_its_tolerance_is_as_expected(theirs: Any) -> None:
    assert found({"total": (10, "0.01")}, total=theirs) is None


@pytest.mark.parametrize("theirs", [Decimal("10.02"), Decimal("-10"), None, "10", 10.0])
def test_any_other_is_named_with_both_amounts(theirs: Any) -> None:
    wrong = found({"total": (10, "0.01")}, total=theirs)
    assert wrong is not None
    assert wrong.field == "total"
    assert f"total is {theirs} instead of 10" in str(wrong)


def test_an_amount_that_is_not_shown_is_not_taken_for_right() -> None:
    assert found({"total": (10, 0)}) is not None


def test_a_row_is_looked_up_by_its_line_known_or_added() -> None:
    rows = [{"no": 1, "sum": 5}, {"no": 2, "sum": 6}]
    right = {"rows/a/sum": (5, 0), "rows/b/sum": (6, 0)}
    assert found(right, {"b": "2"}, rows=rows) is None
    wrong = found({**right, "rows/b/sum": (5, 0)}, {"b": "2"}, rows=rows)
    assert wrong is not None
    assert wrong.field == "rows/b/sum"


def test_a_row_of_ours_that_is_not_shown_is_not_taken_for_right() -> None:
    assert found({"rows/b/sum": (6, 0)}, {"b": "2"}, rows=[{"no": 1, "sum": 5}]) is not None


def test_rows_that_the_write_does_not_name_are_left_alone() -> None:
    assert found({"rows/c/sum": (6, 0), "rows/b/sum": (6, 0)}, rows=[{"no": 3, "sum": 1}]) is None


def test_rows_after_one_that_is_not_named_are_looked_at_all_the_same() -> None:
    rows = [{"no": 1, "sum": 5}]
    assert found({"rows/c/sum": (6, 0), "rows/a/sum": (6, 0)}, rows=rows) is not None


def test_a_line_whose_key_holds_a_slash_is_none_of_the_write() -> None:
    assert found({"rows/a/b/sum": (5, 0)}, rows=[{"no": 1, "sum": 5}]) is not None


def test_a_record_without_rows_is_not_taken_for_right() -> None:
    assert found({"rows/a/sum": (5, 0)}) is not None


def test_a_row_s_key_may_be_named_where_the_write_asks_to_be_shown_nothing() -> None:
    expect = {"rows/a/sum": (Decimal(5), Decimal(0))}
    write = Write("bill", "k", {}, {"rows": ROWS}, expect=expect)
    shown = Record("k", {"rows": [{"id": 1, "sum": 5}]})
    assert difference(write, shown, row_key="id") is None
    assert difference(write, shown) is not None


def test_rows_of_a_table_that_was_not_written_are_those_that_are_named() -> None:
    write = Write("bill", "k", {}, expect={"rows/a/sum": (Decimal(5), Decimal(0))}, show=SHAPE)
    shown = Record("k", {"rows": [{"no": 1, "sum": 6}]})
    assert difference(write, shown) is None
    assert difference(write, shown, {"rows": {"a": "1"}}) is not None


def test_the_head_s_amounts_are_told_from_those_of_rows() -> None:
    limits = {path: (Decimal(1), Decimal(0)) for path in ("total", "rows/a/sum")}
    assert head_paths(Write("bill", "k", {}, expect=limits)) == ["total"]


def test_what_is_expected_is_read_as_numbers() -> None:
    paths = ("total", "rows/a/sum", "rows/b/sum", "rows/b/qty", "more/c/sum")
    limits = dict.fromkeys(paths, (Decimal(1), Decimal(0)))
    shape = numbers(Write("bill", "k", {}, expect=limits), "id", "no")
    assert (shape.form, shape.key, shape.fields) == ("bill", ("id",), ("total",))
    assert shape.kinds == {"total": "number"}
    assert shape.tables == {
        "rows": Table("no", ("sum", "qty"), kinds={"sum": "number", "qty": "number"}),
        "more": Table("no", ("sum",), kinds={"sum": "number"}),
    }


def test_a_new_record_that_does_not_show_our_mark_is_refused_and_names_the_field() -> None:
    new = Write("bill", "", {}, reference=("memo", "crm:7 "))
    for shown in ("", "crm:70"):
        refused = unmarked(new, shown)
        assert refused is not None
        assert (refused.field, "memo" in str(refused)) == ("memo", True)
    assert unmarked(new, "crm:7") is None


def test_of_a_known_record_or_one_without_a_mark_none_is_asked() -> None:
    assert unmarked(Write("bill", "7", {}, reference=("memo", "crm:7")), "") is None
    assert unmarked(Write("bill", "", {}), "") is None


@pytest.mark.parametrize(
    ("ours", "shown"),
    [
        (Decimal("5.00"), 5), (5, Decimal("5.0")), (True, 1), (True, "true"), (False, "False"),
        (date(2026, 3, 5), "2026-03-05 00:00:00"), ("7", 7), (None, ""), ("", None),
        (datetime(2026, 3, 5, 1, tzinfo=UTC), "2026-03-05"),
    ],
)  # fmt: skip
def test_a_value_is_the_same_however_the_target_prints_it(ours: Any, shown: Any) -> None:
    assert same(ours, shown)


@pytest.mark.parametrize(
    ("ours", "shown"),
    [
        (Decimal(5), "5"), (5, 6), (5, None), (None, 0), (None, "None"), (True, 0), (False, "true"),
        (date(2026, 3, 5), "2026-03-06"), ("a", "A"), ("a", ""),
    ],
)  # fmt: skip
def test_another_value_is_not(ours: Any, shown: Any) -> None:
    assert not same(ours, shown)


ADDING = Write("bill", "k", {}, {"rows": TableWrite([*ROWS.rows, RowWrite("c", "", {})])})


def test_rows_that_were_added_are_told_by_their_order() -> None:
    found = new_rows(ADDING, {"rows": ["1", "7", "8"]}, {"rows": ["1"]}, "B-1")
    assert found == {"rows": {"b": "7", "c": "8"}}
    assert new_rows(Write("bill", "k", {}, {"rows": TableWrite()}), {"rows": ["1"]}, {}, "") == {}


@pytest.mark.parametrize("shown", [["1", "7"], ["1", "7", "8", "9"]])
def test_more_rows_or_fewer_cannot_be_told_apart(shown: list[str]) -> None:
    with pytest.raises(Conflict, match="B-1"):
        new_rows(ADDING, {"rows": shown}, {"rows": ["1"]}, "B-1")
