"""The status letters, what they refuse, and the workflow behind Submit."""

from __future__ import annotations

from typing import Any

from kingdee_world import Client, order, row, text_of

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox


def status_of(client: Client, number: str) -> str:
    ((status,),) = client.query("SAL_SaleOrder", "FDocumentStatus", f"FBillNo = '{number}'")
    return str(status)


def test_an_order_lives_through_all_letters(client: Client) -> None:
    client.save(order(FBillNo="N1"))
    letters = [status_of(client, "N1")]
    for step in ("Submit", "CancelAssign", "Submit", "Audit", "UnAudit"):
        assert client.do(step, "N1")["IsSuccess"]
        letters.append(status_of(client, "N1"))
    assert letters == ["A", "B", "D", "B", "C", "D"]
    assert client.do("Delete", "N1")["IsSuccess"]
    assert client.query("SAL_SaleOrder", "FID", "FBillNo = 'N1'") == []


def test_steps_out_of_turn_are_refused(client: Client) -> None:
    client.save(order(FBillNo="N1"))
    for step in ("Audit", "UnAudit", "CancelAssign"):
        assert client.do(step, "N1")["MsgCode"] == 11
    client.do("Submit", "N1")
    for step in ("Submit", "UnAudit"):
        assert client.do(step, "N1")["MsgCode"] == 11


def test_only_z_a_and_d_can_be_deleted(client: Client) -> None:
    client.audited(order(FBillNo="N1"))
    assert text_of(client.do("Delete", "N1")) == "只能删除创建/暂存/重新审核状态的数据"


def test_a_submitted_or_audited_bill_cannot_be_saved(client: Client) -> None:
    key = client.save(order(FBillNo="N1"))["Id"]
    for step, words in (("Submit", "审核中"), ("Audit", "已审核，不允许修改")):
        client.do(step, "N1")
        saved = client.save({"FID": key, "FNote": "x"}, IsDeleteEntry="false")
        assert words in text_of(saved["ResponseStatus"])


def test_base_data_in_use_cannot_be_deleted(client: Client) -> None:
    client.do("UnAudit", "C0007", form="BD_Customer")
    assert "已被引用" in text_of(client.do("Delete", "C0007", form="BD_Customer"))


def test_save_submit_and_audit_in_one_are_all_or_nothing(
    server: KingdeeGalaxySandbox, client: Client
) -> None:
    client.save(order(FBillNo="N1"), IsAutoSubmitAndAudit="true")
    assert status_of(client, "N1") == "C"
    commits = [entry.operation for entry in server.ledger if entry.kind == "commit"]
    assert commits == ["create", "submit", "audit"]
    server.switches["workflow"] = {"SAL_SaleOrder": True}
    saved = client.save(order(FBillNo="N2"), IsAutoSubmitAndAudit="true")
    assert not saved["ResponseStatus"]["IsSuccess"]
    assert client.query("SAL_SaleOrder", "FID", "FBillNo = 'N2'") == []


def test_a_workflow_refuses_audits_and_people_approve(
    server: KingdeeGalaxySandbox, client: Client, people: Any
) -> None:
    server.switches["workflow"] = {"SAL_SaleOrder": True}
    client.save(order(FBillNo="N1"))
    client.do("Submit", "N1")
    assert "工作流" in text_of(client.do("Audit", "N1"))
    people("approve", number="N1", by="王经理")
    assert status_of(client, "N1") == "C"
    assert list(server.ledger)[-2].by == "person:王经理"


def test_an_approver_rejects_with_words_that_can_be_queried(
    server: KingdeeGalaxySandbox, client: Client, people: Any
) -> None:
    server.switches["workflow"] = {"SAL_SaleOrder": True}
    client.save(order(FBillNo="N1"))
    client.do("Submit", "N1")
    people("reject", number="N1", words="价格太低")
    found = client.query("SAL_SaleOrder", "FDocumentStatus,F_CRM_Opinion", "FBillNo = 'N1'")
    assert found == [["D", "价格太低"]]


def test_the_workflow_can_be_answered_over_the_api(
    server: KingdeeGalaxySandbox, client: Client
) -> None:
    server.switches["workflow"] = {"SAL_SaleOrder": True}
    client.save(order(FBillNo="N1"))
    client.do("Submit", "N1")
    body = {"data": {"FormId": "SAL_SaleOrder", "Numbers": ["N1"], "ApprovalType": 1}}
    client.post("WorkflowAudit", body)
    assert status_of(client, "N1") == "C"


def test_a_bill_that_somebody_has_open_answers_13(
    server: KingdeeGalaxySandbox, client: Client, people: Any
) -> None:
    client.save(order(FBillNo="N1"))
    people("lock_bill", number="N1", seconds=60)
    status = client.do("Submit", "N1")
    assert status["MsgCode"] == 13
    assert "冲突，请稍候再使用" in text_of(status)
    server.clock.advance(61)
    assert client.do("Submit", "N1")["IsSuccess"]


def test_an_order_with_an_outbound_cannot_be_unaudited(client: Client, people: Any) -> None:
    client.audited(order(FBillNo="N1"))
    people("ship", order_number="N1", quantity=5)
    assert "下游单据" in text_of(client.do("UnAudit", "N1"))


def operate(client: Client, number: str, opnumber: str, rows: str = "", key: int = 0) -> Any:
    data: dict[str, Any] = {"Numbers": [number]}
    if rows:
        data = {"PkEntryIds": [{"Id": str(key), "EntryIds": rows}]}
    body = {"formid": "SAL_SaleOrder", "opNumber": opnumber, "data": data}
    answer = client.post("ExcuteOperation", body)
    from sandbox.server import from_json

    return from_json(answer.body)["Result"]["ResponseStatus"]


def test_an_order_can_be_voided_only_before_its_audit(client: Client) -> None:
    client.save(order(FBillNo="N1"))
    assert operate(client, "N1", "Cancel")["IsSuccess"]
    assert not client.do("Submit", "N1")["IsSuccess"]
    assert operate(client, "N1", "UnCancel")["IsSuccess"]
    client.do("Submit", "N1")
    client.do("Audit", "N1")
    assert not operate(client, "N1", "Cancel")["IsSuccess"]


def test_closing_single_rows_closes_the_order_with_the_last_one_and_moves_no_stamp(
    client: Client,
) -> None:
    client.audited(order(row(), row(), FBillNo="N1"))
    keys = "FID,FSaleOrderEntry_FEntryID,FModifyDate,FCloseStatus,FMrpTerminateStatus"
    before = client.query("SAL_SaleOrder", keys, "FBillNo = 'N1'")
    for key, entry, *_ in before:
        assert operate(client, "N1", "YLTerminate", str(entry), key)["IsSuccess"]
    after = client.query("SAL_SaleOrder", keys, "FBillNo = 'N1'")
    assert [line[2] for line in after] == [line[2] for line in before]
    assert {tuple(line[3:]) for line in after} == {("B", "B")}


def test_an_order_can_be_closed_and_opened(client: Client) -> None:
    client.audited(order(FBillNo="N1"))
    for opnumber, letter in (("YLBillClose", "B"), ("YLUnBillClose", "A")):
        assert operate(client, "N1", opnumber)["IsSuccess"]
        assert client.query("SAL_SaleOrder", "FCloseStatus", "FBillNo='N1'") == [[letter]]


def test_one_server_knows_only_one_spelling_of_the_operation(
    server: KingdeeGalaxySandbox, client: Client
) -> None:
    server.switches["operation_spelling"] = "ExecuteOperation"
    body = {"formid": "BD_Customer", "opNumber": "Forbid", "data": {"Numbers": ["C0007"]}}
    assert client.post("ExcuteOperation", body).status == 404
    assert client.post("ExecuteOperation", body).status == 200
    assert client.query("BD_Customer", "FForbidStatus", "FUseOrgId.FNumber='100'") == [["B"]]
