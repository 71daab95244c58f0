"""Create, update, locks, approvals, and the two stages of deleting."""

from __future__ import annotations

import pytest

ORDER, LINE, STOCK = "SalesOrderObj", "SalesOrderProductObj", "erp_stock__c"
DATA = "/cgi/crm/v2/data"
CUSTOM = "/cgi/crm/custom/v2/data"


def record(crm, number):
    return crm.one(ORDER, number)


def update_stock(crm, key, **data):
    sent = {"_id": key, "dataObjectApiName": STOCK, "on_hand__c": "5"}
    return crm.post(f"{CUSTOM}/update", {"data": {"object_data": sent, **data}})


def locks(crm, action, number, **data):
    key = record(crm, number)["_id"]
    body = {"data": {"dataObjectApiName": ORDER, "dataIds": [key], **data}}
    return crm.post(f"/cgi/crm/v2/object/{action}", body)


def test_an_update_sets_what_is_sent_and_moves_stamp_and_version(crm):
    before = record(crm, "SO-1")
    assert crm.update(ORDER, before["_id"], {"erp_number__c": "XSDD1"})["errorCode"] == 0
    after = record(crm, "SO-1")
    assert after["erp_number__c"] == "XSDD1"
    assert after["order_amount"] == before["order_amount"]
    assert after["version"] == "2"
    assert after["last_modified_time"] > before["last_modified_time"]


def test_the_ledger_tells_old_and_new_of_changed_fields_alone(crm):
    key = record(crm, "SO-1")["_id"]
    crm.update(ORDER, key, {"erp_number__c": "XSDD1", "mc_currency": "CNY"})
    entry = [e for e in crm.sandbox.ledger if e.kind == "commit"][-1]
    assert (entry.operation, entry.form, entry.key, entry.number) == ("update", ORDER, key, "SO-1")
    assert entry.data == {"erp_number__c": {"old": None, "new": "XSDD1"}}


def test_an_empty_value_clears_a_field(crm):
    key = record(crm, "SO-2")["_id"]
    crm.update(ORDER, key, {"discount_amount__c": None, "delivery_date": ""})
    assert not {"discount_amount__c", "delivery_date"} & set(record(crm, "SO-2"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("erp_reason__c", "长" * 501),
        ("erp_shipped__c", 5),
        ("erp_shipped__c", "five"),
        ("erp_since__c", "2026-11-21"),
        ("mc_currency", "RMB"),
        ("account_id", "0" * 24),
        ("remark", 5),
        ("account_id", None),
    ],
)
def test_a_value_that_the_field_does_not_take_is_refused(crm, field, value):
    answer = crm.update(ORDER, record(crm, "SO-1")["_id"], {field: value})
    assert answer["errorCode"] == 32000
    assert record(crm, "SO-1")["version"] == "1"


def test_too_many_decimal_places_are_rounded_away(crm):
    crm.update(ORDER, record(crm, "SO-1")["_id"], {"erp_shipped__c": "1.00005"})
    assert record(crm, "SO-1")["erp_shipped__c"] == "1.0001"


def test_a_date_loses_its_time_of_day(crm):
    key = record(crm, "SO-1")["_id"]
    crm.update(ORDER, key, {"erp_shipped_on__c": 1790784000000 + 3_600_000})
    assert record(crm, "SO-1")["erp_shipped_on__c"] == 1790784000000


def test_owner_and_life_status_cannot_be_set_by_update(crm):
    crm.update(ORDER, record(crm, "SO-1")["_id"], {"owner": ["1000"], "life_status": "invalid"})
    assert record(crm, "SO-1")["owner"] == ["1001"]
    assert record(crm, "SO-1")["life_status"] == "normal"


def test_the_owner_changes_by_an_operation_of_its_own(crm):
    key = record(crm, "SO-1")["_id"]
    moves = [{"objectDataId": key, "ownerId": ["1000"]}]
    body = {"data": {"dataObjectApiName": ORDER, "Data": moves}}
    assert crm.post(f"{DATA}/changeOwner", body)["errorCode"] == 0
    assert record(crm, "SO-1")["owner"] == ["1000"]


def test_create_answers_the_new_id_for_preset_objects(crm):
    answer = crm.create("AccountObj", {"name": "丙公司", "account_no": "C3"})
    assert crm.one("AccountObj", "丙公司")["_id"] == answer["dataId"]


def test_create_hides_the_new_id_for_custom_objects_unless_switched(crm):
    assert "dataId" not in crm.create(STOCK, {"name": "一"})
    crm.sandbox.switches["custom_create_returns_id"] = True
    assert crm.create(STOCK, {"name": "二"})["dataId"]


def test_a_create_without_a_required_field_or_with_a_taken_number_is_refused(crm):
    assert crm.create("AccountObj", {"account_no": "C3"})["errorCode"] == 32000
    assert crm.create("AccountObj", {"name": "丙", "account_no": "C1"})["errorCode"] == 32000


def test_ids_ascend_in_the_order_of_making(crm):
    keys = [crm.create("AccountObj", {"name": f"客户{n}"})["dataId"] for n in range(5)]
    assert keys == sorted(keys)
    assert all(len(key) == 24 for key in keys)


def test_details_are_created_with_their_master_and_roll_up(crm):
    product = crm.one("ProductObj", "电机")["_id"]
    account = crm.one("AccountObj", "甲公司")["_id"]
    lines = [{"product_id": product, "quantity": "3", "sales_price": "33.335"}]
    sent = {"dataObjectApiName": ORDER, "name": "SO-9", "account_id": account}
    body = {
        "triggerApprovalFlow": False,
        "data": {"object_data": sent, "details": {LINE: lines}},
    }
    assert crm.post(f"{DATA}/create", body)["errorCode"] == 0
    assert record(crm, "SO-9")["order_amount"] == "100.01"


def test_a_locked_record_answers_50009(crm):
    answer = crm.update(ORDER, record(crm, "SO-3")["_id"], {"erp_number__c": "X"})
    assert answer["errorCode"] == 50009
    assert "erp_number__c" not in record(crm, "SO-3")


def test_unlock_write_lock(crm):
    assert locks(crm, "unlock", "SO-3", detailObjStrategy=0)["errorCode"] == 0
    assert crm.update(ORDER, record(crm, "SO-3")["_id"], {"remark": "x"})["errorCode"] == 0
    assert locks(crm, "lock", "SO-3", detailObjStrategy=0)["errorCode"] == 0
    assert record(crm, "SO-3")["lock_status"] == "1"
    assert [each[0] for each in crm.commits()] == ["unlock", "update", "lock"]


def test_locking_takes_the_details_along_by_default(crm):
    locks(crm, "lock", "SO-1")
    lines = crm.rows(LINE, ("order_id", "EQ", [record(crm, "SO-1")["_id"]]))
    assert {line["lock_status"] for line in lines} == {"1"}


def test_a_locked_custom_record_takes_a_write_that_skips_the_check(crm):
    crm.create(STOCK, {"name": "一"})
    key = crm.sandbox.records(STOCK)[0]["_id"]
    body = {"data": {"dataObjectApiName": STOCK, "dataIds": [key]}}
    crm.post("/cgi/crm/v2/object/lock", body)
    assert update_stock(crm, key)["errorCode"] == 50009
    assert update_stock(crm, key, skipDataStatusValidate=True)["errorCode"] == 0


def test_an_update_that_triggers_approval_puts_the_order_into_change(crm):
    crm.update(ORDER, record(crm, "SO-1")["_id"], {"remark": "x"}, triggerApprovalFlow=True)
    order = record(crm, "SO-1")
    assert (order["life_status"], order["lock_status"]) == ("in_change", "1")


def test_triggers_are_on_unless_switched_off(crm):
    key = record(crm, "SO-1")["_id"]
    sent = {"_id": key, "dataObjectApiName": ORDER, "remark": "x"}
    crm.post(f"{DATA}/update", {"data": {"object_data": sent}})
    assert [(each[0], each[2]) for each in crm.commits()] == [
        ("update", "api"),
        ("approval", "approval"),
        ("workflow", "workflow"),
    ]


def test_deleting_takes_two_stages_and_the_details(crm):
    key = record(crm, "SO-1")["_id"]
    ids = {"data": {"dataObjectApiName": ORDER, "idList": [key]}}
    assert crm.post(f"{DATA}/delete", ids)["errorCode"] == 32000
    body = {"data": {"dataObjectApiName": ORDER, "object_data_id": key}}
    assert crm.post(f"{DATA}/invalid", body)["errorCode"] == 0
    assert record(crm, "SO-1")["life_status"] == "invalid"
    assert crm.post(f"{DATA}/delete", ids)["errorCode"] == 0
    assert not crm.rows(ORDER, ("_id", "EQ", [key]))
    assert not crm.rows(LINE, ("order_id", "EQ", [key]))


def test_an_invalid_record_takes_no_update_and_can_be_recovered(crm):
    key = record(crm, "SO-1")["_id"]
    crm.sandbox.people()["invalidate"](number="SO-1")
    assert crm.update(ORDER, key, {"remark": "x"})["errorCode"] == 32000
    body = {"data": {"dataObjectApiName": ORDER, "idList": [key]}}
    assert crm.post(f"{DATA}/recover", body)["errorCode"] == 0
    assert record(crm, "SO-1")["life_status"] == "normal"


def test_invalid_records_are_returned_unless_switched(crm):
    crm.sandbox.people()["invalidate"](number="SO-1")
    assert len(crm.rows(ORDER)) == 3
    crm.sandbox.switches["hide_invalid"] = True
    assert len(crm.rows(ORDER)) == 2


def test_custom_records_are_invalidated_in_batches_under_a_path_without_v2(crm):
    for name in ("一", "二"):
        crm.create(STOCK, {"name": name})
    ids = [row["_id"] for row in crm.sandbox.records(STOCK)]
    body = {"data": {"dataObjectApiName": STOCK, "idList": ids}}
    assert crm.post("/cgi/crm/custom/data/invalid", body)["errorCode"] == 0
    assert {row["life_status"] for row in crm.sandbox.records(STOCK)} == {"invalid"}


def test_a_line_written_by_the_api_rolls_up_without_moving_the_orders_stamp(crm):
    before = record(crm, "SO-1")
    line = crm.rows(LINE, ("order_id", "EQ", [before["_id"]]))[1]
    crm.update(LINE, line["_id"], {"quantity": "2"})
    after = record(crm, "SO-1")
    assert after["order_amount"] == "399.97"
    assert after["last_modified_time"] == before["last_modified_time"]
