"""Line 1: whose bill it is, who hears of a change, and what is wanted of a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.company.model import Customer
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import start
from tests.system.company import SMALL, with_orders
from tests.system.site import (
    BILL,
    PARTNER,
    QUICK,
    ROWS,
    Site,
    opened,
    sold,
    today,
)

STRANGER = Customer(number="X9", name="别家公司", in_crm=False, erp_number="KH0009")


@pytest.fixture
def taken(tmp_path: Path, numbering: str) -> Iterator[Site]:
    """Twenty orders, whose numbers clerks have used for another customer's bills."""
    company = with_orders(20, today())
    company = replace(company, customers=(*company.customers, STRANGER))
    with opened(tmp_path, company, numbering=numbering) as site:
        if numbering == "erp":
            site.erp.switches["numbering"] = "manual"
        for order in company.orders:
            site.in_erp("make_bill", model=typed(order.number))
        site.erp.switches["numbering"] = numbering
        yield site


def typed(number: str, **fields: Any) -> dict[str, Any]:
    """A bill as a clerk types it."""
    row = {
        "FMaterialId": "M1",
        "FUnitID": "Pcs",
        "FPriceUnitId": "Pcs",
        "FStockUnitID": "Pcs",
        "FSettleOrgIds": "100",
        "FReserveType": "1",
        "FOUTLMTUNIT": "SAL",
        "FDeliveryDate": "2026-12-20",
        "FQty": 1,
        "FEntryTaxRate": 13,
        "FTaxPrice": 7,
    }
    return {
        "FBillTypeID": "XSDD01_SYS",
        "FBillNo": number,
        "FDate": today().isoformat(),
        "FSaleOrgId": "100",
        "FCustId": "KH0009",
        "FSalerId": "YW001",
        "FSaleOrderFinance": {"FSettleCurrId": "PRE001"},
        ROWS: [row],
        **fields,
    }


# -- identity -----------------------------------------------------------------------------------


def test_twenty_bills_of_another_customer_stay_untouched(taken: Site) -> None:
    theirs = [bill for bill in taken.erp.records(BILL) if not bill.get("F_CRM_Ref")]
    keys = {str(bill["FID"]) for bill in theirs}
    for _ in range(3):
        taken.sync()
        taken.clock.advance(600)
    assert len(keys) == 20
    assert [e for e in taken.written(form=BILL) if e.key in keys] == []
    after = [bill for bill in taken.erp.records(BILL) if str(bill["FID"]) in keys]
    assert after == theirs


def test_twenty_taken_numbers_are_reported_as_not_ours(taken: Site, numbering: str) -> None:
    taken.sync()
    failures = taken.app.failures("orders")
    if numbering == "erp":
        assert failures == []
        assert len({bill["FBillNo"] for bill in taken.bills()}) == 20
        return
    assert {failure["reason"] for failure in failures} == {"not_ours"}
    assert {failure["number"] for failure in failures} == set(taken.orders())
    assert taken.bills() == []
    for number in taken.orders():
        state, bill, reason, who = taken.told(number)
        assert state == "已停下，待处理"
        assert bill == ""
        assert number in reason
        assert who


def test_an_order_renumbered_while_in_doubt_yields_one_bill(either: Site) -> None:
    either.sync()
    number = either.order()
    either.erp.faults.set([{"do": "lose_answer", "operation": "*Save", "form": BILL, "times": 1}])
    either.sync()
    assert either.delivery(number).state == "in_doubt"
    either.in_crm("renumber", number=number, new="SO-NEW")
    either.sync()
    either.clock.advance(60)
    either.sync()
    assert len(either.bills()) == 1
    bill = either.bill("SO-NEW")
    assert bill["FDocumentStatus"] == "C"
    assert either.delivery("SO-NEW").state == "in_sync"
    assert either.told("SO-NEW")[:2] == ("已进ERP", bill["FBillNo"])


def test_an_order_renumbered_after_its_write_was_lost_before_arriving_yields_one_bill(
    either: Site,
) -> None:
    either.sync()
    number = either.order()
    either.erp.faults.set([{"do": "drop_request", "operation": "*Save", "form": BILL, "times": 1}])
    either.sync()
    either.in_crm("renumber", number=number, new="SO-NEW")
    either.clock.advance(60)
    either.sync()
    either.clock.advance(60)
    either.sync()
    assert either.bill("SO-NEW")["FDocumentStatus"] == "C"


# -- feeds --------------------------------------------------------------------------------------


@contextmanager
def branch_of(site: Site) -> Iterator[KingdeeGalaxySandbox]:
    """A second ERP, connected as `branch`."""
    erp = KingdeeGalaxySandbox(SMALL)
    url, stop = start(erp)
    site.clock.others += (erp,)
    settings, _ = erp.settings(url)
    with site.settings() as config:
        config["connections"]["branch"] = {**settings, **QUICK["kingdee_galaxy"]}
    try:
        yield erp
    finally:
        site.restart()
        stop()


def names_in(erp: KingdeeGalaxySandbox) -> set[str]:
    return {partner["FName"] for partner in erp.records(PARTNER)}


def test_two_flows_on_one_object_both_get_every_change(site: Site) -> None:
    with branch_of(site) as branch:
        site.flow("customers", on_change="unaudit")
        site.flow(
            "customers_too",
            **{"object": "customer", "from": "crm", "to": "branch", "on_change": "unaudit"},
        )
        site.sync()
        assert names_in(branch) == names_in(site.erp) == {c.name for c in SMALL.customers}
        site.in_crm("add_customer", name="新客户", number="C4")
        site.sync()
        assert "新客户" in names_in(branch) & names_in(site.erp)
        site.in_crm("edit", fields={"name": "改名了"}, form="AccountObj", number="C1")
        site.sync()
        assert "改名了" in names_in(branch) & names_in(site.erp)


def test_a_flow_added_later_gets_what_is_in_its_scope(site: Site) -> None:
    with branch_of(site) as branch:
        site.sync()
        site.flow(
            "customers_too",
            **{"object": "customer", "from": "crm", "to": "branch", "when": 'number != "C3"'},
        )
        site.clock.advance(3600)
        site.sync()
        assert names_in(branch) == {c.name for c in SMALL.customers if c.number != "C3"}


# -- wanted -------------------------------------------------------------------------------------


def edited_write(site: Site) -> str:
    old = "FLinkPhone:            ship_to_phone"
    site.mapping("kingdee_galaxy", "sales_order", (old, "FLinkPhone: customer_order_no"))
    return "FLinkPhone"


def edited_read(site: Site) -> str:
    site.mapping(
        "fxiaoke", "sales_order", ("special_terms: remark", "special_terms: customer_order_no__c")
    )
    return "FNote"


def added_field(site: Site) -> str:
    old = "  special_terms: remark"
    new = f"{old}\n  ship_to_contact: customer_order_no__c"
    site.mapping("fxiaoke", "sales_order", (old, new))
    return "FLinkMan"


@pytest.mark.parametrize("edited", [edited_write, edited_read, added_field])
def test_an_edited_mapping_writes_nothing_until_resync(saved: Site, edited: Any) -> None:
    numbers = [saved.order(customer_order_no__c=f"PO-{n}", remark="备注") for n in range(3)]
    saved.sync()
    field = edited(saved)
    before = saved.marks()
    for _ in range(2):
        saved.clock.advance(3600)
        saved.sync()
    assert saved.written(before) == []
    saved.app.resync("orders", everything=True)
    for n, number in enumerate(numbers):
        assert saved.bill(number)[field] == f"PO-{n}"
    updates = saved.written(before, BILL)
    assert [(e.operation, list(e.data)) for e in updates] == [("update", [field])] * 3


@pytest.mark.parametrize("edited", [edited_write, edited_read, added_field])
def test_plan_and_a_dry_resync_show_what_an_edited_mapping_would_change(
    saved: Site, edited: Any
) -> None:
    numbers = [saved.order(customer_order_no__c=f"PO-{n}", remark="备注") for n in range(3)]
    saved.sync()
    field = edited(saved)
    before = saved.marks()
    [planned] = saved.app.plan("orders", numbers[:1]).items
    shown = saved.app.plan_resync("orders", (), None).items
    assert [item.number for item in shown] == numbers
    for n, item in enumerate([planned, *shown[1:]]):
        assert item.action == "update"
        assert [(write.path, write.ours) for write in item.writes] == [(field, f"PO-{n}")]
    saved.sync()
    assert saved.written(before) == []


def test_a_dry_resync_leaves_out_what_would_stay_as_it_is(saved: Site) -> None:
    numbers = [saved.order(remark=remark) for remark in ("备注", "")]
    saved.sync()
    old = "FLinkPhone:            ship_to_phone"
    saved.mapping("kingdee_galaxy", "sales_order", (old, "FLinkPhone: special_terms"))
    shown = saved.app.plan_resync("orders", (), None).items
    assert [item.number for item in shown] == numbers[:1]


def test_resync_of_one_order_applies_the_edited_mapping_to_that_one(saved: Site) -> None:
    one, other = (saved.order(customer_order_no__c="PO-1", remark="备注") for _ in range(2))
    saved.sync()
    edited_read(saved)
    saved.sync()
    saved.app.resync("orders", numbers=[one])
    assert (saved.bill(one)["FNote"], saved.bill(other)["FNote"]) == ("PO-1", "备注")


@pytest.mark.parametrize("places", [2, 6])
def test_prices_that_the_erp_recomputes_and_rounds_make_no_conflict(
    saved: Site, places: int
) -> None:
    saved.in_erp("edit", form="BD_Currency", number="PRE001", fields={"FPRICEDIGITS": places})
    lines = [sold("M1", 3, "33.33"), sold("M2", 7, "1.01"), sold("M4", "0.333", "9.99")]
    number = saved.order(*lines, discount_amount__c="0.07")
    saved.sync()
    shown = [row["FTaxPrice"] for row in saved.rows(number)]
    assert all(price.as_tuple().exponent >= -places for price in shown)
    assert len(set(shown)) == 3
    before = saved.marks()
    saved.in_crm("edit_line", fields={"quantity": "8"}, order=number, line_no=2)
    saved.in_crm("edit", fields={"remark": "请附质保书"}, number=number)
    saved.sync()
    assert saved.delivery(number).state == "in_sync"
    assert saved.rows(number)[1]["FQty"] == 8
    assert len(saved.written(before, BILL)) == 1
    before = saved.marks()
    saved.app.resync("orders", everything=True)
    assert saved.written(before) == []
    assert saved.app.reconcile("orders") == []


# -- full reads ---------------------------------------------------------------------------------


def stock_of(site: Site) -> dict[str, str]:
    return {row["name"]: row["on_hand__c"] for row in site.crm.records("erp_stock__c")}


def test_a_stock_row_that_vanishes_in_the_erp_becomes_zero_in_the_crm(site: Site) -> None:
    site.sync()
    assert float(stock_of(site)["M2"]) == 200
    site.in_erp("change_stock", material="M2", warehouse="CK01", quantity=0)
    assert len(site.erp.records("STK_Inventory")) == 3
    before = site.marks()
    site.sync()
    assert float(stock_of(site)["M2"]) == 0
    assert len(site.written(before)) == 1
    site.sync()
    assert len(site.written(before)) == 1


def test_stock_that_comes_back_is_shown_again(site: Site) -> None:
    site.sync()
    for quantity in (0, 5):
        site.in_erp("change_stock", material="M2", warehouse="CK01", quantity=quantity)
        site.sync()
    assert float(stock_of(site)["M2"]) == 5
    assert len(site.crm.records("erp_stock__c")) == 4
