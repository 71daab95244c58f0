"""Lists: what they filter by, in which order they come, and how many rows a page has."""

from __future__ import annotations

from typing import Any

import pytest
from yonbip_world import ORDER, Caller


@pytest.fixture
def nine(caller: Caller) -> Caller:
    for place in range(9):
        caller.save(f"UO-{place}")
        caller.server.clock.advance(2)
    return caller


def where(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"simpleVOs": [{"field": field, "op": op, "value1": value}]}


def test_the_newest_come_first_unless_an_order_is_asked_for(nine: Caller) -> None:
    assert nine.codes(ORDER)[0] == "UO-8"
    ordered = nine.codes(ORDER, queryOrders=[{"field": "id", "order": "asc"}])
    assert ordered == [f"UO-{n}" for n in range(9)]


def test_a_page_has_five_hundred_rows_at_most_and_the_count_goes_by_them(nine: Caller) -> None:
    page = nine(f"{ORDER}/list", {"pageIndex": 1, "pageSize": 4})["data"]
    assert (page["recordCount"], page["pageCount"], len(page["recordList"])) == (9, 3, 4)
    capped = nine(f"{ORDER}/list", {"pageIndex": 1, "pageSize": 10_000})["data"]
    assert capped["pageSize"] == 500


def test_comparisons_that_the_page_does_not_name_are_refused(nine: Caller) -> None:
    asked = {"pageIndex": 1, "pageSize": 9, **where("id", "in", ["1"])}
    assert nine(f"{ORDER}/list", asked)["code"] == "506"


def test_neither_case_nor_trailing_blanks_matter(nine: Caller) -> None:
    assert nine.codes(ORDER, **where("code", "eq", "uo-3 ")) == ["UO-3"]


def test_customers_are_a_bare_array_and_none_of_them_an_error(caller: Caller) -> None:
    path, body = "digitalModel/merchant/newlist", {"pageIndex": 1, "pageSize": 9}
    assert [one["code"] for one in caller(path, body)["data"]] == ["C0007"]
    assert caller(path, body | {"pageIndex": 2})["code"] == "118001"
