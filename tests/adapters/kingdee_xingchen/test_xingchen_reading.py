"""Readings are complete, whatever a list knows of order, times and page sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from xingchen_site import ORDER, ROWS, SHAPE, Site, new, opened

from connector.contract import Record, Shape
from connector.errors import Rejected, Transient
from sandbox.kingdee_xingchen.faults import business

TASKS = Shape(
    "pm/mo_taskbill",
    ("id", "material_entity.id"),
    ("material_entity.qty", "material_entity.inv_qty", "bill_close_state"),
    "bill_no",
)
STOCK = Shape("scm/inventory", ("material_number",), (), sums=("qty",))


@pytest.fixture
def filled() -> Iterator[Site]:
    """Nine orders, three of each of three moments."""
    with opened() as site:
        for place in range(9):
            site.order(f"crm:{place}", until="saved")
            if place % 3 == 2:
                site.server.clock.advance(7)
        yield site


def read(site: Site, shape: Shape = SHAPE, after: str | None = None, **more: Any) -> list[Record]:
    adapter = site.connect(**more) if more else site.erp
    return [record for page in adapter.read(shape, after) for record in page.records]


def cursor(site: Site, shape: Shape = SHAPE) -> str | None:
    return [page.cursor for page in site.erp.read(shape, None)][-1]


@pytest.mark.parametrize("size", [1, 2, 3, 8, 100, 500])
def test_every_record_is_read_with_its_rows(filled: Site, size: int) -> None:
    records = read(filled, page=size)
    assert {record.number for record in records} == {f"crm:{n}" for n in range(9)}
    assert {len(record.fields[ROWS]) for record in records} == {2}


def test_a_page_is_an_end_and_another_process_goes_on_from_there(filled: Site) -> None:
    pages = list(filled.connect(page=4).read(SHAPE, None))
    whole = {record.key for page in pages for record in page.records}
    for place, page in enumerate(pages):
        rest = {record.key for one in pages[: place + 1] for record in one.records}
        rest |= {record.key for record in read(filled, after=page.cursor, page=4)}
        assert rest == whole


@pytest.mark.parametrize("counts_as_modified", [True, False])
def test_what_is_new_is_found_whether_or_not_it_counts_as_modified(
    filled: Site, counts_as_modified: bool
) -> None:
    filled.server.switches["new_is_modified"] = counts_as_modified
    filled.server.clock.advance(3600)
    filled.erp.check()  # its answer tells the time
    after = cursor(filled)
    filled.order("crm:9", until="saved")
    filled.people("edit", number="crm:4", fields={"remark": "x"})
    filled.server.clock.advance(2)
    assert [record.number for record in read(filled, after=after)] == ["crm:9", "crm:4"]


def test_a_record_is_asked_for_by_itself_only_where_its_list_shows_too_little(site: Site) -> None:
    site.order(fields={**new().fields, "remark": "x"})
    units = Shape("bd/measure_unit", ("id",), ("name", "enable"), "number")
    assert read(site, units)
    assert site.requests("detail") == ["detail"] * 2  # of the order's save and audit
    site.server.switches["lists"] = "whole"
    (whole,) = read(site)
    assert len(whole.fields[ROWS]) == 2
    assert len(site.requests("detail")) == 2


def test_what_was_imported_in_one_second_is_read_until_two_readings_agree(site: Site) -> None:
    materials = Shape("bd/material", ("id",), ("name", "enable"), "number")
    records = read(site, materials, page=10)
    assert len({record.key for record in records}) == 25
    assert len(site.requests("list")) < 15


def test_a_list_that_does_not_look_at_times_is_noticed(
    filled: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = cursor(filled)
    filled.server.clock.advance(60)
    monkeypatch.setattr("sandbox.kingdee_xingchen.lists._between", lambda *_: True)
    with pytest.raises(Rejected, match="create_start_time"):
        read(filled, after=after, page=8)


def test_stock_that_never_stands_still_is_read_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter(range(10_000))

    def moving(*_: Any) -> Any:
        return {"rows": [{"material_id": next(numbers)} for _ in range(2)], "count": "4"}

    monkeypatch.setattr(site.server._lists, "page", moving)
    with pytest.raises(Transient):
        read(site, STOCK)


@pytest.mark.parametrize("size", [4, 100])
def test_stock_is_added_up_by_its_key(site: Site, size: int) -> None:
    site.people("change_stock", material="M-001", warehouse="CK02", quantity=3)
    found = {record.key: record.fields["qty"] for record in read(site, STOCK, page=size)}
    assert len(found) == 25
    assert float(found["M-001"]) == 15.5


@pytest.mark.parametrize("texts", [True, False])
def test_numbers_are_exact_whether_they_come_as_texts_or_not(site: Site, texts: bool) -> None:
    site.server.switches["texts"] = texts
    site.order()
    (record,) = read(site)
    assert [row["all_amount"] for row in record.fields[ROWS]] == [113, 113]
    assert isinstance(record.key, str)


def test_an_audit_changes_the_stamp_though_it_is_no_modification(site: Site) -> None:
    written = site.order(until="saved")
    (new_one,) = site.erp.fetch(SHAPE, [written.key])
    assert new_one.stamp == ""  # its detail tells no time of a modification
    site.server.clock.advance(1)
    site.people("edit", number="crm:1", fields={"remark": "x"})
    (before,) = site.erp.fetch(SHAPE, [written.key])
    site.people("audit", number="crm:1")
    (after,) = site.erp.fetch(SHAPE, [written.key])
    assert before.stamp
    assert before.stamp != after.stamp


def test_what_a_list_shows_without_its_time_is_no_old_news(site: Site) -> None:
    """Nobody knows when it was modified: a new mapping must not take it for known."""
    customers = Shape("bd/customer", ("id",), ("name", "enable"), "number")
    site.server.clock.advance(3600)
    site.erp.check()  # its answer tells the time
    after = cursor(site, customers)
    key = site.server.books.named("bd/customer", "C0007").key
    site.people("edit", form="bd/customer", key=key, fields={"name": "海湾"})
    site.server.clock.advance(2)
    (record,) = read(site, customers, after)
    assert (record.fields["name"], record.stamp, record.again) == ("海湾", "", False)


# -- production tasks --------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["made", "modified"])
def test_each_row_of_a_production_task_is_a_record(site: Site, by: str) -> None:
    site.server.switches["tasks_by"] = by
    after = cursor(site, TASKS)
    site.order()
    number = site.people("make_production_order", order="crm:1")
    if by == "modified":
        site.server.switches["new_is_modified"] = True
    site.server.clock.advance(2)
    (task,) = read(site, TASKS, after)
    assert (task.number, task.fields["material_entity.qty"]) == (number, 10)
    site.people("finish_production", number=number)
    (done,) = site.erp.fetch(TASKS, [task.key, "1|2"])
    assert (done.fields["material_entity.inv_qty"], done.fields["bill_close_state"]) == (10, "S")


# -- looked up ---------------------------------------------------------------------------------


def test_numbers_are_found_letter_for_letter(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.order("crm:A")
    found = list(site.erp.find(SHAPE, "bill_no", ["crm:A", "crm:a", " ", "crm:B"]))
    assert [one.fields["bill_no"] for one in found] == ["crm:A"]
    monkeypatch.setattr(site.server.books, "having", lambda form, *_: [*_live(site, form)])
    assert list(site.erp.find(SHAPE, "bill_no", ["crm:a"])) == []


def _live(site: Site, form: str) -> Iterable[Any]:
    return site.server.books.live(form).values()


def test_what_is_not_there_is_left_out_however_little_is_wanted(site: Site) -> None:
    written = site.order()
    bare = Shape(ORDER, ("id",), ())
    assert [one.key for one in site.erp.fetch(bare, ["1", written.key])] == [written.key]


def test_nothing_else_can_be_looked_up(site: Site) -> None:
    with pytest.raises(Rejected, match="remark"):
        list(site.erp.find(SHAPE, "remark", ["x"]))


def test_a_look_up_that_is_refused_for_another_reason_is_no_absence(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise business("没有查看权限")

    monkeypatch.setattr(site.server, "_asked", refuse)
    with pytest.raises(Rejected, match="权限"):
        list(site.erp.fetch(SHAPE, ["1"]))


# -- described ---------------------------------------------------------------------------------


def test_a_form_is_described_by_a_record_and_by_what_a_save_takes(site: Site) -> None:
    assert site.erp.describe(ORDER) == []
    site.erp.write(replace(new(), until="saved"))
    fields = {(one.table, one.name): one.required for one in site.erp.describe(ORDER)}
    assert fields["", "customer_id"]
    assert fields["", "contact_phone"] is False
    assert fields[ROWS, "unit_id"]
    assert site.erp.describe("scm/inventory")
