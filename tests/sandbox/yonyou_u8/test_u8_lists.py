"""Lists: what they show, by what they are filtered, and in which order they come."""

from __future__ import annotations

import pytest
from u8_world import Caller


@pytest.fixture
def nine(caller: Caller) -> Caller:
    for place in range(9):
        caller.done(f"SO-{place}", f"id {place}", define11=f"crm:{place}")
    return caller


def test_a_page_has_twenty_rows_and_counts_are_texts(caller: Caller) -> None:
    told = caller("/api/inventory/batch_get")
    counts = [told[name] for name in ("page_index", "rows_per_page", "row_count", "page_count")]
    assert counts == ["1", "20", "25", "2"]
    assert len(told["inventory"]) == 20


def test_orders_come_by_falling_codes_heads_alone(nine: Caller) -> None:
    assert nine.codes() == [f"SO-{place}" for place in reversed(range(9))]
    (first, *_) = nine("/api/saleorderlist/batch_get")["saleorderlist"]
    assert "entry" not in first
    assert len(nine("/api/saleorder/get", id="SO-3")["saleorder"]["entry"]) == 1


def test_codes_marks_and_what_was_shipped_are_filters(nine: Caller) -> None:
    assert nine.codes(code_begin="so-3", code_end="SO-5") == ["SO-5", "SO-4", "SO-3"]
    assert nine.codes(define11="CRM:7 ") == ["SO-7"]
    nine.server.people()["audit"](number="SO-2")
    nine.server.people()["ship"](order="SO-2")
    assert nine.codes(fhstatus=2) == ["SO-2"]
    assert len(nine.codes(fhstatus=0)) == 8


@pytest.mark.parametrize(("bounds", "found"), [("open", 3), ("closed", 5)])
def test_whether_the_bounds_of_row_versions_count_can_be_chosen(
    nine: Caller, bounds: str, found: int
) -> None:
    rows = nine("/api/saleorderlist/batch_get")["saleorderlist"]
    stamps = sorted(int(row["timestamp"]) for row in rows)
    nine.server.switches["bounds"] = bounds
    assert len(nine.codes(timestamp_begin=stamps[2], timestamp_end=stamps[6])) == found


def test_every_change_raises_the_row_version(nine: Caller) -> None:
    newest = nine("/api/saleorderlist/batch_get")["saleorderlist"][0]["timestamp"]
    nine.server.people()["edit"](number="SO-0", fields={"memo": "x"})
    assert nine.codes(timestamp_begin=newest) == ["SO-0"]


def test_nothing_found_is_an_error_or_an_empty_list(caller: Caller) -> None:
    assert caller("/api/saleorderlist/batch_get")["errcode"] == "20002"
    caller.server.switches["empty_is_error"] = False
    assert caller("/api/saleorderlist/batch_get")["row_count"] == "0"
    assert caller("/api/saleorder/get", id="nobody")["errcode"] == "20002"
