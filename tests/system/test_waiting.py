"""Line 4: what waits, for whom, and what the salesperson reads of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.system.company import SMALL
from tests.system.site import ACCOUNT, BILL, ORDER, PARTNER, Site, opened, sold

DONE, WAITING, AWAITING, STOPPED = "已进ERP", "等待中", "待ERP审核", "已停下，待处理"


def test_with_until_saved_a_later_run_writes_nothing_while_clerks_take_bills_on(
    saved: Site,
) -> None:
    numbers = [saved.order() for _ in range(6)]
    saved.sync()
    saved.sync()
    before = saved.marks()
    for n, number in enumerate(numbers):
        bill = saved.bill(number)["FBillNo"]
        saved.in_erp("edit", number=bill, fields={"FLinkMan": "王五"})
        if n % 3:
            saved.in_erp("submit", number=bill)
        if n % 3 == 2:
            saved.in_erp("audit", number=bill)
        saved.sync()
    assert saved.written(before) == []
    states = [saved.bill(number)["FDocumentStatus"] for number in numbers]
    assert states == ["A", "B", "C"] * 2
    assert {saved.told(number)[0] for number in numbers} == {DONE}


# -- a workflow behind Submit -------------------------------------------------------------------


@pytest.fixture
def decided(either: Site) -> Site:
    """A site whose approvers decide about sales orders."""
    either.erp.switches["workflow"] = {BILL: True}
    either.sync()
    return either


def three_days(site: Site, number: str) -> None:
    for _ in range(6):
        site.clock.advance(days=0.5)
        site.sync()
        row = site.delivery(number)
        assert (row.state, row.reason, row.attempts) == ("pending", "awaiting", 0)


def test_an_order_awaits_its_approver_for_three_days_and_ends_in_sync(decided: Site) -> None:
    number = decided.order()
    decided.sync()
    three_days(decided, number)
    bill = decided.bill(number)
    assert decided.told(number)[:2] == (AWAITING, bill["FBillNo"])
    decided.in_erp("approve", number=bill["FBillNo"])
    decided.clock.advance(days=0.5)
    decided.sync()
    assert decided.delivery(number).state == "in_sync"
    assert decided.told(number) == (DONE, bill["FBillNo"], "", "")


def test_an_order_that_the_approver_rejects_stops_with_their_words(decided: Site) -> None:
    number = decided.order()
    decided.sync()
    three_days(decided, number)
    bill = decided.bill(number)["FBillNo"]
    decided.in_erp("reject", number=bill, words="价格不对，请重报")
    decided.clock.advance(days=0.5)
    decided.sync()
    state, shown, reason, who = decided.told(number)
    assert (state, shown) == (STOPPED, bill)
    assert "价格不对，请重报" in reason
    assert who
    assert decided.delivery(number).state == "stopped"


def test_an_awaiting_order_is_not_submitted_again(decided: Site) -> None:
    number = decided.order()
    decided.sync()
    before = decided.marks()
    three_days(decided, number)
    assert decided.written(before, BILL) == []


# -- an unaudited customer ----------------------------------------------------------------------


@pytest.fixture
def unaudited(site: Site) -> Site:
    """Customers are only saved; finance audits them."""
    site.flow("customers", until="saved")
    return site


def test_an_order_waits_for_its_customer_and_goes_once_finance_audits_it(unaudited: Site) -> None:
    number = unaudited.order()
    unaudited.sync()
    unaudited.sync()
    assert unaudited.bills() == []
    assert unaudited.delivery(number).reason == "waits_for"
    assert unaudited.told(number)[0] == WAITING
    unaudited.in_erp("audit_customer", number="C1")
    unaudited.sync()
    assert unaudited.bill(number)["FDocumentStatus"] == "C"
    assert unaudited.told(number) == (DONE, number, "", "")


def test_a_waiting_order_says_for_whom_it_waits(unaudited: Site) -> None:
    number = unaudited.order()
    unaudited.sync()
    unaudited.sync()
    state, bill, reason, who = unaudited.told(number)
    assert (state, bill) == (WAITING, "")
    assert reason.startswith("等待：客户 C1 海湾电器有限公司 在 erp 中还不能使用")
    assert who == "基础资料管理员"


def test_an_order_whose_customer_cannot_be_carried_names_that_customer(site: Site) -> None:
    site.in_crm("add_customer", name="江南电机", number="C9", address="江" * 100)
    number = site.order(customer="C9", owner="1001")
    site.sync()
    state, bill, reason, _ = site.told(number)
    assert (state, bill) == (WAITING, "")
    assert reason == "等待：客户 C9 江南电机 在 erp 中还没有对应的记录。"


def test_many_orders_of_one_customer_all_go(unaudited: Site) -> None:
    numbers = [unaudited.order(customer="C2") for _ in range(5)]
    other = unaudited.order(customer="C1")
    unaudited.sync()
    unaudited.in_erp("audit_customer", number="C2")
    unaudited.sync()
    unaudited.sync()
    assert [len(unaudited.bills(number)) for number in numbers] == [1] * 5
    assert unaudited.bills(other) == []


def test_a_forbidden_customer_makes_orders_wait_until_enabled(site: Site) -> None:
    site.sync()
    site.in_erp("forbid", number="C1")
    site.sync()
    number = site.order()
    site.sync()
    assert site.delivery(number).reason == "waits_for"
    site.in_erp("enable", number="C1")
    site.sync()
    assert site.bill(number)["FDocumentStatus"] == "C"


def test_a_bill_that_somebody_has_open_is_changed_once_it_is_closed(saved: Site) -> None:
    number = saved.order(remark="旧")
    saved.sync()
    saved.in_erp("lock_bill", number=number, seconds=86_400)
    saved.in_crm("edit", number=number, fields={"remark": "新"})
    for _ in range(12):
        saved.sync()
        saved.clock.advance(600)
        row = saved.delivery(number)
        assert (row.state, row.reason, row.attempts) == ("pending", "locked", 0)
    state, _, reason, _ = saved.told(number)
    assert state == WAITING
    assert "打开" in reason
    saved.in_erp("unlock_bill", number=number)
    saved.sync()
    assert saved.bill(number)["FNote"] == "新"
    assert saved.told(number) == (DONE, number, "", "")


# -- what the CRM record says -------------------------------------------------------------------


@pytest.fixture
def four(unaudited: Site) -> dict[str, str]:
    """An order refused, one that waits for its customer, for the approver, and one that is in."""
    site = unaudited
    site.sync()
    site.in_erp("audit_customer", number="C1")
    site.sync()
    numbers = {"in": site.order()}
    site.sync()
    site.erp.switches["workflow"] = {BILL: True}
    site.erp.switches["limit_prices"] = {"M3": 1000}
    numbers["awaiting"] = site.order()
    numbers["waiting"] = site.order(customer="C2")
    numbers["refused"] = site.order(sold("M3", 1, "99"))
    return numbers


def check_told(site: Site, numbers: dict[str, str]) -> None:
    state, bill, reason, who = site.told(numbers["refused"])
    assert state == STOPPED
    assert "限价" in reason
    assert who == "销售"
    state, bill, reason, who = site.told(numbers["waiting"])
    assert (state, bill) == (WAITING, "")
    assert "C2" in reason
    assert who
    state, bill, reason, who = site.told(numbers["awaiting"])
    assert (state, bill) == (AWAITING, numbers["awaiting"])
    assert reason
    assert who == "ERP 审批人"
    assert site.told(numbers["in"]) == (DONE, numbers["in"], "", "")


def test_each_order_says_in_the_crm_how_it_stands_within_one_run(
    unaudited: Site, four: dict[str, str]
) -> None:
    unaudited.sync()
    check_told(unaudited, four)


def test_locked_records_are_told_too_and_stay_locked(unaudited: Site, four: dict[str, str]) -> None:
    for number in four.values():
        unaudited.in_crm("lock", number=number)
    unaudited.sync()
    check_told(unaudited, four)
    assert {o["lock_status"] for o in unaudited.orders().values()} == {"1"}


def test_what_was_told_makes_no_echo(unaudited: Site, four: dict[str, str]) -> None:
    unaudited.sync()
    before = unaudited.marks()
    for _ in range(4):
        unaudited.clock.advance(700)
        unaudited.sync()
    assert unaudited.written(before, ORDER) == []
    check_told(unaudited, four)


def test_reasons_are_cleared_when_they_are_over(unaudited: Site, four: dict[str, str]) -> None:
    unaudited.sync()
    unaudited.erp.switches["limit_prices"] = {}
    unaudited.erp.switches["workflow"] = {}
    unaudited.in_erp("approve", number=four["awaiting"])
    unaudited.in_erp("audit_customer", number="C2")
    unaudited.app.retry("orders", [four["refused"]])
    unaudited.clock.advance(700)
    unaudited.sync()
    for number in four.values():
        assert unaudited.told(number) == (DONE, unaudited.bill(number)["FBillNo"], "", "")


def test_an_order_under_approval_in_the_crm_is_held_and_then_goes(site: Site) -> None:
    site.sync()
    number = site.order(life_status="under_review")
    site.sync()
    assert site.bills() == []
    assert site.told(number)[0] == WAITING
    site.in_crm("approve", number=number, locked=True)
    site.sync()
    assert site.told(number) == (DONE, number, "", "")


# -- an order that the CRM invalidates (作废) ----------------------------------------------------


@pytest.fixture
def asking(site: Site) -> Site:
    """A firm whose audited bills are for people alone to change."""
    site.flow("orders", on_change=["edit", "ask"])
    return site


def test_an_invalidated_order_is_cancelled_while_it_can_be(saved: Site) -> None:
    number = saved.order()
    saved.sync()
    saved.in_crm("invalidate", number=number)
    counts = saved.sync()
    assert saved.bill(number)["FCancelStatus"] == "B"
    assert counts["orders"]["written"] == 1
    assert saved.app.failures() == []


def test_an_invalidated_or_deleted_order_that_is_audited_is_closed(site: Site) -> None:
    invalid, deleted = site.order(), site.order()
    site.sync()
    site.in_crm("invalidate", number=invalid)
    site.in_crm("delete", number=deleted)
    site.clock.advance(days=1)
    site.sync(allow_gone=True)
    assert [bill["FCloseStatus"] for bill in site.bills()] == ["B", "B"]
    assert site.app.failures() == []


def test_an_invalidated_order_does_not_keep_others_from_going(site: Site) -> None:
    gone = site.order()
    site.sync()
    site.in_crm("invalidate", number=gone)
    other = site.order()
    site.sync()
    assert site.bill(other)["FDocumentStatus"] == "C"


def test_an_invalidated_order_that_is_audited_is_one_failure_that_says_who_acts(
    asking: Site,
) -> None:
    """Fxiaoke lets nobody write onto an invalid record: people read of it in `failures` alone."""
    number = asking.order()
    asking.sync()
    asking.in_crm("invalidate", number=number)
    counts = asking.sync()
    assert asking.bill(number)["FCancelStatus"] == "A"
    [failure] = asking.app.failures()
    assert (failure["flow"], failure["number"], failure["reason"]) == ("orders", number, "conflict")
    assert "audited" in failure["words"]
    assert failure["who"]
    assert counts["orders"]["conflicts"] == 1
    assert counts["delivery_status"]["conflicts"] == 0


def test_what_could_not_be_told_is_not_tried_again_and_again(site: Site) -> None:
    number = site.order()
    site.sync()
    site.in_crm("invalidate", number=number)
    site.sync()
    asked = site.calls("crm", "update")
    for _ in range(3):
        site.clock.advance(days=1)
        site.sync()
    assert site.calls("crm", "update") == asked


def test_an_order_that_is_valid_again_says_again_how_it_stands(asking: Site) -> None:
    number = asking.order(sold("M1", 2))
    asking.sync()
    asking.in_crm("invalidate", number=number)
    asking.sync()
    asking.in_erp("advance_production", order_number=number, to="started")
    asking.sync()
    assert not asking.crm_order(number).get("erp_production_started__c")
    asking.in_crm("recover", number=number)
    asking.sync()
    assert asking.told(number) == (DONE, number, "", "")
    assert asking.crm_order(number)["erp_production__c"] == "已上生产线"
    assert asking.app.failures() == []


def test_an_invalidated_order_is_cancelled_once_a_person_unaudits_its_bill(asking: Site) -> None:
    number = asking.order()
    asking.sync()
    asking.in_crm("invalidate", number=number)
    asking.sync()
    asking.in_erp("unaudit", number=number)
    asking.app.retry("orders", [number])
    asking.sync()
    assert asking.bill(number)["FCancelStatus"] == "B"
    assert asking.app.failures() == []


def test_a_deleted_order_is_one_failure_that_says_who_acts(asking: Site) -> None:
    number = asking.order()
    asking.sync()
    asking.in_crm("delete", number=number)
    asking.clock.advance(days=1)
    asking.sync(allow_gone=True)
    [failure] = asking.app.failures()
    assert (failure["flow"], failure["number"], failure["reason"]) == ("orders", number, "conflict")
    assert failure["who"]


def test_a_closed_period_stops_the_order_and_names_finance(tmp_path: Path) -> None:
    with opened(tmp_path, replace(SMALL, closed_before=date(2026, 6, 1))) as site:
        number = site.order(order_time="2026-03-01")
        site.sync()
        state, _, reason, who = site.told(number)
        assert (state, who) == (STOPPED, "财务")
        assert "关账" in reason


def test_customers_and_their_numbers_stand_on_both_sides(either: Site) -> None:
    either.sync()
    names = {c["account_no"]: c["name"] for c in either.crm.records(ACCOUNT)}
    assert sorted(names.values()) == sorted(c["FName"] for c in either.erp.records(PARTNER))


def test_a_conflict_in_a_line_is_told_by_the_line_s_number(saved: Site) -> None:
    number = saved.order(sold("M1", 2), sold("M2", 3, "5.65"))
    saved.sync()
    saved.in_erp("edit_row", number=number, seq=2, fields={"FQty": 5})
    saved.in_crm("edit_line", order=number, line_no=2, fields={"quantity": "9"})
    saved.sync()
    _, _, reason, _ = saved.told(number)
    assert "FSaleOrderEntry[2].FQty 我们要写“9”，上次是“3”，现在被人改成“5”" in reason
