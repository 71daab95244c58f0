"""Windows, lines of their own, both ways to query, find and fetch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from neocrm_world import ACCOUNT, LINE, ORDER, create, read, shape

from connector.contract import Shape
from connector.errors import Rejected, Transient
from tests.adapters.simulated import numbers

BOTH = pytest.mark.parametrize("query", ["xoql", "plain"])


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


@BOTH
def test_every_order_comes_once_with_its_lines_over_pages_of_both(build, query):
    world = build(orders=60)
    records = read(world.adapter(page=7, query=query)).records
    assert len(numbers(records)) == len(set(numbers(records))) == 60
    assert {len(record.fields[LINE]) for record in records} == {2}


def test_more_records_than_the_older_interface_gives_are_all_read(build):
    """It cuts a page of 1,000 to 100 without a word."""
    world = build(orders=130)
    assert len(read(world.adapter(query="plain")).records) == 130


def test_a_page_that_is_cut_without_a_word_is_not_taken_for_the_last(build, monkeypatch):
    world = build(orders=30)
    world.sandbox.switches["total_is_all"] = True
    monkeypatch.setattr("sandbox.neocrm.queries.XOQL", 8)
    assert len(read(world.adapter()).records) == 30


def test_the_first_reading_leaves_the_lines_own_windows_out(world, crm):
    read(crm)
    assert world.calls("query", LINE) == 1


@BOTH
def test_a_second_reading_finds_only_what_changed_since(world, query):
    crm = world.adapter(query=query)
    cursor = read(crm).cursor
    world.people("edit", number="SO-2", fields={"comment": "加急"})
    world.later(crm)
    second = read(crm, cursor).records
    assert [record.number for record in second if not record.again] == ["SO-2"]


def test_a_change_with_an_old_stamp_is_found_inside_the_lookback(world, crm):
    cursor = read(crm).cursor
    world.people("edit", number="SO-2", fields={"comment": "晚到"}, stamp=ago(300))
    world.later(crm)
    [record] = read(crm, cursor).records
    assert (record.number, record.again) == ("SO-2", True)


def test_a_changed_line_brings_its_order_though_the_orders_stamp_stands(world, crm):
    cursor = read(crm).cursor
    stamp = world.record("SO-1")["updatedAt"]
    world.people("edit_line", order="SO-1", line_no=1, fields={"quantity": 4})
    world.later(crm)
    [news] = [record for record in read(crm, cursor).records if not record.again]
    assert (news.number, world.record("SO-1")["updatedAt"]) == ("SO-1", stamp)
    assert 4 in [row["quantity"] for row in news.fields[LINE]]


def test_a_reading_goes_on_inside_its_window_after_a_crash(build):
    world = build(orders=10)
    before = next(world.adapter(page=4).read(shape(), None))
    after = read(world.adapter(page=4), before.cursor).records
    assert numbers([*before.records, *after]) == [f"SO-{n}" for n in (1, 10, *range(2, 10))]


def test_what_we_have_just_written_is_fetched_as_it_is_though_queries_lag(world):
    world.sandbox.switches["visible_after"] = 60
    crm = world.adapter()
    made = crm.write(create("erp:1")).key
    key = world.key("C1", ACCOUNT)
    crm.write(replace(create("", ACCOUNT, phone="1"), key=key, fields={"phone": "1"}))
    assert world.calls("read") == 0
    assert [record.key for record in crm.fetch(Shape("erpStock__c", ("id",), ()), [made])] == [made]
    [record] = crm.fetch(Shape(ACCOUNT, ("id",), ("phone",)), [key])
    assert record.fields["phone"] == "1"


def test_a_deleted_record_is_left_out_and_a_refusal_is_no_deletion(world, crm):
    key, gone = world.key("SO-1"), world.key("SO-2")
    world.people("delete", number="SO-2")
    heads = Shape(ORDER, ("id",), (), "po")
    assert [record.number for record in crm.fetch(heads, [key, gone, "no id"])] == ["SO-1"]
    crm.write(replace(create("", ORDER), key=key, fields={"comment": "x"}, reference=None))
    world.fault(do="system", name="busy", operation="read", times=9)
    assert [record.number for record in crm.fetch(heads, [key])] == ["SO-1"]
    world.fault(do="system", name="busy", times=9)
    with pytest.raises(Rejected):
        list(crm.fetch(heads, [key]))


def test_several_marks_are_found_by_conditions_that_stay_short(world, crm):
    marks = [f"erp:{'k' * 110}{n}" for n in range(60)]
    for mark in marks:
        world.people("add", form=ACCOUNT, fields={"accountName": mark, "erpReference__c": mark})
    found = crm.find(Shape(ACCOUNT, ("id",), ()), "erpReference__c", [*marks, "erp:other"])
    assert sorted(record.fields["erpReference__c"] for record in found) == sorted(marks)


def test_a_number_with_a_quote_is_found_once_a_trial_has_shown_how_it_is_written(world, crm):
    world.people("add_customer", name="甲", number="O'Brien")
    wanted = Shape(ACCOUNT, ("id",), ())
    with pytest.raises(Rejected, match="quote"):
        list(crm.find(wanted, "accountCode__c", ["O'Brien"]))
    world.sandbox.switches["quotes"] = "double"
    asked = world.adapter(quotes="double").find(wanted, "accountCode__c", ["O'Brien"])
    assert len(list(asked)) == 1


def test_the_object_that_is_a_word_of_the_language_may_be_called_otherwise(world):
    world.sandbox.switches["order_is"] = "order"
    assert len(read(world.adapter(order_as="order")).records) == 3
    with pytest.raises(Rejected):
        read(world.adapter())


def test_a_field_that_is_not_there_is_refused_by_name(crm):
    with pytest.raises(Rejected, match="lost__c"):
        read(crm, wanted=replace(shape(), fields=("lost__c",)))
    with pytest.raises(Rejected, match="mark__c"):
        list(crm.find(shape("customer"), "mark__c", ["x"]))


def test_a_field_that_people_have_just_added_is_known_at_once(world, crm, monkeypatch):
    read(crm)
    described = [*crm._client.describe(ORDER), {"apiKey": "comment2__c", "type": "text"}]
    monkeypatch.setattr(crm._client, "describe", lambda _: described)
    assert crm._codecs.having(ORDER, ["comment2__c"])


def test_a_page_that_comes_again_and_again_is_no_reading_without_end(crm, monkeypatch):
    monkeypatch.setattr(
        crm._client, "_call", lambda *_, **__: {"code": 200, "data": {"records": [{"id": 1}]}}
    )
    monkeypatch.setattr(crm._client, "_page", 1)
    with pytest.raises(Transient):
        list(crm._client.pages(ORDER, [], []))
