"""The first load of an empty CRM from the ERP, and both directions afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector import yamlfile
from connector.operations import beginning
from tests.system.company import filled_erp
from tests.system.site import ACCOUNT, PARTNER, Site, opened, sold, today

CUSTOMERS = 40
PRODUCT, CONTACT = "ProductObj", "ContactObj"


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Site]:
    """An ERP full of customers and an empty CRM, after the first run."""
    with opened(tmp_path, filled_erp(CUSTOMERS), first_load="erp") as site:
        site.flow("customers", on_change="unaudit")
        site.sync()
        yield site


def account(site: Site, number: str) -> dict[str, Any]:
    [found] = [one for one in site.crm.records(ACCOUNT) if one["account_no"] == number]
    return found


def partner(site: Site, number: str) -> dict[str, Any]:
    [found] = [one for one in site.erp.records(PARTNER) if one["FNumber"] == number]
    return found


def edited(site: Site, since: tuple[int, int]) -> list[tuple[str, str, list[str]]]:
    """What we changed: form, operation, fields."""
    return [(e.form, e.operation, sorted(e.data)) for e in site.written(since)]


def test_an_empty_crm_is_filled_from_the_erp(loaded: Site) -> None:
    accounts = {one["account_no"]: one for one in loaded.crm.records(ACCOUNT)}
    assert len(accounts) == CUSTOMERS
    for one in loaded.erp.records(PARTNER):
        there = accounts[one["FNumber"]]
        assert (there["name"], there["tel"], there["address"]) == (
            one["FName"], one["FTEL"], one["FADDRESS"],
        )  # fmt: skip
    assert accounts["KH00001"]["owner"] == ["1001"]
    [contact] = [c for c in loaded.crm.records(CONTACT) if c["name"] == "采购1"]
    assert contact["account_id"] == accounts["KH00001"]["_id"]
    assert contact["mobile1"] == "10000000001"
    assert [one["product_code"] for one in loaded.crm.records(PRODUCT)] == ["M1", "M2"]


def test_a_thousand_customers_come_once_and_the_second_run_writes_nothing(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, filled_erp(1000), first_load="erp") as site:
        assert site.sync()["customers_back"]["written"] == 1000
        assert len(site.crm.records(ACCOUNT)) == 1000
        assert site.written(form=PARTNER) == []
        before = site.marks()
        for _ in range(2):
            site.clock.advance(600)
            site.sync()
        assert site.written(before) == []
        flows = site.app.status()["flows"]
        assert flows["customers"]["states"] == {"in_sync": 1000}
        assert flows["customers_back"]["states"] == {"in_sync": 1000}


def test_an_edit_on_either_side_is_one_update_there_and_does_not_come_back(loaded: Site) -> None:
    before = loaded.marks()
    loaded.in_erp("edit", form=PARTNER, number="KH00001", fields={"FTEL": "0571-1"})
    loaded.sync()
    assert account(loaded, "KH00001")["tel"] == "0571-1"
    assert edited(loaded, before) == [(ACCOUNT, "update", ["tel"])]
    before = loaded.marks()
    loaded.in_crm("edit", form=ACCOUNT, number="KH00002", fields={"tel": "0571-2"})
    loaded.sync()
    loaded.sync()
    assert partner(loaded, "KH00002")["FTEL"] == "0571-2"
    changes = [entry for entry in edited(loaded, before) if entry[2] and entry[1] == "update"]
    assert changes == [(PARTNER, "update", ["FTEL"])]
    assert {form for form, *_ in edited(loaded, before)} == {PARTNER}


def test_a_customer_of_the_crm_goes_to_the_erp_and_is_not_made_there_again(loaded: Site) -> None:
    loaded.in_crm("add_customer", name="新客户有限公司", number="C9", tel="0571-9")
    before = loaded.marks()
    loaded.sync()
    loaded.sync()
    assert partner(loaded, "C9")["FTEL"] == "0571-9"
    assert {form for form, *_ in edited(loaded, before)} == {PARTNER}
    assert len(loaded.crm.records(ACCOUNT)) == CUSTOMERS + 1
    loaded.in_erp("edit", form=PARTNER, number="C9", fields={"FADDRESS": "杭州市"})
    before = loaded.marks()
    loaded.sync()
    assert edited(loaded, before) == [(ACCOUNT, "update", ["address"])]


def test_a_field_edited_on_both_sides_is_one_conflict(loaded: Site) -> None:
    loaded.in_erp("edit", form=PARTNER, number="KH00001", fields={"FTEL": "of the ERP"})
    loaded.in_crm("edit", form=ACCOUNT, number="KH00001", fields={"tel": "of the CRM"})
    before = loaded.marks()
    for _ in range(2):
        loaded.sync()
        loaded.clock.advance(900)
    assert loaded.written(before) == []
    [told] = loaded.app.failures()
    assert (told["flow"], told["reason"]) == ("customers", "conflict")
    loaded.app.retry("customers_back", ["KH00001"], ours=True)
    loaded.sync()
    assert account(loaded, "KH00001")["tel"] == "of the ERP"
    assert loaded.app.failures() == []


def test_a_value_that_the_erp_cuts_does_not_come_back_cut(loaded: Site) -> None:
    loaded.mapping(
        "kingdee_galaxy",
        "customer",
        ("{from: address, max_bytes: 255}", "{from: address, cut: 10}"),
    )
    long = "浙江省杭州市滨江区某某路某某号"
    loaded.in_crm("edit", form=ACCOUNT, number="KH00003", fields={"address": long})
    for _ in range(3):
        loaded.sync()
    assert partner(loaded, "KH00003")["FADDRESS"] == long[:10]
    assert account(loaded, "KH00003")["address"] == long
    assert loaded.app.failures() == []


def test_what_the_erp_forbids_becomes_inactive_in_the_crm_and_is_not_gone(loaded: Site) -> None:
    before = loaded.marks()
    loaded.in_erp("forbid", form="BD_MATERIAL", number="M1")
    loaded.in_erp("edit", form="BD_MATERIAL", number="M2", fields={"FIsSale": False})
    numbers = [f"KH{n:05}" for n in range(1, CUSTOMERS // 4)]
    for number in numbers:
        loaded.in_erp("forbid", number=number)
    loaded.sync()
    products = loaded.crm.records(PRODUCT)
    assert [one["product_status"] for one in products] == ["2", "2"]
    told = {one["account_no"] for one in loaded.crm.records(ACCOUNT) if one.get("erp_forbidden__c")}
    assert told == set(numbers)
    assert {fields for *_, f in edited(loaded, before) for fields in f} == {
        "product_status", "erp_forbidden__c",
    }  # fmt: skip
    loaded.in_erp("enable", number="KH00001")
    loaded.sync()
    assert account(loaded, "KH00001").get("erp_forbidden__c") is None
    assert loaded.app.failures() == []


def test_a_material_that_was_never_for_sale_stays_out(loaded: Site) -> None:
    assert "M3" not in [one["product_code"] for one in loaded.crm.records(PRODUCT)]
    loaded.in_erp("edit", form="BD_MATERIAL", number="M3", fields={"FIsSale": True})
    loaded.sync()
    assert "M3" in [one["product_code"] for one in loaded.crm.records(PRODUCT)]


@pytest.mark.parametrize("lost", ["crm", "erp"])
def test_a_lost_answer_makes_no_second_customer_on_either_side(loaded: Site, lost: str) -> None:
    rules = {"crm": {"operation": "create", "form": ACCOUNT}, "erp": {"operation": "*Save"}}
    system = loaded.crm if lost == "crm" else loaded.erp
    system.faults.set([{"do": "lose_answer", "times": 1, **rules[lost]}])
    if lost == "crm":
        new = {
            "FNumber": "KH9",
            "FName": "新客户",
            "FCreateOrgId": "100",
            "FTRADINGCURRID": "PRE001",
        }
        loaded.in_erp("make_bill", form=PARTNER, model=new)
    else:
        loaded.in_crm("add_customer", name="新客户", number="C9")
    for _ in range(3):
        loaded.sync()
        loaded.clock.advance(120)
    assert len(loaded.crm.records(ACCOUNT)) == CUSTOMERS + 1
    assert len({one["FNumber"] for one in loaded.erp.records(PARTNER)}) == CUSTOMERS + 1


def test_on_demand_only_customers_with_an_order_go_to_the_erp(loaded: Site) -> None:
    loaded.flow("customers", on_demand=True)
    numbers = [loaded.in_crm("add_customer", name=f"潜在客户{n}") for n in range(5)]
    loaded.sync()
    before = loaded.marks()
    order = loaded.order(sold(), customer=numbers[0], owner="1001")
    loaded.sync()
    assert loaded.bill(order)["FDocumentStatus"] == "C"
    made = {e.data["FName"] for e in loaded.written(before, PARTNER) if e.operation == "create"}
    assert made == {"潜在客户0"}
    assert loaded.app.status()["flows"]["customers"]["reasons"] == {"pending/unasked": 4}
    loaded.in_crm("edit", form=ACCOUNT, number="KH00001", fields={"tel": "0571-1"})
    loaded.sync()
    assert partner(loaded, "KH00001")["FTEL"] == "0571-1"


@pytest.mark.parametrize("first_load", ["crm", "erp"])
def test_init_writes_the_flows_of_the_first_load_and_the_usual_ones_besides(
    tmp_path: Path, first_load: str
) -> None:
    beginning.init(
        "fxiaoke", "kingdee_galaxy", tmp_path, backfill=False, today=today(), first_load=first_load
    )
    flows = yamlfile.to_plain(yamlfile.load(tmp_path / "config.yaml"))["flows"]
    to_crm = {name for name, flow in flows.items() if flow.get("to") == "crm"}
    more = {"products", "customers_back", "contacts"} if first_load == "erp" else set()
    assert to_crm == {"stock", "delivery_status", "progress"} | more
    assert flows["customers"]["since"] == flows["orders"]["since"] == today().isoformat()
    follow = {name for name, flow in flows.items() if flow.get("gone") == "follow"}
    assert follow == more
