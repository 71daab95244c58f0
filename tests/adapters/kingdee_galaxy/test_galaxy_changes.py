"""Changing orders that are there: what is written, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from galaxy_site import ORDER, ROWS, Site, change, order, row

from connector.contract import RowWrite, TableWrite, Written
from connector.errors import (
    Changed,
    Conflict,
    Gone,
    HalfDone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
)

UNAUDIT = ("edit", "unaudit", "ask")


def made(site: Site, *lines: str, until: str = "saved") -> Written:
    return site.erp.write(order("N1", *(row(line) for line in lines or ("1",)), until=until))


def quantities(site: Site, key: str) -> dict[str, Decimal]:
    return {str(r["FEntryID"]): r["FQty"] for r in site.order(key).fields[ROWS]}


def test_only_what_changed_is_written(site: Site) -> None:
    bill = made(site)
    entry = bill.line_keys[ROWS]["1"]
    site.people("edit", number="N1", fields={"FLinkMan": "clerk"})
    edited = row("1", entry, FQty=Decimal(25), FAllAmount=Decimal("282.5"))
    assert site.erp.write(change(bill.key, {"FNote": "急"}, edited)).step == "audited"
    record = site.order(bill.key)
    assert (record.fields["FNote"], quantities(site, bill.key)) == ("急", {entry: 25})
    (kept,) = [b for b in site.server.records(ORDER) if b["FBillNo"] == "N1"]
    assert kept["FLinkMan"] == "clerk"


def test_fields_of_a_sub_head_are_written(site: Site) -> None:
    bill = made(site)
    site.erp.write(change(bill.key, {"FSaleOrderFinance.FExchangeRate": Decimal("7.1")}))
    (kept,) = [b for b in site.server.records(ORDER) if b["FBillNo"] == "N1"]
    assert kept["FExchangeRate"] == Decimal("7.1")


def test_a_field_is_emptied(site: Site) -> None:
    bill = site.erp.write(order("N1", until="saved", fields={"FNote": "急"}))
    site.erp.write(change(bill.key, {"FNote": None}, until="saved"))
    assert site.order(bill.key).fields["FNote"] == ""
    assert len(quantities(site, bill.key)) == 1


def test_rows_come_change_and_go_while_the_clerks_rows_stand(site: Site) -> None:
    bill = made(site, "a", "b", "c")
    keys = bill.line_keys[ROWS]
    clerk = {"FMaterialId": "M-200", "FQty": 3, "FTaxPrice": 2}
    inserted = site.people("insert_row", number="N1", position=1, fields=clerk)["entry_id"]
    split = site.people("split_row", number="N1", entry_id=int(keys["a"]), quantity=5)["entry_id"]
    edited = row("c", keys["c"], FQty=Decimal(7), FAllAmount=Decimal("79.1"))
    written = site.erp.write(change(bill.key, {}, edited, row("new"), drop=[keys["b"]]))
    new = written.line_keys[ROWS]["new"]
    assert quantities(site, bill.key) == {
        keys["a"]: 15, keys["c"]: 7, str(inserted): 3, str(split): 5, new: 20,
    }  # fmt: skip
    assert written.step == "audited"


def test_where_rows_of_one_table_go_those_of_another_stand(site: Site) -> None:
    plan = "FSaleOrderPlan"
    due = [RowWrite(str(n), "", {"FRecAdvanceRate": Decimal(n)}) for n in (30, 70)]
    new = order("N1", row("a"), row("b"), until="saved")
    bill = site.erp.write(replace(new, tables={**new.tables, plan: TableWrite(due)}))
    keys = bill.line_keys
    later = RowWrite("30", keys[plan]["30"], {"FRecAdvanceRate": Decimal(40)})
    tables = {ROWS: TableWrite(drop=[keys[ROWS]["b"]]), plan: TableWrite([later])}
    site.erp.write(change(bill.key, tables=tables, until="saved"))
    (kept,) = [b for b in site.server.records(ORDER) if b["FBillNo"] == "N1"]
    assert [r["FRecAdvanceRate"] for r in kept[plan]] == [40, 70]
    assert [str(r["FEntryID"]) for r in kept[ROWS]] == [keys[ROWS]["a"]]


def test_rows_of_a_bill_that_is_gone_are_not_read(site: Site) -> None:
    bill = made(site, "a", "b")
    entry = bill.line_keys[ROWS]["b"]
    before(site.erp._writing._saving, "update", lambda: site.people("delete", number="N1"))
    with pytest.raises(Gone):
        site.erp.write(change(bill.key, drop=[entry]))


def test_an_empty_text_is_never_listed_either(site: Site) -> None:
    bill = site.erp.write(order("N1", until="saved", fields={"FNote": "急"}))
    site.erp.write(change(bill.key, {"FNote": "", "FLinkMan": "张三"}, until="saved"))
    assert site.order(bill.key).fields["FNote"] == ""


def test_amounts_that_come_as_text_are_read_back_as_numbers(site: Site) -> None:
    client = site.erp._client
    save = client.save

    def as_text(form: str, data: Any) -> Any:
        outcome = save(form, data)
        for line in outcome.result["NeedReturnData"][0][ROWS]:
            line["FAllAmount"] = str(line["FAllAmount"])
        return outcome

    client.save = as_text  # type: ignore[method-assign]
    expect = {f"{ROWS}/1/FAllAmount": (Decimal(226), Decimal(0))}
    assert site.erp.write(order("N1", expect=expect)).step == "audited"


def test_a_row_that_is_gone_already_is_no_trouble(site: Site) -> None:
    bill = made(site, "a", "b")
    keys = bill.line_keys[ROWS]
    site.people("delete_row", number="N1", entry_id=int(keys["b"]))
    site.erp.write(change(bill.key, drop=[keys["b"]]))
    assert set(quantities(site, bill.key)) == {keys["a"]}


def test_amounts_are_checked_after_a_change_too(site: Site) -> None:
    bill = made(site)
    edited = row("1", bill.line_keys[ROWS]["1"], FAllAmount=Decimal("100"))
    expect = {f"{ROWS}/1/FAllAmount": (Decimal("99"), Decimal(0))}
    with pytest.raises(HalfDone) as caught:
        site.erp.write(change(bill.key, {}, edited, expect=expect))
    assert isinstance(caught.value.cause, Rejected)
    assert site.state("N1") == "A"


def test_a_bill_under_audit_is_locked(site: Site) -> None:
    bill = made(site, until="submitted")
    with pytest.raises(Locked):
        site.erp.write(change(bill.key, {"FNote": "急"}))


def test_a_submitted_bill_is_audited_and_taken_back_for_a_change(site: Site) -> None:
    """It may be us who submitted it, and died: nobody else would ever move it."""
    bill = made(site, until="submitted")
    written = site.erp.write(change(bill.key, {"FNote": "急"}, on_change=UNAUDIT, until="audited"))
    assert written.step == "audited"
    assert site.commits()[2:] == ["audit", "unaudit", "update", "submit", "audit"]


def test_a_submitted_bill_that_others_audit_is_locked(site: Site) -> None:
    bill = made(site, until="submitted")
    with pytest.raises(Locked):
        site.erp.write(change(bill.key, {"FNote": "急"}, on_change=UNAUDIT, until="submitted"))


def test_a_bill_in_a_workflow_is_locked_for_a_change(site: Site) -> None:
    bill = made(site, until="saved")
    site.server.switches["workflow"] = {"SAL_SaleOrder": True}
    site.people("submit", number="N1")
    with pytest.raises(Locked):
        site.erp.write(change(bill.key, {"FNote": "急"}, on_change=UNAUDIT, until="audited"))
    assert site.state("N1") == "B"


def test_a_bill_that_somebody_has_open_is_locked(site: Site) -> None:
    bill = made(site)
    site.people("lock_bill", number="N1")
    with pytest.raises(Locked, match="冲突"):
        site.erp.write(change(bill.key, {"FNote": "急"}))


def test_a_bill_sent_back_takes_our_change(site: Site) -> None:
    bill = made(site, until="audited")
    site.people("unaudit", number="N1")
    assert site.erp.write(change(bill.key, {"FNote": "急"})).step == "audited"


def test_an_audited_bill_is_a_conflict_unless_unauditing_is_listed(site: Site) -> None:
    bill = made(site, until="audited")
    with pytest.raises(Conflict):
        site.erp.write(change(bill.key, {"FNote": "急"}))
    assert site.erp.write(change(bill.key, {"FNote": "急"}, on_change=UNAUDIT)).step == "audited"
    assert site.commits()[3:] == ["unaudit", "update", "submit", "audit"]


def test_what_other_documents_hang_on_is_a_conflict(site: Site) -> None:
    bill = made(site, until="audited")
    site.people("make_production_order", material="M-100", quantity=20, order_number="N1")
    with pytest.raises(Conflict, match="下游单据"):
        site.erp.write(change(bill.key, {"FNote": "急"}, on_change=UNAUDIT))
    assert site.state("N1") == "C"


def test_a_change_refused_after_unauditing_leaves_the_bill_audited(site: Site) -> None:
    bill = made(site, until="audited")
    broken = {"FNote": "长" * 200}
    with pytest.raises(Rejected, match="长度"):
        site.erp.write(change(bill.key, broken, on_change=UNAUDIT))
    assert site.state("N1") == "C"


@pytest.mark.parametrize("on_change", [UNAUDIT, ("edit", "ask")])
def test_a_dropped_row_is_closed_where_something_hangs_on_the_bill(
    site: Site, on_change: tuple[str, ...]
) -> None:
    bill = made(site, "a", "b", until="audited")
    keys = bill.line_keys[ROWS]
    site.people("make_production_order", material="M-100", quantity=20, order_number="N1")
    drop: Any = change(bill.key, drop=[keys["b"]], on_change=on_change)
    assert site.erp.write(drop).step == "audited"
    (kept,) = [b for b in site.server.records(ORDER) if b["FBillNo"] == "N1"]
    closed = {str(r["FEntryID"]): r["FMrpCloseStatus"] for r in kept[ROWS]}
    assert closed == {keys["a"]: "A", keys["b"]: "B"}


def test_closing_dropped_rows_goes_on_where_it_broke_off(site: Site) -> None:
    bill = made(site, "a", "b", "c", until="audited")
    keys = bill.line_keys[ROWS]
    site.people("close_row", number="N1", entry_id=int(keys["b"]))
    drop = change(bill.key, drop=[keys["b"], keys["c"]])
    site.fail(do="lose_answer", operation="ExcuteOperation", times=1)
    with pytest.raises(OutcomeUnknown):
        site.erp.write(drop)
    assert site.erp.write(drop).step == "audited"
    assert site.calls("ExcuteOperation") == 1
    (kept,) = [b for b in site.server.records(ORDER) if b["FBillNo"] == "N1"]
    assert [r["FMrpCloseStatus"] for r in kept[ROWS]] == ["A", "B", "B"]


def test_a_voided_bill_is_beyond_changing(site: Site) -> None:
    bill = made(site)
    site.people("cancel", number="N1")
    with pytest.raises(Conflict, match="void"):
        site.erp.write(change(bill.key, {"FNote": "急"}, until="saved"))
    for until in ("audited", "saved"):
        with pytest.raises(Conflict, match="void"):
            site.erp.write(change(bill.key, until=until))
    assert site.commits() == ["create"]


def test_a_row_that_people_delete_just_before_our_save_is_looked_at_anew(site: Site) -> None:
    bill = made(site, "a", "b")
    entry = bill.line_keys[ROWS]["b"]
    site.people("delete_row", number="N1", entry_id=int(entry))
    with pytest.raises(Changed):
        site.erp.write(change(bill.key, {}, row("b", entry, FQty=Decimal(7))))


def test_a_bill_that_people_delete_just_before_our_save_is_gone_the_next_time(site: Site) -> None:
    bill = made(site)
    before(site.erp._writing._saving, "update", lambda: site.people("delete", number="N1"))
    write = change(bill.key, {"FNote": "急"})
    with pytest.raises(Changed):
        site.erp.write(write)
    with pytest.raises(Gone):
        site.erp.write(write)


def before(owner: Any, name: str, what: Callable[[], object]) -> None:
    """Let something happen right before a method of `owner`, once."""
    method = getattr(owner, name)

    def call(*arguments: Any) -> Any:
        setattr(owner, name, method)
        what()
        return method(*arguments)

    setattr(owner, name, call)


def test_a_bill_that_cannot_be_audited_again_is_not_passed_over_in_silence(site: Site) -> None:
    bill = made(site, until="audited")
    site.people("set_limit_price", material="M-100", price=20)
    with pytest.raises(Rejected, match=r"长度.*could not be audited again.*低于最低限价"):
        site.erp.write(change(bill.key, {"FNote": "长" * 200}, on_change=UNAUDIT))


def test_voiding_that_is_refused_after_unauditing_leaves_the_bill_audited(site: Site) -> None:
    bill = made(site, until="audited")
    site.fail(do="system", name="network_control", operation="ExcuteOperation")
    with pytest.raises(Locked):
        site.erp.write(change(bill.key, verb="cancel", on_change=UNAUDIT))
    assert site.state("N1") == "C"


def test_a_closed_order_is_not_said_to_be_voided(site: Site) -> None:
    bill = made(site, until="audited")
    site.people("close", number="N1")
    with pytest.raises(Conflict):
        site.erp.write(change(bill.key, verb="cancel"))
    with pytest.raises(Conflict, match="已关闭"):
        site.erp.write(change(bill.key, verb="cancel", on_change=UNAUDIT))
    (kept,) = [b for b in site.server.records(ORDER) if b["FBillNo"] == "N1"]
    assert kept["FCancelStatus"] == "A"


def silent(site: Site) -> None:
    """Let the server return nothing but id and number."""
    client = site.erp._client
    save = client.save

    def saved(form: str, data: Any) -> Any:
        return save(form, {**data, "NeedReturnFields": []})

    client.save = saved  # type: ignore[method-assign]


def test_entry_ids_are_read_back_from_servers_that_do_not_tell(site: Site) -> None:
    silent(site)
    expect = {f"{ROWS}/a/FAllAmount": (Decimal(226), Decimal(0))}
    written = site.erp.write(order("N1", row("a"), row("b"), expect=expect))
    assert len(set(written.line_keys[ROWS].values())) == 2
    assert written.step == "audited"


def test_a_new_order_whose_entry_ids_nobody_told_is_in_doubt(site: Site) -> None:
    silent(site)
    site.fail(do="html", operation="ExecuteBillQuery")
    with pytest.raises(OutcomeUnknown):
        site.erp.write(order("N1"))
    assert site.commits() == ["create"]


def test_a_change_whose_new_rows_nobody_told_is_in_doubt(site: Site) -> None:
    bill = made(site)
    silent(site)
    site.fail(do="html", operation="ExecuteBillQuery", skip=2)
    with pytest.raises(OutcomeUnknown):
        site.erp.write(change(bill.key, {}, row("new")))
    assert site.commits() == ["create", "update"]


def test_a_bill_that_cannot_be_read_before_its_steps_is_tried_later(site: Site) -> None:
    bill = made(site)
    site.fail(do="html", operation="ExecuteBillQuery", skip=1)
    expect = {"FBillAllAmount": (Decimal(226), Decimal(0))}
    with pytest.raises(Transient):
        site.erp.write(change(bill.key, expect=expect))
    assert site.state("N1") == "A"


def test_an_unclear_change_after_unauditing_is_not_audited_unseen(site: Site) -> None:
    bill = made(site, until="audited")
    site.fail(do="lose_answer", operation="Save")
    with pytest.raises(OutcomeUnknown):
        site.erp.write(change(bill.key, {"FNote": "急"}, on_change=UNAUDIT))
    assert site.state("N1") == "D"
    # It was looked up and holds the change; which step it took is not known any more.
    assert site.erp.write(change(bill.key)).step == "audited"
