"""Collections, refusals of single records, what people do, and misbehaviour on request."""

from __future__ import annotations

from typing import Any

import pytest
from salesforce_org import Client, account

from sandbox.salesforce import SalesforceSandbox
from sandbox.salesforce.ids import checked


def codes(results: Any) -> list[str]:
    return [one["errors"][0]["statusCode"] if one["errors"] else "" for one in results]


def test_each_record_of_a_collection_has_its_own_result(crm: Client) -> None:
    results = crm.collect(
        "POST",
        account(Name="一", Erp_Reference__c="m1"),
        account(Name="二", Erp_Reference__c="m1"),
        account(Phone="1"),
        account(Name="三", Nonsense="x"),
        account(Name="四", OwnerId="0055g0000000001AAA"),
        account(Name="五", Id="x"),
    )
    assert codes(results) == [
        "", "DUPLICATE_VALUE", "REQUIRED_FIELD_MISSING", "INVALID_FIELD",
        "INVALID_CROSS_REFERENCE_KEY", "",
    ]  # fmt: skip
    assert results[0]["id"][:15] in results[1]["errors"][0]["message"]
    assert results[2]["errors"][0]["fields"] == ["Name"]


def test_a_mark_in_other_letter_case_is_another_mark(crm: Client) -> None:
    marks = [account(Name=name, Erp_Reference__c=name) for name in ("a", "A")]
    assert codes(crm.collect("POST", *marks)) == ["", ""]


def test_an_unknown_id_and_what_is_under_approval_are_refused(crm: Client) -> None:
    people = crm.sandbox.people()
    number = people["add_order"](customer="C1", lines=[])
    [order] = crm.sandbox.records("Order")
    people["submit"](number=number)
    typed = {"attributes": {"type": "Order"}, "Erp_State__c": "x"}
    changes = [{**typed, "id": key} for key in ("8015g0000000zzz", order["Id"])]
    assert codes(crm.collect("PATCH", *changes)) == [
        "INVALID_CROSS_REFERENCE_KEY",
        "ENTITY_IS_LOCKED",
    ]
    people["approve"](number=number)
    assert codes(crm.collect("PATCH", changes[1])) == [""]


def test_too_many_records_or_chunks_are_refused_as_a_whole(crm: Client) -> None:
    crm.collect("POST", *[account(Name="x")] * 201)
    assert crm.status == 400
    kinds = [{"attributes": {"type": form}} for form in ("Account", "Contact") * 6]
    crm.collect("POST", *kinds)
    assert crm.status == 400


def test_a_value_of_another_type_refuses_the_whole_collection(crm: Client) -> None:
    before = len(crm.sandbox.records("Account"))
    [error] = crm.collect("POST", account(Name="一"), account(Name=3))
    assert (crm.status, error["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert len(crm.sandbox.records("Account")) == before


def test_a_duplicate_rule_is_a_prompt(crm: Client) -> None:
    crm.sandbox.switches["duplicate_rule"] = True
    assert codes(crm.collect("POST", account(Name="甲公司"))) == ["DUPLICATES_DETECTED"]
    header = {"sforce_duplicate_rule_header": "allowSave=true"}
    assert codes(crm.collect("POST", account(Name="甲公司"), **header)) == [""]


@pytest.mark.parametrize("moves", [False, True])
def test_totals_follow_lines_and_move_a_stamp_where_the_switch_says_so(
    crm: Client, moves: bool
) -> None:
    crm.sandbox.switches["rollups_move_stamp"] = moves
    people = crm.sandbox.people()
    line = {"product": "P1", "quantity": 2, "price": "1.50"}
    number = people["add_order"](customer="C1", lines=[line, line])
    [before] = crm.sandbox.records("Order")
    assert before["TotalAmount"] == 6
    crm.sandbox.clock.advance(10)
    people["edit_line"](order=number, line_no=1, fields={"Quantity": 3})
    people["drop_line"](order=number, line_no=2)
    [after] = crm.sandbox.records("Order")
    assert float(after["TotalAmount"]) == 4.5
    assert (after["SystemModstamp"] != before["SystemModstamp"]) is moves


@pytest.mark.parametrize(
    ("fault", "status"), [("session_lost", 401), ("busy", 503), ("daily_limit", 403)]
)
def test_a_refusal_on_request_does_nothing(crm: Client, fault: str, status: int) -> None:
    crm.sandbox.faults.set([{"do": "system", "name": fault, "times": 1}])
    crm.collect("POST", account(Name="x"))
    assert crm.status == status
    assert len(crm.sandbox.records("Account")) == 2


def test_one_row_that_is_locked_does_not_take_the_others_along(crm: Client) -> None:
    crm.sandbox.faults.set([{"do": "system", "name": "row_lock", "skip": 1, "times": 1}])
    results = crm.collect("POST", *(account(Name=name) for name in "一二三"))
    assert codes(results) == ["", "UNABLE_TO_LOCK_ROW", ""]


def test_the_calls_of_a_day_end_where_the_vendor_s_limits_count() -> None:
    crm = Client(SalesforceSandbox(limits="vendor"))
    crm.sandbox.switches["daily_limit"] = 1
    crm.log_in()
    crm.query("SELECT Id FROM Account")
    assert crm.status == 200
    [error] = crm.query("SELECT Id FROM Account")
    assert (crm.status, error["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")


def test_ids_tell_their_letter_case() -> None:
    assert checked("001A0000006Vm9r") == "001A0000006Vm9rIAC"
