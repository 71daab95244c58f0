"""What EspoCRM 7.2 was seen to answer, and what its documentation says beyond that."""

from __future__ import annotations

import base64
import hashlib
import hmac
from decimal import Decimal
from typing import Any

import pytest
from espocrm_client import Client

from sandbox.espocrm.auth import API_KEY, SECRET_KEY
from sandbox.server import from_json

DEAL = {"name": "大单", "amount": 5000, "probability": 50, "stage": "Negotiation"}


def clause(place: int, **item: str) -> str:
    return "&".join(f"where[{place}][{name}]={value}" for name, value in item.items())


# -- as it was seen ------------------------------------------------------------------------------


def test_an_account_is_made_once_and_again_only_without_the_duplicate_check(crm: Client) -> None:
    body = {"name": "乙公司", "cNumber": "C-1"}
    made = crm.json("POST", "Account", body)
    assert (len(made["id"]), made["cNumber"]) == (17, "C-1")
    assert made["modifiedAt"] == made["createdAt"]
    again = crm.send("POST", "Account", body)
    assert (again.status, again.headers["X-Status-Reason"]) == (409, "duplicate")
    assert [row["id"] for row in from_json(again.body)] == [made["id"]]
    assert crm.send("POST", "Account", body, x_skip_duplicate_check="true").status == 200


def test_an_opportunity_is_made_as_often_as_it_is_sent(crm: Client) -> None:
    assert [crm.send("POST", "Opportunity", DEAL).status for _ in range(2)] == [200, 200]


def test_a_change_is_stamped_in_whole_seconds_and_says_who_made_it(crm: Client) -> None:
    key = crm.json("POST", "Opportunity", DEAL)["id"]
    crm.json("PUT", f"Opportunity/{key}", {"stage": "Closed Won"})
    shown = crm.json("PUT", f"Opportunity/{key}", {"cErpNumber": "SO-1"})
    assert (shown["stage"], shown["cErpNumber"]) == ("Closed Won", "SO-1")
    assert (len(shown["modifiedAt"]), shown["modifiedByName"]) == (19, "connector")


def test_a_list_is_filtered_and_sorted_by_its_stamp(crm: Client) -> None:
    key = crm.json("POST", "Opportunity", DEAL)["id"]
    since = clause(
        0, type="greaterThanOrEquals", attribute="modifiedAt", value="2026-01-01 00:00:00"
    )
    page = crm.json("GET", f"Opportunity?{since}&orderBy=modifiedAt&order=asc&maxSize=50")
    assert (page["total"], [row["id"] for row in page["list"]]) == (1, [key])


@pytest.mark.parametrize(
    ("method", "resource", "body", "status", "reason"),
    [
        ("POST", "Opportunity", {"name": "大单", "amount": 1}, 400, "validationFailure"),
        ("POST", "Opportunity", {**DEAL, "stage": "Lost"}, 400, "validationFailure"),
        ("POST", "Opportunity", {**DEAL, "cColour": "red"}, 200, None),
        ("GET", "Account?maxSize=201", None, 403,
         "Max size should not exceed 200. Use offset and limit."),
        ("GET", "Account/0", None, 404, "Record does not exist."),
        ("GET", "Invoice", None, 404, "Controller 'Invoice' does not exist."),
    ],
)  # fmt: skip
def test_what_is_refused_and_what_is_ignored(
    crm: Client, method: str, resource: str, body: Any, status: int, reason: str | None
) -> None:
    answer = crm.send(method, resource, body)
    assert (answer.status, answer.headers.get("X-Status-Reason")) == (status, reason)


def test_a_wrong_key_and_a_missing_right_are_answered_without_a_word(crm: Client) -> None:
    crm.sandbox.switches["denied"] = ["Account.read"]
    for headers, status in (({"x_api_key": "wrong"}, 401), ({}, 403)):
        answer = crm.send("GET", "Account", **headers)
        assert (answer.status, answer.body, answer.headers) == (status, b"", {})


# -- as the documentation says -------------------------------------------------------------------


@pytest.mark.parametrize("as_hex", [True, False])
@pytest.mark.parametrize(("signed", "status"), [("GET /Account", 200), ("GET /Contact", 401)])
def test_a_signature_covers_method_and_path(
    crm: Client, as_hex: bool, signed: str, status: int
) -> None:
    made = hmac.new(SECRET_KEY.encode(), signed.encode(), hashlib.sha256)
    digest = made.hexdigest().encode() if as_hex else made.digest()
    header = base64.b64encode(f"{API_KEY}:".encode() + digest).decode()
    answer = crm.send("GET", "Account?maxSize=1", x_api_key="", x_hmac_authorization=header)
    assert answer.status == status


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (clause(0, type="equals", attribute="name", value="客户1"), ["客户1"]),
        (clause(0, type="notEquals", attribute="cNumber", value="C1"),
         ["客户2", "客户3", "客户4", "客户5"]),
        ("where[0][type]=in&where[0][attribute]=cNumber&where[0][value][]=c2&where[0][value][]=C4 ",
         ["客户2", "客户4"]),
        (clause(0, type="greaterThan", attribute="cNumber", value="C3") + "&"
         + clause(1, type="lessThanOrEquals", attribute="cNumber", value="C4"), ["客户4"]),
        ("where[0][type]=or&where[0][value][0][type]=equals&where[0][value][0][attribute]=cNumber"
         "&where[0][value][0][value]=C1&where[0][value][1][type]=contains"
         "&where[0][value][1][attribute]=name&where[0][value][1][value]=5", ["客户1", "客户5"]),
        (clause(0, type="isNotNull", attribute="cCreditCode"), []),
        ("whereGroup[0][type]=equals&whereGroup[0][attribute]=cNumber&whereGroup[0][value]=C1",
         ["客户1"]),
        ('searchParams={"where":[{"type":"in","attribute":"cNumber","value":["C5"]}]}', ["客户5"]),
    ],
)  # fmt: skip
def test_filters_are_php_arrays_or_json(crm: Client, query: str, found: list[str]) -> None:
    assert sorted(crm.names(f"{query}&orderBy=cNumber".replace(" ", "%20"))) == found


def test_a_filter_or_an_order_by_what_is_not_there_is_refused(crm: Client) -> None:
    for query in (clause(0, type="equals", attribute="colour", value="1"), "orderBy=colour"):
        assert crm.send("GET", f"Account?{query}").status == 400


def test_pages_follow_an_order_and_the_total_may_be_left_out(crm: Client) -> None:
    page = crm.json("GET", "Account?orderBy=cNumber&order=desc&maxSize=2&offset=1&select=name")
    assert (page["total"], [row["name"] for row in page["list"]]) == (5, ["客户4", "客户3"])
    assert set(page["list"][0]) == {"id", "name"}
    assert crm.json("GET", "Account?maxSize=2", x_no_total="true")["total"] == -1
    assert crm.json("GET", "Account?maxSize=9", x_no_total="true")["total"] == -2


def test_a_version_that_is_not_the_newest_is_a_conflict(crm: Client) -> None:
    made = crm.json("POST", "Opportunity", DEAL)
    resource = f"Opportunity/{made['id']}"
    crm.json("PUT", resource, {"stage": "Closed Won"}, x_version_number=str(made["versionNumber"]))
    late = crm.send("PUT", resource, {"stage": "Closed Lost"}, x_version_number="1")
    assert (late.status, late.headers["X-Status-Reason"]) == (409, "modified")


def test_metadata_tell_what_the_role_sees(crm: Client) -> None:
    fields = crm.json("GET", "Metadata?key=entityDefs.SalesOrder.fields")
    assert fields["account"] == {"type": "link", "required": True}
    assert fields["grandTotalAmount"] == {"type": "currency", "readOnly": True}
    assert "amountCurrency" not in fields
    crm.sandbox.switches["denied"] = ["SalesOrder.read"]
    assert crm.json("GET", "Metadata?key=entityDefs.SalesOrder") is None


def test_an_order_adds_up_from_its_items_and_an_item_leaves_its_stamp(crm: Client) -> None:
    people = crm.sandbox.people()
    lines = [{"product": "P1", "quantity": 3, "price": Decimal("113")}]
    number = people["add_order"](customer="C1", lines=lines, cDiscount=9)
    order = crm.json("GET", "SalesOrder?maxSize=1")["list"][0]
    assert (order["number"], order["amount"], order["grandTotalAmount"]) == (number, 300, 330)
    crm.sandbox.clock.advance(60)
    people["edit_line"](order=number, line_no=1, fields={"quantity": 1})
    after = crm.json("GET", f"SalesOrder/{order['id']}")
    assert (after["grandTotalAmount"], after["modifiedAt"]) == (104, order["modifiedAt"])
    people["drop_line"](order=number, line_no=1)
    people["delete"](number=number)
    assert crm.json("GET", "SalesOrderItem")["list"] == []
