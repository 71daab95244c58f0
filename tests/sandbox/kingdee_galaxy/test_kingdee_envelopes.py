"""Every envelope that servers accept, and the shapes in which they say no."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from kingdee_world import Client, order, text_of

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import Request, from_json

VIEW = {"Number": "XSDD000001"}
ENVELOPES: dict[str, Any] = {
    "E1": {"formid": "SAL_SaleOrder", "data": VIEW},
    "E1 in other case": {"FormId": "SAL_SaleOrder", "Data": VIEW},
    "E2": {"formid": "SAL_SaleOrder", "data": json.dumps(VIEW)},
    "E3": {"parameters": ["SAL_SaleOrder", json.dumps(VIEW)]},
    "E4": {"parameters": json.dumps(["SAL_SaleOrder", json.dumps(VIEW)])},
    "E5": {
        "parameters": json.dumps(["SAL_SaleOrder", json.dumps(VIEW)]),
        "format": 1,
        "useragent": "ApiClient",
        "rid": "1",
        "v": "1.0",
    },
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_every_json_envelope_means_the_same(client: Client, name: str) -> None:
    answer = from_json(client.post("View", ENVELOPES[name]).body)
    assert answer["Result"]["Result"]["BillNo"] == "XSDD000001"


def test_a_form_encoded_envelope_is_read(client: Client) -> None:
    client.headers["content-type"] = "application/x-www-form-urlencoded"
    body = urlencode({"formid": "SAL_SaleOrder", "data": json.dumps(VIEW)})
    answer = from_json(client.post("View", body).body)
    assert answer["Result"]["Result"]["BillNo"] == "XSDD000001"


def test_a_bare_array_is_http_500(client: Client) -> None:
    response = client.post("View", ["SAL_SaleOrder", VIEW])
    assert response.status == 500
    assert b"Additional text found in JSON string" in response.body


def test_broken_json_is_http_500(client: Client) -> None:
    assert client.post("View", '{"formid":').status == 500


def test_the_address_is_case_insensitive(server: KingdeeGalaxySandbox, client: Client) -> None:
    path = "/K3Cloud/kingdee.bos.webapi.servicesstub.dynamicformservice.VIEW.COMMON.KDSVC"
    body = json.dumps({"formid": "SAL_SaleOrder", "data": VIEW}).encode()
    answer = from_json(server.handle(Request("POST", path, client.headers, body)).body)
    assert answer["Result"]["Result"]["BillNo"] == "XSDD000001"


def test_an_unknown_method_is_http_404(client: Client) -> None:
    assert client.post("Frobnicate", {"formid": "SAL_SaleOrder"}).status == 404


def test_failed_queries_come_inside_a_double_list_and_bill_query_does_not(client: Client) -> None:
    data = {"FormId": "SAL_SaleOrder", "FieldKeys": "FTotalAmount"}
    failed = from_json(client.post("ExecuteBillQuery", {"data": data}).body)
    status = failed[0][0]["Result"]["ResponseStatus"]
    assert (status["MsgCode"], status["IsSuccess"], status["ErrorCode"]) == (9, False, 500)
    assert text_of(status) == "元数据中标识为FTotalAmount的字段不存在"
    failed = from_json(client.post("BillQuery", {"data": data}).body)
    assert failed["Result"]["ResponseStatus"]["MsgCode"] == 9


@pytest.mark.parametrize(
    ("form", "keys", "where", "code"),
    [
        ("NO_SUCH", "FID", "", 4),
        ("SAL_SaleOrder", "", "", 8),
        ("SAL_SaleOrder", "FID,FNoSuch", "", 9),
        ("SAL_SaleOrder", "fbillno", "", 9),
        ("SAL_SaleOrder", "FEntryID", "", 4),
        ("SAL_SaleOrder", "FSaleOrderEntry_FQty", "", 9),
        ("SAL_SaleOrder", "FID", "FBillNo ==", 4),
        ("SAL_SaleOrder", "FID", "FBillNo = 'x' und FID = 1", 4),
        ("BD_Customer", "FID", "", 9),
        ("SAL_SaleOrder", "FMaterialId.FBaseUnitId.FName", "", 9),
    ],
)
def test_bad_queries_have_their_codes(
    client: Client, form: str, keys: str, where: str, code: int
) -> None:
    answer = client.query(form, keys, where)
    assert answer[0][0]["Result"]["ResponseStatus"]["MsgCode"] == code


def test_operations_without_a_record_name_what_is_missing(client: Client) -> None:
    status = client.do("Audit")
    assert text_of(status) == "编码值或内码值必须传其一"
    status = client.do("Audit", "NO-1", "XSDD000001")
    assert [error["DIndex"] for error in status["Errors"]] == [0, 1]


@pytest.mark.parametrize(
    ("fault", "code"),
    [("session_lost", 1), ("permission", 2), ("licence", 7), ("network_control", 13),
     ("call_limit", 14)],
)  # fmt: skip
def test_system_faults_refuse_before_anything_is_done(
    server: KingdeeGalaxySandbox, client: Client, fault: str, code: int
) -> None:
    server.faults.set([{"do": "system", "name": fault, "operation": "Save", "times": 1}])
    status = client.save(order(FBillNo="CRM-1"))["ResponseStatus"]
    assert status["MsgCode"] == code
    assert server.books.find("SAL_SaleOrder", "CRM-1") is None


def test_a_stack_trace_comes_without_errors(server: KingdeeGalaxySandbox, client: Client) -> None:
    server.faults.set([{"do": "system", "name": "stack_trace_message"}])
    answer = client.save(order())
    assert answer["ResponseStatus"]["Errors"] == []
    assert "at Kingdee.BOS" in answer["Message"]


def test_an_answer_can_be_a_bare_error_text(server: KingdeeGalaxySandbox, client: Client) -> None:
    server.faults.set([{"do": "system", "name": "response_error"}])
    response = client.post("View", {"formid": "SAL_SaleOrder", "data": VIEW})
    assert (response.status, response.body[:15]) == (200, b"response_error:")


def test_calls_over_the_limit_answer_14_until_a_minute_has_passed(company: Any) -> None:
    server = KingdeeGalaxySandbox(company, limits="on")
    server.switches["calls_per_minute"] = 2
    client = Client(server)
    codes = [client.do("Submit", "NO-1")["MsgCode"] for _ in range(3)]
    assert codes == [10, 10, 14]
    server.clock.advance(61)
    assert client.do("Submit", "NO-1")["MsgCode"] == 10
