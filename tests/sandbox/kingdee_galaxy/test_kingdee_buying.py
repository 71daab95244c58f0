"""From the requisition to the receipt, and what production takes of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from kingdee_world import COMPANY, Client, order, row, text_of

from sandbox.company.model import BomLine, Company, Material, Supplier

SUPPLIERS = (Supplier(number="VEN001", name="远山轴承"), Supplier(number="VEN002", name="近水钢材"))
MATERIALS = (
    *(replace(one, supplier="VEN001") for one in COMPANY.materials),
    Material(number="M-300", name="钢", unit="kg", supplier="VEN002"),
)


@pytest.fixture
def company() -> Company:
    bom = (
        *COMPANY.bom,
        BomLine(parent="M-100", component="M-300", quantity=Decimal(2), scrap=Decimal(25)),
    )
    return replace(COMPANY, suppliers=SUPPLIERS, materials=MATERIALS, bom=bom)


def stock(client: Client, material: str) -> list[list[Any]]:
    keys = "FStockStatusId.FNumber,FBaseQty"
    return list(client.query("STK_Inventory", keys, f"FMaterialId.FNumber = '{material}'"))


def test_a_requisition_is_ordered_and_received(client: Client, people: Any) -> None:
    wish = people("request_purchase", material="M-200", quantity=50, due_on="2026-04-01")
    bought = people("order_requested", number=wish)
    keys = "FSupplierId.FNumber,FQty,FSrcBillNo,FDeliveryDate"
    found = client.query("PUR_PurchaseOrder", keys, f"FBillNo = '{bought}'")
    assert found == [["VEN001", 50, wish, "2026-04-01T00:00:00"]]
    assert client.query("PUR_Requisition", "FOrderQty,FMrpCloseStatus") == [[50, "B"]]
    stamp = client.query("PUR_PurchaseOrder", "FModifyDate")
    people("receive_purchase", number=bought, quantity=20)
    keys = "FStockInQty,FRemainStockInQty,FMrpCloseStatus,FCloseStatus"
    assert client.query("PUR_PurchaseOrder", keys) == [[20, 30, "A", "A"]]
    people("receive_purchase", number=bought, status="KCZT02_SYS")
    assert client.query("PUR_PurchaseOrder", keys) == [[50, 0, "B", "B"]]
    assert client.query("PUR_PurchaseOrder", "FModifyDate") == stamp
    assert stock(client, "M-200") == [["KCZT01_SYS", 20], ["KCZT02_SYS", 30]]


def test_unauditing_a_receipt_takes_everything_back(client: Client, people: Any) -> None:
    bought = people("order_purchase", material="M-200", quantity=5, price="9.04")
    receipt = people("receive_purchase", number=bought)
    refused = client.do("UnAudit", bought, form="PUR_PurchaseOrder")
    assert "存在下游单据" in text_of(refused)
    assert client.do("UnAudit", receipt, form="STK_InStock")["IsSuccess"]
    assert stock(client, "M-200") == []
    assert client.query("PUR_PurchaseOrder", "FStockInQty,FCloseStatus") == [[0, "A"]]


def test_more_than_was_ordered_is_not_received(people: Any) -> None:
    bought = people("order_purchase", material="M-200", quantity=5)
    people("receive_purchase", number=bought, quantity=9)
    with pytest.raises(ValueError, match="关联数量已达上限"):
        people("receive_purchase", number=bought)


def test_a_closed_row_waits_for_nothing_more(client: Client, people: Any) -> None:
    bought = people("order_purchase", material="M-200", quantity=5)
    people("close_purchase_row", number=bought)
    assert client.query("PUR_PurchaseOrder", "FMrpCloseStatus,FCloseStatus") == [["B", "B"]]


def test_purchases_name_the_order_that_they_are_for(client: Client, people: Any) -> None:
    client.audited(order(row(FQty=3), FBillNo="N1"))
    ((entry,),) = client.query("SAL_SaleOrder", "FSaleOrderEntry_FEntryID", "FBillNo = 'N1'")
    people("order_purchase", material="M-100", quantity=3, order_number="N1")
    keys = "FDEMANDBILLNO,FDEMANDBILLENTRYID"
    assert client.query("PUR_PurchaseOrder", keys) == [["N1", entry]]


def test_a_pushed_purchase_receipt_is_audited_over_the_api(client: Client, people: Any) -> None:
    bought = people("order_purchase", material="M-200", quantity=5)
    rule = "PUR_PurchaseOrder-STK_InStock"
    answer = client.call("Push", "PUR_PurchaseOrder", Numbers=[bought], RuleId=rule)
    (made,) = answer["Result"]["ResponseStatus"]["SuccessEntitys"]
    assert client.do("Submit", made["Number"], form="STK_InStock")["IsSuccess"]
    assert client.do("Audit", made["Number"], form="STK_InStock")["IsSuccess"]
    assert stock(client, "M-200") == [["KCZT01_SYS", 5]]


def test_picking_takes_what_the_bom_says_with_its_scrap(client: Client, people: Any) -> None:
    people("change_stock", material="M-200", warehouse="CK01", quantity=100)
    people("change_stock", material="M-300", warehouse="CK01", quantity=100)
    made = people("make_production_order", material="M-100", quantity=10)
    people("pick", production_order=made, share="0.4")
    where = f"FBillNo = '{made}'"
    assert client.query("PRD_MO", "FPickMtrlStatus", where) == [["2"]]
    people("pick", production_order=made)
    assert client.query("PRD_MO", "FPickMtrlStatus", where) == [["3"]]
    # 10 × 0.5 of the one, 10 × 2 × 1.25 of the other, 1.4 times in all.
    assert (stock(client, "M-200"), stock(client, "M-300")) == (
        [["KCZT01_SYS", 93]], [["KCZT01_SYS", 65]],
    )  # fmt: skip


def test_what_fails_inspection_goes_back_into_production(client: Client, people: Any) -> None:
    client.audited(order(row(FQty=10), FBillNo="N1"))
    (made,) = people("advance_production", order_number="N1", to="finished")
    people("inspect", source=made, qualified=8, unqualified=2, defects="划伤", rework=True)
    keys = "FSrcBillNo,FInspectQty,FQualifiedQty,FUnqualifiedQty,FInspectResult,FMemo,F_CRM_Rework"
    assert client.query("QM_InspectBill", keys) == [[made, 10, 8, 2, "2", "划伤", "1"]]
    found = client.query("PRD_MO", "FSaleOrderNo,FQty,FStatus", "FIsRework = '1'")
    assert found == [["N1", 2, "2"]]


def test_stock_is_reserved_and_under_way(client: Client, people: Any) -> None:
    people("reserve_stock", material="M-100", warehouse="CK01", quantity=40)
    people(
        "change_stock", material="M-100", warehouse="CK01", quantity=7, status="KCZT05_SYS"
    )  # fmt: skip
    keys = "FStockStatusId.FName,FBaseQty,FBaseLockQty"
    assert client.query("STK_Inventory", keys) == [["可用", 340, 40], ["在途", 7, 0]]
