"""Forecasts, quotes, contracts, projects, returns and payment plans on their way into the ERP."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.system.company import SMALL
from tests.system.site import Site, opened, sold

ROOT = Path(__file__).parents[2] / "mappings"
CONFIRMED = {"when": 'status == "confirmed"', "hold": 'status == "in_approval"'}
FLOWS = {
    "forecasts": ("forecast", {**CONFIRMED, "gone": "cancel"}),
    "quotes": ("quote", CONFIRMED),
    "contracts": ("contract", CONFIRMED),
    "projects": ("project", {"when": 'status == "started"'}),
    "returns": ("return_order", {**CONFIRMED, "gone": "cancel"}),
}
FORECAST = "sales_forecast__c"


@pytest.fixture
def dealing(tmp_path: Path) -> Iterator[Site]:
    """A site whose firm sends everything that it can into the ERP."""
    with opened(tmp_path, SMALL) as site:
        for name, (object, options) in FLOWS.items():
            site.flow(name, **{"object": object, "from": "crm", "to": "erp", **options})
        site.order(number="D1")
        site.sync()
        yield site


def made(site: Site, form: str) -> list[dict[str, Any]]:
    """What we made of a form."""
    return [bill for bill in site.erp.records(form) if bill.get("F_CRM_Ref")]


def forecast(site: Site, **fields: Any) -> str:
    return str(
        site.in_crm(
            "add_forecast", product="M1", quantity="200", starts_on="2026-04-01",
            ends_on="2026-04-30", customer="C1", **fields,
        )
    )  # fmt: skip


def test_a_changed_forecast_changes_its_bill_and_makes_no_other(dealing: Site) -> None:
    number = forecast(dealing, probability__c=60)
    dealing.sync()
    for quantity, expected in (("200", 120), ("150", 90), ("151.5", Decimal("90.9"))):
        dealing.in_crm("edit", form=FORECAST, number=number, fields={"quantity__c": quantity})
        dealing.sync()
        (bill,) = made(dealing, "PLN_FORECAST")
        (row,) = bill["FEntity"]
        assert (bill["FDocumentStatus"], row["FQty"]) == ("C", expected)
        assert row["FEndDate"].startswith("2026-04-30")
    before = dealing.marks()
    dealing.sync()
    assert dealing.written(before) == []


def test_a_forecast_under_approval_waits_and_a_withdrawn_one_is_voided(dealing: Site) -> None:
    number = forecast(dealing, life_status="under_review")
    dealing.sync()
    assert made(dealing, "PLN_FORECAST") == []
    dealing.in_crm("approve", form=FORECAST, number=number)
    dealing.sync()
    dealing.in_crm("invalidate", form=FORECAST, number=number)
    dealing.sync()
    (bill,) = made(dealing, "PLN_FORECAST")
    assert bill["FCancelStatus"] == "B"


def test_a_quote_equals_the_crms_to_the_fen(dealing: Site) -> None:
    lines = [sold("M1", 3, "33.33"), sold("M2", 7, "1.11")]
    number = dealing.in_crm("add_quote", customer="C1", lines=lines, discount_amount__c="0.55")
    dealing.sync()
    (bill,) = made(dealing, "SAL_QUOTATION")
    assert (bill["FBillNo"], bill["FBillAllAmount"]) == (number, Decimal("107.21"))
    assert len(bill["FQUOTATIONENTRY"]) == 2


def test_one_contract_has_many_orders(dealing: Site) -> None:
    lines = [sold("M1", 100, "11.30")]
    number = dealing.in_crm(
        "add_contract", customer="C1", lines=lines, number="HT-9", remark="按季度交货"
    )
    orders = [dealing.order(sold("M1", n), contract_no__c=number) for n in (40, 60)]
    dealing.sync()
    (contract,) = made(dealing, "CRM_Contract")
    assert (contract["F_CRM_Amount"], contract["F_CRM_Terms"]) == (1130, "按季度交货")
    assert [dealing.rows(order)[0]["FQty"] for order in orders] == [40, 60]


def test_a_project_waits_for_the_order_that_began_it(dealing: Site) -> None:
    order = dealing.order(life_status="under_review", project_no__c="XM-1")
    dealing.in_crm("add_project", title="装配线改造", customer="C1", order=order, number="XM-1")
    dealing.sync()
    assert made(dealing, "CRM_Project") == []
    dealing.in_crm("approve", number=order)
    dealing.sync()
    dealing.sync()
    (project,) = made(dealing, "CRM_Project")
    assert project["F_CRM_OrderNo"] == dealing.bill(order)["FBillNo"]
    assert dealing.rows(order)[0]["FMtoNo"] == "XM-1"


@pytest.mark.parametrize(
    ("handling", "kind"), [("refund", "THLX01_SYS"), ("replace", "THLX02_SYS")]
)
def test_a_return_says_whether_the_goods_are_replaced(
    dealing: Site, handling: str, kind: str
) -> None:
    dealing.in_crm(
        "add_return", order="D1", lines=[{"line_no": 1, "quantity": 1}], handling=handling
    )
    dealing.sync()
    (notice,) = made(dealing, "SAL_RETURNNOTICE")
    (row,) = notice["FEntity"]
    assert (row["FQty"], row["FRmType"], row["FOrderNo"]) == (1, kind, "D1")


def switched_on(line: str) -> str:
    return line.replace("  # ", "  ", 1)


def test_the_payment_plan_travels_with_its_order(dealing: Site) -> None:
    shipped = (ROOT / "fxiaoke/sales_order.yaml").read_text("utf-8")
    plan = [line for line in shipped.splitlines() if line.startswith("  # ")]
    lines = plan[next(n for n, line in enumerate(plan) if "payment_plan:" in line) :]
    dealing.mapping("fxiaoke", "sales_order", *((line, switched_on(line)) for line in lines))
    order = dealing.order(sold("M1", 100), life_status="under_review")
    dealing.in_crm(
        "plan_payment", order=order, amount="339", due_on="2026-03-05", advance__c=True,
        blocks_shipment__c=True,
    )  # fmt: skip
    dealing.in_crm("plan_payment", order=order, amount="791", due_on="2026-05-01")
    dealing.in_crm("approve", number=order)
    dealing.sync()
    dues = dealing.bill(order)["FSaleOrderPlan"]
    assert [row["FRecAdvanceAmount"] for row in dues] == [339, 791]
    assert [row["FIsOutStockByRecamount"] for row in dues] == [True, False]


def test_urgent_orders_go_first(dealing: Site) -> None:
    dealing.flow("orders", group=1)
    dealing.connection("erp", parallel=1)
    numbers = [dealing.order(urgency__c=str(urgency)) for urgency in (0, 2, 1)]
    before = dealing.marks()
    dealing.sync()
    made = [e.number for e in dealing.written(before, "SAL_SaleOrder") if e.operation == "create"]
    assert made == [numbers[1], numbers[2], numbers[0]]
