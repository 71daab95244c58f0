"""Production orders, receipts, outbounds, and what they do to stock and to their source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from kingdee_world import COMPANY, Client, numbered, order, row, text_of

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import from_json

PRODUCTION: dict[str, Any] = {
    "FID": 0,
    "FBillType": {"FNUMBER": "SCDD01_SYS"},
    "FDate": "2026-03-06",
    "FPrdOrgId": numbered("100"),
    "FTreeEntity": [
        {
            "FProductType": "1",
            "FMaterialId": numbered("M-100"),
            "FUnitId": numbered("Pcs"),
            "FQty": 20,
            "FPlanStartDate": "2026-03-09 08:00:00",
            "FPlanFinishDate": "2026-03-13 17:30:00",
            "FWorkShopID": numbered("BM000005"),
        }
    ],
}


@pytest.fixture
def made(client: Client) -> tuple[int, int, str]:
    """`(id, entry id, number)` of an audited production order."""
    fields = ["FTreeEntity.FEntryID"]
    saved = client.save(PRODUCTION, "PRD_MO", NeedReturnFields=fields)
    number = saved["Number"]
    assert client.do("Submit", number, form="PRD_MO")["IsSuccess"]
    assert client.do("Audit", number, form="PRD_MO")["IsSuccess"]
    return saved["Id"], saved["NeedReturnData"][0]["FTreeEntity"][0]["FEntryID"], number


def operate(client: Client, made: tuple[int, int, str], opnumber: str) -> Any:
    data = {"PkEntryIds": [{"Id": str(made[0]), "EntryIds": str(made[1])}]}
    body = {"formid": "PRD_MO", "opNumber": opnumber, "data": data}
    return from_json(client.post("ExcuteOperation", body).body)["Result"]["ResponseStatus"]


def state(client: Client, made: tuple[int, int, str], keys: str = "FStatus") -> list[Any]:
    (found,) = client.query("PRD_MO", keys, f"FID = {made[0]}")
    return list(found)


def stock(client: Client, material: str = "M-100") -> Any:
    where = f"FMaterialId.FNumber = '{material}'"
    return [line[0] for line in client.query("STK_Inventory", "FBaseQty", where)]


def test_rows_move_forward_in_jumps_and_back_step_by_step(
    client: Client, made: tuple[int, int, str]
) -> None:
    stamp = state(client, made, "FModifyDate")
    steps = ("ToStart", "ToFinish", "UndoToStart", "UndoToRelease", "UndoToPlanConfirm")
    seen = [state(client, made)[0]]
    for opnumber in steps:
        assert operate(client, made, opnumber)["IsSuccess"]
        seen += state(client, made)
    assert seen == ["2", "4", "5", "4", "3", "2"]
    assert state(client, made, "FModifyDate") == stamp
    for step in ("UnAudit", "Delete"):
        assert client.do(step, made[2], form="PRD_MO")["IsSuccess"]


def test_a_row_cannot_move_where_its_state_forbids(
    client: Client, made: tuple[int, int, str]
) -> None:
    assert "不允许该操作" in text_of(operate(client, made, "ToClose"))
    assert not operate(client, made, "NoSuch")["IsSuccess"]
    operate(client, made, "ToRelease")
    assert not client.do("UnAudit", made[2], form="PRD_MO")["IsSuccess"]


def test_pushing_a_started_order_and_auditing_the_receipt_fills_stock(
    client: Client, made: tuple[int, int, str]
) -> None:
    operate(client, made, "ToStart")
    body = {"Numbers": [made[2]], "TargetFormId": "PRD_INSTOCK", "IsEnableDefaultRule": "true"}
    answer = client.call("Push", "PRD_MO", **body)["Result"]
    receipt = answer["ResponseStatus"]["SuccessEntitys"][0]["Number"]
    assert answer["ConvertResponseStatus"]["IsSuccess"]
    again = client.call("Push", "PRD_MO", **body)["Result"]["ResponseStatus"]
    assert "关联数量已达上限" in text_of(again)
    client.do("Submit", receipt, form="PRD_INSTOCK")
    client.do("Audit", receipt, form="PRD_INSTOCK")
    assert stock(client) == [360]
    assert state(client, made, "FStatus,FStockInQuaQty,FNoStockInQty") == ["5", 20, 0]


@pytest.mark.parametrize("shape", ["object", "list"])
def test_an_order_is_pushed_only_once_audited(
    server: KingdeeGalaxySandbox, client: Client, shape: str
) -> None:
    server.switches["convert_status"] = shape
    client.save(order(FBillNo="N1"))
    answer = client.call("Push", "SAL_SaleOrder", Numbers=["N1"], RuleId="SaleOrder-OutStock")
    assert "未审核" in text_of(answer["Result"]["ResponseStatus"])
    assert type(answer["Result"]["ConvertResponseStatus"]).__name__ == {"object": "dict"}.get(
        shape, "list"
    )


def test_single_rows_can_be_pushed(client: Client) -> None:
    client.audited(order(row(FQty=1), row(FQty=2), FBillNo="N1"))
    ((_, entry),) = client.query(
        "SAL_SaleOrder", "FBillNo,FSaleOrderEntry_FEntryID", "FBillNo = 'N1' and FQty = 2"
    )
    client.call("Push", "SAL_SaleOrder", EntryIds=str(entry), RuleId="SaleOrder-OutStock")
    assert client.query("SAL_OUTSTOCK", "FSoorDerno,FRealQty") == [["N1", 2]]


def test_an_outbound_moves_executed_quantities_but_no_stamp(client: Client, people: Any) -> None:
    client.audited(order(row(FQty=5), FBillNo="N1"))
    keys = "FModifyDate,FStockOutQty,FRemainOutQty,FMrpCloseStatus,FCloseStatus"
    before = client.query("SAL_SaleOrder", keys, "FBillNo = 'N1'")[0]
    people("ship", order_number="N1", quantity=2)
    part = client.query("SAL_SaleOrder", keys, "FBillNo = 'N1'")[0]
    assert part == [before[0], 2, 3, "A", "A"]
    people("ship", order_number="N1")
    assert client.query("SAL_SaleOrder", keys, "FBillNo = 'N1'")[0] == [before[0], 5, 0, "B", "B"]
    assert stock(client) == [335]


def test_stamps_can_be_told_to_move(
    server: KingdeeGalaxySandbox, client: Client, people: Any
) -> None:
    server.switches["stamps_move"] = True
    client.audited(order(FBillNo="N1"))
    before = client.query("SAL_SaleOrder", "FModifyDate", "FBillNo = 'N1'")
    server.clock.advance(1)
    people("ship", order_number="N1", quantity=2)
    assert client.query("SAL_SaleOrder", "FModifyDate", "FBillNo = 'N1'") > before


def test_unauditing_an_outbound_takes_everything_back(client: Client, people: Any) -> None:
    client.audited(order(row(FQty=5), FBillNo="N1"))
    outbound = people("ship", order_number="N1")
    assert client.do("UnAudit", outbound, form="SAL_OUTSTOCK")["IsSuccess"]
    assert stock(client) == [340]
    keys = "FStockOutQty,FCloseStatus"
    assert client.query("SAL_SaleOrder", keys, "FBillNo = 'N1'") == [[0, "A"]]


def test_negative_stock_is_a_question_at_the_audit(client: Client) -> None:
    client.audited(order(row(FQty=500), FBillNo="N1"))
    client.call("Push", "SAL_SaleOrder", Numbers=["N1"], RuleId="SaleOrder-OutStock")
    ((number,),) = client.query("SAL_OUTSTOCK", "FBillNo")
    client.do("Submit", number, form="SAL_OUTSTOCK")
    refused = client.do("Audit", number, form="SAL_OUTSTOCK")
    assert text_of(refused) == "更新库存时出现可以忽略的异常数据，是否继续？"
    flag = "STK_InvCheckResult"
    assert client.do("Audit", number, form="SAL_OUTSTOCK", InterationFlags=flag)["IsSuccess"]


def inventory(client: Client, **options: Any) -> Any:
    service = "Kingdee.K3.SCM.WebApi.ServicesStub.InventoryQueryService"
    body = {"parameters": [str(options).replace("'", '"')]}
    method = "GetInventoryData,Kingdee.K3.SCM.WebApi.ServicesStub"
    return from_json(client.post(method, body, service).body)


def test_inventory_data_speaks_in_ids_and_pages(client: Client) -> None:
    answer = inventory(client, fmaterialnumbers="M-100", pageindex=1, pagerows=10)
    assert (answer["success"], answer["rowcount"]) == (True, 1)
    assert (answer["data"][0]["FBASEQTY"], answer["data"][0]["FBASEAVBQTY"]) == (340, 340)
    assert inventory(client, fmaterialnumbers="M-100", pageindex=2, pagerows=10)["data"] == []
    assert inventory(client, fmaterialnumbers="NO-1")["data"] == []


def test_stock_is_paged_whole_by_its_key() -> None:
    """Its keys are GUIDs, whose order is not that in which they were made."""
    warehouses = tuple((f"CK{n:02}", f"{n}") for n in range(40))
    server = KingdeeGalaxySandbox(replace(COMPANY, warehouses=warehouses))
    server.books.counters["guid"] = 6600
    for place, _ in warehouses:
        server.people()["change_stock"](material="M-100", warehouse=place, quantity=1)
    client, paged = Client(server), [""]
    while page := client.query("STK_Inventory", "FID", f"FID > '{paged[-1]}'", "FID ASC", Limit=3):
        paged += [key for (key,) in page]
    assert len(paged) - 1 == len({key for (key,) in client.query("STK_Inventory", "FID")})
    assert len(paged) > 40


def test_stock_at_zero_vanishes_and_comes_back_as_another_row(client: Client, people: Any) -> None:
    ((before,),) = client.query("STK_Inventory", "FID")
    people("change_stock", material="M-100", warehouse="CK01", quantity=0)
    assert client.query("STK_Inventory", "FID") == []
    people("change_stock", material="M-100", warehouse="CK01", quantity=7)
    ((after, available),) = client.query("STK_Inventory", "FID,FBaseAVBQty")
    assert after != before
    assert available == 0
