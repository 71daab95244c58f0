"""Windows of whole seconds, items of their own, find and fetch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from espocrm_world import ACCOUNT, LINE, ORDER, read, shape

from connector.contract import Shape
from connector.errors import Rejected, Transient
from tests.adapters.simulated import numbers


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


def test_every_order_comes_once_with_its_items_over_pages_of_both(build):
    world = build(orders=60)
    records = read(world.adapter(page=7)).records
    assert len(numbers(records)) == len(set(numbers(records))) == 60
    assert {len(record.fields[LINE]) for record in records} == {2}


def test_the_first_reading_leaves_the_items_own_windows_out(world, crm):
    read(crm)
    assert world.calls("list", LINE) == 1


def test_what_changes_in_the_second_in_which_a_window_ends_comes_with_the_next_one(build):
    with time_machine.travel(datetime.now(UTC).replace(microsecond=100_000), tick=False) as clock:
        world = build()
        crm = world.adapter(lookback=0)
        world.later(crm)
        cursor = read(crm).cursor
        for n in range(5):
            world.people("edit", number="SO-2", fields={"description": str(n)})
            clock.shift(0.2)
            crm.check()
            found = read(crm, cursor)
            cursor, shown = found.cursor, [one.fields["description"] for one in found.records]
        world.later(crm)
        shown += [record.fields["description"] for record in read(crm, cursor).records]
    assert shown[-1] == "4"


def test_a_changed_item_brings_its_order_though_the_orders_stamp_stands(world, crm):
    first = read(crm)
    stamp = world.record("SO-1")["modifiedAt"]
    world.people("edit_line", order="SO-1", line_no=1, fields={"quantity": 4})
    world.later(crm)
    [news] = [record for record in read(crm, first.cursor).records if not record.again]
    assert (news.number, world.record("SO-1")["modifiedAt"]) == ("SO-1", stamp)
    assert 4 in [row["quantity"] for row in news.fields[LINE]]
    assert news.stamp != next(record.stamp for record in first.records if record.number == "SO-1")


def test_a_change_with_an_old_stamp_is_found_inside_the_lookback(world, crm):
    cursor = read(crm).cursor
    world.people("edit", number="SO-2", fields={"description": "晚到"}, stamp=ago(300))
    world.later(crm)
    [record] = read(crm, cursor).records
    assert (record.number, record.again) == ("SO-2", True)


def test_a_reading_goes_on_inside_its_window_after_a_crash(build):
    world = build(orders=10)
    before = next(world.adapter(page=4).read(shape(), None))
    after = read(world.adapter(page=4), before.cursor).records
    assert numbers([*before.records, *after]) == numbers(read(world.adapter()).records)


def test_a_deleted_record_is_left_out(world, crm):
    key, gone = world.key("SO-1"), world.key("SO-2")
    world.people("delete", number="SO-2")
    found = crm.fetch(Shape(ORDER, ("id",), (), "number"), [key, gone])
    assert [record.number for record in found] == ["SO-1"]


def test_of_what_the_database_takes_for_equal_the_equal_is_found(world, crm):
    for reference in ("erp:k1", "ERP:K1", "erp:k1 "):
        world.people("add", form=ACCOUNT, fields={"name": "乙", "cErpReference": reference})
    wanted = Shape(ACCOUNT, ("id",), ("name",))
    found = [record.fields for record in crm.find(wanted, "cErpReference", ["erp:k1", ""])]
    assert found == [{"name": "乙", "cErpReference": "erp:k1"}]


def test_a_field_that_is_not_there_is_refused_by_name(crm):
    with pytest.raises(Rejected, match="cLost"):
        read(crm, wanted=replace(shape(), fields=("cLost",)))
    with pytest.raises(Rejected, match="cMark"):
        list(crm.find(shape("customer"), "cMark", ["x"]))


def test_a_field_that_people_have_just_added_is_known_at_once(world, crm, monkeypatch):
    read(crm)
    fields = dict(crm._client.fields(ORDER))
    monkeypatch.setattr(crm._client, "fields", lambda _: {**fields, "cNew": {"type": "varchar"}})
    assert read(crm, wanted=replace(shape(), fields=("cNew",))).records


def test_behind_a_firewall_the_aliases_ask_the_same(build):
    world = build(orders=6)
    usual = read(world.adapter(page=2)).records
    paths = []
    answer = world.sandbox.answer
    world.sandbox.answer = lambda request, *more: (
        paths.append(request.path) or answer(request, *more)
    )
    assert read(world.adapter(page=2, aliases=True)).records == usual
    assert not [path for path in paths if "where%5B" in path or "&select=" in path]


def test_no_address_is_longer_than_servers_take(build):
    world = build(orders=120)
    lengths = []
    answer = world.sandbox.answer
    world.sandbox.answer = lambda request, *more: (
        lengths.append(len(request.path)) or answer(request, *more)
    )
    records = read(world.adapter()).records
    keys = [record.key for record in records]
    assert len(list(world.adapter().fetch(shape(), keys))) == 120
    assert max(lengths) < 8_000


def test_a_page_that_comes_again_and_again_is_no_reading_without_end(crm, monkeypatch):
    monkeypatch.setattr(crm._client, "_ask", lambda *_, **__: {"list": [{"id": "1"}]})
    monkeypatch.setattr(
        crm._client, "_settings", crm._client._settings.model_copy(update={"page": 1})
    )
    with pytest.raises(Transient):
        list(crm._client.pages(ORDER, [], []))
