"""Readings are complete, whatever a list knows of order, operators and page sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from yonyou_site import COMPANY, LISTED, MARK, ORDER, ROWS, SHAPE, Site, new, opened

from adapters.yonyou_yonbip import forms
from connector.contract import Record, Shape
from connector.errors import Rejected, Transient

PRODUCTS = Shape("digitalModel/product", ("id",), ("name",), "code")


@pytest.fixture
def filled() -> Iterator[Site]:
    """Nine orders of two rows, all of one stamp."""
    with opened() as site:
        for place in range(9):
            site.order(f"UO-{place}", until="saved")
        stamp = site.server.clock.now()
        for record in list(site.server.books.live(ORDER).values()):
            site.server.books.recompute(replace(record, stamp=stamp))
        site.server.clock.advance(5)
        yield site


def read(site: Site, shape: Shape, after: str | None = None, **settings: Any) -> list[Record]:
    adapter = site.connect(**settings)
    return [record for page in adapter.read(shape, after) for record in page.records]


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 18, 500])
def test_every_record_is_read_once_with_all_its_rows(
    filled: Site, size: int, ordered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = replace(forms.FORMS[ORDER], ordered=ordered)
    monkeypatch.setattr(forms, "FORMS", {**forms.FORMS, ORDER: form})
    records = read(filled, LISTED, page=size)
    assert sorted(record.number for record in records) == [f"UO-{n}" for n in range(9)]
    assert {len(record.fields[ROWS]) for record in records} == {2}


def test_a_list_that_ignores_the_order_is_noticed(
    filled: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = filled.server._service._lists
    monkeypatch.setattr(lists, "_sort", lambda found, orders: None)
    assert len(read(filled, LISTED, page=4)) == 9


def test_a_first_reading_of_many_costs_few_calls(filled: Site) -> None:
    read(filled, LISTED, page=6)
    assert len(filled.requests("list")) <= 9  # 18 rows by 6, and the last bill of each page again


def test_a_page_of_rows_never_cuts_a_record(filled: Site) -> None:
    for cursor in pages(filled):
        assert {len(one.fields[ROWS]) for one in read(filled, LISTED, cursor, page=3)} <= {2}


def pages(site: Site) -> list[str | None]:
    return [page.cursor for page in site.connect(page=3).read(LISTED, None)]


def test_what_a_list_does_not_show_is_read_record_by_record(filled: Site) -> None:
    by_list = read(filled, LISTED)
    assert filled.requests("detail") == []
    whole = read(filled, SHAPE)
    assert len(filled.requests("detail")) == 9
    assert [one.key for one in whole] == [one.key for one in by_list]
    assert [one.fields["payMoney"] for one in whole] == [one.fields["payMoney"] for one in by_list]


# -- looked up ---------------------------------------------------------------------------------


@pytest.mark.parametrize("everywhere", [True, False])
def test_records_are_fetched_together_or_one_by_one_where_lists_know_no_in(
    filled: Site, everywhere: bool
) -> None:
    filled.server.switches["in_everywhere"] = everywhere
    keys = list(filled.server.books.live(ORDER))[:4]
    for _ in range(2):
        assert sorted(one.key for one in filled.erp.fetch(LISTED, [*keys, "1"])) == sorted(keys)
    # Once it is known that there is none, it is not tried again.
    assert len(filled.requests("list")) == (2 if everywhere else 1 + 2 * 5)


def test_marks_are_found_letter_for_letter(filled: Site) -> None:
    found = list(
        filled.erp.find(SHAPE, MARK, ["crm:UO-1", "CRM:uo-2", "crm:UO-3 ", "crm:UO-9", ""])
    )
    assert [(one.number, one.fields[MARK]) for one in found] == [("UO-1", "crm:UO-1")]


@pytest.mark.parametrize("filtering", ["ignored", "refused"])
def test_a_list_that_cannot_be_searched_finds_nothing_and_says_so(
    filled: Site, filtering: str
) -> None:
    filled.server.switches["define_filter"] = filtering
    with pytest.raises(Rejected):
        list(filled.erp.find(SHAPE, MARK, ["crm:UO-1"]))


def test_without_a_search_by_our_mark_a_doubt_is_for_people(site: Site) -> None:
    assert site.erp.capabilities.of(ORDER).search
    assert not site.connect(reference_search=False).capabilities.of(ORDER).search


# -- base data ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2, 7, 500])
def test_base_data_is_read_until_two_readings_agree(site: Site, size: int) -> None:
    read(site, PRODUCTS, page=size)
    whole = -(-25 // size)
    assert len(site.requests("list")) == (whole if whole == 1 else 2 * whole)


@pytest.mark.parametrize("size", [10, 24])
def test_what_is_deleted_while_base_data_is_read_hides_nothing(site: Site, size: int) -> None:
    adapter = site.connect(page=size)
    pages = adapter.read(PRODUCTS, None)
    seen = {record.key for record in next(pages).records}
    gone = next(iter(seen))
    site.people("delete", form="digitalModel/product", key=gone)
    seen |= {record.key for page in pages for record in page.records}
    assert seen - {gone} == set(site.server.books.live("digitalModel/product"))


def test_base_data_that_never_stands_still_is_read_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, calls = site.server._service._lists.page, iter(range(10_000))

    def moving(form: str, body: Any) -> Any:
        return {**page(form, body), "recordList": [{"id": next(calls)} for _ in range(2)]}

    monkeypatch.setattr(site.server._service._lists, "page", moving)
    with pytest.raises(Transient):
        read(site, PRODUCTS, page=10)


# -- stock -------------------------------------------------------------------------------------


def test_stock_is_asked_for_by_warehouse_where_the_site_wants_it(site: Site) -> None:
    shape = Shape("scm/stock", ("product_code", "warehouse_code"), (), sums=("currentqty",))
    site.people("change_stock", material="M-001", warehouse="CK02", quantity=3)
    assert len(read(site, shape)) == len(COMPANY.stock) + 1
    (only,) = read(site, shape, stock_warehouses=("CK02",))
    assert (only.key, only.fields["currentqty"]) == ("M-001|CK02", 3)


# -- described ---------------------------------------------------------------------------------


def test_a_form_is_described_by_what_records_show_and_by_what_a_save_demands(site: Site) -> None:
    assert site.erp.describe(ORDER) == []
    site.erp.write(new())
    fields = {(one.table, one.name): one.required for one in site.erp.describe(ORDER)}
    assert fields["", "orderPrices.currency"]
    assert fields["", "receiver"] is False
    assert (ROWS, "orderDetailPrices.oriTax") in fields
    assert ("", "orderDetailPrices.oriTax") not in fields
    assert site.erp.describe("digitalModel/merchant")
    assert site.erp.describe("scm/stock")
