"""Readings are complete, whatever is known of a list's order, its stamps and its bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from u8_site import CUSTOMER, MARK, ORDER, ROWS, SHAPE, Site, opened

from connector.contract import Record, Shape, Table
from connector.errors import Rejected, Transient
from tests.conformance.u8_remote import COMPANY

CUSTOMERS = Shape(CUSTOMER, ("code",), ("name", "memo"), "code")
MATERIALS = Shape("inventory", ("code",), ("name",), "code")
SHIPMENTS = Shape(
    "saleout", ("id",), ("customercode",), "code", {ROWS: Table("rowno", ("quantity",))}
)
INVOICES = Shape("saleinvoice", ("invoiceno",), ("originalsum",), "invoiceno",
                 {ROWS: Table("irowno", ("csocode",))}, ("originalsum",))  # fmt: skip
SIZES = [2, 3, 5, 9, 10, 200]


@pytest.fixture
def filled() -> Iterator[Site]:
    """Nine orders."""
    with opened() as site:
        site.server.switches |= {"ping_after": 0, "pending": 0}
        for place in range(9):
            site.order(f"SO-{place}", until="saved")
        yield site


def read(site: Site, shape: Shape, after: str | None = None, **settings: Any) -> list[Record]:
    adapter = site.connect(**settings)
    return [record for page in adapter.read(shape, after) for record in page.records]


def cursor(site: Site, shape: Shape, after: str | None = None, **settings: Any) -> str:
    """Where a whole reading ends."""
    (last,) = [page.cursor for page in site.connect(**settings).read(shape, after)][-1:]
    assert last is not None
    return last


def passed(site: Site, shape: Shape, **settings: Any) -> str:
    """The cursor of a reading some time after the first one: no longer is everything repeated."""
    first = cursor(site, shape, **settings)
    site.server.clock.advance(700)
    return cursor(site, shape, first, **settings)


@pytest.mark.parametrize("order", ["code", "changed"])
@pytest.mark.parametrize("size", SIZES)
def test_every_record_is_read_with_all_its_rows(filled: Site, size: int, order: str) -> None:
    filled.server.switches["list_order"] = order
    records = read(filled, SHAPE, page=size)
    assert sorted(one.number for one in records) == [f"SO-{n}" for n in range(9)]
    assert {len(one.fields[ROWS]) for one in records} == {2}


@pytest.mark.parametrize("bounds", ["open", "closed"])
@pytest.mark.parametrize("size", SIZES)
def test_what_changed_is_read_whether_bounds_count_or_not(
    filled: Site, size: int, bounds: str
) -> None:
    filled.server.switches["bounds"] = bounds
    since = passed(filled, SHAPE, page=size)
    for place in (1, 4, 7):
        filled.people("edit", number=f"SO-{place}", fields={"memo": "急"})
    records = read(filled, SHAPE, since, page=size)
    assert {one.number for one in records if not one.again} == {"SO-1", "SO-4", "SO-7"}


@pytest.mark.parametrize("bounds", ["open", "closed"])
def test_the_newest_is_not_left_out_though_its_number_is_the_next_one(
    filled: Site, bounds: str
) -> None:
    filled.server.switches["bounds"] = bounds
    since = passed(filled, SHAPE, page=2)
    books, now = filled.server.books, filled.server.clock.now()
    for place in range(9):
        moment = now + timedelta(microseconds=place == 4)
        books.recompute(replace(books.named(ORDER, f"SO-{place}"), stamp=moment))
    assert len({one.number for one in read(filled, SHAPE, since, page=2)}) == 9


def test_nothing_new_costs_one_call(filled: Site) -> None:
    since = passed(filled, SHAPE)
    before = len(filled.requests())
    assert read(filled, SHAPE, since) == []
    assert len(filled.requests()) - before == 1 + 1  # a token, and the list


def test_the_first_reading_of_many_costs_little_more_than_their_pages(filled: Site) -> None:
    before = len(filled.requests("list"))
    read(filled, MATERIALS, page=5)
    assert len(filled.requests("list")) - before == 6  # 25 by 5, the last of each page again


def test_what_was_deleted_between_two_pages_hides_nothing(filled: Site) -> None:
    adapter = filled.connect(page=3)
    pages = adapter.read(SHAPE, None)
    seen = [record.key for record in next(pages).records]
    filled.people("delete", number=seen[0])
    seen += [record.key for page in pages for record in page.records]
    assert set(seen) == {f"SO-{n}" for n in range(9)}


def test_the_last_one_of_a_page_may_go_while_another_one_comes(filled: Site) -> None:
    pages = filled.connect(page=3).read(SHAPE, None)
    seen = [record.key for record in next(pages).records]
    filled.people("delete", number=seen[-1])
    filled.order("RO-1", until="saved")
    seen += [record.key for page in pages for record in page.records]
    assert set(seen) >= {f"SO-{n}" for n in range(9)}


def test_a_list_that_seems_to_go_by_codes_at_its_ends_alone_is_noticed(site: Site) -> None:
    for number in ("S7", "S3", "S9", "S5"):
        site.order(number, until="saved")
    site.server.switches["list_order"] = "changed"
    pages = site.connect(page=3).read(SHAPE, None)
    seen = [record.key for record in next(pages).records]
    site.order("S1", until="saved")
    books = site.server.books
    books.recompute(replace(books.named(ORDER, "S1"), stamp=books.named(ORDER, "S7").stamp))
    seen += [record.key for page in pages for record in page.records]
    assert "S7" in seen


def test_the_cursor_goes_on_behind_the_last_page(filled: Site) -> None:
    pages = filled.connect(page=3).read(SHAPE, None)
    first = next(pages)
    before = len(filled.requests("get"))
    rest = read(filled, SHAPE, first.cursor, page=3)
    assert len(rest) == 9 - len(first.records)
    assert len(filled.requests("get")) - before == len(rest)


def test_a_list_that_goes_on_moving_is_read_later(
    filled: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, calls = filled.server._lists.page, iter(range(100_000))

    def moving(form: str, query: Any) -> Any:
        told = page(form, query)
        rows = [{"code": f"X{(next(calls) * 7919) % 1000}"} for _ in range(2)]
        return {**told, "row_count": "9", "inventory": rows}

    monkeypatch.setattr(filled.server._lists, "page", moving)
    with pytest.raises(Transient):
        read(filled, MATERIALS, page=2)


# -- stamps that a list does not show, or keep to ----------------------------------------------


def test_a_list_that_ignores_row_versions_is_noticed_and_can_be_read_by_day(
    filled: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = passed(filled, SHAPE)
    monkeypatch.setattr(filled.server._lists, "_versions", lambda query: iter(()))
    with pytest.raises(Rejected, match="by_day"):
        read(filled, SHAPE, since)
    filled.people("edit", number="SO-3", fields={"memo": "急"})
    by_day = {"by_day": (ORDER,), "recent_days": 9000}
    assert [one.number for one in read(filled, SHAPE, since, **by_day)] == ["SO-3"]


def test_a_list_that_shows_no_row_versions_is_told(
    filled: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = filled.server._showing.listed
    bare = lambda one: {n: v for n, v in listed(one).items() if n != "timestamp"}  # noqa: E731
    monkeypatch.setattr(filled.server._showing, "listed", bare)
    with pytest.raises(Rejected, match="by_day"):
        read(filled, SHAPE)
    assert len(read(filled, SHAPE, by_day=(ORDER,))) == 9


def test_of_bills_by_day_only_those_are_asked_for_that_changed(filled: Site) -> None:
    for place in range(4):
        filled.people("audit", number=f"SO-{place}")
        filled.people("ship", order=f"SO-{place}")
    since = passed(filled, SHIPMENTS, page=3)
    before = len(filled.requests("get"))
    last = filled.server.records("saleout")[-1]["code"]
    filled.people("edit", form="saleout", number=last, fields={"memory": "x"})
    (only,) = read(filled, SHIPMENTS, since, page=3)
    assert (only.number, len(filled.requests("get")) - before) == (last, 1)


def test_bills_without_stamps_are_read_as_far_back_as_the_site_says(filled: Site) -> None:
    filled.people("audit", number="SO-1")
    number = filled.people("invoice", order="SO-1")
    since = passed(filled, INVOICES)
    (only,) = read(filled, INVOICES, since)
    assert (only.key, only.fields["originalsum"]) == (number, 226)
    filled.server.clock.advance(timedelta(days=40).total_seconds())
    assert read(filled, INVOICES, since) == []
    assert len(read(filled, INVOICES, since, recent_days=60)) == 1


# -- looked up ---------------------------------------------------------------------------------


def test_marks_are_found_letter_for_letter(filled: Site) -> None:
    asked = ["crm:SO-1", "CRM:so-2", "crm:SO-3 ", "crm:SO-99", ""]
    found = list(filled.erp.find(SHAPE, MARK, asked))
    assert [(one.number, one.fields[MARK]) for one in found] == [("SO-1", "crm:SO-1")]


def test_a_list_that_ignores_a_mark_is_noticed_where_it_matters(filled: Site) -> None:
    filled.server.switches["define_filter"] = "ignored"
    assert [one.number for one in filled.erp.find(SHAPE, MARK, ["crm:SO-1"])] == ["SO-1"]
    for place in range(20, 32):
        filled.order(f"SO-{place}", until="saved")
    with pytest.raises(Rejected, match="reference_search"):
        list(filled.erp.find(SHAPE, MARK, ["crm:SO-1"]))
    assert not filled.connect(reference_search=False).capabilities.of(ORDER).search


def test_a_field_that_no_list_can_be_searched_by_is_told(filled: Site) -> None:
    with pytest.raises(Rejected, match="define5"):
        list(filled.erp.find(SHAPE, "define5", ["1"]))


def test_a_stopped_filter_of_nothing_is_an_empty_list(site: Site) -> None:
    for error in (True, False):
        site.server.switches["empty_is_error"] = error
        assert read(site, SHAPE) == []


# -- stock, and what is described --------------------------------------------------------------


@pytest.mark.parametrize("size", [4, 200])
def test_stock_is_added_up_and_asked_for_by_warehouse_where_the_site_wants_it(
    site: Site, size: int
) -> None:
    shape = Shape("currentstock", ("invcode", "whcode"), ("whname",), sums=("qty",))
    site.people("change_stock", material="M-001", warehouse="CK02", quantity=3)
    assert len(read(site, shape, page=size)) == len(COMPANY.stock) + 1
    (only,) = read(site, shape, page=size, stock_warehouses=("CK02",))
    assert (only.key, only.fields["qty"], only.fields["whname"]) == ("M-001|CK02", 3, "退货仓")


def test_a_form_is_described_by_what_records_show_and_what_pages_name(filled: Site) -> None:
    fields = {(one.table, one.name): one.required for one in filled.erp.describe(ORDER)}
    assert fields["", "custcode"]
    assert fields["", MARK] is False
    assert (ROWS, "define28") in fields
    assert (ROWS, "custcode") not in fields
    assert ("", "timestamp") not in fields
    assert filled.erp.describe("saleout") == []
    assert filled.erp.describe("currentstock")
