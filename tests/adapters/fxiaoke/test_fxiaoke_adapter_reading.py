"""Windows, rows of their own, find and fetch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from fxiaoke_world import ACCOUNT, LINE, ORDER, read, shape

from connector.contract import Shape, Write
from connector.errors import Rejected


def at(seconds_ago: float) -> int:
    instant = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    return int(instant.timestamp() * 1000)


def test_the_first_reading_finds_every_order_once_with_its_lines(crm):
    found = read(crm)
    assert found.numbers == found.news == ["SO-1", "SO-2", "SO-3"]
    assert [len(record.fields[LINE]) for record in found.records] == [2, 1, 1]


def test_pages_of_orders_and_of_lines_are_all_followed(build):
    world = build(orders=25)
    found = read(world.adapter(page=3))
    assert len(found.numbers) == len(set(found.numbers)) == 25
    assert {len(r.fields[LINE]) for r in found.records if r.number not in ("SO-2", "SO-3")} == {2}


def test_the_first_reading_leaves_the_lines_own_windows_out(world, crm):
    read(crm)
    assert world.calls("query", LINE) == 1


def test_a_second_reading_finds_only_what_changed_since(world, crm):
    first = read(crm)
    world.people("edit", number="SO-2", fields={"remark": "加急"})
    world.later(crm)
    second = read(crm, first.cursor)
    assert second.news == ["SO-2"]
    world.later(crm, 1000)
    assert read(crm, read(crm, second.cursor).cursor).numbers == []


def test_a_change_with_an_old_stamp_is_found_inside_the_lookback(world, crm):
    first = read(crm)
    world.people("edit", number="SO-2", fields={"remark": "晚到"}, stamp=at(300))
    world.later(crm)
    second = read(crm, first.cursor)
    assert second.numbers == ["SO-2"]
    assert second.records[0].again


def test_a_changed_line_brings_its_order_though_the_orders_stamp_stands(world, crm):
    first = read(crm)
    stamp = world.record("SO-1")["last_modified_time"]
    world.people("edit_line", order="SO-1", line_no=1, fields={"quantity": 4})
    world.later(crm)
    second = read(crm, first.cursor)
    assert second.news == ["SO-1"]
    assert second.records[0].fields[LINE][0]["quantity"] == Decimal(4)
    assert world.record("SO-1")["last_modified_time"] == stamp
    assert second.records[0].stamp != first.records[0].stamp


def test_an_order_that_changed_with_its_line_is_read_once(world, crm):
    first = read(crm)
    world.people("edit", number="SO-1", fields={"remark": "改"})
    world.people("edit_line", order="SO-1", line_no=1, fields={"quantity": 4})
    world.later(crm)
    assert read(crm, first.cursor).numbers == ["SO-1"]


def test_a_reading_goes_on_inside_its_window_after_a_crash(build):
    world = build(orders=10)
    pages = world.adapter(page=4).read(shape(), None)
    before = next(pages)
    world.sandbox.clock.advance(60)
    world.people("edit", number="SO-1", fields={"remark": "later"})
    after = read(world.adapter(page=4), before.cursor)
    assert [r.number for r in before.records] == ["SO-1", "SO-2", "SO-3", "SO-4"]
    assert after.numbers == [f"SO-{place}" for place in range(5, 11)]
    world.sandbox.clock.advance(5)
    assert read(world.adapter(), after.cursor).news == ["SO-1"]


def test_a_reading_goes_on_among_the_lines_after_a_crash(build):
    world = build(orders=8)
    first = read(world.adapter())
    for place in range(4, 9):
        world.people("edit_line", order=f"SO-{place}", line_no=1, fields={"quantity": 9})
    world.sandbox.clock.advance(5)
    pages = world.adapter(page=2).read(shape(), first.cursor)
    before = next(pages)
    assert "rows:" in before.cursor
    after = read(world.adapter(page=2), before.cursor)
    numbers = [record.number for record in before.records] + after.numbers
    assert sorted(numbers) == [f"SO-{place}" for place in range(4, 9)]


def test_a_cursor_of_rows_that_are_not_asked_for_any_more_begins_its_window_again(build):
    world = build(orders=8)
    first = read(world.adapter())
    world.people("edit_line", order="SO-4", line_no=1, fields={"quantity": 9})
    world.sandbox.clock.advance(5)
    cursor = next(world.adapter().read(shape(), first.cursor)).cursor
    assert read(world.adapter(), cursor, replace(shape(), tables={})).numbers == []


def test_a_token_that_expires_in_the_middle_is_renewed_once(build):
    world = build(orders=10)
    pages = world.adapter(page=4).read(shape(), None)
    next(pages)
    world.fault(do="system", name="token_expired")
    assert [record.number for page in pages for record in page.records][-1] == "SO-10"
    assert world.calls("token") == 2


def test_numbers_are_exact_and_dates_are_chinas(crm):
    order = read(crm).records[0].fields
    assert order["order_time"] == "2026-03-01"
    assert [str(line["sales_price"]) for line in order[LINE]] == ["99.990001", "0.1"]
    assert order["owner"] == "1001"


def test_labels_are_shown_as_they_come(crm):
    wanted = Shape(ORDER, ("_id",), ("owner__r", "account_id__r"))
    found = list(crm.find(wanted, "name", ["SO-1"]))
    assert found[0].fields["owner__r"] == {"id": "1001", "name": "张三"}
    assert found[0].fields["account_id__r"] == "甲公司"


def test_the_first_reading_shows_whatever_there_is_also_what_is_stamped_ahead(world, crm):
    world.people("edit", number="SO-2", fields={"remark": "改"}, stamp=at(-3600))
    assert read(crm).numbers == ["SO-1", "SO-2", "SO-3"]


def test_what_we_made_is_fetched_before_queries_show_it(build):
    world = build()
    world.sandbox.switches["visible_after"] = 20
    crm = world.adapter()
    key = crm.write(Write(ACCOUNT, "", {"name": "乙公司", "account_no": "C2"})).key
    assert list(crm.find(shape("customer"), "account_no", ["C2"])) == []
    assert [record.number for record in crm.fetch(shape("customer"), [key])] == ["C2"]


def test_what_we_changed_is_fetched_as_it_is_before_queries_show_it(build):
    world = build()
    world.sandbox.switches["visible_after"] = 20
    crm = world.adapter()
    key = world.key("C1", ACCOUNT)
    crm.write(Write(ACCOUNT, key, {"tel": "1"}))
    (record,) = crm.fetch(shape("customer"), [key])
    assert record.fields["tel"] == "1"
    assert world.calls("get") == 1


def test_a_refusal_to_give_what_we_changed_is_no_deletion(world, crm, monkeypatch):
    key = world.key("C1", ACCOUNT)
    crm.write(Write(ACCOUNT, key, {"tel": "1"}))
    monkeypatch.setattr(crm._client, "get", lambda form, key: None)
    assert [record.number for record in crm.fetch(shape("customer"), [key])] == ["C1"]


def test_after_a_while_what_we_changed_is_fetched_with_the_others(build):
    world = build()
    crm = world.adapter(search_delay=0)
    key = world.key("C1", ACCOUNT)
    crm.write(Write(ACCOUNT, key, {"tel": "1"}))
    assert list(crm.fetch(shape("customer"), [key]))
    assert (world.calls("get"), world.calls("query")) == (0, 1)


def test_an_invalid_record_is_fetched_where_queries_hide_it(build):
    world = build()
    world.people("invalidate", number="SO-2")
    world.sandbox.switches["hide_invalid"] = True
    (record,) = world.adapter().fetch(shape(), [world.key("SO-2")])
    assert record.fields["life_status"] == "invalid"


def test_what_queries_show_as_deleted_is_not_there(world, crm, monkeypatch):
    query = crm._client._query

    def with_a_deleted_one(form, *rest):
        rows = query(form, *rest)
        return [{**row, "is_deleted": row["_id"] == gone} for row in rows]

    gone = world.key("SO-2")
    monkeypatch.setattr(crm._client, "_query", with_a_deleted_one)
    assert read(crm).numbers == ["SO-1", "SO-3"]


def test_a_line_that_belongs_to_no_order_stops_no_reading(world, crm, monkeypatch):
    first = read(crm)
    world.people("edit_line", order="SO-1", line_no=1, fields={"quantity": 4})
    world.people("edit_line", order="SO-2", line_no=1, fields={"quantity": 4})
    world.later(crm)
    pages, orphan = crm._client.pages, world.sandbox.records(LINE)[0]["_id"]

    def orphaned(form, filters, fields, after=""):
        for rows in pages(form, filters, fields, after):
            yield [
                row
                if row["_id"] != orphan
                else {"_id": orphan, "last_modified_time": row["last_modified_time"]}
                for row in rows
            ]

    monkeypatch.setattr(crm._client, "pages", orphaned)
    assert read(crm, first.cursor).numbers == ["SO-2"]


def test_fetch_leaves_out_what_is_not_there(world, crm):
    keys = [world.key("SO-2"), "no such key"]
    assert [record.number for record in crm.fetch(shape(), keys)] == ["SO-2"]


def test_find_sees_records_of_every_life_status(world, crm):
    world.people("invalidate", number="SO-2")
    found = list(crm.find(shape(), "name", ["SO-1", "SO-2"]))
    assert [(r.number, r.fields["life_status"]) for r in found] == [
        ("SO-1", "normal"),
        ("SO-2", "invalid"),
    ]


def test_find_by_a_field_that_is_not_there_is_refused_instead_of_finding_everything(crm):
    with pytest.raises(Rejected, match="AccountObj in Fxiaoke has no field nobody__c"):
        list(crm.find(shape("customer"), "nobody__c", ["crm:1"]))


def test_custom_objects_have_paths_and_answers_of_their_own(crm):
    wanted = Shape("erp_stock__c", ("_id",), ("on_hand__c",))
    assert list(crm.find(wanted, "reference__c", ["erp:1"])) == []


def test_the_accounts_of_a_company_are_read(crm):
    assert read(crm, wanted=shape("customer")).numbers == ["C1"]


def test_describe_names_fields_with_label_type_and_need(crm):
    fields = {field.name: field for field in crm.describe(ACCOUNT)}
    assert fields["name"].required
    assert (fields["tel"].label, fields["tel"].type) == ("电话", "phone_number")


LINES_WITHOUT_A_NOTE = replace(shape().tables[LINE], fields=("remrak",))


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        (replace(shape(), fields=("remark", "remrak")), ORDER),
        (replace(shape(), tables={LINE: LINES_WITHOUT_A_NOTE}), LINE),
    ],
    ids=["head", "line"],
)
def test_a_field_that_is_not_there_is_refused_instead_of_looking_empty(crm, wanted, where):
    for asked in (lambda: crm.read(wanted, None), lambda: crm.fetch(wanted, ["x"])):
        with pytest.raises(Rejected, match=f"{where}.*remrak"):
            list(asked())


def test_labels_and_what_every_record_shows_need_not_be_described(world, crm):
    wanted = Shape(ORDER, ("_id",), ("account_id__r", "create_time", "life_status", "owner"))
    described = crm._client.describe
    crm._client.describe = lambda form: [
        field for field in described(form) if field["api_name"] in ("account_id", "remark")
    ]
    records = [record for page in crm.read(wanted, None) for record in page.records]
    assert records[0].fields["account_id__r"]
