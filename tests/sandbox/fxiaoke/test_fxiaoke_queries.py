"""What queries find, in which shape and within which limits."""

from __future__ import annotations

import random

import pytest


def names(rows):
    return [row["name"] for row in rows]


def test_numbers_are_strings_dates_are_midnight_in_china_and_owners_lists(crm):
    order = crm.one("SalesOrderObj", "SO-1")
    assert order["order_amount"] == "349.97"
    assert order["order_time"] == 1790784000000  # 2026-10-01 in China, September in UTC
    assert order["owner"] == ["1001"]
    assert order["owner__r"] == {"id": "1001", "name": "张三"}
    assert order["account_id__r"] == "甲公司"


def test_percentiles_have_no_exponent(crm):
    assert crm.rows("SalesOrderProductObj")[0]["tax_rate__c"] == "13"


def test_empty_fields_are_absent_unless_asked_for(crm):
    data = {"dataObjectApiName": "AccountObj"}
    bare = crm.post("/cgi/crm/v2/data/query", {"data": data})["data"]["dataList"][0]
    full = crm.post("/cgi/crm/v2/data/query", {"data": data, "includeNull": True})
    assert "tel" not in bare
    assert full["data"]["dataList"][0]["tel"] is None


def test_a_projection_gives_those_fields_alone(crm):
    row = crm.rows("SalesOrderObj", fieldProjection=["_id", "name", "owner"])[0]
    assert set(row) == {"_id", "name", "owner", "owner__r"}


def test_filters_are_anded(crm):
    account = crm.one("AccountObj", "甲公司")["_id"]
    rows = crm.rows("SalesOrderObj", ("account_id", "EQ", [account]), ("lock_status", "EQ", ["1"]))
    assert names(rows) == ["SO-3"]


@pytest.mark.parametrize(
    ("field", "operator", "values", "found"),
    [
        ("name", "EQ", ["SO-1"], ["SO-1"]),
        ("name", "N", ["SO-1"], ["SO-2", "SO-3"]),
        ("name", "IN", ["SO-1", "SO-3"], ["SO-1", "SO-3"]),
        ("name", "NIN", ["SO-1", "SO-3"], ["SO-2"]),
        ("name", "LIKE", ["O-2"], ["SO-2"]),
        ("name", "NLIKE", ["O-2"], ["SO-1", "SO-3"]),
        ("name", "STARTWITH", ["SO"], ["SO-1", "SO-2", "SO-3"]),
        ("name", "ENDWITH", ["3"], ["SO-3"]),
        ("order_amount", "GT", ["99.5"], ["SO-1", "SO-3"]),
        ("order_amount", "LTE", ["100.0"], ["SO-2", "SO-3"]),
        ("order_amount", "EQ", ["100"], ["SO-3"]),
        ("order_amount", "BETWEEN", ["96", "349.97"], ["SO-1", "SO-3"]),
        ("order_amount", "NBETWEEN", ["96", "349.97"], ["SO-2"]),
        ("discount_amount__c", "IS", [], ["SO-1", "SO-3"]),
        ("discount_amount__c", "ISN", [], ["SO-2"]),
        ("discount_amount__c", "N", ["5"], ["SO-1", "SO-3"]),
        ("owner", "EQ", ["1001"], ["SO-1", "SO-2", "SO-3"]),
        ("owner", "HASANYOF", ["1000", "1001"], ["SO-1", "SO-2", "SO-3"]),
        ("owner", "NHASANYOF", ["1001"], []),
        ("owner", "CONTAINS", ["1001"], ["SO-1", "SO-2", "SO-3"]),
        ("is_deleted", "EQ", ["false"], ["SO-1", "SO-2", "SO-3"]),
    ],
)
def test_operators(crm, field, operator, values, found):
    assert names(crm.rows("SalesOrderObj", (field, operator, values))) == found


def test_an_unknown_operator_is_refused(crm):
    assert crm.query("SalesOrderObj", ("name", "SIMILAR", ["x"]))["errorCode"] == 32000


def test_field_values_must_be_a_list_of_strings_that_fit(crm):
    assert crm.query("SalesOrderObj", ("name", "EQ", "SO-1"))["errorCode"] == 32000
    assert crm.query("SalesOrderObj", ("order_time", "GT", ["today"]))["errorCode"] == 32000


def test_a_misspelt_field_is_ignored_or_refused(crm):
    assert len(crm.rows("SalesOrderObj", ("nmae", "EQ", ["SO-1"]))) == 3
    crm.sandbox.switches["wrong_names"] = "refused"
    assert crm.query("SalesOrderObj", ("nmae", "EQ", ["SO-1"]))["errorCode"] == 32000


def test_more_than_100_rows_are_refused(crm):
    assert crm.query("SalesOrderObj", limit=101)["errorCode"] == 32000


@pytest.mark.parametrize("offset", [50, 10_100])
def test_offsets_beyond_10000_or_between_pages_are_refused_with_10013(crm, offset):
    assert crm.query("SalesOrderObj", offset=offset)["errorCode"] == 10013


def test_without_orders_the_newest_stamp_comes_first(crm):
    crm.sandbox.people()["edit"](fields={"remark": "x"}, number="SO-2")
    assert names(crm.rows("SalesOrderObj", orders=[]))[0] == "SO-2"


def test_orders_sort_by_several_fields_and_put_the_empty_last(crm):
    orders = [{"fieldName": "discount_amount__c", "isAsc": False}, {"fieldName": "name"}]
    assert names(crm.rows("SalesOrderObj", orders=orders)) == ["SO-2", "SO-1", "SO-3"]


def test_the_total_is_zero_when_it_is_switched_off(crm):
    data = {"dataObjectApiName": "SalesOrderObj", "search_query_info": {"limit": 1}}
    path = "/cgi/crm/v2/data/query"
    assert crm.post(path, {"data": data})["data"]["total"] == 3
    quiet = {**data, "find_explicit_total_num": False}
    assert crm.post(path, {"data": quiet})["data"]["total"] == 0


def test_paging_by_id_over_a_window_of_stamps_meets_every_record_once(crm):
    """Whatever plan the query takes: compared with what a plain loop finds."""
    add, edit = crm.sandbox.people()["add_customer"], crm.sandbox.people()["edit"]
    dice = random.Random(7)
    numbers = [add(name=f"客户{place}") for place in range(400)]
    for number in dice.sample(numbers, 250):
        edit(fields={"tel": "1"}, form="AccountObj", number=number, stamp=dice.randrange(10**6))
    for low, high in [(0, 10**6), (0, 10**5), (500_000, 501_000), (0, 1 << 60)]:
        wanted = sorted(
            row["_id"]
            for row in crm.sandbox.records("AccountObj")
            if low <= row["last_modified_time"] < high
        )
        assert paged(crm, low, high) == wanted


def paged(crm, low, high):
    found, last = [], "0"
    while True:
        data = {
            "dataObjectApiName": "AccountObj",
            "find_explicit_total_num": False,
            "search_query_info": {
                "limit": 20,
                "offset": 0,
                "filters": [
                    {"field_name": name, "operator": operator, "field_values": [value]}
                    for name, operator, value in (
                        ("last_modified_time", "GTE", str(low)),
                        ("last_modified_time", "LT", str(high)),
                        ("_id", "GT", last),
                    )
                ],
                "orders": [{"fieldName": "_id", "isAsc": True}],
            },
        }
        rows = crm.post("/cgi/crm/v2/data/query", {"data": data})["data"]["dataList"]
        found += [row["_id"] for row in rows]
        if len(rows) < 20:
            return found
        last = found[-1]


def test_lines_are_found_by_their_orders(crm):
    keys = [crm.one("SalesOrderObj", number)["_id"] for number in ("SO-1", "SO-2")]
    lines = crm.rows("SalesOrderProductObj", ("order_id", "IN", keys))
    assert names(lines) == ["SO-1-1", "SO-1-2", "SO-2-1"]


def test_custom_objects_have_their_own_paths(crm):
    body = {"data": {"dataObjectApiName": "erp_stock__c"}}
    assert crm.post("/cgi/crm/v2/data/query", body)["errorCode"] == 32000
    assert crm.post("/cgi/crm/custom/v2/data/query", body)["errorCode"] == 0
    body = {"data": {"dataObjectApiName": "AccountObj"}}
    assert crm.post("/cgi/crm/custom/v2/data/query", body)["errorCode"] == 32000


def test_pages_of_custom_objects_come_at_the_top_unless_switched(crm):
    crm.create("erp_stock__c", {"name": "库存一"})
    body = {"data": {"dataObjectApiName": "erp_stock__c", "field_projection": ["name"]}}
    path = "/cgi/crm/custom/v2/data/findSimple"
    assert crm.post(path, body)["dataList"] == [{"name": "库存一"}]
    crm.sandbox.switches["custom_list_on_top"] = False
    assert crm.post(path, body)["data"]["dataList"] == [{"name": "库存一"}]


def test_find_one_gives_one_record_or_nothing(crm):
    path = "/cgi/crm/custom/v2/data/findOne"
    body = {"data": {"dataObjectApiName": "erp_stock__c"}}
    assert crm.post(path, body)["data"] == {}
    crm.create("erp_stock__c", {"name": "库存一"})
    assert crm.post(path, body)["data"]["name"] == "库存一"


def test_get_gives_one_record_and_refuses_a_missing_one(crm):
    key = crm.one("AccountObj", "甲公司")["_id"]
    body = {"data": {"dataObjectApiName": "AccountObj", "objectDataId": key}}
    assert crm.post("/cgi/crm/v2/data/get", body)["data"]["account_no"] == "C1"
    body["data"]["objectDataId"] = "0" * 24
    assert crm.post("/cgi/crm/v2/data/get", body)["errorCode"] == 32000


def test_results_become_visible_late_but_get_sees_them_at_once(crm):
    crm.sandbox.switches["visible_after"] = 30
    crm.sandbox.people()["edit"](fields={"remark": "加急"}, number="SO-1")
    key = crm.one("SalesOrderObj", "SO-1")["_id"]
    body = {"data": {"dataObjectApiName": "SalesOrderObj", "objectDataId": key}}
    assert crm.post("/cgi/crm/v2/data/get", body)["data"]["remark"] == "加急"
    assert "remark" not in crm.one("SalesOrderObj", "SO-1")
    crm.sandbox.clock.advance(31)
    assert crm.one("SalesOrderObj", "SO-1")["remark"] == "加急"


def test_objects_and_fields_are_described(crm):
    objects = crm.post("/cgi/crm/v2/object/list", {})["data"]["objects"]
    assert "erp_stock__c" in {each["describeApiName"] for each in objects}
    body = {"includeDetail": False, "data": {"apiName": "SalesOrderObj"}}
    fields = crm.post("/cgi/crm/v2/object/describe", body)["data"]["describe"]["fields"]
    assert fields["order_amount"]["decimal_places"] == 2
    assert fields["account_id"]["target_api_name"] == "AccountObj"
    assert fields["erp_reason__c"]["max_length"] == 500
    assert {"label": "人民币", "value": "CNY"} in fields["mc_currency"]["options"]


def test_people_and_their_erp_numbers_can_be_read(crm):
    people = {row["_id"]: row.get("number__c") for row in crm.rows("PersonnelObj")}
    assert people == {"1000": None, "1001": "YW001"}


def test_a_body_of_an_unforeseen_shape_is_a_system_error(crm):
    body = {"data": {"dataObjectApiName": "AccountObj", "search_query_info": {"filters": ["x"]}}}
    assert crm.post("/cgi/crm/v2/data/query", body)["errorCode"] == -2


def test_an_unknown_path_and_an_unknown_object_are_refused_with_200(crm):
    assert crm.post("/cgi/crm/v9/data/query", {})["errorCode"] == 32000
    assert crm.query("NobodyObj")["errorCode"] == 32000
