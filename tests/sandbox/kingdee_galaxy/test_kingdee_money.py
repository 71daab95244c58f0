"""Returns, receivables, invoices, payments: what each does to the one before, to the fen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from kingdee_world import Client, order, row

ORDER_KEYS = "FStockOutQty,FReturnQty,FInvoiceQty,FRemainOutQty,FMrpCloseStatus"


@pytest.fixture
def shipment(client: Client, people: Any) -> str:
    """20 pieces of 11.30 that left."""
    client.audited(order(row(FQty=20), FBillNo="N1"))
    return str(people("ship", order_number="N1"))


def of_order(client: Client) -> list[Any]:
    (found,) = client.query("SAL_SaleOrder", ORDER_KEYS, "FBillNo = 'N1'")
    return list(found)


@pytest.mark.usefixtures("shipment")
def test_a_shipped_order_is_closed(client: Client) -> None:
    assert of_order(client) == [20, 0, 0, 0, "B"]


def test_what_comes_back_for_a_refund_stays_closed(
    client: Client, people: Any, shipment: str
) -> None:
    people("take_back", shipment=shipment, quantity=4)
    assert of_order(client) == [20, 4, 0, 0, "B"]
    assert client.query("STK_Inventory", "FBaseQty") == [[324]]


def test_what_is_replaced_is_open_again_and_can_be_shipped(
    client: Client, people: Any, shipment: str
) -> None:
    back = people("take_back", shipment=shipment, quantity=4, replace=True)
    assert of_order(client) == [20, 4, 0, 4, "A"]
    people("ship", order_number="N1")
    assert of_order(client) == [24, 4, 0, 0, "B"]
    assert client.query("SAL_SaleOrder", "FCloseStatus", "FBillNo = 'N1'") == [["B"]]
    assert client.do("UnAudit", back, form="SAL_RETURNSTOCK")["IsSuccess"]
    assert of_order(client) == [24, 0, 0, -4, "B"]


def test_a_receivable_is_due_in_parts_that_add_up(
    client: Client, people: Any, shipment: str
) -> None:
    people("book_receivable", document=shipment, parts=3)
    keys = "FPAYAMOUNTFOR,FORDERBILLNO"
    parts = client.query("AR_receivable", keys, "", "FEntityPlan_FEntryID")
    assert parts == [[Decimal("75.33"), "N1"], [Decimal("75.33"), "N1"], [Decimal("75.34"), "N1"]]
    assert client.query("AR_receivable", "FALLAMOUNTFOR,FTAXAMOUNTFOR_D") == [[226, 26]]


def test_invoices_take_what_is_left_so_that_no_fen_is_lost(
    client: Client, people: Any, shipment: str
) -> None:
    debt = people("book_receivable", document=shipment)
    for quantity in (7, 7, None):
        people("invoice", receivable=debt, kind="ordinary", quantity=quantity)
    found = client.query("IV_SALESOC", "FPRICEQTY,FALLAMOUNTFOR,FAFTERTOTALTAXFOR,FRedBlue")
    assert found == [
        [7, Decimal("79.1"), Decimal("79.1"), "0"],
        [7, Decimal("79.1"), Decimal("79.1"), "0"],
        [6, Decimal("67.8"), Decimal("67.8"), "0"],
    ]
    assert of_order(client)[2] == 20
    with pytest.raises(ValueError, match="关联数量已达上限"):
        people("invoice", receivable=debt)


def test_a_red_invoice_names_the_blue_one_and_takes_it_back(
    client: Client, people: Any, shipment: str
) -> None:
    blue = people("invoice", receivable=people("book_receivable", document=shipment))
    back = people("take_back", shipment=shipment, quantity=4)
    red_debt = people("book_receivable", document=back)
    red = people("invoice", receivable=red_debt, blue=blue)
    assert (len(blue), len(red), blue != red) == (20, 20, True)
    keys = "FINVOICENO,FRedBlue,FSOURCEIVNUMBER,FAFTERTOTALTAXFOR,FPRICEQTY"
    assert client.query("IV_SALESIC", keys, f"FINVOICENO = '{red}'") == [
        [red, "1", blue, Decimal("-45.2"), -4]
    ]
    assert of_order(client) == [20, 4, 16, 0, "B"]


def test_payments_settle_the_plan_and_refunds_what_came_back(
    client: Client, people: Any, shipment: str
) -> None:
    debt = people("book_receivable", document=shipment, parts=2)
    stamp = client.query("AR_receivable", "FModifyDate")
    people("take_payment", amount="150", receivable=debt)
    keys = "FPAYAMOUNTFOR,FWRITTENOFFAMOUNTFOR_P,FWRITTENOFFSTATUS"
    assert client.query("AR_receivable", keys) == [[113, 113, "B"], [113, 37, "B"]]
    people("take_payment", amount="76", receivable=debt)
    assert client.query("AR_receivable", keys) == [[113, 113, "C"], [113, 113, "C"]]
    assert client.query("AR_receivable", "FModifyDate") == stamp[:1]
    red = people("book_receivable", document=people("take_back", shipment=shipment, quantity=1))
    people("refund", amount="11.3", receivable=red)
    assert client.query("AR_receivable", keys, f"FBillNo = '{red}'") == [
        [Decimal("-11.3"), Decimal("-11.3"), "C"]
    ]


def test_advances_name_an_order_and_others_nobody(client: Client, people: Any) -> None:
    client.audited(order(FBillNo="N1"))
    people("take_payment", amount=50, order_number="N1")
    people("take_payment", amount="8.88", customer="C0007")
    keys = "FCONTACTUNIT.FNumber,FPURPOSEID.FNumber,FREALRECAMOUNTFOR_D,FSALEORDERNO"
    assert client.query("AR_RECEIVEBILL", keys, "", "FID") == [
        ["C0007", "SFKYT02_SYS", 50, "N1"],
        ["C0007", "SFKYT01_SYS", Decimal("8.88"), " "],
    ]


def test_a_plan_that_does_not_add_up_is_refused(people: Any) -> None:
    model = {
        "FCUSTOMERID": "C0007", "FCURRENCYID": "PRE001", "FSETTLEORGID": "100",
        "FPAYORGID": "100", "FDATE": "2026-03-05", "FENDDATE_H": "2026-04-05",
        "FBillTypeID": "YSD01_SYS",
        "FEntityDetail": [{"FMATERIALID": "M-100", "FPriceQty": 1, "FALLAMOUNTFOR_D": 9}],
        "FEntityPlan": [{"FENDDATE": "2026-04-05", "FPAYAMOUNTFOR": 8}],
    }  # fmt: skip
    with pytest.raises(ValueError, match="不一致"):
        people("make_bill", form="AR_receivable", model=model)


def test_what_production_cost_is_booked_on_a_form_of_the_site(client: Client, people: Any) -> None:
    client.audited(order(FBillNo="N1"))
    (made,) = people("advance_production", order_number="N1", to="finished")
    people("book_cost", production_order=made, material="70.5", labour=12, overhead="3.25")
    keys = "F_CRM_MoNumber,F_CRM_OrderNo,F_CRM_Qty,F_CRM_MaterialCost,F_CRM_OverheadCost"
    assert client.query("CRM_ProductionCost", keys) == [
        [made, "N1", 20, Decimal("70.5"), Decimal("3.25")]
    ]
