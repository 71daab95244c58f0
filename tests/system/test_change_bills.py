"""Orders that change after their audit: once, by the ERP's own change document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.system.company import SMALL
from tests.system.site import BILL, ROWS, Site, opened, sold

CHANGE = "SAL_XORDER"
DONE, AWAITING, STOPPED = "已进ERP", "待ERP审核", "已停下，待处理"


@pytest.fixture
def carried(tmp_path: Path, numbering: str) -> Iterator[Site]:
    """An order of two lines is audited in the ERP, under each mode of numbering."""
    with opened(tmp_path, SMALL, numbering=numbering) as site:
        site.order(sold("M1", 20), sold("M2", 5), number="D1")
        site.sync()
        yield site


def edit(site: Site, quantity: int = 25) -> None:
    """A salesperson sells more of the first line, none of the second, and adds a third."""
    site.in_crm("edit_line", order="D1", line_no=1, fields={"quantity": str(quantity)})
    site.in_crm("drop_line", order="D1", line_no=2)
    site.in_crm("add_line", order="D1", product="M3", quantity=1, price="99", line_no__c="3")
    site.in_crm("edit", number="D1", fields={"remark": "木箱包装"})


def quantities(site: Site) -> list[Decimal]:
    return [row["FQty"] for row in site.rows("D1")]


def change_bills(site: Site) -> list[dict[str, Any]]:
    return site.erp.records(CHANGE)


def settled(site: Site) -> None:
    """The order equals the CRM's, and nothing more is written."""
    bill, before = site.bill("D1"), site.marks()
    assert (quantities(site), bill["FNote"]) == ([25, 1], "木箱包装")
    assert bill["FBillAllAmount"] == Decimal(site.crm_order("D1")["order_amount"])
    assert (bill["FDocumentStatus"], len(change_bills(site))) == ("C", 1)
    assert site.told("D1") == (DONE, bill["FBillNo"], "", "")
    site.sync()
    assert site.written(before) == []
    assert site.delivery("D1").state == "in_sync"


def test_an_order_that_changes_after_its_audit_is_changed_once(carried: Site) -> None:
    edit(carried)
    carried.sync()
    settled(carried)


@pytest.mark.parametrize("numbering", ["erp"])
@pytest.mark.parametrize("skip", range(4))
@pytest.mark.parametrize("operation", ["SaveXSaleOrder", "Save", "Submit", "Audit"])
def test_a_lost_answer_changes_it_no_less_and_no_more(
    carried: Site, operation: str, skip: int
) -> None:
    """Whatever the answer that is lost, and whether the process dies over it."""
    edit(carried)
    do = "lose_answer" if skip < 2 else "drop_request"
    carried.erp.faults.set([{"do": do, "operation": operation, "times": 1}])
    carried.try_sync()
    if skip % 2:
        carried.restart()
    for _ in range(4):
        carried.clock.advance(120)
        carried.sync()
    settled(carried)


def test_the_salesperson_reads_which_change_bill_waits_for_whom(carried: Site) -> None:
    carried.erp.switches["change_effect"] = "person"
    edit(carried)
    for _ in range(3):
        carried.sync()
        carried.clock.advance(700)
        state, _, reason, who = carried.told("D1")
        assert (state, bool(who)) == (AWAITING, True)
        assert "XBG000001" in reason
    row = carried.delivery("D1")
    assert (row.state, row.reason, row.attempts) == ("pending", "awaiting", 0)
    assert (quantities(carried), len(change_bills(carried))) == ([20, 5], 1)
    carried.in_erp("put_into_effect", number="XBG000001")
    carried.clock.advance(700)
    carried.sync()
    settled(carried)


def test_an_approver_decides_about_the_change_bill(carried: Site) -> None:
    carried.erp.switches["workflow"] = {CHANGE: True}
    edit(carried)
    carried.sync()
    assert carried.told("D1")[0] == AWAITING
    carried.in_erp("reject", number="XBG000001", form=CHANGE, words="客户没有书面确认")
    carried.clock.advance(700)
    carried.sync()
    state, _, reason, _ = carried.told("D1")
    assert (state, "客户没有书面确认" in reason) == (STOPPED, True)
    carried.in_crm("edit", number="D1", fields={"ship_to_add": "锦绣路166号"})
    carried.sync()
    carried.in_erp("approve", number="XBG000001", form=CHANGE)
    carried.clock.advance(700)
    carried.sync()
    assert carried.bill("D1")["FReceiveAddress"] == "锦绣路166号"
    settled(carried)


def test_another_change_while_one_waits_follows_it(carried: Site) -> None:
    carried.erp.switches["workflow"] = {CHANGE: True}
    edit(carried)
    carried.sync()
    carried.in_crm("edit_line", order="D1", line_no=1, fields={"quantity": "30"})
    carried.sync()
    carried.in_erp("approve", number="XBG000001", form=CHANGE)
    carried.clock.advance(700)
    carried.sync()
    carried.in_erp("approve", number="XBG000002", form=CHANGE)
    carried.clock.advance(700)
    carried.sync()
    assert (quantities(carried), carried.delivery("D1").state) == ([30, 1], "in_sync")


def test_a_half_shipped_order_changes_no_further_than_what_has_left(carried: Site) -> None:
    bill = carried.bill("D1")["FBillNo"]
    carried.in_erp("ship", order_number=bill, quantity=12)
    carried.in_crm("edit_line", order="D1", line_no=1, fields={"quantity": "10"})
    carried.sync()
    state, _, reason, who = carried.told("D1")
    assert (state, bool(who)) == (STOPPED, True)
    assert "已出库 12" in reason
    assert not change_bills(carried)
    carried.in_crm("edit_line", order="D1", line_no=1, fields={"quantity": "12"})
    carried.sync()
    rows = carried.rows("D1")
    assert [(row["FQty"], row["FMrpCloseStatus"]) for row in rows] == [(12, "B"), (5, "A")]
    carried.in_crm("drop_line", order="D1", line_no=1)
    carried.in_crm("edit_line", order="D1", line_no=2, fields={"quantity": "6"})
    carried.sync()
    assert [row["FQty"] for row in carried.rows("D1")] == [12, 6]
    assert carried.delivery("D1").state == "in_sync"


def test_a_persons_change_bill_is_waited_for(carried: Site) -> None:
    bill = carried.bill("D1")["FBillNo"]
    theirs = carried.in_erp("start_change", number=bill, by="王五")["number"]
    edit(carried)
    carried.sync()
    state, _, reason, _ = carried.told("D1")
    assert state == AWAITING
    assert theirs in reason
    assert "王五" in reason
    carried.in_erp("delete", number=theirs, form=CHANGE)
    carried.clock.advance(700)
    carried.sync()
    settled(carried)


def test_a_cancelled_order_that_is_audited_is_closed_in_the_erp(carried: Site) -> None:
    carried.in_crm("invalidate", number="D1")
    carried.sync()
    (bill,) = [b for b in carried.erp.records(BILL) if b.get("F_CRM_Ref")]
    assert (bill["FCloseStatus"], len(bill[ROWS])) == ("B", 2)
    before = carried.marks()
    carried.sync()
    assert carried.written(before) == []
