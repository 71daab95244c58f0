"""What the fact sheet tells of Neocrm: tokens, two ways to query, envelopes, batches."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from neocrm_client import XOBJECTS, Client


def numbers(found: dict[str, Any]) -> list[str]:
    return [row["accountCode__c"] for row in found["records"]]


# -- tokens ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/auc/oauth2/token", "/oauth2/token", "/oauth2/token.action"])
def test_a_token_is_given_for_the_password_with_the_security_token_behind_it(
    crm: Client, path: str
) -> None:
    assert crm.log_in(path)["token_type"] == "Bearer"
    assert crm.plain("select id from account")["code"] == 200
    assert crm.log_in(path, password="sandbox-password")["error"] == "invalid_grant"


def test_a_token_lives_for_two_hours(crm: Client) -> None:
    crm.sandbox.clock.advance(7190)
    assert crm.plain("select id from account")["code"] == 200
    crm.sandbox.clock.advance(20)
    status, answer = crm.send("GET", "/rest/data/v2/query?q=select+id+from+account")
    assert (status, answer["code"]) == (401, 401)


# -- queries --------------------------------------------------------------------------------------


def test_one_answer_stands_under_result_and_the_other_under_data(crm: Client) -> None:
    text = "select id,accountCode__c from account where accountCode__c in ('C1','C3') order by id"
    plain, xoql = crm.plain(text), crm.xoql(text)
    assert (plain["code"], xoql["code"], plain["ext"]) == (200, "200", [])
    assert plain["result"] == xoql["data"]
    assert (plain["result"]["count"], numbers(plain["result"])) == (2, ["C1", "C3"])


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("accountCode__c = 'C2'", ["C2"]),
        ("accountCode__c != 'C2' and accountCode__c < 'C4'", ["C1", "C3"]),
        ("id > 3628254003531750 and id <= 3628254003531752", ["C2", "C3"]),
        ("updatedAt >= 1000 and updatedAt < 1001", []),
        ("creditCode__c is null and accountCode__c >= 'C5'", ["C5"]),
        ("creditCode__c is not null", []),
    ],
)
def test_conditions_hold_for_numbers_and_texts(crm: Client, where: str, found: list[str]) -> None:
    text = f"select accountCode__c from account where {where} order by id limit 0,10"
    assert numbers(crm.plain(text)["result"]) == found


@pytest.mark.parametrize(
    "text",
    [
        "select * from account",
        "select id from accounts",
        "select colour from account",
        "select id from account order by accountName",
        "select id from account where accountName = 'O''Brien'",
        "select id from account where accountName = 'O\\'Brien'",
        "select id from account where accountName = 'x' or id > 0",
        "select id from order",
        f"select id from account where accountName = '{'长' * 4000}'",
    ],
)
def test_what_the_language_does_not_know_is_refused(crm: Client, text: str) -> None:
    assert crm.plain(text)["code"] == 990001


def test_a_page_is_cut_without_a_word(crm: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.neocrm.queries.PLAIN", 2)
    found = crm.plain("select id from account order by id limit 0,1000")["result"]
    assert (found["count"], found["totalSize"]) == (2, 2)


def test_a_choice_is_answered_by_its_label_unless_the_simple_code_is_asked_for(crm: Client) -> None:
    crm.sandbox.people()["add_order"](customer="C1", lines=[])
    text = "select poStatus,transactionDate from _order"
    [labelled], [coded] = (
        crm.xoql(text, **more)["data"]["records"] for more in ({}, {"useSimpleCode": "true"})
    )
    assert (labelled["poStatus"], coded["poStatus"]) == (["已生效"], 3)
    assert coded["transactionDate"] % 86_400_000 == 16 * 3_600_000


# -- records --------------------------------------------------------------------------------------


def test_a_record_is_made_under_its_record_type_and_changed(crm: Client) -> None:
    [kind] = crm.call("GET", f"{XOBJECTS}/account/busiType")["data"]["records"]
    data = {"accountName": "乙", "accountCode__c": "C9"}
    assert "entityType" in crm.call("POST", f"{XOBJECTS}/account", {"data": data})["msg"]
    sent = {"data": {**data, "entityType": int(kind["id"])}}
    key = crm.call("POST", f"{XOBJECTS}/account", sent)["data"]["id"]
    path = f"{XOBJECTS}/account/{key}"
    assert crm.call("PATCH", path, {"data": {"id": int(key), "phone": "1"}})["data"] == {"id": key}
    shown = crm.call("GET", path)["data"]
    assert (shown["phone"], "email" in shown) == ("1", False)
    assert crm.call("DELETE", path)["code"] == 200
    assert crm.call("GET", path)["code"] == 990003


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"colour": "red"}, 990004),
        ({"amount": 1}, 990004),
        ({"poStatus": "3"}, 990005),
        ({"poStatus": 9}, 990005),
        ({"accountId": 1}, 990005),
        ({"transactionDate": "2026-03-01"}, 990005),
    ],
)
def test_what_does_not_fit_is_refused_under_status_200(
    crm: Client, data: dict[str, Any], code: int
) -> None:
    crm.sandbox.people()["add_order"](customer="C1", lines=[])
    key = crm.sandbox.records("order")[0]["id"]
    answer = crm.call("PATCH", f"{XOBJECTS}/order/{key}", {"data": data})
    assert answer["code"] == code
    assert answer["msg"]


def test_of_a_batch_each_record_has_its_own_outcome(crm: Client) -> None:
    first, second = (row["id"] for row in crm.sandbox.records("account")[:2])
    items = [{"id": int(first), "phone": "1"}, {"id": 1}, {"id": int(second), "lost": 1}]
    body = {"batchData": [{"data": item} for item in items]}
    answer = crm.call("PATCH", f"{XOBJECTS}/account/batch", body, xsy_execmode="continue")
    assert [item["code"] for item in answer["batchData"]] == [200, 990003, 990004]
    assert answer["batchData"][0]["data"] == {"id": first}


def test_an_order_adds_up_from_its_lines_and_a_line_leaves_its_stamp(crm: Client) -> None:
    people = crm.sandbox.people()
    lines = [{"product": "P1", "quantity": 3, "price": Decimal("113")}]
    number = people["add_order"](customer="C1", lines=lines, status="2", discount__c=9)
    before = crm.sandbox.records("order")[0]
    assert (before["po"], before["amount"], before["poStatus"]) == (number, "330.00", 2)
    crm.sandbox.clock.advance(60)
    people["edit_line"](order=number, line_no=1, fields={"quantity": 1})
    after = crm.sandbox.records("order")[0]
    assert (after["amount"], after["updatedAt"]) == ("104.00", before["updatedAt"])
    people["approve"](number=number)
    assert crm.sandbox.records("order")[0]["poStatus"] == 3
    people["drop_line"](order=number, line_no=1)
    people["delete"](number=number)
    assert crm.sandbox.records("orderProduct") == []


def test_too_many_calls_in_a_second_are_refused(crm: Client) -> None:
    crm.sandbox._limited = True
    codes = [crm.plain("select id from account")["code"] for _ in range(12)]
    assert codes[-1] == 1020025
