"""SOQL: what it finds, what it refuses, batches and the recycle bin."""

from __future__ import annotations

import pytest
from salesforce_org import ROOT, Client, account

from sandbox.server import NotJson

NOW = "2026-11-21T08:00:00Z"


def test_text_is_compared_without_letter_case_and_escaped(crm: Client) -> None:
    assert crm.names(r"Name = 'o\'bRIEN'") == ["O'Brien"]
    assert crm.names("AccountNumber IN ('c1', 'C9')") == ["甲公司"]
    assert crm.names("NOT (AccountNumber = 'C1')") == ["O'Brien"]
    assert crm.names("AccountNumber != 'C1' AND (Name = 'x' OR AccountNumber > 'C0')") == [
        "O'Brien"
    ]


def test_fields_of_others_are_asked_through_their_relationship(crm: Client) -> None:
    crm.sandbox.people()["add_order"](
        customer="C1", lines=[{"product": "P1", "quantity": 2, "price": "1.50"}]
    )
    found = crm.query(
        "SELECT Order.Account.Name, order.status, Product2.ProductCode, TotalPrice FROM OrderItem"
        " WHERE Order.Account.AccountNumber = 'C1'"
    )["records"][0]
    assert found.pop("attributes")["type"] == "OrderItem"
    assert found == {
        "Order": {"Account": {"Name": "甲公司"}, "Status": "Activated"},
        "Product2": {"ProductCode": "P1"},
        "TotalPrice": 3,
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT Nonsense FROM Account", "INVALID_FIELD"),
        ("SELECT CurrencyIsoCode FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nonsense", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name = 'it's'", "MALFORMED_QUERY"),
        (r"SELECT Id FROM Account WHERE Name = '\d'", "MALFORMED_QUERY"),
        ("SELECT Id, id FROM Account", "MALFORMED_QUERY"),
        (f"SELECT Id FROM Account WHERE SystemModstamp > '{NOW}'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR"),
    ],
)
def test_a_query_that_is_wrong_is_refused(crm: Client, text: str, code: str) -> None:
    assert (crm.refused(text), crm.status) == (code, 400)


def test_an_address_that_is_too_long_is_not_read(crm: Client) -> None:
    with pytest.raises(NotJson):
        crm.query(f"SELECT Id FROM Account WHERE Name = '{'x' * 17_000}'")
    assert crm.status == 414


def test_what_does_not_fit_into_a_batch_comes_by_a_locator_that_wears_out(crm: Client) -> None:
    crm.sandbox.switches["batch"] = 1
    first = crm.query("SELECT Id FROM Account ORDER BY Id")
    assert (first["totalSize"], first["done"], len(first["records"])) == (2, False, 1)
    rest = crm.send("GET", first["nextRecordsUrl"])
    assert (rest["done"], len(rest["records"])) == (True, 1)
    crm.sandbox.clock.advance(2 * 86_400 + 60)
    crm.log_in()
    [error] = crm.send("GET", first["nextRecordsUrl"])
    assert error["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_the_recycle_bin_is_seen_by_query_all_alone(crm: Client) -> None:
    people = crm.sandbox.people()
    number = people["add_order"](
        customer="C1", lines=[{"product": "P1", "quantity": 1, "price": 1}]
    )
    key = crm.sandbox.records("Order")[0]["Id"]
    people["delete"](number=number)
    text = "SELECT Id, IsDeleted FROM OrderItem"
    assert crm.query(text)["records"] == []
    assert [one["IsDeleted"] for one in crm.query(text, "queryAll")["records"]] == [True]
    [refused] = crm.collect(
        "PATCH", {"attributes": {"type": "Order"}, "id": key, "Description": "x"}
    )
    assert refused["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"
    people["undelete"](key=key)
    assert len(crm.query(text)["records"]) == 1


def test_stamps_have_whole_seconds(crm: Client) -> None:
    stamp = crm.query("SELECT SystemModstamp FROM Account")["records"][0]["SystemModstamp"]
    assert stamp.endswith(".000+0000")


def test_every_answer_tells_the_calls_of_the_day(crm: Client) -> None:
    crm.sandbox.switches["others_used"] = 70
    crm.send("GET", f"{ROOT}/")
    crm.send("GET", f"{ROOT}/")
    assert crm.told["Sforce-Limit-Info"].startswith("api-usage=72/100000;")


def test_versions_wear_out_and_sessions_end(crm: Client) -> None:
    crm.send("GET", "/services/data/v20.0/")
    assert crm.status == 410
    crm.send("GET", "/services/data/v99.0/")
    assert crm.status == 404
    crm.sandbox.gate.forget()
    [error] = crm.collect("POST", account(Name="x"))
    assert (crm.status, error["errorCode"]) == (401, "INVALID_SESSION_ID")
