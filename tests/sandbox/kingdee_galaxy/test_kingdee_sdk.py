"""The official SDK, a client that we did not write, against the server over real sockets."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from kingdee_world import numbered, order, row

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import start

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from k3cloud_webapi_sdk.main import K3CloudApiSdk


@pytest.fixture
def sdk(server: KingdeeGalaxySandbox) -> Iterator[Any]:
    url, stop = start(server)
    settings, env = server.settings(url)
    made = K3CloudApiSdk(settings["base_url"])
    made.InitConfig(
        settings["acct_id"],
        settings["user"],
        settings["app_id"],
        env["KINGDEE_APP_SECRET"],
        settings["base_url"],
    )
    yield made
    stop()


def sent(**values: Any) -> Any:
    """As the SDK's json.dumps wants it: no Decimals."""
    return json.loads(json.dumps(values, default=float))


def test_the_sdk_takes_an_order_from_save_to_audit(sdk: Any) -> None:
    model = order(row(), FBillNo="CRM-1", F_CRM_Ref="x1")
    saved = json.loads(sdk.Save("SAL_SaleOrder", sent(Model=model)))["Result"]
    assert saved["ResponseStatus"]["SuccessEntitys"] == [
        {"Id": saved["Id"], "Number": "CRM-1", "DIndex": 0}
    ]
    for step in (sdk.Submit, sdk.Audit):
        status = json.loads(step("SAL_SaleOrder", {"Numbers": ["CRM-1"]}))["Result"]
        assert status["ResponseStatus"]["IsSuccess"] is True
    found = json.loads(
        sdk.ExecuteBillQuery(
            {
                "FormId": "SAL_SaleOrder",
                "FieldKeys": "FBillNo,FDocumentStatus,FCustId.FNumber,FQty,FAllAmount",
                "FilterString": "F_CRM_Ref = 'x1'",
            }
        )
    )
    assert found == [["CRM-1", "C", "C0007", 20.0, 226.0]]


def test_the_sdk_reads_rows_as_objects_and_views_a_bill(sdk: Any) -> None:
    sdk.Save("SAL_SaleOrder", sent(Model=order(FBillNo="CRM-1")))
    query = {"FormId": "SAL_SaleOrder", "FieldKeys": "FBillNo,FQty", "FilterString": "FQty = 20"}
    assert json.loads(sdk.BillQuery(query)) == [{"FBillNo": "CRM-1", "FQty": 20.0}]
    bill = json.loads(sdk.View("SAL_SaleOrder", {"Number": "CRM-1"}))["Result"]["Result"]
    assert bill["BillNo"] == "CRM-1"
    assert bill["SaleOrderEntry"][0]["MaterialId"]["Number"] == "M-100"


def test_the_sdk_saves_a_batch_and_polls_for_the_answer(sdk: Any) -> None:
    models = [order(FBillNo="CRM-1"), order(FBillNo="CRM-1")]
    answer = json.loads(sdk.BatchSaveQuery("SAL_SaleOrder", sent(Model=models)))
    status = answer["Result"]["ResponseStatus"]
    assert [done["DIndex"] for done in status["SuccessEntitys"]] == [0]
    assert [error["DIndex"] for error in status["Errors"]] == [1]


def test_the_sdk_keeps_its_session_and_lists_account_sets(
    sdk: Any, server: KingdeeGalaxySandbox
) -> None:
    assert json.loads(sdk.GetDataCenters())[0]["Name"] == "示例有限公司"
    sdk.View("SAL_SaleOrder", {"Number": "XSDD000001"})
    first = sdk.cookiesStore.SID
    sdk.View("SAL_SaleOrder", {"Number": "XSDD000001"})
    assert first
    assert first == sdk.cookiesStore.SID


def done(sdk: Any, form: str, number: str) -> None:
    """Submitted and audited by the SDK."""
    for step in (sdk.Submit, sdk.Audit):
        answer = json.loads(step(form, {"Numbers": [number]}))["Result"]["ResponseStatus"]
        assert answer["IsSuccess"] is True, answer


def test_the_sdk_buys_receives_and_sees_what_is_left(sdk: Any) -> None:
    model = {
        "FBillTypeID": {"FNUMBER": "CGDD01_SYS"},
        "FDate": "2026-03-05",
        "FPurchaseOrgId": numbered("100"),
        "FSupplierId": numbered("VEN001"),
        "FPOOrderEntry": [
            {"FMaterialId": numbered("M-200"), "FUnitId": numbered("kg"), "FQty": 50,
             "FTaxPrice": 9.04, "FDeliveryDate": "2026-04-01"}
        ],
    }  # fmt: skip
    bought = json.loads(sdk.Save("PUR_PurchaseOrder", sent(Model=model)))["Result"]["Number"]
    done(sdk, "PUR_PurchaseOrder", bought)
    rule = {"Numbers": [bought], "RuleId": "PUR_PurchaseOrder-STK_InStock"}
    pushed = json.loads(sdk.Push("PUR_PurchaseOrder", rule))["Result"]["ResponseStatus"]
    receipt = pushed["SuccessEntitys"][0]["Number"]
    done(sdk, "STK_InStock", receipt)
    query = {
        "FormId": "PUR_PurchaseOrder",
        "FieldKeys": "FBillNo,FPOOrderEntry_FEntryID,FStockInQty,FMrpCloseStatus,FAllAmount",
        "FilterString": f"FBillNo = '{bought}'",
    }
    ((_, entry, received, closed, amount),) = json.loads(sdk.ExecuteBillQuery(query))
    assert (received, closed, amount) == (50.0, "B", 452.0)
    query = {"FormId": "STK_InStock", "FieldKeys": "FPOOrderNo,FPOORDERENTRYID,FBaseUnitQty"}
    assert json.loads(sdk.BillQuery(query)) == [
        {"FPOOrderNo": bought, "FPOORDERENTRYID": entry, "FBaseUnitQty": 50.0}
    ]


def test_the_sdk_takes_a_shipment_to_its_invoice(sdk: Any, people: Any) -> None:
    sdk.Save("SAL_SaleOrder", sent(Model=order(row(FQty=20), FBillNo="CRM-1")))
    done(sdk, "SAL_SaleOrder", "CRM-1")
    debt = people("book_receivable", document=people("ship", order_number="CRM-1"))
    rule = {"Numbers": [debt], "RuleId": "IV_ReceivableToSalesIC_Entry"}
    pushed = json.loads(sdk.Push("AR_receivable", rule))["Result"]["ResponseStatus"]
    done(sdk, "IV_SALESIC", pushed["SuccessEntitys"][0]["Number"])
    query = {
        "FormId": "SAL_SaleOrder",
        "FieldKeys": "FStockOutQty,FReturnQty,FInvoiceQty",
        "FilterString": "FBillNo = 'CRM-1'",
    }
    assert json.loads(sdk.ExecuteBillQuery(query)) == [[20.0, 0.0, 20.0]]
    bill = json.loads(sdk.View("IV_SALESIC", {"Id": str(pushed["SuccessEntitys"][0]["Id"])}))
    assert bill["Result"]["Result"]["AFTERTOTALTAXFOR"] == 226.0
