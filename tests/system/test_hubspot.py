"""HubSpot and Kingdee: won deals become orders, and the deals say what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.operations.beginning import INSIGHT
from tests.system.company import filled_erp, with_orders
from tests.system.site import Site, opened, today

HUBSPOT = ("hubspot", "kingdee_galaxy")
FIRST = "SO-0001"


@pytest.fixture
def deals() -> int:
    return 3


@pytest.fixture
def carried(tmp_path: Path, deals: int) -> Iterator[Site]:
    """A company whose won deals are in the ERP."""
    with opened(tmp_path, with_orders(deals, today()), systems=HUBSPOT) as site:
        site.connection("crm", search_delay=0)
        site.sync()
        yield site


def deal(site: Site, name: str = FIRST) -> dict[str, Any]:
    [found] = [one for one in site.crm.records("deals") if one["dealname"] == name]
    return found


def bill(site: Site, name: str = FIRST) -> dict[str, Any]:
    """The one bill of a deal."""
    mark = f":{deal(site, name)['hs_object_id']}"
    [found] = [one for one in site.bills() if one["F_CRM_Ref"].strip().endswith(mark)]
    return found


@pytest.mark.parametrize("deals", [50])
def test_fifty_won_deals_are_booked_once_and_told_of_through_to_their_shipment(
    carried: Site,
) -> None:
    assert len(carried.bills()) == 50
    for one in carried.crm.records("deals"):
        there = bill(carried, one["dealname"])
        assert there["FBillAllAmount"] == one["amount"]
        assert there["FSalerId"]["FNumber"] == "YW001"
    carried.sync()
    assert {one["erp_state"] for one in carried.crm.records("deals")} == {"已进ERP"}
    number = bill(carried)["FBillNo"]
    assert deal(carried)["erp_number"] == number
    carried.clock.advance(3600)
    carried.in_erp("advance_production", order_number=number, to="finished")
    carried.in_erp("ship", order_number=number, carriage_no="SF1")
    for _ in range(2):
        carried.sync()
    told, sold = deal(carried), sum(row["FQty"] for row in bill(carried)["FSaleOrderEntry"])
    assert (told["erp_production"], told["erp_carrier_no"]) == ("已发货", "SF1")
    assert (told["erp_shipped"], told["erp_shipped_on"]) == (sold, str(carried.clock.today()))
    before = carried.marks()
    carried.clock.advance(600)
    carried.sync()
    assert carried.written(before) == []


def test_a_changed_line_changes_the_bill_though_the_deals_stamp_stands_still(carried: Site) -> None:
    key = deal(carried)["hs_object_id"]
    carried.in_crm("edit_line", order=key, line_no=1, fields={"quantity": "40"})
    carried.sync()
    there = bill(carried)
    assert there["FSaleOrderEntry"][0]["FQty"] == 40
    assert there["FBillAllAmount"] == deal(carried)["amount"]
    assert len(carried.bills()) == 3


@pytest.mark.parametrize("how", ["is lost", "is deleted", "is taken back"])
def test_a_deal_that_is_no_order_after_all_ends_its_bill(carried: Site, how: str) -> None:
    there, key = bill(carried)["FBillNo"], deal(carried)["hs_object_id"]
    carried.flow("orders", on_change="unaudit")
    if how == "is taken back":
        carried.in_crm("edit", key=key, fields={"dealstage": "contractsent"})
    else:
        carried.in_crm("cancel" if how == "is lost" else "delete", number=key)
    carried.clock.advance(601)
    carried.sync()
    [ended] = [one for one in carried.bills() if one["FBillNo"] == there]
    assert ended["FCancelStatus"] == "B"


def test_only_won_deals_need_lines(carried: Site) -> None:
    fields = {"dealname": "商机", "dealstage": "contractsent"}
    key = carried.in_crm("add", form="deals", fields=fields)
    carried.sync()
    assert carried.app.failures() == []
    carried.in_crm("edit", key=key, fields={"dealstage": "closedwon", "closedate": "1790000000000"})
    carried.sync()
    assert [one["number"] for one in carried.app.failures()] == [key]


def test_every_figure_has_its_property(carried: Site) -> None:
    for usual in INSIGHT:
        options: dict[str, Any] = {"on_conflict": "ours", "max_creates": "none"}
        if "when: " in usual.options:
            options["when"] = 'currency == "CNY"'
        carried.flow(usual.name, **{"object": usual.object, "from": "hub", "to": "crm", **options})
    carried.in_erp("ship", order_number=bill(carried)["FBillNo"])
    [shipment] = carried.erp.records("SAL_OUTSTOCK")
    carried.in_erp("book_receivable", document=shipment["FBillNo"])
    for _ in range(3):
        carried.sync()
    assert carried.app.failures() == []
    products, lines, companies = map(carried.crm.records, ("products", "line_items", "companies"))
    for shown, names in (
        (products, ("available", "lying")),
        (lines, ("open", "complete")),
        (companies, ("grade", "receivable")),
        ([deal(carried)], ("revenue", "agrees", "shipped_amount")),
    ):
        assert all(any(f"erp_{name}" in one for one in shown) for name in names), names


def test_an_empty_account_is_filled_from_the_erp_by_few_calls(tmp_path: Path) -> None:
    with opened(tmp_path, filled_erp(250), systems=HUBSPOT, first_load="erp") as site:
        site.connection("crm", search_delay=0)
        assert site.sync()["customers_back"]["written"] == 250
        companies = {one["erp_number"]: one for one in site.crm.records("companies")}
        assert len(companies) == 250
        assert companies["KH00001"]["hubspot_owner_id"]
        [contact] = [one for one in site.crm.records("contacts") if one["lastname"] == "采购1"]
        assert contact["associations.companies"] == [companies["KH00001"]["hs_object_id"]]
        assert {one["hs_sku"] for one in site.crm.records("products")} == {"M1", "M2"}
        assert site.calls("crm", "create", "companies") < 20
        before = site.marks()
        site.clock.advance(600)
        site.sync()
        assert site.written(before) == []
        site.in_erp("edit", form="BD_Customer", number="KH00001", fields={"FTEL": "0571-1"})
        site.sync()
        [told] = [one for one in site.crm.records("companies") if one["erp_number"] == "KH00001"]
        assert told["phone"] == "0571-1"


def test_the_mapping_check_names_what_the_account_lacks_and_demands(tmp_path: Path) -> None:
    with opened(tmp_path, filled_erp(1), systems=HUBSPOT, first_load="erp") as site:
        changes = [
            ("  price: {", "  pricee: {"),
            ("  name: name\n  hs_sku", "  hs_sku"),
            ("reference: {field: erp_reference", "reference: {field: erp_forbidden"),
        ]
        site.mapping("hubspot", "material", *changes)
        told = site.cli("mapping", "check", "--json").json["mappings"]
        of_ours = {
            one["file"].rpartition("/")[2]: one for one in told if one["connection"] == "crm"
        }
        material = of_ours.pop("material.yaml")
        assert "price (price)" in " ".join(material["problems"])
        assert "name (产品名称)" in " ".join(material["required"])
        assert "a record could be made twice" in " ".join(material["problems"])
        assert not any(one["problems"] for one in of_ours.values()), of_ours
