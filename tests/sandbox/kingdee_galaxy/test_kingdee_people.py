"""What people do in the client, and the state in which the server starts."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from kingdee_world import Client, order, row

from sandbox.company.generate import demo
from sandbox.company.model import Company
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import Request, from_json

LINES = "FSaleOrderEntry_FSeq,FSaleOrderEntry_FEntryID,FQty,FAllAmount"


def lines(client: Client, number: str = "N1") -> Any:
    return client.query("SAL_SaleOrder", LINES, f"FBillNo = '{number}'", "FSaleOrderEntry_FSeq")


def test_people_edit_audited_bills_in_one_sitting(
    server: KingdeeGalaxySandbox, client: Client, people: Any
) -> None:
    client.audited(order(FBillNo="N1"))
    people("edit", number="N1", fields={"FNote": "急", "FSaleDeptId": "BM000011"}, by="王五")
    entry = list(server.ledger)[-1]
    assert (entry.operation, entry.by) == ("update", "person:王五")
    assert entry.data["FNote"] == {"old": None, "new": "急"}
    keys = "FDocumentStatus,FNote,FModifierId.FName,FSaleDeptId.FName"
    found = client.query("SAL_SaleOrder", keys, "FBillNo='N1'")
    assert found == [["C", "急", "王五", "销售一部"]]


def test_clerks_insert_split_and_delete_rows(client: Client, people: Any) -> None:
    client.audited(order(row(FQty=20), row(FQty=1), FBillNo="N1"))
    (_, first, *_), (_, second, *_) = lines(client)
    split = people("split_row", number="N1", seq=1, quantity=5)["entry_id"]
    new = people(
        "insert_row",
        number="N1",
        position=1,
        fields={"FMaterialId": "M-200", "FQty": 3, "FTaxPrice": 2},
    )["entry_id"]
    people("delete_row", number="N1", entry_id=second)
    people("edit_row", number="N1", entry_id=first, fields={"FQty": 14})
    assert [line[:3] for line in lines(client)] == [[1, new, 3], [2, first, 14], [3, split, 5]]
    assert client.query("SAL_SaleOrder", "FBillAllAmount", "FBillNo='N1'") == [[Decimal("220.7")]]


def test_a_clerk_types_a_bill_and_the_client_fills_the_rest(client: Client, people: Any) -> None:
    line = {"FMaterialId": "M-100", "FQty": 2, "FTaxPrice": 5}
    made = people("make_bill", model={"FCustId": "C0007", "FSaleOrderEntry": [line]})
    people("audit", number=made["number"])
    keys = "FDocumentStatus,FSalerId.FNumber,FUnitID.FNumber,F_CRM_Ref"
    found = client.query("SAL_SaleOrder", keys, f"FID = {made['key']}")
    assert found == [["C", "S001", "Pcs", " "]]


def test_refusals_reach_people_as_errors(people: Any) -> None:
    with pytest.raises(ValueError, match="不允许反审核"):
        people("unaudit", number="C0007", form="BD_Customer")
        people("unaudit", number="C0007", form="BD_Customer")
    with pytest.raises(KeyError, match="NO-1"):
        people("audit", number="NO-1")


def test_production_is_made_for_the_order_and_goes_all_the_way(client: Client, people: Any) -> None:
    client.audited(order(FBillNo="N1"))
    (number,) = people("advance_production", order_number="N1", to="started")
    where = f"FBillNo = '{number}'"
    keys = "FSaleOrderNo,FStatus,FQty,FStockInQuaQty"
    assert client.query("PRD_MO", keys, where) == [["N1", "4", 20, 0]]
    people("advance_production", order_number="N1", to="stocked", quantity=8)
    assert client.query("PRD_MO", keys, where) == [["N1", "4", 20, 8]]
    people("advance_production", order_number="N1", to="closed")
    assert client.query("PRD_MO", keys, where) == [["N1", "6", 20, 20]]
    assert client.query("PRD_MO", "FConveyDate,FStartDate,FFinishDate", where)[0].count(None) == 0


def test_what_was_received_before_go_live_is_not_received_again(company: Company) -> None:
    work = replace(company.work_orders[0], stocked=Decimal(6), scrapped=Decimal(1))
    client = Client(KingdeeGalaxySandbox(replace(company, work_orders=(work,))))
    client.server.people()["advance_production"](order_number="XSDD000001", to="finished")
    keys = "FQty,FStockInQuaQty,FScrapQty,FStatus"
    assert client.query("PRD_MO", keys) == [[10, 9, 1, "5"]]


def test_production_can_name_no_order(client: Client, people: Any) -> None:
    number = people("make_production_order", material="M-100", quantity=4)
    found = client.query("PRD_MO", "FSaleOrderNo,FStatus", f"FBillNo = '{number}'")
    assert found == [[" ", "2"]]


def test_a_restored_server_has_lost_a_day_and_gives_its_ids_again(
    server: KingdeeGalaxySandbox, client: Client, people: Any
) -> None:
    people("snapshot", name="yesterday")
    key = client.save(order(FBillNo="N1"))["Id"]
    client.do("UnAudit", "C0007", form="BD_Customer")
    people("restore", name="yesterday")
    assert client.query("SAL_SaleOrder", "FID", "FBillNo = 'N1'") == []
    assert client.query("BD_Customer", "FDocumentStatus", "FUseOrgId.FNumber='100'") == [["C"]]
    assert client.save(order(FBillNo="N2"))["Id"] == key
    assert [e.operation for e in server.ledger if e.kind == "commit"][-2:] == ["restore", "create"]


def test_people_are_reached_over_http(server: KingdeeGalaxySandbox) -> None:
    def ask(method: str, path: str, **body: Any) -> Any:
        text = json.dumps(body).encode()
        return from_json(server.handle(Request(method, path, {}, text)).body)

    assert "number" in ask("GET", "/_sandbox/people")["split_row"]
    assert ask("POST", "/_sandbox/people/close_row", number="XSDD000001", seq=1) is None
    (order_record,) = ask("GET", "/_sandbox/records/SAL_SaleOrder")["records"]
    assert order_record["FCloseStatus"] == "B"
    assert "error" in ask("POST", "/_sandbox/people/ship", order_number="NO-1")


def test_the_server_starts_as_the_company_stood(client: Client) -> None:
    keys = "FBillNo,FDocumentStatus,F_CRM_Ref,FBillAllAmount,FModifyDate,FEntryTaxRate"
    assert client.query("SAL_SaleOrder", keys) == [
        ["XSDD000001", "C", " ", 29.5, "2026-02-03T17:45:12.407", 13]
    ]
    assert client.query("BD_Customer", "FNumber,FUseOrgId.FNumber") == [
        ["C0007", "100"],
        ["C0007", "101"],
    ]
    assert client.query("PRD_MO", "FBillNo,FSaleOrderNo,FStatus") == [["MO-1", "XSDD000001", "4"]]
    keys = "FMaterialID.FNumber,FMaterialIDchild.FNumber,FNumerator"
    assert client.query("ENG_BOM", keys) == [["M-100", "M-200", 0.5]]
    assert client.query("BD_Saler", "FNumber,FName") == [["S001", "张三"]]


def test_nothing_of_the_start_is_in_the_ledger(server: KingdeeGalaxySandbox) -> None:
    assert len(server.ledger) == 0


def test_the_generated_company_lives_through_a_week() -> None:
    server = KingdeeGalaxySandbox(demo(typed=20))
    days = [server.people()["advance_day"]() for _ in range(7)]
    assert sum(day["moved"] for day in days) > 0
    assert sum(day["shipped"] for day in days) > 0
