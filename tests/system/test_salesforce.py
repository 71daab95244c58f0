"""Salesforce and Kingdee: orders go forward, and what became of them comes back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.operations.beginning import INSIGHT
from tests.system.company import filled_erp, with_orders
from tests.system.site import ROWS, Site, opened, today

SALESFORCE = ("salesforce", "kingdee_galaxy")
README = Path(__file__).parents[2] / "adapters/salesforce/README.md"
FIRST = "SO-0001"


@pytest.fixture
def orders() -> int:
    return 3


@pytest.fixture
def carried(tmp_path: Path, orders: int) -> Iterator[Site]:
    """A company whose orders are in the ERP."""
    with opened(tmp_path, with_orders(orders, today()), systems=SALESFORCE, whole=True) as site:
        site.connection("crm", transaction=0)
        site.sync()
        yield site


def order(site: Site, number: str = FIRST) -> dict[str, Any]:
    [found] = [one for one in site.crm.records("Order") if one["OrderNumber"] == number]
    return found


def bill(site: Site, key: str) -> dict[str, Any]:
    """The one bill that bears our mark of a record."""
    [found] = [one for one in site.bills() if one["F_CRM_Ref"].strip().endswith(f":{key}")]
    return found


def bill_of(site: Site, number: str = FIRST) -> dict[str, Any]:
    return bill(site, order(site, number)["Id"])


@pytest.mark.parametrize("orders", [50])
def test_fifty_orders_are_booked_once_to_the_fen_and_told_of_through_to_their_shipment(
    carried: Site,
) -> None:
    assert len(carried.bills()) == 50
    for one in carried.crm.records("Order"):
        there = bill(carried, one["Id"])
        assert there["FBillAllAmount"] == one["TotalAmount"]
        assert sum(row["FAllAmount"] for row in there[ROWS]) == one["TotalAmount"]
        assert there["FSalerId"]["FNumber"] == "YW001"
    carried.sync()
    assert {one["Erp_State__c"] for one in carried.crm.records("Order")} == {"已进ERP"}
    number = bill_of(carried)["FBillNo"]
    assert order(carried)["Erp_Number__c"] == number
    carried.clock.advance(3600)
    carried.in_erp("advance_production", order_number=number, to="finished")
    carried.in_erp("ship", order_number=number, carriage_no="SF1")
    for _ in range(2):
        carried.sync()
    told, sold = order(carried), sum(row["FQty"] for row in bill_of(carried)[ROWS])
    assert (told["Erp_Production__c"], told["Erp_Carrier_No__c"]) == ("已发货", "SF1")
    assert (told["Erp_Shipped__c"], told["Erp_Shipped_On__c"]) == (sold, str(carried.clock.today()))
    stock = {one["Name"]: one["On_Hand__c"] for one in carried.crm.records("Erp_Stock__c")}
    assert set(stock) == {"M1", "M2", "M3", "M4"}
    before = carried.marks()
    carried.clock.advance(600)
    carried.sync()
    assert carried.written(before) == []


def test_what_people_do_to_orders_follows_at_the_next_run(carried: Site) -> None:
    lines = [{"product": "M1", "quantity": 2, "price": "11.30"}]
    number = carried.in_crm("add_order", customer="C1", lines=lines, status="In Approval")
    carried.crm.switches["deletion_moves_stamp"] = True
    deleted = order(carried, "SO-0003")["Id"]
    carried.in_crm("edit_line", order=FIRST, line_no=1, fields={"Quantity": 77})
    carried.in_crm("cancel", number="SO-0002")
    carried.in_crm("delete", number="SO-0003")
    carried.sync()
    changed = bill_of(carried)
    assert 77 in [row["FQty"] for row in changed[ROWS]]
    assert changed["FBillAllAmount"] == order(carried)["TotalAmount"]
    # Audited, they are closed, not voided.
    assert bill_of(carried, "SO-0002")["FCloseStatus"] == "B"
    assert bill(carried, deleted)["FCloseStatus"] == "B"
    assert len(carried.bills()) == 3
    carried.in_crm("approve", number=number)
    for _ in range(2):
        carried.sync()
    assert order(carried, number)["Erp_Number__c"] == bill_of(carried, number)["FBillNo"]


def test_an_empty_org_is_filled_once_from_the_erp_though_answers_are_lost(tmp_path: Path) -> None:
    with opened(tmp_path, filled_erp(250), systems=SALESFORCE, first_load="erp") as site:
        site.connection("crm", transaction=0)
        lost = {"do": "lose_answer", "operation": "create", "form": "Account", "times": 1}
        site.crm.faults.set([lost])
        site.sync()
        for _ in range(2):
            site.clock.advance(600)
            site.sync()
        assert site.app.failures() == []
        accounts = {one["AccountNumber"]: one for one in site.crm.records("Account")}
        assert len(accounts) == len(site.crm.records("Account")) == 250
        assert accounts["KH00001"]["OwnerId"]
        [contact] = [one for one in site.crm.records("Contact") if one["Name"] == "采购1"]
        assert contact["AccountId"] == accounts["KH00001"]["Id"]
        assert {one["ProductCode"] for one in site.crm.records("Product2")} == {"M1", "M2"}
        assert site.calls("crm", "create", "Account") < 10
        before = site.marks()
        site.clock.advance(600)
        site.sync()
        assert site.written(before) == []
        site.in_erp("edit", form="BD_Customer", number="KH00001", fields={"FTEL": "0571-1"})
        site.sync()
        [told] = [one for one in site.crm.records("Account") if one["AccountNumber"] == "KH00001"]
        assert told["Phone"] == "0571-1"


def test_every_figure_has_its_field(carried: Site) -> None:
    for usual in INSIGHT:
        options: dict[str, Any] = {"on_conflict": "ours", "max_creates": "none"}
        if "when: " in usual.options:
            options["when"] = 'currency == "CNY"'
        carried.flow(usual.name, **{"object": usual.object, "from": "hub", "to": "crm", **options})
    carried.in_erp("ship", order_number=bill_of(carried)["FBillNo"])
    [shipment] = carried.erp.records("SAL_OUTSTOCK")
    carried.in_erp("book_receivable", document=shipment["FBillNo"])
    for _ in range(3):
        carried.sync()
    assert carried.app.failures() == []
    forms = ("Product2", "OrderItem", "Account")
    products, lines, accounts = map(carried.crm.records, forms)
    for shown, names in (
        (products, ("Available", "Lying")),
        (lines, ("Open", "Complete")),
        (accounts, ("Grade", "Receivable")),
        ([order(carried)], ("Revenue", "Shipped_Amount")),
    ):
        assert all(any(one[f"Erp_{name}__c"] for one in shown) for name in names), names


def test_an_opportunity_that_was_won_is_an_order_by_the_mapping_of_the_readme(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, with_orders(0, today()), systems=SALESFORCE) as site:
        site.connection("crm", transaction=0)
        own = tmp_path / "mappings" / "salesforce"
        for name in ("delivery_status", "order_progress"):
            site.mapping("salesforce", name, ("form: Order\n", "form: Opportunity\n"))
        text = README.read_text("utf-8").partition("```yaml\nobject: sales_order\n")[2]
        example = "object: sales_order\n" + text.partition("```")[0]
        (own / "sales_order.yaml").write_text(example, "utf-8")
        site.restart()
        lines = [{"product": "M1", "quantity": 3, "price": "11.30"}]
        deal = site.in_crm("add_opportunity", customer="C1", lines=lines, Order_No__c="OP-1")
        site.sync()
        assert site.bills() == []
        site.in_crm("edit", form="Opportunity", key=deal, fields={"StageName": "Closed Won"})
        for _ in range(2):
            site.sync()
        assert bill(site, deal)["FBillAllAmount"] == Decimal("33.90")
        [told] = site.crm.records("Opportunity")
        assert (told["Erp_Number__c"], told["Erp_State__c"]) == ("OP-1", "已进ERP")


def test_the_command_line_finds_nothing_wrong_and_names_what_the_org_lacks_and_demands(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, filled_erp(1), systems=SALESFORCE, first_load="erp") as site:
        site.connection("crm", transaction=0)
        told = site.cli("check")
        assert (told.code, told.words) == (0, [])
        assert "crm (salesforce)  00D5g000001DemoEAC" in told.out
        assert "of 100000" in told.out
        changes = [("  ProductCode:", "  ProductCod:"), ("  Name: name\n  Prod", "  Prod")]
        site.mapping("salesforce", "material", *reversed(changes))
        found = site.cli("mapping", "check", "--json").json["mappings"]
        ours = {one["file"].rpartition("/")[2]: one for one in found if one["connection"] == "crm"}
        material = ours.pop("material.yaml")
        assert "ProductCode (产品代码)" in " ".join(material["problems"])
        assert "Name (产品名称)" in " ".join(material["required"])
        assert [one["problems"] for one in ours.values() if one["problems"]] == []
