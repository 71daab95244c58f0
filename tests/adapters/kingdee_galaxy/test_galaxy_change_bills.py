"""Changing audited orders by change bills: once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from galaxy_site import ORDER, ROWS, Site, change, order, row

from connector.contract import Write, Written
from connector.errors import (
    Awaiting,
    Changed,
    Conflict,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)

CHANGE, LINE = "SAL_XORDER", "F_CRM_LineRef"
OPTIONS = {
    "change_bill": {
        "form": CHANGE, "table": ROWS, "source": "FPKIDX", "row": "FEntryPKIDX",
        "type": "FChangeType", "added": "A", "changed": "B", "dropped": "D",
        "user": "FUserAccount", "line": LINE, "quantity": "FQty", "shipped": "FStockOutQty",
        "invoiced": "FInvoiceQty", "prices": ["FTaxPrice", "FEntryTaxRate"],
        "amount": "FAllAmount", "total": "FBillAllAmount", "closes": ["FStockOutQty", "FDeliQty"],
    }
}  # fmt: skip
ALLOWED = ("edit", "change_bill", "ask")


def made(site: Site, *lines: str) -> Written:
    return site.erp.write(order("N1", *(row(n, **{LINE: n}) for n in lines or ("a",))))


def changed(key: str, *rows: Any, **more: Any) -> Write:
    """A change of an audited order that may be made by a change bill."""
    fields: Mapping[str, Any] = more.pop("fields", {})
    return replace(
        change(key, fields, *rows, on_change=more.pop("on_change", ALLOWED), **more),
        options=OPTIONS,
    )


def more_of(bill: Written, line: str = "a", quantity: int = 25) -> Any:
    amount = Decimal(quantity) * Decimal("11.3")
    entry = bill.line_keys[ROWS][line]
    return row(line, entry, FQty=Decimal(quantity), FAllAmount=amount)


def stands(site: Site) -> dict[str, Any]:
    (found,) = [b for b in site.server.records(ORDER) if b["FBillNo"] == "N1"]
    return found


def quantities(site: Site) -> list[Decimal]:
    return [r["FQty"] for r in stands(site)[ROWS]]


def change_bills(site: Site) -> list[dict[str, Any]]:
    return site.server.records(CHANGE)


def invoiced(site: Site, quantity: int) -> None:
    """The second row is invoiced."""
    books = site.server.books
    bill = books.require(ORDER, "N1").copy()
    bill.rows[ROWS][1].values["FInvoiceQty"] = Decimal(quantity)
    books.commit("executed", bill, "person:finance", moves=False)


def test_an_audited_order_is_changed_by_a_change_bill(site: Site) -> None:
    bill = made(site, "a", "b")
    written = site.erp.write(changed(bill.key, more_of(bill), fields={"FNote": "急"}))
    assert (written.step, stands(site)["FNote"], quantities(site)) == ("audited", "急", [25, 20])
    assert stands(site)["FBillAllAmount"] == Decimal("508.5")
    assert site.commits(CHANGE) == ["create", "update", "submit", "audit", "effect"]
    assert site.commits() == ["create", "submit", "audit", "change"]


def test_rows_come_and_go(site: Site) -> None:
    bill = made(site, "a", "b")
    drop = [bill.line_keys[ROWS]["b"]]
    written = site.erp.write(changed(bill.key, row("c", **{LINE: "c"}), drop=drop))
    rows = {r[LINE]: str(r["FEntryID"]) for r in stands(site)[ROWS]}
    assert set(rows) == {"a", "c"}
    assert written.line_keys == {ROWS: {"c": rows["c"]}}


def test_a_row_that_was_shipped_is_closed_not_dropped(site: Site) -> None:
    bill = made(site, "a", "b")
    site.people("ship", order_number="N1", quantity=5)
    drop = [bill.line_keys[ROWS]["a"]]
    site.erp.write(changed(bill.key, more_of(bill, "b"), drop=drop))
    rows = [(r["FQty"], r["FMrpCloseStatus"]) for r in stands(site)[ROWS]]
    assert rows == [(20, "B"), (25, "A")]


def test_what_was_shipped_and_invoiced_is_told(site: Site) -> None:
    bill = made(site, "a", "b")
    keys = bill.line_keys[ROWS]
    site.people("ship", order_number="N1", quantity=12)
    less = more_of(bill, quantity=10)
    with pytest.raises(Conflict, match=r"Row 1 of N1: 12 .*shipped.* cannot become 10"):
        site.erp.write(changed(bill.key, less))
    invoiced(site, 20)
    dearer = row("b", keys["b"], FTaxPrice=Decimal(12), FAllAmount=Decimal(240))
    with pytest.raises(Conflict, match="Row 2 of N1: 20 has been invoiced"):
        site.erp.write(changed(bill.key, dearer))
    assert not change_bills(site)
    site.erp.write(changed(bill.key, more_of(bill, quantity=12)))
    assert quantities(site) == [12, 20]


@pytest.mark.parametrize("skip", range(12))
@pytest.mark.parametrize("fault", ["lose_answer", "status"])
def test_a_lost_answer_at_any_step_never_makes_two(site: Site, skip: int, fault: str) -> None:
    """Whatever call of the write is lost, done or not done, the next tries end in one change."""
    bill = made(site, "a", "b")
    write = changed(
        bill.key, more_of(bill), row("c", **{LINE: "c"}), drop=[bill.line_keys[ROWS]["b"]]
    )
    site.server.faults.set([{"do": fault, "skip": skip, "times": 1}])
    for _ in range(5):
        with suppress(OutcomeUnknown, Changed, Transient, Unreachable):
            site.erp.write(write)
            break
    assert sorted(quantities(site)) == [20, 25]
    assert len(change_bills(site)) == 1


def test_without_an_effect_nothing_counts_as_written(site: Site) -> None:
    site.server.switches["change_effect"] = "person"
    bill = made(site)
    write = changed(bill.key, more_of(bill), row("c", **{LINE: "c"}))
    for _ in range(3):
        with pytest.raises(Awaiting, match=r"XBG000001 of N1 .* not taken effect"):
            site.erp.write(write)
    assert quantities(site) == [20]
    site.people("put_into_effect", number="XBG000001")
    assert site.erp.write(changed(bill.key, row("c", **{LINE: "c"}))).line_keys[ROWS]["c"]
    assert (quantities(site), len(change_bills(site))) == ([25, 20], 1)


def test_a_later_wish_waits_until_the_earlier_one_has_taken_effect(site: Site) -> None:
    site.server.switches["change_effect"] = "person"
    bill = made(site)
    later = changed(bill.key, more_of(bill, quantity=30))
    with pytest.raises(Awaiting):
        site.erp.write(changed(bill.key, more_of(bill)))
    for _ in range(2):
        with pytest.raises(Awaiting) as caught:
            site.erp.write(later)
        assert not caught.value.taken
    site.people("put_into_effect", number="XBG000001")
    with pytest.raises(Awaiting) as caught:
        site.erp.write(later)
    assert caught.value.taken
    site.people("put_into_effect", number="XBG000002")
    assert quantities(site) == [30]


def test_rows_that_clerks_split_later_hold_no_change_up(site: Site) -> None:
    bill = made(site, "a", "b")
    site.erp.write(changed(bill.key, more_of(bill)))
    site.people("split_row", number="N1", seq=1, quantity=5)
    site.erp.write(changed(bill.key, more_of(bill, "b", 21)))
    assert quantities(site) == [20, 5, 21]


def test_what_is_not_wanted_is_closed_however_long_the_rest_takes(site: Site) -> None:
    bill = made(site, "a", "b")
    site.people("ship", order_number="N1", quantity=5)
    site.server.switches["workflow"] = {CHANGE: True}
    with pytest.raises(Awaiting):
        drop = [bill.line_keys[ROWS]["a"]]
        site.erp.write(changed(bill.key, more_of(bill, "b"), drop=drop))
    assert [r["FMrpCloseStatus"] for r in stands(site)[ROWS]] == ["B", "A"]


def test_a_workflow_on_change_bills_is_waited_for(site: Site) -> None:
    bill = made(site)
    site.server.switches["workflow"] = {CHANGE: True}
    write = changed(bill.key, more_of(bill))
    for _ in range(2):
        with pytest.raises(Awaiting, match=r"XBG000001.*submitted"):
            site.erp.write(write)
    site.people("reject", number="XBG000001", form=CHANGE, words="客户未确认")
    with pytest.raises(Rejected, match="客户未确认"):
        site.erp.write(write)
    with pytest.raises(Awaiting):
        site.erp.write(changed(bill.key, more_of(bill, quantity=30)))
    site.people("approve", number="XBG000001", form=CHANGE)
    assert (quantities(site), len(change_bills(site))) == ([30], 1)


def test_a_later_wish_waits_for_the_one_under_audit(site: Site) -> None:
    bill = made(site)
    site.server.switches["workflow"] = {CHANGE: True}
    with pytest.raises(Awaiting):
        site.erp.write(changed(bill.key, more_of(bill)))
    later = changed(bill.key, more_of(bill, quantity=30))
    with pytest.raises(Awaiting):
        site.erp.write(later)
    site.people("approve", number="XBG000001", form=CHANGE)
    site.server.switches["workflow"] = {}
    site.erp.write(later)
    assert quantities(site) == [30]


def test_how_far_our_side_takes_a_change_bill_is_the_flows_to_say(site: Site) -> None:
    bill = made(site)
    write = changed(bill.key, more_of(bill), until="saved")
    for _ in range(2):
        with pytest.raises(Awaiting, match=r"XBG000001.*saved"):
            site.erp.write(write)
    assert site.commits(CHANGE) == ["create", "update"]
    site.people("audit", number="XBG000001", form=CHANGE)
    assert quantities(site) == [25]


def test_an_open_change_bill_of_a_person_is_waited_for(site: Site) -> None:
    bill = made(site)
    theirs = site.people("start_change", number="N1", by="li")["number"]
    with pytest.raises(Awaiting, match=rf"{theirs}.*li"):
        site.erp.write(changed(bill.key, more_of(bill)))
    site.people("delete", number=theirs, form=CHANGE)
    site.erp.write(changed(bill.key, more_of(bill)))
    assert quantities(site) == [25]


def test_what_a_person_typed_into_ours_is_theirs_to_finish(site: Site) -> None:
    bill = made(site)
    write = changed(bill.key, more_of(bill), until="saved")
    with pytest.raises(Awaiting):
        site.erp.write(write)
    site.people("edit_row", number="XBG000001", form=CHANGE, seq=1, fields={"FQty": 24})
    with pytest.raises(Awaiting):
        site.erp.write(write)
    assert [r["FQty"] for r in change_bills(site)[0][ROWS]] == [24]


def test_an_earlier_wish_that_nobody_wants_any_more_is_not_put_into_effect(site: Site) -> None:
    bill = made(site, "a", "b")
    with pytest.raises(Awaiting):
        drop = changed(bill.key, drop=[bill.line_keys[ROWS]["b"]], until="saved")
        site.erp.write(drop)
    site.erp.write(changed(bill.key, more_of(bill)))
    assert quantities(site) == [25, 20]
    assert len(change_bills(site)) == 1


def test_a_refusal_of_the_server_is_told_in_its_words_and_gone_on_with(site: Site) -> None:
    bill = made(site)
    site.people("set_limit_price", material="M-100", price=20)
    write = changed(bill.key, more_of(bill))
    with pytest.raises(Rejected, match="低于最低限价"):
        site.erp.write(write)
    site.people("set_limit_price", material="M-100", price=None)
    site.erp.write(write)
    assert (quantities(site), len(change_bills(site))) == ([25], 1)


def test_rows_without_a_field_for_our_mark_are_not_added(site: Site) -> None:
    bill = made(site)
    options = {"change_bill": {**OPTIONS["change_bill"], "line": ""}}
    write = replace(changed(bill.key, row("c")), options=options)
    with pytest.raises(Conflict, match="new row"):
        site.erp.write(write)
    assert not change_bills(site)


def test_a_mapping_that_describes_it_wrongly_is_told(site: Site) -> None:
    bill = made(site)
    write = replace(changed(bill.key, more_of(bill)), options={"change_bill": {"form": CHANGE}})
    with pytest.raises(Rejected, match="table, source"):
        site.erp.write(write)


def test_unauditing_is_tried_where_it_is_listed_after_it(site: Site) -> None:
    bill = made(site)
    none = {"change_bill": None}
    write = changed(bill.key, more_of(bill), on_change=("change_bill", "unaudit"))
    assert site.erp.write(replace(write, options=none)).step == "audited"
    with pytest.raises(Conflict, match=r"options\.change_bill"):
        site.erp.write(replace(write, options=none, on_change=ALLOWED))


def test_a_cancelled_order_that_is_audited_is_closed(site: Site) -> None:
    bill = made(site)
    with pytest.raises(Awaiting):
        site.erp.write(changed(bill.key, more_of(bill), until="saved"))
    site.erp.write(changed(bill.key, verb="cancel"))
    assert (stands(site)["FCloseStatus"], change_bills(site)) == ("B", [])
    site.erp.write(changed(bill.key, verb="cancel"))
    assert site.commits()[-1] == "close"


def test_a_cancelled_order_that_has_left_is_a_conflict(site: Site) -> None:
    bill = made(site)
    site.people("ship", order_number="N1")
    with pytest.raises(Conflict, match="20 of it has been shipped"):
        site.erp.write(changed(bill.key, verb="cancel"))


def test_nothing_ends_under_a_persons_change_bill(site: Site) -> None:
    bill = made(site)
    site.people("start_change", number="N1", by="li")
    for verb in ("cancel", "close"):
        with pytest.raises(Awaiting, match="li"):
            site.erp.write(changed(bill.key, verb=verb))
    assert stands(site)["FCloseStatus"] == "A"
